"""What the catalog knows of its tracks, and what it lacks."""

from typing import TYPE_CHECKING, Final

import polars as pl

from partsong.plots.labels import label
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["plot_coverage"]

_KNOWN: Final = "#0072b2"
_ROW: Final = 22


def plot_coverage(coverage: pl.DataFrame) -> "Figure":
    """Draw for each column of the catalog how many tracks have a value in it.

    Parameters
    ----------
    coverage
        `column`, `known` (tracks with a value) and `tracks` (all of them), drawn in this order.

    Examples
    --------
    >>> coverage = pl.DataFrame({"column": ["tempo", "isrc"], "known": [9, 0], "tracks": [10, 10]})
    >>> figure = plot_coverage(coverage)
    >>> figure.data[0].x, figure.data[0].text
    ((0.9, 0.0), ('90%', 'none'))
    """
    if coverage.is_empty():
        return empty_figure("The catalog has no tracks.")
    rows = coverage.select("column", "known", "tracks").rows()
    shares = [known / (tracks or 1) for _, known, tracks in rows]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": shares,
        "y": list(range(len(rows))),
        "text": [_written(known, tracks) for _, known, tracks in rows],
        "textposition": "outside",
        "cliponaxis": False,
        "marker": {"color": _KNOWN},
        "hovertext": [
            f"<b>{label(column, 40)}</b><br>known of {known:,} of {tracks:,} tracks,"
            f"<br>missing in {tracks - known:,}"
            for column, known, tracks in rows
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return new_figure(
        bars,
        finding=_finding(rows),
        note=f"{max(tracks for _, _, tracks in rows):,} tracks; length: share with a value",
        height=40 + _ROW * len(rows),
        bargap=0.35,
        showlegend=False,
        xaxis={"range": [0, 1.3], "tickvals": [0, 0.5, 1], "tickformat": ".0%"},
        yaxis={
            "autorange": "reversed",
            "tickvals": list(range(len(rows))),
            "ticktext": [label(column.replace("_", " "), 24) for column, _, _ in rows],
        },
    )


def _written(known: int, tracks: int) -> str:
    """Write a share so that only all is 100% and only nothing is none.

    Examples
    --------
    >>> _written(9_999, 10_000), _written(1, 10_000), _written(0, 10_000)
    ('99.99%', '0.01%', 'none')
    """
    if not known:
        return "none"
    if known == tracks:
        return "100%"
    percent = 100 * known / tracks
    if 1 <= percent < 99:
        return f"{percent:.0f}%"
    return f"{min(max(percent, 0.01), 99.99):.2f}%".replace(".00%", "%")


def _finding(rows: list[tuple[str, int, int]]) -> str:
    absent = [column.replace("_", " ") for column, known, _ in rows if not known]
    partial = sum(0 < known < tracks for _, known, tracks in rows)
    if absent:
        shown = ", ".join(absent[:4]) + (f" and {len(absent) - 4} more" if len(absent) > 4 else "")
        return f"Known of no track: {shown}"
    return (
        f"{partial} of {len(rows)} columns have gaps" if partial else "Every track has every value"
    )

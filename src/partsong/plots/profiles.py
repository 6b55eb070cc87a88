"""One part against the average of all tracks, feature by feature.

Bars and not a radar: lengths from one line are compared more surely than angles and areas
(Cleveland and McGill 1984), a radar's shape depends on the order of its spokes, and below average
has no place on it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from partsong.plots.labels import label
from partsong.plots.marks import bar_marker, marks_of
from partsong.plots.strips import STRIP, STRIP_HEIGHT, strip_layout
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["plot_profile"]

_MOST_FEATURES = 24


def plot_profile(
    levels: pl.DataFrame,
    *,
    part: str,
    parts: Sequence[str] = (),
    n_tracks: int | None = None,
) -> "Figure":
    """Draw how far a part's tracks lie from the average in each feature.

    Parameters
    ----------
    levels
        A row for each feature: `feature`, `level` (standard deviations above the average of all
        tracks). Where there are columns `low` and `high`, a line between them says how sure, or
        how spread out, the level is. At most 24 features are drawn, largest difference first.
    part
        Whose levels they are.
    parts
        All parts of the model in its order, which gives each its colour.
    n_tracks
        How many tracks the part has, for the note.

    Examples
    --------
    >>> levels = pl.DataFrame({"feature": ["energy", "tempo"], "level": [0.2, -1.4]})
    >>> figure = plot_profile(levels, part="slow")
    >>> figure.data[0].x, figure.layout.title.text
    ((-1.4, 0.2), '<b>slow: below average in tempo</b>')
    """
    if not levels.is_empty():
        levels = levels.drop_nulls("level").sort(pl.col("level").abs(), descending=True)
    if levels.is_empty():
        return empty_figure("Nothing is known about this part.")
    shown = levels.head(_MOST_FEATURES)
    values = shown["level"].to_list()
    reach = max(1.0, *(abs(value) for value in [*values, *_ends(shown)]))
    bars: dict[str, Any] = {
        "type": "bar",
        "name": label(part),
        "x": values,
        "y": list(range(len(values))),
        "marker": bar_marker(marks_of([*parts, part])[part]),
        "hovertext": [
            f"<b>{label(feature, 40)}</b><br>{level:+.2f} standard deviations"
            for feature, level in shown.select("feature", "level").iter_rows()
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        **STRIP,
    }
    if {"low", "high"} <= set(shown.columns):
        bars["error_x"] = {
            "type": "data",
            "array": (shown["high"] - shown["level"]).to_list(),
            "arrayminus": (shown["level"] - shown["low"]).to_list(),
        }
    layout = strip_layout(
        [
            f"{label(feature, 30)} · {level:+.1f}"
            for feature, level in shown.select("feature", "level").iter_rows()
        ]
    )
    return new_figure(
        bars,
        finding=_finding(part, shown),
        note=_note(n_tracks, len(shown), len(levels)),
        height=50 + STRIP_HEIGHT * len(values),
        shapes=[{"type": "line", "x0": 0, "x1": 0, "xref": "x", "yref": "paper", "y0": 0, "y1": 1}],
        showlegend=False,
        xaxis={"range": [-1.05 * reach, 1.05 * reach], "nticks": 7},
        **layout,
    )


def _ends(levels: pl.DataFrame) -> list[float]:
    columns = [column for column in ("low", "high") if column in levels.columns]
    return [value for column in columns for value in levels[column].drop_nulls()]


def _finding(part: str, levels: pl.DataFrame) -> str:
    clear = [
        (feature, level)
        for feature, level in levels.select("feature", "level").iter_rows()
        if abs(level) >= 0.5
    ][:3]
    if not clear:
        return f"{part}: close to average in everything"
    above = [feature for feature, level in clear if level > 0]
    below = [feature for feature, level in clear if level < 0]
    said = [
        f"{side} average in {', '.join(features)}"
        for side, features in (("above", above), ("below", below))
        if features
    ]
    return f"{part}: {'; '.join(said)}"


def _note(n_tracks: int | None, n_shown: int, n_known: int) -> str:
    tracks = "" if n_tracks is None else f"{n_tracks:,} tracks; "
    cut = "" if n_shown == n_known else f"; {n_shown} of {n_known} features"
    return f"{tracks}standard deviations from the average of all tracks{cut}"

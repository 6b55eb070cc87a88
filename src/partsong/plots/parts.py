"""What the parts are made of, at one glance."""

import math
from typing import TYPE_CHECKING

import polars as pl

from partsong.plots.labels import label, lines
from partsong.plots.marks import marks_of, swatch
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["plot_parts"]

_DEEPEST = 3.0  # standard deviations; one extreme level shall not pale all the others


def plot_parts(parts: pl.DataFrame, *, n_tracks: int | None = None) -> "Figure":
    """Draw each part as a row of a heatmap, each feature as a column.

    Blue is below the catalog's average, orange above it. A triangle that points down or up says
    the same without colour, from half a standard deviation on; it is filled from one and a half on.

    Parameters
    ----------
    parts
        One row for each part and feature: `part`, `share` (of the tracks, 0 to 1), `feature`,
        `level` (standard deviations above the average, null where unknown). Parts and features
        keep the order in which they first appear; names of parts are unique.
    n_tracks
        How many tracks the parts were learned from, for the note.

    Examples
    --------
    >>> parts = pl.DataFrame({
    ...     "part": ["acoustic, quiet", "acoustic, quiet"], "share": [0.18, 0.18],
    ...     "feature": ["acousticness", "energy"], "level": [1.6, 0.2],
    ... })
    >>> figure = plot_parts(parts)
    >>> figure.data[0].z, figure.data[0].text
    (([1.6, 0.2],), (['▲', ''],))
    """
    if parts.is_empty():
        return empty_figure("No parts yet.")

    shares = dict(parts.select("part", "share").iter_rows())
    features = parts["feature"].unique(maintain_order=True).to_list()
    level_of = {
        (part, feature): level
        for part, feature, level in parts.select("part", "feature", "level").iter_rows()
    }
    levels = [[level_of.get((part, feature)) for feature in features] for part in shares]
    limit = _limit(levels)
    heatmap = {
        "type": "heatmap",
        "z": levels,
        "zmin": -limit,
        "zmax": limit,
        "text": [[_sign(level) for level in row] for row in levels],
        "texttemplate": "%{text}",
        "textfont": {"size": 11},
        "hovertext": [
            [
                f"<b>{lines(part, 40)}</b><br>{label(feature, 40)}: {_in_words(level)}"
                for feature, level in zip(features, row, strict=True)
            ]
            for part, row in zip(shares, levels, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "colorbar": {
            "tickvals": [-limit, 0, limit],
            "ticktext": [f"\N{MINUS SIGN}{limit:g}", "0", f"+{limit:g}"],
            "title": {"text": "standard deviations"},
        },
    }
    marks = marks_of(shares)
    return new_figure(
        heatmap,
        finding=_finding(shares, features, levels),
        note=_note(n_tracks),
        height=150 + 40 * len(shares),
        xaxis={
            "tickvals": list(range(len(features))),
            "ticktext": [label(feature, 24) for feature in features],
        },
        yaxis={
            "autorange": "reversed",
            "tickvals": list(range(len(shares))),
            "ticktext": [
                f"{lines(part, 18, most=2)} · {share:.0%} {swatch(marks[part])}"
                for part, share in shares.items()
            ],
        },
    )


def _finding(
    shares: dict[str, float], features: list[str], levels: list[list[float | None]]
) -> str:
    """Name the part that is farthest from the average, and in what."""
    differences = [
        (abs(level), part, feature, level)
        for part, row in zip(shares, levels, strict=True)
        for feature, level in zip(features, row, strict=True)
        if level is not None
    ]
    n_parts = "1 part" if len(shares) == 1 else f"{len(shares)} parts"
    if not differences:
        return n_parts
    _, part, feature, level = max(differences, key=lambda difference: difference[0])
    side = "above" if level > 0 else "below"
    return f"{n_parts}: {part} stands out most, far {side} average in {feature}"


def _note(n_tracks: int | None) -> str:
    signs = "△ half a standard deviation above average, ▲ one and a half; ▽ ▼ below"
    return signs if n_tracks is None else f"{n_tracks:,} tracks; {signs}"


def _limit(levels: list[list[float | None]]) -> float:
    """Return the level that gets the full colour, in half standard deviations."""
    deepest = max((abs(level) for row in levels for level in row if level is not None), default=0.0)
    return min(max(math.ceil(2 * deepest) / 2, 1.0), _DEEPEST)


def _sign(level: float | None) -> str:
    if level is None or abs(level) < 0.5:
        return ""
    if abs(level) < 1.5:
        return "△" if level > 0 else "▽"
    return "▲" if level > 0 else "▼"


def _in_words(level: float | None) -> str:
    if level is None:
        return "not known"
    if abs(level) < 0.25:
        return f"about average ({level:+.1f} standard deviations)"
    how = "a little " if abs(level) < 0.75 else "far " if abs(level) >= 1.5 else ""
    return f"{how}{'above' if level > 0 else 'below'} average ({level:+.1f} standard deviations)"

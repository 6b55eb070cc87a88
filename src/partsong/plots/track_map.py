"""All tracks at one glance: a map on which each lies near the parts it has most of."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.plots.labels import label, lines
from partsong.plots.marks import MIXED, Mark, marks_of, part_order
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["plot_track_map"]

_MOST_POINTS: Final = 4000  # a browser stays quick, and the page small
_HEIGHT: Final = 520
_WIDTH: Final = 340  # of the narrowest page, where labels must not cover each other
_LETTER, _LINE = 7.0, 15.0  # pixels
_MOST_WRAPPED: Final = 12


def plot_track_map(
    points: pl.DataFrame, *, parts: Sequence[str] = (), n_tracks: int | None = None
) -> "Figure":
    """Draw tracks on a plane, each near the parts it has most of.

    Each part's name stands in the middle of its tracks, behind the mark of its points. Of more
    than 4,000 tracks a random sample is drawn, always the same; the figure says so.

    Parameters
    ----------
    points
        A row for each track: `x` and `y`, as `partsong.parts.map_tracks` gives them, and `part`,
        or ``"mixed"``. Told when hovered over: `track` (as it shall be shown), `artists` (text or
        list) and `confidence` (0 to 1), where there are such columns. Rows without a place are
        left out.
    parts
        All parts of the model in its order, which gives each its mark; by default in order of
        first appearance.
    n_tracks
        How many tracks there are, if `points` are a sample of them.

    Examples
    --------
    >>> points = pl.DataFrame({
    ...     "x": [-1.0, 0.0, 1.0], "y": [0.0] * 3, "part": ["quiet", "mixed", "loud"],
    ...     "track": ["Solas", "Intro", "Spiderhead"],
    ... })
    >>> [(trace.name, trace.hovertext) for trace in plot_track_map(points).data[:2]]
    [('mixed', ('<b>Intro</b><br>mixed',)), ('quiet', ('<b>Solas</b><br>quiet',))]
    """
    if "x" in points.columns:
        points = points.filter(pl.col("x").is_finite() & pl.col("y").is_finite())
    if points.is_empty():
        return empty_figure("No track has a place on the map.")
    n_tracks = n_tracks or len(points)
    n_mixed = int((points["part"] == "mixed").sum())
    order = [part for part in part_order(parts, points["part"]) if part != "mixed"]
    marks = {**marks_of(order), "mixed": MIXED}
    drawn = points if len(points) <= _MOST_POINTS else points.sample(_MOST_POINTS, seed=0)
    traces = [
        _points(drawn.filter(pl.col("part") == part), part, marks[part])
        for part in ["mixed", *order]
    ]
    present = [part for part in order if (points["part"] == part).any()]
    return new_figure(
        *(trace for trace in traces if trace["x"]),
        _names(points, present, marks),
        finding=_finding(len(present), n_mixed / len(points)),
        note=_note(n_tracks, len(drawn), has_mixed=n_mixed > 0),
        height=_HEIGHT,
        hovermode="closest",
        showlegend=False,
        xaxis={"visible": False},
        yaxis={"visible": False},
    )


def _points(tracks: pl.DataFrame, part: str, mark: Mark) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": label(part),
        "x": tracks["x"].cast(pl.Float64).round(3).to_list(),
        "y": tracks["y"].cast(pl.Float64).round(3).to_list(),
        "marker": {
            "color": mark.color,
            "symbol": mark.symbol,
            "size": 4 if part == "mixed" else 6,
            "opacity": 0.8,
        },
        "hovertext": _told(tracks),
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _told(tracks: pl.DataFrame) -> list[str]:
    """Return what is said of each track."""
    told = []
    for row in tracks.iter_rows(named=True):
        artists = row.get("artists") or ""
        text = [
            f"<b>{lines(row.get('track') or '', 40, most=2)}</b>",
            lines(artists if isinstance(artists, str) else ", ".join(artists), 40, most=2),
            lines(row["part"], 40),
        ]
        if row.get("confidence") is not None:
            text[-1] += f", confidence {row['confidence']:.2f}"
        told.append("<br>".join(line for line in text if line not in {"", "<b></b>"}))
    return told


def _names(points: pl.DataFrame, parts: Sequence[str], marks: dict[str, Mark]) -> dict[str, Any]:
    """Write the name of each part in the middle of its tracks, beside other names."""
    middles = points.group_by("part").agg(pl.col("x", "y").median())
    middle_of = {part: (x, y) for part, x, y in middles.select("part", "x", "y").iter_rows()}
    texts = [
        lines(part, 14, most=3) if len(parts) <= _MOST_WRAPPED else label(part, 12)
        for part in parts
    ]
    low = points.select(pl.col("x", "y").min()).row(0)
    high = points.select(pl.col("x", "y").max()).row(0)
    scale = np.array([_WIDTH, _HEIGHT]) / np.maximum(np.subtract(high, low), 1e-9)
    middle = np.array([middle_of[part] for part in parts]).reshape(-1, 2)
    sizes = np.array([_size(text) for text in texts]).reshape(-1, 2)
    places = low + _apart((middle - low) * scale, sizes) / scale
    return {
        "type": "scatter",
        "mode": "text",
        "x": places[:, 0].round(3).tolist(),
        "y": places[:, 1].round(3).tolist(),
        "text": [
            f'<span style="color:{marks[part].color}">{marks[part].glyph}</span> <b>{text}</b>'
            for part, text in zip(parts, texts, strict=True)
        ],
        "textfont": {"shadow": "auto", "size": 12},
        "cliponaxis": False,
        "hoverinfo": "skip",
    }


def _size(text: str) -> tuple[float, float]:
    rows = text.split("<br>")
    return _LETTER * (2 + max(map(len, rows))), _LINE * len(rows)


def _apart(middles: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Move boxes to the nearest places where they stay inside and cover no earlier one."""
    placed: list[int] = []
    places = middles.copy()
    steps = np.array([(x, y) for x in range(-160, 161, 10) for y in range(-240, 241, 5)])
    steps = steps[np.argsort((steps**2).sum(axis=1), kind="stable")]
    for box, (middle, size) in enumerate(zip(middles, sizes, strict=True)):
        candidates = middle + steps
        inside = ((candidates >= size / 2) & (candidates <= (_WIDTH, _HEIGHT) - size / 2)).all(1)
        gaps = np.abs(candidates[:, None] - places[placed]) - (size + sizes[placed]) / 2
        is_free = inside & (gaps.max(axis=2) >= 0).all(axis=1)
        places[box] = candidates[is_free.argmax()] if is_free.any() else middle
        placed.append(box)
    return places


def _finding(n_parts: int, mixed: float) -> str:
    if n_parts < 2 and not mixed:
        return "One part: all tracks lie in one place"
    parts = f"{n_parts} parts" if n_parts != 1 else "1 part"
    if not mixed:
        return f"Each track lies near those of {parts} that it has most of"
    return f"{parts}, and {mixed:.0%} of the tracks between them"


def _note(n_tracks: int, n_drawn: int, *, has_mixed: bool) -> str:
    sample = "" if n_drawn == n_tracks else f", {n_drawn:,} of them drawn at random"
    mixed = "; grey: mixed" if has_mixed else ""
    return (
        f"{n_tracks:,} tracks{sample}{mixed}. Positions are approximate: neighbours are often "
        "alike, distances mean little."
    )

"""How the values of each feature are spread over the tracks."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.plots.groups import By, Group, group_tracks
from partsong.plots.labels import label, lines
from partsong.plots.marks import marks_of
from partsong.plots.measures import Measure, measures_in
from partsong.plots.panels import axes_of, panel_layout
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["plot_distributions"]

FloatArray = NDArray[np.float64]

_BINS: Final = 40
_BINS_OF_A_GROUP: Final = 20  # a group is smaller, and its line should not be jagged
_ALL: Final = "#0072b2"


def plot_distributions(tracks: pl.DataFrame, *, by: By | None = None) -> "Figure":
    """Draw a histogram of every feature, each in its unit and on its own scale.

    The height is the share of the tracks, so that the figure is as large for 200 tracks as for
    a million. Loudness, tempo and duration reach as far as 99% of the tracks do; the outermost
    bars hold the rest.

    Parameters
    ----------
    tracks
        Columns of the catalog; those that are features are drawn, one panel each.
    by
        Compare ``"genre"`` (the five largest) or ``"decade"`` (the five with most tracks) by a
        line each, as shares of their own tracks. It takes `genres` and `artist_genres`, or
        `release_year`, as further columns.

    Examples
    --------
    >>> tracks = pl.DataFrame({"mode": [0, 1, 1, 1], "key": [0, 2, 2, 7]})
    >>> figure = plot_distributions(tracks)
    >>> figure.data[1].x, figure.data[1].y
    (('minor', 'major'), (25.0, 75.0))
    """
    measures = measures_in(tracks)
    if not measures:
        return empty_figure("The tracks have no features.")
    groups = group_tracks(tracks, by) if by else []
    marks = marks_of(group.name for group in groups)
    traces: list[dict[str, Any]] = []
    titles, x_axes = [], []
    for place, measure in enumerate(measures):
        values = measure.values(tracks)
        known = values[~np.isnan(values)]
        limits = measure.limits(known)
        if groups:
            for group in groups:
                traces.append(
                    _line(measure, _known(values[group.rows]), limits, group)
                    | axes_of(place)
                    | {"showlegend": place == 0}
                )
                traces[-1]["line"]["color"] = marks[group.name].color
        else:
            traces.append(_bars(measure, known, limits) | axes_of(place))
        titles.append(_heading(measure, known))
        x_axes.append(_x_axis(measure, limits))
    layout = panel_layout(titles, x_axes, [_Y_AXIS] * len(measures), has_legend=bool(groups))
    return new_figure(
        *traces,
        finding=_finding(groups, by),
        note=f"{len(tracks):,} tracks; height: share of the tracks"
        + (f" of each {by}" if groups else "")
        + "; number: median",
        bargap=0,
        showlegend=bool(groups),
        **layout,
    )


_Y_AXIS: Final = {"showticklabels": False, "rangemode": "tozero", "automargin": False}


def _known(values: FloatArray) -> FloatArray:
    return values[~np.isnan(values)]


def _shares(
    measure: Measure, known: FloatArray, limits: tuple[float, float], n_bins: int
) -> tuple[Sequence[str | float], list[float], FloatArray]:
    """Return where each bar stands, its height in percent, and the edges of the bins."""
    if measure.names is not None:
        counts = [int((known == value).sum()) for value in measure.names]
        edges = np.array([value - 0.5 for value in (*measure.names, max(measure.names) + 1)])
        places: Sequence[str | float] = list(measure.names.values())
    else:
        tallies, edges = np.histogram(np.clip(known, *limits), bins=n_bins, range=limits)
        counts = tallies.tolist()
        places = [float(f"{value:.6g}") for value in (edges[:-1] + edges[1:]) / 2]
    total = len(known) or 1
    return places, [round(100 * count / total, 3) for count in counts], edges


def _bars(measure: Measure, known: FloatArray, limits: tuple[float, float]) -> dict[str, Any]:
    places, heights, edges = _shares(measure, known, limits, _BINS)
    total = len(known)
    return {
        "type": "bar",
        "name": measure.name,
        "x": places,
        "y": heights,
        "marker": {"color": _ALL, "line": {"width": 0 if measure.names is None else 1}},
        "hovertext": [
            f"<b>{measure.name} {_range(measure, place, edges[row : row + 2])}</b>"
            f"<br>{height:.1f}% of {total:,} tracks"
            for row, (place, height) in enumerate(zip(places, heights, strict=True))
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _line(
    measure: Measure, known: FloatArray, limits: tuple[float, float], group: Group
) -> dict[str, Any]:
    places, heights, _ = _shares(measure, known, limits, _BINS_OF_A_GROUP)
    return {
        "type": "scatter",
        "mode": "lines" if measure.names is None else "markers",
        "name": f"{label(group.name, 20)} ({len(group.rows):,})",
        "legendgroup": label(group.name),
        "x": places,
        "y": heights,
        "line": {"dash": group.dash, "width": 2, "shape": "linear"},
        "marker": {"symbol": group.symbol, "size": 6},
        "hovertext": [
            f"<b>{lines(group.name, 40)}</b><br>{measure.name} about {_written(place)}:"
            f"<br>{height:.1f}% of {len(known):,} tracks"
            for place, height in zip(places, heights, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _range(measure: Measure, place: str | float, edges: FloatArray) -> str:
    if measure.names is not None:
        return str(place)
    unit = f" {measure.unit}" if measure.unit else ""
    return f"{edges[0]:.3g} to {edges[1]:.3g}{unit}"


def _written(place: str | float) -> str:
    return place if isinstance(place, str) else f"{place:.3g}"


def _heading(measure: Measure, known: FloatArray) -> str:
    if measure.names is None:
        return f"<b>{measure.title}</b> {_rounded(float(np.median(known)))}"
    values, counts = np.unique(known, return_counts=True)
    commonest = int(values[counts.argmax()])
    name = measure.names.get(commonest, str(commonest))
    return f"<b>{measure.name}</b> {name} in {counts.max() / len(known):.0%}"


def _rounded(value: float) -> str:
    """Write a number with two significant digits, and what is next to nothing as 0."""
    return f"{float(f'{value:.2g}'):.4g}" if abs(value) >= 0.0005 else "0"


def _x_axis(measure: Measure, limits: tuple[float, float]) -> dict[str, Any]:
    if measure.names is not None:
        return {"type": "category", "automargin": False, "tickangle": 0}
    return {"range": list(limits), "automargin": False, "nticks": 5, "tickangle": 0}


def _finding(groups: list[Group], by: By | None) -> str:
    if by and not groups:
        return f"No track has a {by}: all of them together"
    if not groups:
        return "Where the tracks lie in each feature"
    if by == "genre":
        return f"How the {len(groups)} largest genres differ"
    return f"How the {len(groups)} decades with most tracks differ"

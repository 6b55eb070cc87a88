"""One feature against each of the others, as points, or as density where there are many."""

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.plots.correlations import correlate_features
from partsong.plots.groups import By, Group, group_tracks
from partsong.plots.labels import label, lines
from partsong.plots.marks import marks_of
from partsong.plots.measures import MEASURES, Measure, measures_in
from partsong.plots.panels import axes_of, panel_layout
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["plot_scatters"]

FloatArray = NDArray[np.float64]

_MOST_POINTS: Final = 1_500
_SAMPLE: Final = 250  # points over a density, there to be hovered over
_SAMPLE_OF_A_GROUP: Final = 120
_BINS: Final = (48, 32)
_STRETCHES: Final = 12  # of the line of medians
_FEWEST: Final = 5  # tracks in a stretch that has a median
_TOLD: Final = 0.15  # weaker correlations are not worth a sentence
_POINT: Final = "#0072b2"
_MEDIAN: Final = "#d55e00"


def plot_scatters(
    tracks: pl.DataFrame, feature: str, *, by: By | None = None, random_state: int = 0
) -> "Figure":
    """Draw a feature against each of the others, one panel each.

    Up to 1,500 tracks are all drawn as points. Of more, every track counts in a density (the
    darker, the more tracks, on a scale of logarithms) and 250 of them, drawn by chance, are
    points to hover over. By group, 120 points of each group are drawn. The title says which.
    An orange line joins the medians of the other feature along this one. Values beyond the
    range that holds 99% of a feature are drawn at its ends.

    Parameters
    ----------
    tracks
        Columns of the catalog: those that are features are drawn, `title` and `artists` are told
        on hovering.
    feature
        The feature along the horizontal axis of all panels, such as ``"danceability"``.
    by
        Tell ``"genre"`` (the five largest) or ``"decade"`` apart by colour and symbol; it takes
        `genres` and `artist_genres`, or `release_year`, as further columns.
    random_state
        Seed of the draw.

    Raises
    ------
    ValueError
        If `feature` is not a feature of the catalog.

    Examples
    --------
    >>> tracks = pl.DataFrame({"energy": [0.1, 0.9], "tempo": [80.0, 140.0], "title": ["a", "b"]})
    >>> points = plot_scatters(tracks, "energy").data[0]
    >>> points.x, points.y
    ((0.1, 0.9), (80.0, 140.0))
    """
    known = {measure.column: measure for measure in MEASURES}
    if feature not in known:
        raise ValueError(f"{feature!r} is no feature; it must be one of {', '.join(known)}.")
    measures = measures_in(tracks)
    if known[feature] not in measures or len(measures) < 2:
        return empty_figure(f"The tracks have no {known[feature].name} and another feature.")
    along = known[feature]
    others = [measure for measure in measures if measure is not along]
    random = np.random.default_rng(random_state)
    groups = group_tracks(tracks, by) if by else []
    drawn = _draw(len(tracks), groups, random)
    told = _told(tracks, np.concatenate([rows for _, rows in drawn]))
    x = along.values(tracks)
    x_limits = along.limits(x[~np.isnan(x)])
    correlations = _correlations(tracks, feature)
    traces: list[dict[str, Any]] = []
    y_axes = []
    for place, other in enumerate(others):
        y = other.values(tracks)
        limits = (x_limits, other.limits(y[~np.isnan(y)]))
        axes = axes_of(place)
        if not groups and len(tracks) > _MOST_POINTS:
            bins = tuple(map(_n_bins, (along, other), _BINS))
            traces.append(_density(x, y, limits, bins) | axes)
        for group, rows in drawn:
            traces.append(
                _points(x[rows], y[rows], limits, group, told=[told[row] for row in rows.tolist()])
                | axes
                | {"showlegend": group is not None and place == 0}
            )
            _colour(traces[-1], groups, group, is_sparse=len(rows) > _SAMPLE)
        if other.names is None and along.names is None:
            traces.append(_medians(x, y, limits) | axes)
        y_axes.append(_axis(other, limits[1]) | {"side": "left"})
    return new_figure(
        *traces,
        finding=_finding(along, correlations),
        note=f"{_shown(len(tracks), drawn)}; numbers: rank correlation; orange: median",
        showlegend=bool(groups),
        **panel_layout(
            [_heading(along, other, correlations) for other in others],
            [_axis(along, x_limits)] * len(others),
            y_axes,
            left_margin=44,
            has_legend=bool(groups),
        ),
    )


def _draw(
    n_tracks: int, groups: list[Group], random: np.random.Generator
) -> list[tuple[Group | None, NDArray[np.int64]]]:
    """Choose which tracks are points, group by group."""
    if groups:
        return [(group, _sample(group.rows, _SAMPLE_OF_A_GROUP, random)) for group in groups]
    everything = np.arange(n_tracks)
    return [
        (None, everything if n_tracks <= _MOST_POINTS else _sample(everything, _SAMPLE, random))
    ]


def _sample(rows: NDArray[np.int64], n: int, random: np.random.Generator) -> NDArray[np.int64]:
    return rows if len(rows) <= n else np.sort(random.choice(rows, n, replace=False))


def _told(tracks: pl.DataFrame, rows: NDArray[np.int64]) -> dict[int, str]:
    """Return what is said of each track that is drawn."""
    wanted = [name for name in ("title", "artists") if name in tracks.columns]
    told = {}
    for row in np.unique(rows).tolist():
        said = dict(zip(wanted, tracks.select(wanted).row(row), strict=True)) if wanted else {}
        text = f"<b>{lines(said.get('title') or 'no title', 40, most=2)}</b>"
        artists = ", ".join(said.get("artists") or ())
        told[row] = f"{text}<br>{lines(artists, 40, most=2)}" if artists else text
    return told


def _correlations(tracks: pl.DataFrame, feature: str) -> dict[str, float]:
    """Return the rank correlation of this feature with each other."""
    pairs = correlate_features(tracks).drop_nulls("correlation")
    return {
        second if first == feature else first: value
        for first, second, value in pairs.select("first", "second", "correlation").iter_rows()
        if feature in {first, second}
    }


def _n_bins(measure: Measure, most: int) -> int:
    return most if measure.names is None else len(measure.names)


def _density(
    x: FloatArray,
    y: FloatArray,
    limits: tuple[tuple[float, float], tuple[float, float]],
    bins: tuple[int, ...],
) -> dict[str, Any]:
    both = ~(np.isnan(x) | np.isnan(y))
    counts, x_edges, y_edges = np.histogram2d(
        np.clip(x[both], *limits[0]), np.clip(y[both], *limits[1]), bins=bins, range=limits
    )
    shades = np.log10(counts.T, out=np.full(counts.T.shape, np.nan), where=counts.T > 0)
    return {
        "type": "heatmap",
        "z": shades.astype(np.float32).round(2),
        "customdata": counts.T.astype(np.int32),
        "x0": float(x_edges[0] + x_edges[1]) / 2,
        "dx": float(x_edges[1] - x_edges[0]),
        "y0": float(y_edges[0] + y_edges[1]) / 2,
        "dy": float(y_edges[1] - y_edges[0]),
        "zmin": -0.3,
        "xgap": 0,
        "ygap": 0,
        "showscale": False,
        "hoverongaps": False,
        "hovertemplate": "%{customdata:,} tracks about here<extra></extra>",
    }


def _points(
    x: FloatArray,
    y: FloatArray,
    limits: tuple[tuple[float, float], tuple[float, float]],
    group: Group | None,
    *,
    told: list[str],
) -> dict[str, Any]:
    both = ~(np.isnan(x) | np.isnan(y))
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "" if group is None else f"{label(group.name, 20)} ({len(group.rows):,})",
        "legendgroup": "" if group is None else label(group.name),
        "x": [float(f"{value:.4g}") for value in np.clip(x[both], *limits[0])],
        "y": [float(f"{value:.4g}") for value in np.clip(y[both], *limits[1])],
        "hovertext": [text for text, is_known in zip(told, both, strict=True) if is_known],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _colour(
    points: dict[str, Any], groups: list[Group], group: Group | None, *, is_sparse: bool
) -> None:
    if group is None:
        points["marker"] = {"color": _POINT, "size": 4, "opacity": 0.5 if is_sparse else 0.8}
        return
    mark = marks_of(each.name for each in groups)[group.name]
    points["marker"] = {"color": mark.color, "symbol": group.symbol, "size": 5, "opacity": 0.7}


def _medians(
    x: FloatArray, y: FloatArray, limits: tuple[tuple[float, float], tuple[float, float]]
) -> dict[str, Any]:
    """Join the medians of `y` over equal stretches of `x`."""
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = np.clip(x[both], *limits[0]), np.clip(y[both], *limits[1])
    edges = np.linspace(*limits[0], _STRETCHES + 1)
    stretch = np.clip(np.searchsorted(edges, x, side="right") - 1, 0, _STRETCHES - 1)
    places, medians = [], []
    for number in range(_STRETCHES):
        inside = y[stretch == number]
        if len(inside) >= _FEWEST:
            places.append(float(f"{(edges[number] + edges[number + 1]) / 2:.4g}"))
            medians.append(float(f"{np.median(inside):.4g}"))
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "median",
        "x": places,
        "y": medians,
        "line": {"color": _MEDIAN, "width": 2.5},
        "hovertemplate": "median %{y}<extra></extra>",
        "showlegend": False,
    }


def _axis(measure: Measure, limits: tuple[float, float]) -> dict[str, Any]:
    axis: dict[str, Any] = {"range": _with_margin(limits), "automargin": False, "nticks": 5}
    if measure.names is not None:
        step = 3 if len(measure.names) > 7 else 1
        shown = list(measure.names.items())[::step]
        axis |= {"tickvals": [value for value, _ in shown], "ticktext": [name for _, name in shown]}
    return axis


def _with_margin(limits: tuple[float, float]) -> list[float]:
    margin = 0.02 * (limits[1] - limits[0])
    return [limits[0] - margin, limits[1] + margin]


def _heading(along: Measure, other: Measure, correlations: dict[str, float]) -> str:
    if "key" in {along.column, other.column} or other.column not in correlations:
        return f"<b>{other.title}</b>"
    return f"<b>{other.title}</b> {_signed(correlations[other.column])}"


def _finding(along: Measure, correlations: dict[str, float]) -> str:
    """Say with what the feature rises and falls, two of each at most."""
    names = {measure.column: measure.name for measure in MEASURES if measure.names is None}
    told = [(column, value) for column, value in correlations.items() if column in names]
    ranked = sorted(told, key=lambda pair: pair[1])
    rising = [names[column] for column, value in reversed(ranked) if value >= _TOLD][:2]
    falling = [names[column] for column, value in ranked if value <= -_TOLD][:2]
    said = []
    if rising:
        said.append(f"rises with {' and '.join(rising)}")
    if falling:
        said.append(f"falls with {' and '.join(falling)}")
    name = along.name[0].upper() + along.name[1:]
    return f"{name} {', '.join(said) or 'goes with no other feature'}"


def _shown(n_tracks: int, drawn: list[tuple[Group | None, NDArray[np.int64]]]) -> str:
    if drawn[0][0] is not None:
        return f"{n_tracks:,} tracks; points: up to {_SAMPLE_OF_A_GROUP} of each group, by chance"
    if n_tracks > _MOST_POINTS:
        return f"{n_tracks:,} tracks as density; points: {_SAMPLE} of them, by chance"
    return f"{n_tracks:,} tracks, each a point"


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")

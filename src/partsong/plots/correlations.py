"""Which features of the tracks rise and fall together."""

from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.plots.measures import Measure, measures_in
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["correlate_features", "plot_correlations"]

FloatArray = NDArray[np.float64]
Method = Literal["spearman", "pearson"]

_FEWEST: Final = 10  # tracks that have both features; fewer say nothing
_CONSTANT: Final = 1e-9  # spread of a feature that does not vary, after rounding
_WRITTEN: Final = 0.3  # weaker correlations are left to the colour
_KINDS: Final = {"spearman": "rank correlation (Spearman)", "pearson": "correlation (Pearson)"}


def correlate_features(tracks: pl.DataFrame, *, method: Method = "spearman") -> pl.DataFrame:
    """Correlate every two features over the tracks that have both.

    Key is left out: it is a circle, which has no high and low.

    Parameters
    ----------
    tracks
        Columns of the catalog; those that are features are used.
    method
        ``"spearman"`` compares ranks, taken once among all tracks that have a feature, so that
        outliers and long tails count no more than they should; ``"pearson"`` compares values.

    Returns
    -------
    polars.DataFrame
        `first`, `second`, `correlation` (-1 to 1) and `tracks` (that have both), a row for each
        pair, strongest first. `correlation` is null where fewer than 10 tracks have both, or one
        of the two never varies among them.

    Examples
    --------
    >>> tracks = pl.DataFrame({
    ...     "energy": [step / 20 for step in range(20)], "loudness": range(-40, 0, 2),
    ... })
    >>> correlate_features(tracks).with_columns(pl.col("correlation").round(3)).rows()
    [('energy', 'loudness', 1.0, 20)]
    """
    measures, matrix, counts = _correlate(tracks, method)
    rows = [
        {
            "first": measures[first].column,
            "second": measures[second].column,
            "correlation": None if np.isnan(value) else float(value),
            "tracks": int(counts[first, second]),
        }
        for second in range(len(measures))
        for first in range(second)
        for value in [matrix[first, second]]
    ]
    schema = {
        "first": pl.String,
        "second": pl.String,
        "correlation": pl.Float64,
        "tracks": pl.Int64,
    }
    found = pl.DataFrame(rows, schema)
    return found.sort(-pl.col("correlation").abs(), nulls_last=True, maintain_order=True)


def plot_correlations(tracks: pl.DataFrame, *, method: Method = "spearman") -> "Figure":
    """Draw a heatmap of how every two features go together.

    Features that go together stand beside each other. Numbers stand where the correlation is at
    least 0.3 in size; their sign says what the colour says. Key is left out: it is a circle.

    Parameters
    ----------
    tracks
        Columns of the catalog; those that are features are drawn.
    method
        ``"spearman"`` or ``"pearson"``, as in :func:`correlate_features`.

    Examples
    --------
    >>> tracks = pl.DataFrame({
    ...     "energy": [step / 20 for step in range(20)], "loudness": range(-40, 0, 2),
    ... })
    >>> plot_correlations(tracks).data[0].text
    (['', ''], ['1.00', ''])
    """
    measures, matrix, counts = _correlate(tracks, method)
    if len(measures) < 2:
        return empty_figure("It takes two features to compare, and the tracks have fewer.")
    order = _like_beside_like(matrix)
    names = [measures[place].name for place in order]
    matrix, counts = matrix[np.ix_(order, order)], counts[np.ix_(order, order)]
    below = np.tri(len(names), k=-1, dtype=bool)
    shown = np.where(below, matrix, np.nan)
    heatmap: dict[str, Any] = {
        "type": "heatmap",
        "z": [[None if np.isnan(value) else round(float(value), 3) for value in r] for r in shown],
        "zmin": -1,
        "zmax": 1,
        "text": [[_written(value) for value in row] for row in shown],
        "texttemplate": "%{text}",
        "textfont": {"size": 9},
        "hoverongaps": False,
        "hovertext": [
            [
                f"<b>{row} and {column}</b><br>{_in_words(matrix[i, j])}"
                f"<br>{int(counts[i, j]):,} tracks have both"
                for j, column in enumerate(names)
            ]
            for i, row in enumerate(names)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "colorbar": {
            "tickvals": [-1, 0, 1],
            "ticktext": ["\N{MINUS SIGN}1", "0", "+1"],
            "title": {"text": "correlation"},
            # In the empty corner, for over the figure it would take the title's place.
            "len": 0.45,
            "x": 0.95,
            "xanchor": "right",
            "y": 1,
            "yanchor": "top",
        },
    }
    return new_figure(
        heatmap,
        finding=_finding(names, shown),
        note=f"{_KINDS[method]} of {len(tracks):,} tracks; key is left out, it is a circle",
        height=202 + 26 * len(names),
        margin={"l": 122, "b": 134},
        xaxis={
            "tickvals": list(range(len(names) - 1)),
            "ticktext": names[:-1],
            "tickangle": -90,
            "range": [-0.5, len(names) - 1.5],
            "automargin": False,
        },
        yaxis={
            "tickvals": list(range(1, len(names))),
            "ticktext": names[1:],
            "range": [len(names) - 0.5, 0.5],
            "automargin": False,
        },
    )


def _correlate(
    tracks: pl.DataFrame, method: Method
) -> tuple[list[Measure], FloatArray, FloatArray]:
    """Return the features, their correlations, and how many tracks have both."""
    measures = [measure for measure in measures_in(tracks) if measure.column != "key"]
    values = np.empty((len(tracks), len(measures)))
    for place, measure in enumerate(measures):
        column = tracks[measure.column].cast(pl.Float64)
        ranked = column.rank() if method == "spearman" else column
        values[:, place] = (ranked - ranked.mean()).fill_null(float("nan")).to_numpy()
    is_known = ~np.isnan(values)
    values[~is_known] = 0
    values /= np.maximum(np.abs(values).max(axis=0, initial=0), 1e-300)
    known = is_known.astype(np.float64)
    # Sums over the tracks that have both: of ones, of the first, of its squares, of products.
    counts, sums = known.T @ known, values.T @ known
    squares, products = (values**2).T @ known, values.T @ values
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = squares - sums**2 / counts
        matrix = (products - sums * sums.T / counts) / np.sqrt(spread * spread.T)
    is_told = (counts >= _FEWEST) & (spread > _CONSTANT) & (spread.T > _CONSTANT)
    matrix = np.where(is_told, np.clip(matrix, -1, 1), np.nan)
    return measures, matrix, counts


def _like_beside_like(matrix: FloatArray) -> list[int]:
    """Order the features by their weight in the strongest common direction."""
    filled = np.nan_to_num(matrix, nan=0.0)
    np.fill_diagonal(filled, 1.0)
    strongest = np.linalg.eigh(filled)[1][:, -1]
    strongest *= np.sign(strongest[np.abs(strongest).argmax()])
    return [int(place) for place in np.argsort(-strongest, kind="stable")]


def _written(value: float) -> str:
    if np.isnan(value) or abs(value) < _WRITTEN:
        return ""
    return f"{value:.2f}".replace("0.", ".").replace("-", "\N{MINUS SIGN}")


def _in_words(value: float) -> str:
    if np.isnan(value):
        return "not known"
    size = abs(value)
    if size < 0.1:
        return f"hardly related ({_signed(value)})"
    how = "weakly" if size < 0.3 else "clearly" if size < 0.6 else "strongly"
    return f"{how} {'together' if value > 0 else 'opposite'} ({_signed(value)})"


def _finding(names: list[str], shown: FloatArray) -> str:
    """Say which two features go together, or against each other, most of all."""
    if np.isnan(shown).all():
        return "Too few tracks to compare features"
    row, column = np.unravel_index(int(np.nanargmax(np.abs(shown))), shown.shape)
    value = shown[row, column]
    both = f"{names[column]} and {names[row]}"
    how = "go together most" if value > 0 else "run opposite most"
    return f"{both[0].upper()}{both[1:]} {how} ({_signed(value)})"


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")

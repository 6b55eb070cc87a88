"""Traps that show only across columns: one that outweighs the rest, two that say the same."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.features.finding import Finding
from partsong.features.matrix import FeatureMatrix
from partsong.features.recipe import Recipe
from partsong.plain_text import counted

__all__ = [
    "find_dominance",
    "find_failed_analyses",
    "find_few_tracks",
    "find_gaps",
    "find_near_duplicates",
]

FloatArray = NDArray[np.float64]

_MOST_OF_THE_NORM: Final = 0.5
_SAME: Final = 0.9
_MUCH_THE_SAME: Final = 0.7
_FEW_LEFT: Final = 0.5
_MANY_MISSING: Final = 0.2
_ZERO_IN_A_FAILED_ANALYSIS: Final = ("danceability", "speechiness", "valence")


def find_dominance(matrix: FeatureMatrix) -> Iterator[Finding]:
    """Look for a catalog column that holds most of the squared norm of the matrix.

    Examples
    --------
    >>> import polars as pl
    >>> X = np.array([[200_000.0, 0.3], [180_000.0, 0.9]])
    >>> columns = ("duration_ms", "energy")
    >>> matrix = FeatureMatrix(X, columns, columns, pl.Series(["a", "b"]))
    >>> [(finding.severity, finding.feature) for finding in find_dominance(matrix)]
    [('spoils', 'duration_ms')]
    """
    squares = np.nansum(matrix.X**2, axis=0)
    total = squares.sum()
    columns = tuple(dict.fromkeys(matrix.column_of))
    if total == 0 or len(columns) == 1:
        return
    for column in columns:
        is_own = np.array([other == column for other in matrix.column_of])
        share = squares[is_own].sum() / total
        if share > _MOST_OF_THE_NORM:
            yield Finding(
                "spoils",
                "dominates",
                column,
                f"{column!r} makes up {_percent(share)} of the squared norm of the matrix.",
                f"A least-squares fit is spent on it: all parts are amounts of {column!r}, they "
                f"sort the tracks by it, and one cluster takes most of them.",
                f"Give every feature a scale; {column!r} for one, such as scale = 'split'.",
            )


def find_near_duplicates(recipe: Recipe, values: Mapping[str, FloatArray]) -> Iterator[Finding]:
    """Look for pairs of columns that rise and fall together.

    Examples
    --------
    >>> from partsong.features.recipe import FeatureSpec
    >>> recipe = Recipe("mine", "", (FeatureSpec("energy"), FeatureSpec("loudness")))
    >>> energy = np.array([0.1, 0.4, 0.5, 0.9])
    >>> pairs = find_near_duplicates(recipe, {"energy": energy, "loudness": energy * 30 - 30})
    >>> [finding.severity for finding in pairs]
    ['distorts']
    """
    for first, second in combinations(recipe.feature_columns, 2):
        both = ~np.isnan(values[first]) & ~np.isnan(values[second])
        a, b = values[first][both], values[second][both]
        if len(a) <= 2 or np.ptp(a) == 0 or np.ptp(b) == 0:
            continue
        correlation = float(np.corrcoef(a, b)[0, 1])
        if abs(correlation) >= _MUCH_THE_SAME:
            yield Finding(
                "distorts" if abs(correlation) >= _SAME else "note",
                "near-duplicates",
                first,
                f"{first!r} and {second!r} correlate at {correlation:.2f}.",
                "What they share counts twice in the fit.",
                "Leave one of them out, or give both a weight of 0.7.",
            )


def find_gaps(recipe: Recipe, values: Mapping[str, FloatArray]) -> Iterator[Finding]:
    """Look for missing values; columns that miss equally many make one finding.

    Examples
    --------
    >>> from partsong.features.recipe import FeatureSpec
    >>> recipe = Recipe("mine", "", (FeatureSpec("energy"), FeatureSpec("tempo")))
    >>> gaps = {"energy": np.array([0.1, np.nan]), "tempo": np.array([np.nan, 90.0])}
    >>> [finding.found for finding in find_gaps(recipe, gaps)]
    ["'energy' and 'tempo' are missing in 1 track each (50.0%)."]
    """
    groups: dict[tuple[int, str], list[str]] = {}
    for spec in recipe.features:
        n_missing = int(np.isnan(values[spec.column]).sum())
        if n_missing:
            groups.setdefault((n_missing, spec.missing), []).append(spec.column)
    for (n_missing, policy), columns in groups.items():
        share = n_missing / len(values[columns[0]])
        found = f"{_list_columns(columns)} missing in {counted(n_missing)}"
        found += f"{' each' if len(columns) > 1 else ''} ({share:.1%})."
        if share == 1:
            yield Finding(
                "note",
                "no values",
                columns[0],
                found,
                "A column without any value is left out of the matrix.",
                "Import a source that carries these features, or take them out of the recipe.",
            )
        elif policy == "drop":
            yield Finding(
                "distorts" if share > _MANY_MISSING else "note",
                "missing values",
                columns[0],
                found,
                "These tracks are dropped: they are in no part and are never recommended.",
                "Use missing = 'mask'.",
            )
        else:
            yield Finding(
                "note",
                "missing values",
                columns[0],
                found,
                "These tracks are placed by their other features.",
                "Nothing needs mending; a source with more values would place them better.",
            )


def find_failed_analyses(values: Mapping[str, FloatArray]) -> Iterator[Finding]:
    """Look for tracks whose analysis failed upstream, which some sources code as zeros.

    Examples
    --------
    >>> zero = np.array([0.0, 0.4])
    >>> found = find_failed_analyses({"danceability": zero, "speechiness": zero, "valence": zero})
    >>> [finding.trap for finding in found]
    ['failed analyses']
    """
    if not all(column in values for column in _ZERO_IN_A_FAILED_ANALYSIS):
        return
    rows = [values[column] == 0 for column in _ZERO_IN_A_FAILED_ANALYSIS]
    count = int(np.logical_and.reduce(rows).sum())
    if count:
        yield Finding(
            "distorts",
            "failed analyses",
            "danceability",
            f"Danceability, speechiness and valence are all 0 in {counted(count)}.",
            "Their analysis failed; as numbers they are a group that sounds like nothing else.",
            "Import the tracks with partsong, which turns such zeros into missing values.",
        )


def find_few_tracks(
    recipe: Recipe, n_used: int, n_selected: int, *, n_catalog: int | None
) -> Iterator[Finding]:
    """Look for conditions and gaps that throw most tracks away.

    Parameters
    ----------
    recipe
        With its condition.
    n_used
        Rows of the matrix.
    n_selected
        Tracks that the condition left.
    n_catalog
        Tracks before the condition, if known.

    Examples
    --------
    >>> from partsong.features.recipe import FeatureSpec
    >>> recipe = Recipe("mine", "", (FeatureSpec("energy"),), where="len(artist_genres) = 1")
    >>> [finding.found for finding in find_few_tracks(recipe, 15, 15, n_catalog=100)]
    ['where = "len(artist_genres) = 1" keeps 15 of 100 tracks and throws away 85.0%.']
    """
    if n_catalog and recipe.where is not None and n_selected < n_catalog:
        lost = 1 - n_selected / n_catalog
        yield Finding(
            "distorts" if lost > _FEW_LEFT else "note",
            "few tracks",
            "",
            f'where = "{recipe.where}" keeps {n_selected:,} of {n_catalog:,} tracks and throws '
            f"away {lost:.1%}.",
            "The parts describe the tracks that are left, which need not be like the others, and "
            "only these can be recommended.",
            "Take the condition out of the recipe; compare with genres after the fit.",
        )
    if n_used < n_selected * (1 - _FEW_LEFT):
        yield Finding(
            "distorts",
            "few tracks",
            "",
            f"Only {n_used:,} of {n_selected:,} tracks have every value that the recipe demands.",
            "The others are in no part and are never recommended.",
            "Use missing = 'mask' instead of 'drop'.",
        )
    if n_used < 10 * len(recipe.features):
        yield Finding(
            "distorts",
            "few tracks",
            "",
            f"There are {n_used:,} tracks for {len(recipe.features)} features.",
            "Parts of so few tracks follow chance; another start or another track changes them.",
            "Import more tracks, or use fewer features.",
        )


def _percent(share: float) -> str:
    return f"{share:.0%}" if share < 0.99 else "more than 99%"


def _list_columns(columns: Sequence[str]) -> str:
    names = [repr(column) for column in columns]
    if len(names) == 1:
        return f"{names[0]} is"
    return f"{', '.join(names[:-1])} and {names[-1]} are"

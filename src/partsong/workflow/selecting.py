"""Which tracks a fit learns from: filters, a sample, and what to say when nothing is left."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from partsong.catalog import Catalog, Conditions, list_conditions, short_condition, track_conditions
from partsong.errors import CatalogMissingError
from partsong.features import Alignment
from partsong.schema import TRACK_FIELDS
from partsong.workflow.aligning import read_aligned

__all__ = [
    "Conditions",
    "sample_tracks",
    "select_tracks",
    "short_condition",
    "track_conditions",
]

_COLUMN: Final = re.compile(rf"\b({'|'.join(field.name for field in TRACK_FIELDS)})\b")


def select_tracks(
    catalog: Catalog,
    columns: Sequence[str],
    *,
    where: Conditions = None,
    alignment: Alignment | None = None,
) -> pl.DataFrame:
    """Read the tracks that meet some conditions, or say which of them leaves none.

    Parameters
    ----------
    catalog
        Where to read.
    columns
        Columns of the table `tracks`; `track_id` always comes first.
    where
        The conditions, of a recipe and of the user.
    alignment
        How features of several analyses come onto one scale; without it they are the catalog's.

    Returns
    -------
    polars.DataFrame
        At least one row.

    Raises
    ------
    CatalogMissingError
        If no track meets all conditions.

    Examples
    --------
    >>> rap = track_conditions(genres=["rap"])
    >>> len(select_tracks(Catalog(catalog), ["title"], where=rap))
    60
    """
    conditions = list_conditions(where)
    tracks = read_aligned(catalog, columns, alignment, where=conditions)
    if tracks.is_empty():
        raise _nothing_left(catalog, conditions)
    return tracks


def sample_tracks(tracks: pl.DataFrame, n: int | None, *, random_state: int = 0) -> pl.DataFrame:
    """Draw some tracks at random, in the order in which they stand.

    Parameters
    ----------
    tracks
        One row a track.
    n
        How many. All of them where it is None, or there are no more.
    random_state
        Seed of the draw: the same seed and tracks give the same sample.

    Examples
    --------
    >>> tracks = pl.DataFrame({"track_id": ["a", "b", "c", "d"]})
    >>> sample_tracks(tracks, 2)["track_id"].to_list()
    ['c', 'd']
    """
    if n is None or n >= len(tracks):
        return tracks
    drawn = np.random.default_rng(random_state).choice(len(tracks), n, replace=False)
    return tracks[np.sort(drawn)]


def _nothing_left(catalog: Catalog, conditions: Sequence[str]) -> CatalogMissingError:
    n_tracks = catalog.count_tracks()
    if not n_tracks:
        return CatalogMissingError(
            "The catalog has no tracks.", hint="Import some: partsong import FILE"
        )
    removed = {one: n_tracks - catalog.count_tracks(one) for one in conditions}
    listed = "; ".join(f"{short_condition(one)} leaves out {n:,}" for one, n in removed.items())
    unknown = [columns for one in conditions if not _known(catalog, columns := _columns_in(one))]
    hint = "Widen the condition that leaves out the most."
    if unknown:
        hint = f"No track has a value of {unknown[0][0]}; import a source that carries it."
    return CatalogMissingError(f"No track is left of {n_tracks:,}: {listed}.", hint=hint)


def _columns_in(condition: str) -> list[str]:
    return list(dict.fromkeys(_COLUMN.findall(condition)))


def _known(catalog: Catalog, columns: Sequence[str]) -> bool:
    """Say whether any track has a value in any of some columns."""
    has_value = " OR ".join(f'"{column}" IS NOT NULL' for column in columns)
    return not has_value or catalog.count_tracks(has_value) > 0

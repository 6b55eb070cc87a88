"""Where features are read for learning and placing: on one scale, whoever measured them.

The catalog hands out what the sources said. Everything that makes a matrix of tracks reads them
here, so that a fit, an update and a check see the same numbers.
"""

from collections.abc import Collection, Sequence

import polars as pl

from partsong.catalog import Catalog, Conditions
from partsong.features import MAPPED_FEATURES, Alignment
from partsong.workflow.consent import closed_sources

__all__ = ["learn_alignment", "read_aligned", "read_said"]


def learn_alignment(catalog: Catalog, columns: Sequence[str]) -> Alignment | None:
    """Learn how the analyses of a catalog relate, from the tracks that several have measured.

    What a source said that may not be learned from is no part of it.

    Parameters
    ----------
    catalog
        Where to read.
    columns
        Columns that are to be learned from; only audio features on a scale matter.

    Returns
    -------
    Alignment or None
        None where all features are of one analysis.
    """
    features = [name for name in MAPPED_FEATURES if name in columns]
    if not features or len(catalog.list_analyses()) < 2:
        return None
    closed = [info.name for info in closed_sources(catalog)]
    said = read_said(catalog, features, without=closed)
    alignment = Alignment.learn(said, catalog.read_analyses(features))
    return alignment if alignment.maps else None


def read_said(
    catalog: Catalog, features: Sequence[str], *, without: Collection[str] = ()
) -> pl.DataFrame:
    """Read what each analysis says of each track, the oldest first.

    Parameters
    ----------
    catalog
        Where to read.
    features
        Audio features.
    without
        Sources that are left out.
    """
    said = catalog.read_track_sources(["analysis", *features])
    left = said.filter(~pl.col("source").is_in(list(without)))
    return left.drop("source").drop_nulls("analysis")


def read_aligned(
    catalog: Catalog,
    columns: Sequence[str],
    alignment: Alignment | None,
    *,
    where: Conditions = None,
    track_ids: Sequence[str] | None = None,
) -> pl.DataFrame:
    """Read tracks with the values of all analyses on one scale.

    Parameters
    ----------
    catalog
        Where to read.
    columns
        Columns of the table `tracks`; `track_id` always comes first.
    alignment
        What was learned; without it the values are those of the catalog.
    where
        As in :meth:`~partsong.catalog.Catalog.read_tracks`; it is asked of the catalog's values.
    track_ids
        Tracks to read in this order, as
        :meth:`~partsong.catalog.Catalog.read_tracks_by_id` does, in place of `where`.
    """
    if track_ids is None:
        tracks = catalog.read_tracks(columns, where=where)
    else:
        tracks = catalog.read_tracks_by_id(track_ids, columns)
    if alignment is None:
        return tracks
    moved = [one.feature for one in alignment.maps if one.knots and one.feature in columns]
    features = list(dict.fromkeys(moved))
    if not features:
        return tracks
    return alignment.apply(tracks, catalog.read_analyses(features, track_ids=track_ids))

"""Whose music a part is: its decades, its genres, and the tracks at its border."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.parts.description import strongest_tracks
from partsong.parts.model import Model

__all__ = ["BorderlineTrack", "DecadeShare", "GenreShare", "PartProfile", "profile_parts"]

_FEWEST_TRACKS: Final = 5
_LEAST_SHARE: Final = 0.01
"""A genre that fewer of a part's tracks carry is no mark of it, whatever its lift."""


@dataclass(frozen=True, slots=True)
class DecadeShare:
    """A decade in the life of a part.

    Attributes
    ----------
    decade
        Its first year.
    tracks
        Tracks of the part that were released in it.
    share
        Their share of the part's tracks of known year, in [0, 1].
    lift
        How much more often a track of the part is of this decade than any track of the model;
        1 is as often.
    """

    decade: int
    tracks: int
    share: float
    lift: float


@dataclass(frozen=True, slots=True)
class GenreShare:
    """A genre that many tracks of a part carry.

    Attributes
    ----------
    genre
        Its name.
    tracks
        Tracks of the part that carry it.
    share
        Their share of the part's tracks that have any genre, in [0, 1].
    lift
        How much more often a track of the part carries it than any track of the model that has
        a genre; 1 is as often.
    """

    genre: str
    tracks: int
    share: float
    lift: float


@dataclass(frozen=True, slots=True)
class BorderlineTrack:
    """A track that belongs to a part only just.

    Attributes
    ----------
    track_id
        The track.
    other
        Name of the part that comes next.
    lead
        By how much of its own strength the part leads it, in [0, 1].
    """

    track_id: str
    other: str
    lead: float


@dataclass(frozen=True, slots=True)
class PartProfile:
    """What is known of the tracks that belong to a part.

    Attributes
    ----------
    median_year
        The year that half of its tracks of known year are not older than; None where no year is
        known.
    decades
        From the first to the last that has a track.
    genres
        The genres that tell it from the catalog, most first, by share times the logarithm of the
        lift: more frequent here than among all tracks, and on at least five of its tracks and one
        in a hundred.
    borderline
        Tracks that are nearest to leaving it, the nearest first, one for each artist.
    """

    median_year: int | None = None
    decades: tuple[DecadeShare, ...] = ()
    genres: tuple[GenreShare, ...] = ()
    borderline: tuple[BorderlineTrack, ...] = ()


def profile_parts(
    model: Model, tracks: pl.DataFrame, *, n_genres: int = 5, n_borderline: int = 10
) -> tuple[PartProfile, ...]:
    """Describe the shown parts by what was not used to learn them.

    Only tracks that are assigned to a part count for it (`Model.assign`).

    Parameters
    ----------
    model
        A fitted model.
    tracks
        The tracks of the model, in any order: `track_id`, and as far as they are known
        `release_year`, `genres` and `artists`.
    n_genres, n_borderline
        How many to name, at most.

    Returns
    -------
    tuple of PartProfile
        One for each of `model.shown`.
    """
    assigned = model.assign()
    rows = model.track_ids.alias("track_id").to_frame()
    rows = rows.join(tracks, on="track_id", how="left", maintain_order="left")
    rows = rows.with_columns(part=pl.Series(assigned.labels))
    decades = _decades(rows) if "release_year" in rows else {}
    years = _median_years(rows) if "release_year" in rows else {}
    genres = _genres(rows) if "genres" in rows else {}
    loadings = model.part_loadings()
    names = [part.name for part in model.shown]
    return tuple(
        PartProfile(
            median_year=years.get(part),
            decades=tuple(decades.get(part, ())),
            genres=tuple(genres.get(part, ())[:n_genres]),
            borderline=_borderline(
                rows,
                np.flatnonzero(assigned.labels == part),
                assigned.lead,
                loadings,
                names,
                n=n_borderline,
            ),
        )
        for part in range(len(names))
    )


def _median_years(rows: pl.DataFrame) -> dict[int, int]:
    known = rows.filter(pl.col("release_year").is_not_null())
    middle = known.group_by("part").agg(pl.col("release_year").quantile(0.5, "lower"))
    return {part: int(year) for part, year in middle.iter_rows()}


def _decades(rows: pl.DataFrame) -> dict[int, list[DecadeShare]]:
    known = rows.select("part", decade=pl.col("release_year") // 10 * 10).drop_nulls()
    shares = _shares_and_lifts(known, "decade", n_of_part=_count(known, "part"), n_all=len(known))
    return {
        part: [DecadeShare(*row) for row in group.sort("decade").drop("part").iter_rows()]
        for (part,), group in shares.partition_by("part", as_dict=True).items()
    }


def _genres(rows: pl.DataFrame) -> dict[int, list[GenreShare]]:
    labelled = rows.select("part", genre=pl.col("genres").list.drop_nulls().list.unique()).filter(
        pl.col("genre").list.len() > 0
    )
    shares = _shares_and_lifts(
        labelled.explode("genre"),
        "genre",
        n_of_part=_count(labelled, "part"),
        n_all=len(labelled),
    ).filter(
        (pl.col("tracks") >= _FEWEST_TRACKS)
        & (pl.col("share") >= _LEAST_SHARE)
        & (pl.col("lift") > 1)
    )
    told = pl.col("share") * pl.col("lift").log()
    ranked = shares.sort(told, "genre", descending=[True, False])
    return {
        part: [GenreShare(*row) for row in group.drop("part").iter_rows()]
        for (part,), group in ranked.partition_by("part", as_dict=True).items()
    }


def _count(rows: pl.DataFrame, column: str) -> pl.DataFrame:
    return rows.group_by(column).agg(of_part=pl.len())


def _shares_and_lifts(
    rows: pl.DataFrame, column: str, *, n_of_part: pl.DataFrame, n_all: int
) -> pl.DataFrame:
    """Count each value of a column in each part, beside its count among all rows."""
    return (
        rows.group_by("part", column)
        .agg(tracks=pl.len())
        .join(rows.group_by(column).agg(of_all=pl.len()), on=column)
        .join(n_of_part, on="part")
        .with_columns(share=pl.col("tracks") / pl.col("of_part"))
        .with_columns(lift=pl.col("share") / (pl.col("of_all") / n_all))
        .select("part", column, "tracks", "share", "lift")
    )


def _borderline(
    rows: pl.DataFrame,
    members: NDArray[np.intp],
    lead: NDArray[np.float64],
    loadings: NDArray[np.float32],
    names: Sequence[str],
    *,
    n: int,
) -> tuple[BorderlineTrack, ...]:
    """Find the tracks of a part with the smallest lead, and the part that comes next to each."""
    if len(names) < 2:
        return ()
    nearest = members[np.argsort(lead[members], kind="stable")[: 20 * n]]
    chosen = strongest_tracks(2 - lead[nearest], rows[nearest.tolist()], n=n)
    row_of = dict(zip(rows["track_id"][nearest.tolist()], nearest, strict=True))
    return tuple(
        BorderlineTrack(
            track_id=track_id,
            other=names[int(np.argsort(-loadings[row_of[track_id]], kind="stable")[1])],
            lead=float(lead[row_of[track_id]]),
        )
        for track_id in chosen
    )

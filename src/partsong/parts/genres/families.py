"""Families of genres: those whose tracks are made of the same parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.errors import QueryError
from partsong.parts.genres.artist_blocks import ArtistBlocks
from partsong.parts.genres.profiles import GenreProfiles, over
from partsong.parts.genres.track_genres import collect_genres
from partsong.progress import SILENT, Progress

__all__ = ["FamilyPart", "GenreFamilies", "GenreFamily", "genre_families"]

_Floats = NDArray[np.float64]

_MOST_FAMILIES: Final = 12
_GENRES_TO_A_FAMILY: Final = 3
_MOST_ORDERED: Final = 600
"""Genres up to which SciPy's best order of the leaves takes no time to speak of."""


@dataclass(frozen=True, slots=True)
class FamilyPart:
    """How much of a family's music is one part.

    Attributes
    ----------
    part
        Its name.
    share
        Mean over the family's genres, in [0, 1].
    lift
        That share over the mean of all genres.
    """

    part: str
    share: float
    lift: float


@dataclass(frozen=True, slots=True)
class GenreFamily:
    """Genres made of the same parts.

    Attributes
    ----------
    genres
        The nearest side by side.
    n_tracks
        Tracks that carry one of them.
    parts
        The largest lift first.
    steadiness
        How often two of its genres fall into one family when artists are drawn anew, in [0, 1];
        1 for a genre on its own.
    """

    genres: tuple[str, ...]
    n_tracks: int
    parts: tuple[FamilyPart, ...]
    steadiness: float


@dataclass(frozen=True, slots=True, eq=False)
class GenreFamilies:
    """All families, and the tree that they were cut from.

    Attributes
    ----------
    families
        In the order of the tree, so that the nearest stand side by side.
    profiles
        A row for each genre and part: `genre`, `tracks`, `family` (from 1), `part`, `share` (mean
        share of the part in the genre's tracks), `lift` (that over the mean of all genres). Genres
        are in the order of the tree.
    tree
        A row for each of the merges: `left`, `right`, `height` (Ward's distance). Numbers below
        the number of genres are genres in the order of `profiles`, the next ones merges in the
        order of the rows.
    n_tracks
        Tracks that carry any of the genres.
    """

    families: tuple[GenreFamily, ...]
    profiles: pl.DataFrame
    tree: pl.DataFrame
    n_tracks: int


def genre_families(
    loadings: NDArray[np.floating],
    genres: pl.Series,
    part_names: Sequence[str],
    *,
    artists: pl.Series | None = None,
    min_tracks: int = 20,
    n_families: int | None = None,
    n_resamples: int = 100,
    random_state: int = 0,
    progress: Progress = SILENT,
) -> GenreFamilies:
    """Group genres by the parts that their tracks are made of.

    A genre's profile is the mean over its tracks of each part's share. Genres are merged by
    Ward's method on the square roots of their profiles, whose distance is that of Hellinger: it
    is not ruled by the large parts that all music shares. The tree has no natural number of
    branches, so families are a cut for reading; `steadiness` says which of them would come again.

    Parameters
    ----------
    loadings
        How much of each part is in each track, as `Model.part_loadings` gives it; shape
        (n_tracks, n_parts).
    genres, artists
        As for `genre_table`.
    part_names
        The name of each column.
    min_tracks
        Genres with fewer tracks are left out.
    n_families
        How many; by default one for three genres, at most 12.
    n_resamples
        How often artists are drawn anew.
    random_state, progress
        As for `genre_table`.

    Raises
    ------
    QueryError
        If fewer than two genres have enough tracks.

    Examples
    --------
    >>> loadings = np.array([[9, 1], [8, 2], [1, 9], [2, 8]] * 30)
    >>> genres = pl.Series([["metal"], ["punk"], ["piano"], ["sleep"]] * 30)
    >>> found = genre_families(loadings, genres, ["loud", "quiet"], n_families=2)
    >>> [(family.genres, family.parts[0].part) for family in found.families]
    [(('metal', 'punk'), 'loud'), (('sleep', 'piano'), 'quiet')]
    """
    from scipy.cluster.hierarchy import fcluster, leaves_list

    tracks = collect_genres(genres, artists)
    profiler = GenreProfiles(tracks, np.asarray(loadings)[tracks.rows], min_tracks=min_tracks)
    n_genres = len(profiler.names)
    if n_genres < 2:
        raise QueryError(
            f"Only {n_genres} genre has {min_tracks:,} tracks or more; families need two."
            if n_genres
            else f"No genre has {min_tracks:,} tracks or more; families need two.",
            hint="Ask for smaller genres too: --min-tracks 5.",
        )
    n_families = min(
        n_families or max(2, min(_MOST_FAMILIES, n_genres // _GENRES_TO_A_FAMILY)), n_genres
    )
    profiles = profiler.measure()
    merges = _merge(profiles, has_best_order=n_genres <= _MOST_ORDERED)
    order = leaves_list(merges)
    family_of = fcluster(merges, n_families, "maxclust")
    together = np.zeros((n_genres, n_genres))
    random = np.random.default_rng(random_state)
    blocks = ArtistBlocks(tracks.artists)
    progress.start("drawing artists anew", total=n_resamples)
    for _ in range(n_resamples):
        again = fcluster(_merge(profiler.measure(blocks.draw(random))), n_families, "maxclust")
        together += again[:, None] == again
        progress.advance()
    progress.finish()
    members = [order[family_of[order] == family] for family in dict.fromkeys(family_of[order])]
    return GenreFamilies(
        families=tuple(
            GenreFamily(
                genres=tuple(profiler.names[genre] for genre in genres_of),
                n_tracks=profiler.count_tracks(genres_of),
                parts=_describe(profiles[genres_of].mean(axis=0), profiles, part_names),
                steadiness=_steadiness(together[np.ix_(genres_of, genres_of)], n_resamples),
            )
            for genres_of in members
        ),
        profiles=_tabulate(profiles, profiler, members, part_names),
        tree=_number_by_order(merges, order),
        n_tracks=profiler.count_tracks(order),
    )


def _merge(profiles: _Floats, *, has_best_order: bool = False) -> _Floats:
    from scipy.cluster.hierarchy import linkage

    return np.asarray(linkage(np.sqrt(profiles), "ward", optimal_ordering=has_best_order))


def _describe(
    shares: _Floats, profiles: _Floats, part_names: Sequence[str]
) -> tuple[FamilyPart, ...]:
    lifts = over(shares, profiles.mean(axis=0))
    return tuple(
        FamilyPart(part_names[part], float(shares[part]), float(lifts[part]))
        for part in np.argsort(-lifts, kind="stable")
    )


def _steadiness(together: _Floats, n_resamples: int) -> float:
    size = len(together)
    if size == 1 or not n_resamples:
        return 1.0
    return float((together.sum() - np.trace(together)) / (size * (size - 1) * n_resamples))


def _tabulate(
    profiles: _Floats,
    profiler: GenreProfiles,
    members: Sequence[NDArray[np.integer]],
    part_names: Sequence[str],
) -> pl.DataFrame:
    lifts = over(profiles, profiles.mean(axis=0))
    return pl.DataFrame(
        [
            {
                "genre": profiler.names[genre],
                "tracks": int(profiler.sizes[genre]),
                "family": family,
                "part": name,
                "share": float(profiles[genre, part]),
                "lift": float(lifts[genre, part]),
            }
            for family, genres_of in enumerate(members, start=1)
            for genre in genres_of
            for part, name in enumerate(part_names)
        ]
    )


def _number_by_order(merges: _Floats, order: NDArray[np.integer]) -> pl.DataFrame:
    """Let the leaves of a tree have the numbers of their order."""
    nodes = merges[:, :2].astype(np.intp)
    n_genres = len(order)
    place = np.arange(n_genres + len(merges))
    place[order] = np.arange(n_genres)
    left, right = place[nodes].T
    return pl.DataFrame({"left": left, "right": right, "height": merges[:, 2]})

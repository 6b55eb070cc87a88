"""The best tracks for one or several centres, under the wishes that a whole list must meet.

A score says how near one track is. What a list needs besides, no second version of a song, few
tracks of one artist, some spread, a length in minutes, depends on what is in it already. So the
list is filled from the top, one slot at a time.
"""

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from partsong.recommend.centres import Centre
from partsong.recommend.nearest import unit_rows

__all__ = ["Described", "Limits", "Pick", "RankedRows", "pick_tracks"]

_FEWEST_TO_SPREAD: Final = 100
_SPREAD_OVER: Final = 10
"""Spread chooses among so many of the best tracks for each that is asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Pick:
    """One picked row.

    Parameters
    ----------
    row
        Of the loadings.
    score
        Its cosine with the centre that it answers, in [0, 1].
    contributions
        What each column adds to the score, shape (n_columns,), non-negative; their sum is the
        score.
    centre
        Which centre it answers, counted from 0 in the order in which they were given.
    """

    row: int
    score: float
    contributions: NDArray[np.float64]
    centre: int


@dataclass(frozen=True, slots=True)
class Described:
    """What has to be known of a track to keep a list within its limits.

    Parameters
    ----------
    song
        The same for all versions of one song.
    artists
        All of its artists.
    album
        Its album.
    minutes
        How long it is.
    """

    song: Hashable
    artists: tuple[str, ...] = ()
    album: str | None = None
    minutes: float | None = None

    @property
    def folded_artists(self) -> set[str]:
        """Its artists as they are compared: each once, whatever its capitals."""
        return {artist.casefold() for artist in self.artists}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a list must keep to.

    Parameters
    ----------
    n
        Most tracks. Not asked where `minutes` is given.
    per_artist
        Most tracks of any one artist; None for no limit.
    per_album
        Most tracks of any one album; None for no limit.
    minutes
        As many tracks as come nearest to this length, one at least. Tracks of unknown length
        stay out then.
    diversity
        From 0, the plain order, to 1, where only unlikeness to the tracks before counts.
    """

    n: int = 10
    per_artist: int | None = 2
    per_album: int | None = None
    minutes: float | None = None
    diversity: float = 0.0


class RankedRows(Protocol):
    """Rows that can be asked which of them point in a direction, as `NearestRows` can."""

    W: NDArray[np.floating]

    def best_first(
        self, query: NDArray[np.float64], *, n: int, candidates: NDArray[np.bool_] | None = None
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float64]]]:
        """Yield rows of positive score in falling order, and what each column adds to it."""


class _Candidate(NamedTuple):
    pick: Pick
    described: Described


def pick_tracks(
    nearest: RankedRows,
    centres: Sequence[Centre],
    *,
    limits: Limits,
    describe: Callable[[Sequence[int]], Sequence[Described]],
    candidates: NDArray[np.bool_] | None = None,
    avoid: Collection[Hashable] = (),
) -> list[Pick]:
    """Fill a list with the rows nearest to some centres, within its limits.

    Each slot goes to the centre that is furthest behind its weight, so any head of the list has
    room for every mood in proportion. Its best track that the limits allow takes it. With spread,
    that is the one of greatest maximal marginal relevance, ``(1 - diversity) * score - diversity *
    (greatest cosine with a track of the list)`` (Carbonell & Goldstein 1998), among the best
    ``10 n`` tracks of the centre, and 100 at least.

    Parameters
    ----------
    nearest
        The rows to choose from.
    centres
        What to come near to.
    limits
        What the list must keep to.
    describe
        Tells of some rows what the limits are about. It is asked for the best few rows only.
    candidates
        Which rows may be picked, shape (n_rows,); all by default.
    avoid
        Songs that must not come, such as those of the seeds.

    Returns
    -------
    list of Pick
        In list order. Shorter than asked for where no more tracks meet the limits, or share
        anything with a centre. Ties keep the order of rows.

    Examples
    --------
    >>> from partsong.recommend import NearestRows
    >>> nearest = NearestRows(np.array([[1.0, 0.0], [0.9, 0.1], [0.8, 0.6]]))
    >>> artists = [("A",), ("A",), ("B",)]
    >>> picks = pick_tracks(
    ...     nearest,
    ...     [Centre(np.array([1.0, 0.0]), 1.0, ())],
    ...     limits=Limits(per_artist=1),
    ...     describe=lambda rows: [Described(row, artists[row]) for row in rows],
    ... )
    >>> [(pick.row, pick.score) for pick in picks]
    [(0, 1.0), (2, 0.8)]
    """
    shelf = _List(limits, avoid)
    queues = [
        _Queue(nearest, centre, number, limits=limits, describe=describe, candidates=candidates)
        for number, centre in enumerate(centres)
    ]
    given = [0.5] * len(queues)  # half of the next slot included: Webster's method
    while not shelf.is_full:
        furthest_behind = sorted(
            range(len(queues)), key=lambda number: given[number] / centres[number].weight
        )
        for number in furthest_behind:
            best = queues[number].take_best(shelf)
            if best is not None:
                shelf.add(best)
                given[number] += 1
                break
        else:
            break
    return [candidate.pick for candidate in shelf.to_length()]


class _List:
    """The list so far, and what may still join it."""

    def __init__(self, limits: Limits, avoid: Collection[Hashable]) -> None:
        self._limits = limits
        self._avoid = avoid
        self.chosen: list[_Candidate] = []
        self._songs: set[Hashable] = set()
        self._artists: dict[str, int] = {}
        self._albums: dict[str, int] = {}
        self._minutes = 0.0

    @property
    def is_full(self) -> bool:
        if self._limits.minutes is not None:
            return self._minutes >= self._limits.minutes
        return len(self.chosen) >= self._limits.n

    def allows(self, described: Described) -> bool:
        limits = self._limits
        if described.song in self._songs or described.song in self._avoid:
            return False
        if limits.minutes is not None and not described.minutes:
            return False
        if limits.per_artist is not None and any(
            self._artists.get(artist.casefold(), 0) >= limits.per_artist
            for artist in described.artists
        ):
            return False
        album = (described.album or "").casefold()
        return not (
            limits.per_album is not None
            and album
            and self._albums.get(album, 0) >= limits.per_album
        )

    def add(self, candidate: _Candidate) -> None:
        self.chosen.append(candidate)
        described = candidate.described
        self._songs.add(described.song)
        self._minutes += described.minutes or 0.0
        for artist in described.folded_artists:
            self._artists[artist] = self._artists.get(artist, 0) + 1
        if described.album:
            album = described.album.casefold()
            self._albums[album] = self._albums.get(album, 0) + 1

    def to_length(self) -> list[_Candidate]:
        """Leave the last track out where the list comes nearer to its minutes without it."""
        wanted = self._limits.minutes
        if wanted is None or len(self.chosen) < 2 or self._minutes <= wanted:
            return self.chosen
        without = self._minutes - (self.chosen[-1].described.minutes or 0.0)
        is_nearer = wanted - without <= self._minutes - wanted
        return self.chosen[:-1] if is_nearer else self.chosen


class _Queue:
    """The best tracks of one centre that have not been picked."""

    def __init__(
        self,
        nearest: RankedRows,
        centre: Centre,
        number: int,
        *,
        limits: Limits,
        describe: Callable[[Sequence[int]], Sequence[Described]],
        candidates: NDArray[np.bool_] | None,
    ) -> None:
        self._W = nearest.W
        self._centre = centre
        self._number = number
        self._spread = limits.diversity
        self._depth = max(_FEWEST_TO_SPREAD, _SPREAD_OVER * limits.n) if self._spread else 1
        self._describe = describe
        self._waiting: list[_Candidate] = []
        n_expected = max(self._depth, limits.n)
        self._stream = self._best_first(
            nearest.best_first(centre.direction, n=n_expected, candidates=candidates),
            at_once=2 * n_expected,
        )

    def take_best(self, shelf: _List) -> _Candidate | None:
        """Take out the best track that may join the list; None where there is none."""
        self._waiting = [one for one in self._waiting if shelf.allows(one.described)]
        while len(self._waiting) < self._depth:
            candidate = next(self._stream, None)
            if candidate is None:
                break
            if shelf.allows(candidate.described):
                self._waiting.append(candidate)
        if not self._waiting:
            return None
        return self._waiting.pop(self._most_marginal(shelf.chosen) if self._spread else 0)

    def _most_marginal(self, chosen: Sequence[_Candidate]) -> int:
        """Weigh nearness to the centre against likeness to what is there (MMR)."""
        scores = np.array([one.pick.score for one in self._waiting])
        likeness = np.zeros(len(scores))
        if chosen:
            waiting, there = (
                unit_rows(self._W[[one.pick.row for one in some]])
                for some in (self._waiting, chosen)
            )
            likeness = (waiting @ there.T).max(axis=1)
        return int(np.argmax((1 - self._spread) * scores - self._spread * likeness))

    def _best_first(
        self,
        batches: Iterator[tuple[NDArray[np.intp], NDArray[np.float64]]],
        *,
        at_once: int,
    ) -> Iterator[_Candidate]:
        """Describe rows a few at a time: most lists need few more than they show."""
        for batch, contributions in batches:
            scores = np.minimum(contributions.sum(axis=1), 1.0).tolist()
            for start in range(0, len(batch), at_once):
                rows = batch[start : start + at_once].tolist()
                for place, described in enumerate(self._describe(rows), start):
                    pick = Pick(
                        rows[place - start], scores[place], contributions[place], self._number
                    )
                    yield _Candidate(pick, described)

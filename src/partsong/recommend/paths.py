"""A walk from one track to another through real tracks, in even steps.

Two directions span an arc (spherical interpolation, Shoemake 1985), and points on it are
non-negative where its ends are. Near each point lie some tracks. Which of them to step on is a
shortest path: among all ways that take one track near each point, dynamic programming finds the one
with the least sum of squared steps and squared detours. Squares make steps even: two of 10 degrees
cost less than one of 5 and one of 15. As no song may come twice, it follows the few cheapest ways
to each track instead of the one (list Viterbi, Seshadri & Sundberg 1994).
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.recommend.nearest import NearestRows, unit_rows
from partsong.recommend.picking import Described

__all__ = ["Walk", "walk_rows"]

_NEAR_A_POINT: Final = 48
_OF_ONE_ARTIST: Final = 6
"""Most tracks of an artist near a point, so that a prolific one does not fill its surroundings."""

_KEPT_WAYS: Final = 8
_ALIKE: Final = 1e-6
"""An angle that rounding makes of none."""

_LONGEST_STEP: Final = np.radians(60)
_STANDS_OUT: Final = 2.0
_LEAST_JUMP: Final = np.radians(45)

_Describe = Callable[[Sequence[int]], Sequence[Described]]
_Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """A way from one row to another.

    Parameters
    ----------
    rows
        Both ends included, shape (n_steps + 1,).
    likeness
        Cosine of each row and the one before, shape (n_steps,).
    along
        How far along the arc each row lies, 0 at the start and 1 at the end, shape
        (n_steps + 1,).
    """

    rows: tuple[int, ...]
    likeness: NDArray[np.float64]
    along: NDArray[np.float64]

    @property
    def jumps(self) -> tuple[int, ...]:
        """Steps that are jumps, counted from 0.

        A step is one where it is over 60 degrees (a likeness under 0.5), or over 45 degrees (a
        likeness under 0.71) and more than twice as long as the others in the middle.
        """
        steps = np.arccos(np.clip(self.likeness, 0, 1))
        return tuple(
            number
            for number, step in enumerate(steps)
            if step > _LONGEST_STEP
            or (
                len(steps) > 1
                and step > _LEAST_JUMP
                and step > _STANDS_OUT * np.median(np.delete(steps, number))
            )
        )


def walk_rows(
    nearest: NearestRows,
    ends: tuple[int, int],
    *,
    n: int = 12,
    describe: _Describe,
    candidates: NDArray[np.bool_] | None = None,
    per_artist: int | None = 1,
    avoid: Collection[Hashable] = (),
) -> Walk:
    """Walk from one row to another over rows near the arc between them.

    No song comes twice, and no artist more often than the cap. A way is not led on to a track that
    would break this, so each track is reached by several of the cheapest ways, not by one.

    Parameters
    ----------
    nearest
        The rows to walk on.
    ends
        Rows of the start and the end.
    n
        Rows of the walk, both ends included, at least 2. Where too few may be stepped on, the walk
        is shorter.
    describe
        Tells of some rows which song and whose they are.
    candidates
        Which rows may be stepped on, shape (n_rows,); all by default. The ends always are.
    per_artist
        Most tracks of one artist between the ends; None for no limit.
    avoid
        Songs that must not come between the ends.

    Returns
    -------
    Walk

    Raises
    ------
    ValueError
        If an end has no loadings, so that nothing lies between.

    Examples
    --------
    >>> turn = np.linspace(0, np.pi / 2, 7)
    >>> nearest = NearestRows(np.column_stack([np.cos(turn), np.sin(turn)]))
    >>> walk = walk_rows(
    ...     nearest, (0, 6), n=4, describe=lambda rows: [Described(row) for row in rows]
    ... )
    >>> walk.rows, walk.likeness.round(2).tolist(), walk.along.round(2).tolist()
    ((0, 2, 4, 6), [0.87, 0.87, 0.87], [0.0, 0.33, 0.67, 1.0])
    """
    start, end = unit_rows(nearest.W[list(ends)])
    if not start.any() or not end.any():
        raise ValueError("A track without any loading lies on no way.")
    taken = {one.song for one in describe(list(ends))} | set(avoid)
    points = _arc(start, end, n)[1:-1]
    if len(points):  # one question for what most points will ask about
        head = 2 * (_NEAR_A_POINT + n)
        found = nearest.best_of_many(points, n=head, candidates=candidates)
        describe(np.unique(np.concatenate([rows[:head] for rows, _ in found])).tolist())
    layers = [
        _Layer.near(nearest, point, describe, taken=taken, candidates=candidates, n_points=n)
        for point in points
    ]
    marks = _Marks(layers)
    ways = _Ways.begin(start)
    for layer in layers:
        ways = ways.extend(layer, marks, per_artist)
    between = ways.best(end)
    rows = (ends[0], *between, ends[1])
    unit = unit_rows(nearest.W[list(rows)])
    likeness = np.clip(np.einsum("ij,ij->i", unit[:-1], unit[1:]), 0, 1)
    return Walk(rows, likeness, _along(start, end, unit))


def _arc(start: NDArray[np.float64], end: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Return even points on the arc, both ends included."""
    share = np.linspace(0, 1, n)[:, None]
    angle = np.arccos(np.clip(start @ end, 0, 1))
    if angle < _ALIKE:
        return np.repeat(start[None], n, axis=0)
    points: NDArray[np.float64] = (
        np.sin((1 - share) * angle) * start + np.sin(share * angle) * end
    ) / np.sin(angle)
    return points


def _along(
    start: NDArray[np.float64], end: NDArray[np.float64], unit: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Project rows on the plane of the arc, and say how far they have turned from its start."""
    angle = np.arccos(np.clip(start @ end, 0, 1))
    if angle < _ALIKE:
        return np.linspace(0, 1, len(unit))
    across = end - (start @ end) * start
    across /= np.linalg.norm(across)
    turned: NDArray[np.float64] = np.arctan2(unit @ across, unit @ start) / angle
    turned[[0, -1]] = 0, 1  # exactly
    return np.clip(turned, 0, 1)


@dataclass(slots=True, eq=False)
class _Layer:
    """The tracks near one point of the arc, the nearest first."""

    rows: _Rows
    unit: NDArray[np.float64]
    detours: NDArray[np.float64]
    described: list[Described]

    @classmethod
    def near(
        cls,
        nearest: NearestRows,
        point: NDArray[np.float64],
        describe: _Describe,
        *,
        taken: set[Hashable],
        candidates: NDArray[np.bool_] | None,
        n_points: int,
    ) -> "_Layer":
        """Find the nearest rows, each song once, enough of them for a way without repeats."""
        wanted = _NEAR_A_POINT + n_points
        rows: list[int] = []
        described: list[Described] = []
        songs = set(taken)
        artists: Counter[str] = Counter()
        for found in _in_pieces(
            nearest.best_first(point, n=wanted, candidates=candidates), 2 * wanted
        ):
            for row, one in zip(found, describe(found), strict=True):
                is_new = one.song not in songs and all(
                    artists[name] < _OF_ONE_ARTIST for name in one.folded_artists
                )
                if is_new and len(rows) < wanted:
                    songs.add(one.song)
                    artists.update(one.folded_artists)
                    rows.append(row)
                    described.append(one)
            if len(rows) == wanted:
                break
        unit = unit_rows(nearest.W[rows])
        return cls(np.array(rows, dtype=np.intp), unit, _squares(unit @ point), described)


def _in_pieces(
    found: Iterator[tuple[_Rows, NDArray[np.float64]]], size: int
) -> Iterator[list[int]]:
    """Cut what a search yields, as describing rows costs more than finding them."""
    for rows, _ in found:
        for start in range(0, len(rows), size):
            yield rows[start : start + size].tolist()


def _squares(cosines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return squared angles, of what cosines are given."""
    angles: NDArray[np.float64] = np.arccos(np.clip(cosines, 0, 1))
    return angles**2


@dataclass(frozen=True, slots=True, eq=False)
class _Ways:
    """The cheapest ways so far."""

    rows: _Rows  # shape (n_ways, n_layers_so_far)
    unit: NDArray[np.float64]  # of the last row of each
    cost: NDArray[np.float64]

    @classmethod
    def begin(cls, start: NDArray[np.float64]) -> "_Ways":
        return cls(np.empty((1, 0), dtype=np.intp), start[None], np.zeros(1))

    def extend(self, layer: "_Layer", marks: "_Marks", per_artist: int | None) -> "_Ways":
        """Step on each track of a layer, by the few cheapest ways on which it may come."""
        costs = self.cost[:, None] + _squares(self.unit @ layer.unit.T) + layer.detours
        costs[marks.are_blocked(self.rows, layer.rows, per_artist)] = np.inf
        cheapest = np.argsort(costs, axis=0, kind="stable")[:_KEPT_WAYS]
        way, track = cheapest.ravel(), np.tile(np.arange(len(layer.rows)), len(cheapest))
        is_open = np.isfinite(costs[way, track])
        way, track = way[is_open], track[is_open]
        if not len(way):
            return self  # nothing near this point may come, so the walk has a step less
        return _Ways(
            np.column_stack([self.rows[way], layer.rows[track]]),
            layer.unit[track],
            costs[way, track],
        )

    def best(self, end: NDArray[np.float64]) -> list[int]:
        """Return the rows of the way that is cheapest with the last step to the end."""
        cheapest = (self.cost + _squares(self.unit @ end)).argmin()
        return [int(row) for row in self.rows[cheapest]]


class _Marks:
    """Which song each row near the arc is, and whose."""

    def __init__(self, layers: Sequence["_Layer"]) -> None:
        near = {
            int(row): one
            for layer in layers
            for row, one in zip(layer.rows, layer.described, strict=True)
        }
        self._rows = np.array(sorted(near), dtype=np.intp)
        described = [near[int(row)] for row in self._rows]
        songs = _numbered(one.song for one in described)
        artists = _numbered(name for one in described for name in one.folded_artists)
        self._songs = np.array([songs[one.song] for one in described], dtype=np.intp)
        self._n_songs = len(songs)
        self._artists = np.zeros((len(described), len(artists)), dtype=np.int16)
        for place, one in enumerate(described):
            self._artists[place, [artists[name] for name in one.folded_artists]] = 1

    def are_blocked(self, ways: _Rows, rows: _Rows, per_artist: int | None) -> NDArray[np.bool_]:
        """Say which rows may not come on which ways, shape (n_ways, n_rows)."""
        blocked = np.zeros((len(ways), len(rows)), dtype=np.bool_)
        walked, wanted = self._places(ways), self._places(rows)
        column_of = np.full(self._n_songs, -1)
        column_of[self._songs[wanted]] = np.arange(len(rows))
        columns = column_of[self._songs[walked]]
        way, step = np.nonzero(columns >= 0)
        blocked[way, columns[way, step]] = True
        if per_artist is not None:
            is_here = self._artists[wanted].any(axis=0)
            artists = self._artists[:, is_here]
            has_enough = artists[walked].sum(axis=1) >= per_artist
            blocked |= has_enough @ artists[wanted].T.astype(np.bool_)
        return blocked

    def _places(self, rows: _Rows) -> _Rows:
        return np.searchsorted(self._rows, rows)


def _numbered(names: Iterable[Hashable]) -> dict[Hashable, int]:
    return {name: number for number, name in enumerate(dict.fromkeys(names))}

"""A walk from one track to another through real tracks, in even steps.

Two directions span an arc (spherical interpolation, Shoemake 1985), and points on it are non-negative
where its ends are. Near each point lie some tracks. Which of them to step on is a shortest path:
among all ways that take one track near each point, dynamic programming (Bellman 1957) finds the one
with the least sum of squared steps and squared detours. Squares make steps even: two of 10 degrees
cost less than one of 5 and one of 15.
"""

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.recommend.nearest import NearestRows, unit_rows
from partsong.recommend.picking import Described

__all__ = ["Walk", "walk_rows"]

_NEAR_A_POINT: Final = 48
_OF_ONE_ARTIST: Final = 6
"""Most tracks of an artist near a point, so that a prolific one does not fill its surroundings."""

_LONGEST_STEP: Final = np.radians(60)
_STANDS_OUT: Final = 2.0
_LEAST_JUMP: Final = np.radians(30)

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

        A step is one where it is over 60 degrees (a likeness under 0.5), or over 30 degrees and
        more than twice as long as the others in the middle.
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

    No song comes twice. Where the cheapest way would repeat a song, or an artist beyond the cap,
    the one of its tracks that lies farther from its point is given up there, and the way is sought
    again.

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
    layers = [
        _Layer.near(nearest, point, describe, taken=taken, candidates=candidates, n_points=n)
        for point in points
    ]
    layers = [layer for layer in layers if len(layer.rows)]
    between: list[int] = []
    while layers:
        chosen = _cheapest(start, end, layers)
        given_up = _one_too_many(layers, chosen, per_artist)
        if given_up is None:
            between = [int(layer.rows[at]) for layer, at in zip(layers, chosen, strict=True)]
            break
        layers[given_up].give_up(chosen[given_up])
        layers = [layer for layer in layers if len(layer.rows)]
    rows = (ends[0], *between, ends[1])
    unit = unit_rows(nearest.W[list(rows)])
    likeness = np.clip(np.einsum("ij,ij->i", unit[:-1], unit[1:]), 0, 1)
    return Walk(rows, likeness, _along(start, end, unit))


def _arc(start: NDArray[np.float64], end: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """Return even points on the arc, both ends included."""
    share = np.linspace(0, 1, n)[:, None]
    angle = np.arccos(np.clip(start @ end, 0, 1))
    if angle < 1e-9:
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
    if angle < 1e-9:
        return np.linspace(0, 1, len(unit))
    across = end - (start @ end) * start
    across /= np.linalg.norm(across)
    turned = np.arctan2(unit @ across, unit @ start) / angle
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
        for found, _ in nearest.best_first(point, n=wanted, candidates=candidates):
            for row, one in zip(found.tolist(), describe(found.tolist()), strict=True):
                is_new = one.song not in songs and all(
                    artists[name] < _OF_ONE_ARTIST for name in _names(one)
                )
                if is_new and len(rows) < wanted:
                    songs.add(one.song)
                    artists.update(_names(one))
                    rows.append(row)
                    described.append(one)
            if len(rows) == wanted:
                break
        unit = unit_rows(nearest.W[rows])
        return cls(np.array(rows, dtype=np.intp), unit, _squares(unit @ point), described)

    def give_up(self, at: int) -> None:
        self.rows = np.delete(self.rows, at)
        self.unit = np.delete(self.unit, at, axis=0)
        self.detours = np.delete(self.detours, at)
        del self.described[at]


def _squares(cosines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return squared angles, of what cosines are given."""
    angles: NDArray[np.float64] = np.arccos(np.clip(cosines, 0, 1))
    return angles**2


def _cheapest(
    start: NDArray[np.float64], end: NDArray[np.float64], layers: Sequence[_Layer]
) -> list[int]:
    """Choose a row of each layer, so that squared steps and detours add up to the least."""
    cost = _squares(layers[0].unit @ start) + layers[0].detours
    came_from = []
    for before, layer in pairwise(layers):
        ways = cost[:, None] + _squares(before.unit @ layer.unit.T)
        came_from.append(ways.argmin(axis=0))
        cost = ways.min(axis=0) + layer.detours
    chosen = [int((cost + _squares(layers[-1].unit @ end)).argmin())]
    for origin in reversed(came_from):
        chosen.append(int(origin[chosen[-1]]))
    return chosen[::-1]


def _one_too_many(
    layers: Sequence[_Layer], chosen: Sequence[int], per_artist: int | None
) -> int | None:
    """Name the layer whose track should go: of a repeated song or artist the greatest detour."""
    stepped = [layer.described[at] for layer, at in zip(layers, chosen, strict=True)]
    songs = Counter(one.song for one in stepped)
    too_many = {number for number, one in enumerate(stepped) if songs[one.song] > 1}
    if not too_many and per_artist is not None:
        artists = Counter(name for one in stepped for name in _names(one))
        too_many = {
            number
            for number, one in enumerate(stepped)
            if any(artists[name] > per_artist for name in _names(one))
        }
    if not too_many:
        return None
    return max(too_many, key=lambda number: (layers[number].detours[chosen[number]], number))


def _names(described: Described) -> set[str]:
    return {artist.casefold() for artist in described.artists}

"""One list for each of many directions, with the reading of all rows shared between them."""

from collections.abc import Callable, Collection, Hashable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from partsong.recommend.centres import Centre
from partsong.recommend.nearest import NearestRows
from partsong.recommend.picking import Described, Limits, Pick, pick_tracks

__all__ = ["pick_for_many"]


def pick_for_many(
    nearest: NearestRows,
    directions: NDArray[np.float64],
    *,
    limits: Limits,
    describe: Callable[[Sequence[int]], Sequence[Described]],
    candidates: NDArray[np.bool_] | None = None,
    avoid: Sequence[Collection[Hashable]] = (),
) -> list[list[Pick]]:
    """Pick a list for each of many directions, the same that `pick_tracks` picks for it alone.

    Parameters
    ----------
    nearest
        The rows to choose from.
    directions
        One a list, of unit length and non-negative, shape (n_lists, n_columns).
    limits
        What each list must keep to.
    describe
        As `pick_tracks` takes it. It is asked first for what all lists may need.
    candidates
        Which rows may be picked, shape (n_rows,); all by default.
    avoid
        For each list the songs that must not come; nothing by default.

    Returns
    -------
    list of list of Pick
        One a direction.

    Examples
    --------
    >>> nearest = NearestRows(np.array([[1.0, 0.0], [0.9, 0.1], [0.0, 1.0]]))
    >>> picks = pick_for_many(
    ...     nearest,
    ...     np.eye(2),
    ...     limits=Limits(n=1),
    ...     describe=lambda rows: [Described(row) for row in rows],
    ... )
    >>> [[pick.row for pick in own] for own in picks]
    [[0], [2]]
    """
    heads = nearest.best_of_many(directions, n=4 * limits.n, candidates=candidates)
    if heads:
        describe(np.unique(np.concatenate([rows[: 2 * limits.n] for rows, _ in heads])).tolist())
    return [
        pick_tracks(
            _Begun(nearest, *head),
            [Centre(direction, 1.0, ())],
            limits=limits,
            describe=describe,
            candidates=candidates,
            avoid=avoid[number] if avoid else (),
        )
        for number, (direction, head) in enumerate(zip(directions, heads, strict=True))
    ]


class _Begun:
    """Rows whose best for one direction are known; the others are sought when they are needed."""

    def __init__(
        self,
        nearest: NearestRows,
        rows: NDArray[np.intp],
        contributions: NDArray[np.float64],
    ) -> None:
        self.W = nearest.W
        self._nearest = nearest
        self._head = rows, contributions

    def best_first(
        self, query: NDArray[np.float64], *, n: int, candidates: NDArray[np.bool_] | None = None
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float64]]]:
        rows, contributions = self._head
        if not len(rows):
            return
        yield rows, contributions
        left = len(rows)
        for more, added in self._nearest.best_first(
            query, n=max(n, 2 * left), candidates=candidates
        ):
            known = min(left, len(more))
            left -= known
            if known < len(more):
                yield more[known:], added[known:]

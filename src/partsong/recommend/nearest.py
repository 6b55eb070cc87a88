"""The rows of loadings nearest to a direction, exactly: read them all, or keep an index of them.

For unit vectors ``cosine = 1 - distance ** 2 / 2``, so a k-d tree over unit rows finds the rows of
the largest cosines. Each way to search only says which rows may be among the best. Scores are
computed for these alone, by one formula, so the answer is the same to the last bit whichever way
it was found.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["NearestRows", "unit_rows"]

_Rows: TypeAlias = NDArray[np.intp]
_Head: TypeAlias = Callable[[int], tuple[_Rows, float]]
"""Asked for about so many of the best rows: returns all that score at least a floor, and it."""

_BLOCK_ROWS = 8_192  # 7 parts in double precision: 0.5 MB, which stays in a core's cache
_ROUNDING = 1e-12
"""More than a cosine in double precision can be off."""

_QUERIES_BEFORE_INDEX = 20
"""Reading all rows so often takes about as long as building an index."""

_MOST_TREE_COMPONENTS = 16
"""Beyond, a tree has to look at so many of its leaves that a plain product is as fast."""

_FEW_CANDIDATES = 20_000
"""So many rows are read as fast as an index finds the few that may come back among all."""


class NearestRows:
    """Rows of loadings, ready to be asked which of them point in a direction.

    The first questions read all rows. After so many that an index would have paid, it is built;
    from then on a question over half a million rows of 7 components takes a fifth of a
    millisecond instead of fifteen.

    Parameters
    ----------
    W
        Loadings, shape (n_rows, n_components), non-negative. Kept, not copied.

    Examples
    --------
    >>> nearest = NearestRows(np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 2.0]]))
    >>> rows, contributions = next(nearest.best_first(np.array([0.0, 1.0]), n=2))
    >>> rows.tolist(), contributions.sum(axis=1).tolist()
    ([2, 1], [1.0, 0.8])
    """

    def __init__(self, W: NDArray[np.floating]) -> None:
        self.W = W
        self._n_queries = 0
        self._index: _Tree | _Product | None = None

    def build_index(self) -> None:
        """Build the index now, as a process should that is going to answer many questions."""
        if self._index is None and len(self.W):
            kind = _Tree if self.W.shape[1] <= _MOST_TREE_COMPONENTS else _Product
            self._index = kind(self.W)

    def best_first(
        self, query: NDArray[np.float64], *, n: int, candidates: NDArray[np.bool_] | None = None
    ) -> Iterator[tuple[_Rows, NDArray[np.float64]]]:
        """Yield rows of positive score in falling order, a growing number at a time.

        Parameters
        ----------
        query
            A direction, shape (n_components,), of unit length and non-negative.
        n
            How many rows are expected to be enough.
        candidates
            Which rows may come back, shape (n_rows,); all by default.

        Yields
        ------
        rows, contributions
            Row numbers, ties in their order, and what each component adds to their cosine, shape
            (rows, n_components). Rows without any loading never come.
        """
        self._n_queries += 1
        if self._n_queries > _QUERIES_BEFORE_INDEX:
            self.build_index()
        head = self._choose_way(query, candidates)
        ceiling, count = np.inf, max(4 * n, 64)
        while ceiling > 0:
            rows, floor = head(count)
            if candidates is not None:
                rows = rows[candidates[rows]]
            contributions = unit_rows(self.W[rows]) * query
            scores = contributions.sum(axis=1)
            is_next = np.flatnonzero((scores > 0) & (scores >= floor) & (scores < ceiling))
            if len(is_next):
                order = is_next[np.lexsort((rows[is_next], -scores[is_next]))]
                yield rows[order], contributions[order]
            ceiling, count = floor, 4 * count

    def _choose_way(
        self, query: NDArray[np.float64], candidates: NDArray[np.bool_] | None
    ) -> _Head:
        n_candidates = len(self.W) if candidates is None else np.count_nonzero(candidates)
        if self._index is None or n_candidates <= _FEW_CANDIDATES:
            return _read(self.W, query, candidates)
        head, sparsity = self._index.head(query), len(self.W) / n_candidates
        return lambda count: head(int(count * sparsity))


def unit_rows(W: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return rows at unit length; rows of zeros stay so.

    Parameters
    ----------
    W
        Shape (n_rows, n_components).

    Examples
    --------
    >>> unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    rows = np.asarray(W, dtype=np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[np.float64] = np.zeros_like(rows)
    np.divide(rows, lengths, out=unit, where=lengths > 0)
    return unit


def _read(
    W: NDArray[np.floating], query: NDArray[np.float64], candidates: NDArray[np.bool_] | None
) -> _Head:
    """Score every row that may come back."""
    chosen = np.arange(len(W)) if candidates is None else np.flatnonzero(candidates)
    scores = np.zeros(len(chosen))
    for start in range(0, len(chosen), _BLOCK_ROWS):
        block = slice(start, start + _BLOCK_ROWS)
        rows = np.asarray(W[block if candidates is None else chosen[block]], dtype=np.float64)
        lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
        np.divide(rows @ query, lengths, out=scores[block], where=lengths > 0)
    return _head_of(scores, chosen, margin=_ROUNDING)


def _head_of(scores: NDArray[np.floating], rows: _Rows, *, margin: float) -> _Head:
    """Take the best by scores that may be off by so much."""

    def head(count: int) -> tuple[_Rows, float]:
        if count >= len(scores):
            return rows, 0.0
        border = float(np.partition(scores, len(scores) - count)[-count])
        return rows[scores >= border - 2 * margin], border - margin

    return head


class _Product:
    """Unit rows in single precision, multiplied with each query."""

    def __init__(self, W: NDArray[np.floating]) -> None:
        self._unit = np.empty(W.shape, dtype=np.float32)
        for start in range(0, len(W), _BLOCK_ROWS):
            block = slice(start, start + _BLOCK_ROWS)
            self._unit[block] = unit_rows(W[block])
        self._rows = np.arange(len(W))

    def head(self, query: NDArray[np.float64]) -> _Head:
        # Rounding of both factors, the products and their sum, all non-negative and at most 1.
        margin = float((len(query) + 8) * np.finfo(np.float32).eps)
        return _head_of(self._unit @ query.astype(np.float32), self._rows, margin=margin)


class _Tree:
    """A k-d tree over unit rows, without those that have no loading."""

    def __init__(self, W: NDArray[np.floating]) -> None:
        from scipy.spatial import KDTree

        unit = unit_rows(W)
        self._rows = np.flatnonzero(unit.any(axis=1))
        # Not balanced: built in half the time, and a third faster to ask.
        self._tree: Any = KDTree(unit[self._rows], leafsize=16, balanced_tree=False)

    def head(self, query: NDArray[np.float64]) -> _Head:
        def head(count: int) -> tuple[_Rows, float]:
            if 8 * count >= len(self._rows):  # most of the tree would be visited
                return self._rows, 0.0
            distances, found = self._tree.query(query, k=count)
            return self._rows[found], 1 - float(distances[-1]) ** 2 / 2 + 2 * _ROUNDING

        return head

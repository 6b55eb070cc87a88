"""The rows of loadings nearest to a direction, exactly, by looking at every one of them quickly.

A product in single precision gives every row a score that is nearly right, and the largest score
of each small group of rows is kept. The groups with the largest of these hold the best rows, and
only the rows of such groups are scored properly, by one formula in double precision. How far the
quick scores may be off is known (Higham 2002, Accuracy and Stability of Numerical Algorithms,
section 3.1), so no row is missed: the answer is that of sorting all rows, to the last bit.
"""

from collections.abc import Iterator
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["NearestRows", "unit_rows"]

_Rows: TypeAlias = NDArray[np.intp]
_Found: TypeAlias = tuple[_Rows, NDArray[np.float64]]

_BLOCK_ROWS: Final = 8_192
_GROUP_ROWS: Final = 16
_GROUPS: Final = _BLOCK_ROWS // _GROUP_ROWS
"""Groups of a block; the rows of a group stand so far apart, so a maximum takes whole vectors."""

_ROWS_AT_ONCE: Final = 1_024
"""In double precision these stay in a core's cache, were they as wide as 200 columns."""

_BLOCK_QUERIES: Final = 128
"""With a block of rows 4 MB of scores, or one question with all blocks: few enough to stay in a
core's cache until the maxima are taken."""


class NearestRows:
    """Rows of loadings, ready to be asked which of them point in a direction.

    Half a million rows of 27 columns are made ready in a tenth of a second. A question then takes
    a few milliseconds, whatever may come back; of many questions at once each takes less than one.

    Parameters
    ----------
    W
        Loadings, shape (n_rows, n_columns), non-negative. Kept, beside a copy of unit rows in
        single precision.

    Examples
    --------
    >>> nearest = NearestRows(np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 2.0]]))
    >>> rows, contributions = next(nearest.best_first(np.array([0.0, 1.0]), n=2))
    >>> rows.tolist(), contributions.sum(axis=1).tolist()
    ([2, 1], [1.0, 0.8])
    """

    def __init__(self, W: NDArray[np.floating]) -> None:
        self.W = W
        n_blocks = -(-len(W) // _BLOCK_ROWS)
        self._unit = np.zeros((W.shape[1], n_blocks * _BLOCK_ROWS), dtype=np.float32)
        for start in range(0, len(W), _ROWS_AT_ONCE):
            block = unit_rows(W[start : start + _ROWS_AT_ONCE])
            self._unit[:, start : start + len(block)] = block.T
        # Rounding of both factors, of the products and of their sum, all of them non-negative.
        self._margin = float((W.shape[1] + 8) * np.finfo(np.float32).eps)

    def best_first(
        self, query: NDArray[np.float64], *, n: int, candidates: NDArray[np.bool_] | None = None
    ) -> Iterator[_Found]:
        """Yield rows of positive score in falling order, a growing number at a time.

        Parameters
        ----------
        query
            A direction, shape (n_columns,), of unit length and non-negative.
        n
            How many rows are expected to be enough.
        candidates
            Which rows may come back, shape (n_rows,); all by default.

        Yields
        ------
        rows, contributions
            Row numbers, ties in their order, and what each column adds to their cosine, shape
            (rows, n_columns). Rows without any loading never come.
        """
        peaks = self._peaks(query[None], candidates)[0]
        yield from self._descend(query, peaks, max(4 * n, 64), candidates)

    def best_of_many(
        self, queries: NDArray[np.float64], *, n: int, candidates: NDArray[np.bool_] | None = None
    ) -> list[_Found]:
        """Answer many questions at once, each as `best_first` would.

        Parameters
        ----------
        queries
            Directions, shape (n_queries, n_columns), of unit length and non-negative.
        n
            How many rows to return for each.
        candidates
            Which rows may come back, shape (n_rows,); all by default.

        Returns
        -------
        list of (rows, contributions)
            For each query the `n` best rows, fewer where no more have a positive score, and what
            each column adds to their cosine.

        Examples
        --------
        >>> nearest = NearestRows(np.array([[1.0, 0.0], [0.6, 0.8], [0.0, 2.0]]))
        >>> [rows.tolist() for rows, _ in nearest.best_of_many(np.eye(2), n=1)]
        [[0], [2]]
        """
        found = []
        for start in range(0, len(queries), _BLOCK_QUERIES):
            block = queries[start : start + _BLOCK_QUERIES]
            for query, peaks in zip(block, self._peaks(block, candidates), strict=True):
                descent = self._descend(query, peaks, max(n, 1), candidates)
                found.append(self._first(descent, n))
        return found

    def _first(self, descent: Iterator[_Found], n: int) -> _Found:
        """Take so many rows of a descent, or all that there are."""
        rows, contributions = np.empty(0, dtype=np.intp), np.empty((0, self.W.shape[1]))
        while len(rows) < n and (more := next(descent, None)) is not None:
            rows = np.concatenate([rows, more[0]])
            contributions = np.concatenate([contributions, more[1]])
        return rows[:n], contributions[:n]

    def _peaks(
        self, queries: NDArray[np.float64], candidates: NDArray[np.bool_] | None
    ) -> NDArray[np.float32]:
        """Return the largest quick score of each group of rows, shape (n_queries, n_groups)."""
        n_rows = self._unit.shape[1]
        peaks = np.empty((len(queries), n_rows // _BLOCK_ROWS, _GROUPS), dtype=np.float32)
        allowed = np.zeros(n_rows, dtype=np.float32)
        if candidates is not None:
            allowed[: len(candidates)] = candidates
        single = queries.astype(np.float32)
        step = _BLOCK_QUERIES // len(queries)
        for block in range(0, peaks.shape[1], step):
            rows = slice(block * _BLOCK_ROWS, (block + step) * _BLOCK_ROWS)
            scores = single @ self._unit[:, rows]
            if candidates is not None:
                scores *= allowed[rows]
            grouped = scores.reshape(len(queries), -1, _GROUP_ROWS, _GROUPS)
            grouped.max(axis=2, out=peaks[:, block : block + step])
        return peaks.reshape(len(queries), -1)

    def _descend(
        self,
        query: NDArray[np.float64],
        peaks: NDArray[np.float32],
        count: int,
        candidates: NDArray[np.bool_] | None,
    ) -> Iterator[_Found]:
        """Yield rows of positive score in falling order: at least `count`, then four times that."""
        ceiling = np.inf
        while ceiling > 0:
            rows, floor = self._head(peaks, count)
            if candidates is not None:
                rows = rows[candidates[rows]]
            contributions = unit_rows(self.W[rows]) * query
            scores = contributions.sum(axis=1)
            is_next = np.flatnonzero((scores > 0) & (scores >= floor) & (scores < ceiling))
            if len(is_next):
                order = is_next[np.lexsort((rows[is_next], -scores[is_next]))]
                yield rows[order], contributions[order]
            ceiling, count = floor, 4 * count

    def _head(self, peaks: NDArray[np.float32], count: int) -> tuple[_Rows, float]:
        """Return all rows that score at least a floor, and others, and the floor.

        So many groups peak above the floor that at least `count` rows do.
        """
        border = np.partition(peaks, -count)[-count] if count < len(peaks) else 0.0
        floor = float(border) - self._margin
        if floor <= 0:
            return np.arange(len(self.W)), 0.0
        groups = np.flatnonzero(peaks >= floor - self._margin)
        first = groups // _GROUPS * _BLOCK_ROWS + groups % _GROUPS
        rows = (first[:, None] + _GROUPS * np.arange(_GROUP_ROWS)).ravel()
        return rows[rows < len(self.W)], floor


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
    rows = np.asarray(W, dtype=np.float64, order="C")  # so that sums do not depend on the layout
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[np.float64] = np.zeros_like(rows)
    np.divide(rows, lengths, out=unit, where=lengths > 0)
    return unit

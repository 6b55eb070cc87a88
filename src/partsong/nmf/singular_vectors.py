"""The leading singular vectors of a matrix, dense or sparse, at the cost of a few products.

Where one side is short, its Gram matrix has them all. Where both are long, they are sought in a
random subspace that is multiplied by the matrix a few times (Halko, Martinsson and Tropp 2011,
algorithms 4.4 and 5.1): for a start of a descent that is exact enough.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from partsong.nmf.blocks import FloatArray
from partsong.nmf.workers import Workers

__all__ = ["leading_singular_vectors"]

_SHORT = 512
"""A side up to this has a Gram matrix that costs less than the subspace."""

_NUMERICAL_RANK = 1e-7
"""Singular values below this part of the first are rounding errors of the Gram matrix."""

_OVERSAMPLING = 10
_POWER_ITERATIONS = 3
_ENTRIES = 2**17
"""About as many entries are read at once as fit a second-level cache in double precision."""


def leading_singular_vectors(
    X: Any, n_vectors: int, *, n_jobs: int = 1
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the leading left singular vectors, values and right singular vectors.

    Parameters
    ----------
    X
        Shape (n_rows, n_columns), without missing entries: an array, or a sparse array of SciPy.
    n_vectors
        How many, at most the shorter side.
    n_jobs
        Threads. The result does not depend on them, nor on chance: the random subspace is the
        same every time.

    Returns
    -------
    left, values, right
        Shapes (n_rows, n_vectors), (n_vectors,) and (n_columns, n_vectors), in double precision.
        Zero where the rank is lower.

    Examples
    --------
    >>> left, values, right = leading_singular_vectors(np.array([[3.0, 0.0], [0.0, 4.0]]), 1)
    >>> values, np.abs(right.ravel())
    (array([4.]), array([0., 1.]))
    """
    if X.shape[0] < X.shape[1]:
        right, values, left = leading_singular_vectors(X.T, n_vectors, n_jobs=n_jobs)
        return left, values, right
    with Workers(n_jobs) as workers:
        pieces = _Pieces(X, workers)
        if X.shape[1] <= max(_SHORT, n_vectors + _OVERSAMPLING):
            squares, vectors = np.linalg.eigh(pieces.sum(lambda rows: _dense(rows.T @ rows)))
        else:
            subspace = _leading_subspace(pieces, n_vectors + _OVERSAMPLING)
            squares, inner = np.linalg.eigh(pieces.sum(lambda rows: _squares(rows @ subspace)))
            vectors = subspace @ inner
        order = slice(None, -n_vectors - 1, -1)
        values = np.sqrt(np.maximum(squares[order], 0))
        values[values <= _NUMERICAL_RANK * values[0]] = 0
        right = np.where(values > 0, vectors[:, order], 0.0)
        scaled = right / np.where(values > 0, values, 1)
        left = np.concatenate(pieces.each(lambda rows: rows @ scaled))
    return left, values, right


class _Pieces:
    """The rows of a matrix, a cache full at a time, in double precision."""

    def __init__(self, X: Any, workers: Workers) -> None:
        is_sparse = hasattr(X, "tocsr")
        self._X, self._workers = X.tocsr() if is_sparse else X, workers
        self.n_columns = X.shape[1]
        stored = self._X.nnz / len(self._X.indptr) if is_sparse else self.n_columns
        size = max(1, int(_ENTRIES / max(stored, 1.0)))
        self._slices = [slice(start, start + size) for start in range(0, X.shape[0], size)]

    def each(self, function: Callable[[Any], FloatArray]) -> list[FloatArray]:
        """Return what a function makes of each piece."""
        return self._workers.map(
            lambda rows: function(self._X[rows].astype(np.float64, copy=False)), self._slices
        )

    def sum(self, function: Callable[[Any], FloatArray]) -> FloatArray:
        """Add up what a function makes of the pieces, in their order."""
        first, *others = self.each(function)
        for other in others:
            first += other
        return first


def _leading_subspace(pieces: _Pieces, size: int) -> FloatArray:
    """Return an orthonormal basis that all but holds the leading right singular vectors."""
    basis: FloatArray = np.random.RandomState(0).standard_normal((pieces.n_columns, size))
    for _ in range(_POWER_ITERATIONS):
        product: Any = pieces.sum(partial(_there_and_back, basis))
        basis = np.linalg.qr(product)[0]
    return basis


def _there_and_back(basis: FloatArray, rows: Any) -> FloatArray:
    product: FloatArray = rows.T @ (rows @ basis)
    return product


def _squares(product: FloatArray) -> FloatArray:
    return product.T @ product


def _dense(product: Any) -> FloatArray:
    return product if isinstance(product, np.ndarray) else np.asarray(product.toarray())

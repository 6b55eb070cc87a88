"""Blocks of rows, so that every pass is a sum over small pieces that fit a processor's cache.

A solver sees one block at a time and adds up small arrays. The block sizes are fixed, so a sum
has the same terms in the same order on every machine, and the same code could read its blocks
from a file or on another machine.
"""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Block", "FloatArray", "split_into_blocks"]

FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]

_COMPLETE_ROWS = 4096
_INCOMPLETE_ROWS = 1024
"""Fewer, as each row that misses something needs a Gram matrix of its own."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of ``X``, in double precision.

    Parameters
    ----------
    rows
        Where they stand in ``X``: a slice, or their numbers.
    values
        The rows, shape (n_rows, n_features), with 0 for what is missing; an array, or a sparse
        array in CSR format.
    seen
        1 where a value was observed and 0 where it is missing, the same shape; None where nothing
        is missing.
    weights
        How often each row counts, shape (n_rows,); None where each counts once.
    """

    rows: slice | npt.NDArray[np.intp]
    values: FloatArray
    seen: FloatArray | None = None
    weights: FloatArray | None = None


def split_into_blocks(X: Any, weights: FloatArray | None = None) -> list[Block]:
    """Split a matrix into blocks of rows; complete rows first, then those that miss something.

    Blocks of a complete matrix in double precision are views; others are copies.

    Parameters
    ----------
    X
        Shape (n_samples, n_features): an array, where NaN means missing, or a sparse array of
        SciPy in CSR format.
    weights
        How often each row counts, shape (n_samples,); None where each counts once.

    Returns
    -------
    list of Block
        Together they hold every row once.

    Examples
    --------
    >>> blocks = split_into_blocks(np.array([[1.0, np.nan], [2.0, 3.0]]))
    >>> [(block.rows.tolist(), block.values.tolist()) for block in blocks]
    [([1], [[2.0, 3.0]]), ([0], [[1.0, 0.0]])]
    """
    if hasattr(X, "tocsr"):
        return [_sparse_block(X, rows, weights) for rows in _slices(X.shape[0], _COMPLETE_ROWS)]
    missing: npt.NDArray[np.bool_] = np.isnan(X)
    incomplete = np.asarray(missing.any(axis=1))
    if not incomplete.any():
        return [
            Block(rows, _as_double(X[rows]), weights=_own(weights, rows))
            for rows in _slices(len(X), _COMPLETE_ROWS)
        ]
    blocks = [
        Block(rows, _as_double(X[rows]), weights=_own(weights, rows))
        for rows in _chunks(~incomplete, _COMPLETE_ROWS)
    ]
    for rows in _chunks(incomplete, _INCOMPLETE_ROWS):
        values = _as_double(X[rows])
        seen = ~np.isnan(values)
        values[~seen] = 0
        blocks.append(Block(rows, values, seen.astype(np.float64), _own(weights, rows)))
    return blocks


def _slices(n_rows: int, size: int) -> list[slice]:
    return [slice(start, min(start + size, n_rows)) for start in range(0, n_rows, size)]


def _chunks(chosen: npt.NDArray[np.bool_], size: int) -> list[npt.NDArray[np.intp]]:
    rows = np.flatnonzero(chosen)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def _sparse_block(X: Any, rows: slice, weights: FloatArray | None) -> Block:
    return Block(rows, X[rows].astype(np.float64, copy=False), weights=_own(weights, rows))


def _own(weights: FloatArray | None, rows: slice | npt.NDArray[np.intp]) -> FloatArray | None:
    return None if weights is None else weights[rows]


def _as_double(values: FloatArray) -> FloatArray:
    return np.ascontiguousarray(values, dtype=np.float64)

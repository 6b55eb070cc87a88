"""The best loadings of rows for components that stand still, by whatever suits the rows."""

from typing import Any

import numpy as np

from partsong.nmf.blocks import Block, FloatArray, split_into_blocks
from partsong.nmf.descents.solver import Solver
from partsong.nmf.workers import map_in_threads

__all__ = ["join_loadings", "solve_blocks", "solve_loadings"]


def solve_loadings(X: Any, H: FloatArray, solver: Solver, *, n_jobs: int = 1) -> FloatArray:
    """Return the best loadings of rows, from no starting point.

    Parameters
    ----------
    X
        Shape (n_samples, n_features): an array, where NaN means missing, or a CSR array.
    H
        Components, shape (n_components, n_features).
    solver
        Whose loss the loadings are best for.
    n_jobs
        Threads.

    Returns
    -------
    ndarray of shape (n_samples, n_components)
        Of the precision of ``X``.

    Examples
    --------
    >>> from partsong.nmf.descents.hals import HierarchicalLeastSquares
    >>> solve_loadings(np.array([[2.0, 4.0]]), np.array([[1.0, 2.0]]), HierarchicalLeastSquares())
    array([[2.]])
    """
    blocks = split_into_blocks(X)
    return join_loadings(blocks, solve_blocks(blocks, H, solver, n_jobs=n_jobs), like=X)


def solve_blocks(
    blocks: list[Block], H: FloatArray, solver: Solver, *, n_jobs: int = 1
) -> list[FloatArray]:
    """Return the best loadings of each block, transposed, from no starting point.

    Examples
    --------
    >>> from partsong.nmf.descents.hals import HierarchicalLeastSquares
    >>> block = Block(slice(0, 1), np.array([[2.0, 4.0]]))
    >>> solve_blocks([block], np.array([[1.0, 2.0]]), HierarchicalLeastSquares())
    [array([[2.]])]
    """
    H = H.astype(np.float64)
    return map_in_threads(lambda block: solver.solve_loadings(block, H), blocks, n_jobs=n_jobs)


def join_loadings(blocks: list[Block], loadings: list[FloatArray], *, like: Any) -> FloatArray:
    """Put the loadings of blocks together as rows, in the order and precision of ``like``.

    Examples
    --------
    >>> block = Block(slice(0, 2), np.ones((2, 3)))
    >>> join_loadings([block], [np.array([[1.0, 2.0]])], like=np.ones((2, 3)))
    array([[1.],
           [2.]])
    """
    W = np.empty((like.shape[0], len(loadings[0])), dtype=like.dtype)
    for block, part in zip(blocks, loadings, strict=True):
        W[block.rows] = part.T
    return W

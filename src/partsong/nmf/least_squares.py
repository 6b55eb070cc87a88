"""Non-negative least squares for many rows at once: the exact loadings for given components.

What suits the rows does it: complete ones with up to 16 components are looked up in tables
(:mod:`partsong.nmf.looks.patterns`), with more they share one Gram matrix
(:mod:`partsong.nmf.quadratics`), and those that miss something have a small system each
(:mod:`partsong.nmf.looks.row_systems`).
"""

import numpy as np

from partsong.nmf.blocks import Block, FloatArray
from partsong.nmf.looks.incomplete import is_incomplete, solve_incomplete
from partsong.nmf.looks.pattern_tables import MOST_COMPONENTS
from partsong.nmf.looks.patterns import solve_by_patterns
from partsong.nmf.penalties import NO_PENALTIES, Penalties
from partsong.nmf.quadratics import solve_complete_block

__all__ = ["nonnegative_least_squares", "solve_block"]

_ROWS = 4096
"""Solved together where there are many components."""


def nonnegative_least_squares(
    X: FloatArray, H: FloatArray, *, penalties: Penalties = NO_PENALTIES, n_jobs: int = 1
) -> FloatArray:
    """Solve ``min ||x - w @ H||`` with ``w >= 0`` for every row ``x`` of a matrix.

    Parameters
    ----------
    X
        Rows to explain, shape (n_samples, n_features). NaN means missing: the entry does not
        count.
    H
        Components, shape (n_components, n_features), non-negative.
    penalties
        What loadings cost, beside half the square of what they leave over.
    n_jobs
        Threads.

    Returns
    -------
    ndarray of shape (n_samples, n_components)
        The loadings in double precision. Where several are equally good (parallel components,
        or a row with fewer observed entries than components) the shortest are found, by a weight
        of 1e-8 on their square. A component that is zero, or zero wherever the row was observed, gets 0; so
        a row that was never observed gets zeros.

    Raises
    ------
    ValueError
        If the shapes do not fit, or `H` is not finite and non-negative.

    Examples
    --------
    >>> H = np.array([[1.0, 0.0], [1.0, 1.0]])
    >>> nonnegative_least_squares(np.array([[3.0, 1.0], [0.0, 2.0], [np.nan, 2.0]]), H)
    array([[2., 1.],
           [0., 1.],
           [0., 2.]])
    """
    X, H = np.ascontiguousarray(X, dtype=np.float64), np.asarray(H, dtype=np.float64)
    if X.ndim != 2 or H.ndim != 2 or X.shape[1] != H.shape[1]:
        msg = f"X of shape {X.shape} and H of shape {H.shape} do not have the same features."
        raise ValueError(msg)
    if np.isinf(X).any():
        msg = "X holds infinite values; use NaN for what is missing."
        raise ValueError(msg)
    if not np.isfinite(H).all() or (H < 0).any():
        msg = "H holds values that are negative or not finite."
        raise ValueError(msg)
    incomplete = is_incomplete(X)
    if not incomplete.any():
        return _solve_complete(X, H, penalties, n_jobs)
    W = np.empty((len(X), len(H)))
    W[incomplete] = solve_incomplete(X[incomplete], H, penalties=penalties, n_jobs=n_jobs)
    W[~incomplete] = _solve_complete(X[~incomplete], H, penalties, n_jobs)
    return W


def solve_block(block: Block, H: FloatArray, penalties: Penalties = NO_PENALTIES) -> FloatArray:
    """Return the best loadings of one block, transposed: shape (n_components, n_rows).

    Examples
    --------
    >>> solve_block(Block(slice(0, 1), np.array([[2.0, 4.0]])), np.array([[1.0, 2.0]]))
    array([[2.]])
    """
    if block.seen is not None:
        X = np.where(block.seen > 0, block.values, np.nan)
        return solve_incomplete(X, H, penalties=penalties).T
    if hasattr(block.values, "tocsr"):
        return solve_complete_block(block, H, penalties)
    return _solve_complete(block.values, H, penalties, n_jobs=1).T


def _solve_complete(X: FloatArray, H: FloatArray, penalties: Penalties, n_jobs: int) -> FloatArray:
    if len(H) <= MOST_COMPONENTS:
        return solve_by_patterns(X, H, penalties=penalties, n_jobs=n_jobs)
    W = np.empty((len(X), len(H)))
    for first in range(0, len(X), _ROWS):
        rows = slice(first, first + _ROWS)
        W[rows] = solve_complete_block(Block(rows, X[rows]), H, penalties).T
    return W

"""Non-negative least squares for many rows at once: the exact loadings for given components.

A fixed number of sweeps finds out which components each row needs. Then all rows solve for just
these, and those that the optimality conditions refute exchange components and solve again (block
principal pivoting, Kim and Park 2011). The few rows that would go round in circles, because
components are all but parallel, are left to SciPy's active-set method, one by one.
"""

import numpy as np
import numpy.typing as npt

from partsong.nmf.blocks import Block, FloatArray, split_into_blocks
from partsong.nmf.normal_equations import apply_gram, gram_matrix, sweep

__all__ = ["nonnegative_least_squares", "solve_block"]

_SWEEPS = 10
_EXCHANGES = 12
_TOLERANCE = 1e-11
"""Of the length of a row: how far an optimality condition may be off."""

_DETERMINED = 1e-10
"""Least eigenvalue of a Gram matrix of unit components that fixes the loadings."""

_TIE_BREAK = 1e-8
"""Weight of the squared loadings where they are not fixed, so that the shortest are found."""


def nonnegative_least_squares(X: FloatArray, H: FloatArray) -> FloatArray:
    """Solve ``min ||x - w @ H||`` with ``w >= 0`` for every row ``x`` of a matrix.

    Parameters
    ----------
    X
        Rows to explain, shape (n_samples, n_features). NaN means missing: the entry does not
        count.
    H
        Components, shape (n_components, n_features), non-negative.

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
    X, H = np.asarray(X, dtype=np.float64), np.asarray(H, dtype=np.float64)
    if X.ndim != 2 or H.ndim != 2 or X.shape[1] != H.shape[1]:
        msg = f"X of shape {X.shape} and H of shape {H.shape} do not have the same features."
        raise ValueError(msg)
    if np.isinf(X).any():
        msg = "X holds infinite values; use NaN for what is missing."
        raise ValueError(msg)
    if not np.isfinite(H).all() or (H < 0).any():
        msg = "H holds values that are negative or not finite."
        raise ValueError(msg)
    W = np.zeros((len(X), len(H)))
    for block in split_into_blocks(X):
        W[block.rows] = solve_block(block, H).T
    return W


def solve_block(block: Block, H: FloatArray) -> FloatArray:
    """Return the best loadings of one block, transposed: shape (n_components, n_rows).

    Examples
    --------
    >>> solve_block(Block(slice(0, 1), np.array([[2.0, 4.0]])), np.array([[1.0, 2.0]]))
    array([[2.]])
    """
    lengths = np.linalg.norm(H, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    unit = H / lengths
    gram, numerator = _break_ties(gram_matrix(unit, block.seen)), unit @ block.values.T
    loadings = np.zeros_like(numerator)
    sweep(loadings, numerator, gram, n_sweeps=_SWEEPS)
    tolerance = _TOLERANCE * np.linalg.norm(block.values, axis=1)
    for row in _exchange(loadings, numerator, gram, tolerance):
        own_gram = gram if gram.ndim == 2 else gram[:, :, row]
        loadings[:, row] = _solve_row(own_gram, numerator[:, row], loadings[:, row])
    scaled: FloatArray = loadings / lengths
    return scaled


def _break_ties(gram: FloatArray) -> FloatArray:
    """Make every Gram matrix definite, so that there is one solution."""
    systems = np.array(gram if gram.ndim == 2 else gram.transpose(2, 0, 1))
    k = range(len(gram))
    systems[..., k, k] += systems[..., k, k] == 0  # components that cannot be seen get 0
    is_loose = np.linalg.eigvalsh(systems).min(axis=-1) < _DETERMINED
    systems[..., k, k] += np.where(is_loose, _TIE_BREAK, 0.0)[..., np.newaxis]
    return systems if gram.ndim == 2 else np.ascontiguousarray(systems.transpose(1, 2, 0))


def _exchange(
    loadings: FloatArray, numerator: FloatArray, gram: FloatArray, tolerance: FloatArray
) -> npt.NDArray[np.intp]:
    """Solve in place for the components in use, exchange the wrong ones; return who is left."""
    used = loadings > 0
    left = np.arange(loadings.shape[1])
    for _ in range(_EXCHANGES):
        own_gram = gram if gram.ndim == 2 else gram[:, :, left]
        solution = _solve_used(own_gram, numerator[:, left], used)
        slope = apply_gram(own_gram, solution) - numerator[:, left]
        is_wrong = np.where(used, solution, slope) < -tolerance[left]
        is_inexact = used & (np.abs(slope) > tolerance[left])
        is_done = ~(is_wrong | is_inexact).any(axis=0)
        loadings[:, left[is_done]] = np.maximum(solution[:, is_done], 0)
        left, used = left[~is_done], (used ^ is_wrong)[:, ~is_done]
        if not left.size:
            break
    return left


def _solve_used(gram: FloatArray, numerator: FloatArray, used: npt.NDArray[np.bool_]) -> FloatArray:
    """Solve the normal equations of each column for the components it uses; the rest is zero."""
    both_used = used.T[:, :, np.newaxis] & used.T[:, np.newaxis, :]
    systems = np.where(both_used, gram if gram.ndim == 2 else gram.transpose(2, 0, 1), 0.0)
    k = range(len(gram))
    systems[:, k, k] += ~used.T
    targets = np.where(used, numerator, 0.0).T[:, :, np.newaxis]
    return np.linalg.solve(systems, targets)[:, :, 0].T


def _solve_row(gram: FloatArray, numerator: FloatArray, start: FloatArray) -> FloatArray:
    """Solve one row by SciPy's active-set method; keep the start where that gives up."""
    from scipy.optimize import nnls  # type: ignore[attr-defined]  # exported by a star import

    lower = np.linalg.cholesky(gram)
    try:
        solution, _ = nnls(lower.T, np.linalg.solve(lower, numerator), maxiter=30 * len(gram))
    except RuntimeError:
        return start
    return np.asarray(solution)

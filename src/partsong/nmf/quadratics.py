"""The exact loadings of many rows that share one Gram matrix, however many components there are.

Sweeps come first: they are cheap, and most rows settle soon. Rows that do not, because components
are nearly parallel, solve for the components they use, exchange those that the conditions of
optimality refute, and solve again (block principal pivoting, Kim and Park 2011).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from partsong.nmf.blocks import Block, FloatArray
from partsong.nmf.normal_equations import sweep
from partsong.nmf.penalties import NO_PENALTIES, Penalties

__all__ = ["solve_complete_block", "solve_quadratics"]

_FIRST_SWEEPS = 10
_ROUNDS = 5
"""Of sweeps, each of twice as many as the one before."""

_EXCHANGES = 12
_TOGETHER = 2**22
"""Most numbers in the systems that are solved at once."""

_TOLERANCE = 1e-11
"""Of the length of a row: how far an optimality condition may be off."""

_DETERMINED = 1e-10
"""Least eigenvalue of a Gram matrix of unit components that fixes the loadings."""

_TIE_BREAK = 1e-8
"""Weight of the squared loadings where they are not fixed, so that the shortest are found."""


def solve_complete_block(
    block: Block, H: FloatArray, penalties: Penalties = NO_PENALTIES
) -> FloatArray:
    """Return the best loadings of one block without missing entries, dense or sparse.

    Parameters
    ----------
    block
        The rows.
    H
        Components, shape (n_components, n_features).
    penalties
        What loadings cost.

    Returns
    -------
    ndarray of shape (n_components, n_rows)
        The loadings, transposed. 0 for components that are zero.

    Examples
    --------
    >>> solve_complete_block(Block(slice(0, 1), np.array([[2.0, 4.0]])), np.array([[1.0, 2.0]]))
    array([[2.]])
    """
    gram = H @ H.T
    lengths = np.sqrt(np.diag(gram))
    lengths[lengths == 0] = 1
    values: Any = block.values
    pull = (values @ H.T - penalties.l1_W) / lengths
    gram /= np.outer(lengths, lengths)
    if penalties.l2_W:
        gram += np.diag(penalties.l2_W / lengths**2)
    slack = _TOLERANCE * _row_lengths(values)
    loadings: FloatArray = (solve_quadratics(pull, gram, slack=slack) / lengths).T
    return loadings


def _row_lengths(values: Any) -> FloatArray:
    squares = values * values if isinstance(values, np.ndarray) else values.multiply(values)
    lengths: FloatArray = np.sqrt(np.asarray(squares.sum(axis=1)).ravel())
    return lengths


def solve_quadratics(pull: FloatArray, gram: FloatArray, *, slack: FloatArray) -> FloatArray:
    """Minimise ``w @ G @ w / 2 - b @ w`` over ``w >= 0`` for every row ``b``.

    Parameters
    ----------
    pull
        What pulls the loadings up, one ``b`` a row, shape (n_rows, k).
    gram
        ``G``, shape (k, k), with a diagonal of about 1, or 0 for a component that is zero.
    slack
        How far the slope at each row's solution may be off, shape (n_rows,).

    Returns
    -------
    ndarray of shape (n_rows, k)
        Where several solutions are equally good, about the shortest. The few rows that even
        exchanging does not settle come as near as a thousand sweeps bring them.

    Examples
    --------
    >>> gram = np.array([[1.0, 0.5], [0.5, 1.0]])
    >>> solve_quadratics(np.array([[1.0, 2.0], [2.0, 0.0]]), gram, slack=np.full(2, 1e-12))
    array([[0., 2.],
           [2., 0.]])
    """
    gram = _break_ties(gram)
    loadings = np.zeros_like(pull)
    left = np.arange(len(pull))
    for round_ in range(_ROUNDS):
        left = _sweep_rows(loadings, pull, gram, left, n_sweeps=_FIRST_SWEEPS * 2**round_)
        left = left[~_is_solved(loadings[left], pull[left], gram, slack[left])]
        if not left.size:
            return loadings
    size = max(1, _TOGETHER // gram.size)
    stubborn = [
        _exchange(loadings, pull, gram, slack, left[start : start + size])
        for start in range(0, left.size, size)
    ]
    _sweep_rows(loadings, pull, gram, np.concatenate(stubborn), n_sweeps=1000)
    return loadings


def _break_ties(gram: FloatArray) -> FloatArray:
    """Make the Gram matrix definite, so that there is one solution."""
    definite = gram.copy()
    k = range(len(gram))
    definite[k, k] += definite[k, k] == 0  # components that are zero get 0
    if np.linalg.eigvalsh(definite)[0] < _DETERMINED:
        definite[k, k] += _TIE_BREAK
    return definite


def _sweep_rows(
    loadings: FloatArray,
    pull: FloatArray,
    gram: FloatArray,
    rows: npt.NDArray[np.intp],
    *,
    n_sweeps: int,
) -> npt.NDArray[np.intp]:
    part = loadings[rows]
    sweep(part.T, pull[rows].T, gram, n_sweeps=n_sweeps)
    loadings[rows] = part
    return rows


def _is_solved(
    loadings: FloatArray, pull: FloatArray, gram: FloatArray, slack: FloatArray
) -> npt.NDArray[np.bool_]:
    slope = loadings @ gram - pull
    excess = np.where(loadings > 0, np.abs(slope), -slope).max(axis=1)
    solved: npt.NDArray[np.bool_] = excess <= slack
    return solved


def _exchange(
    loadings: FloatArray,
    pull: FloatArray,
    gram: FloatArray,
    slack: FloatArray,
    left: npt.NDArray[np.intp],
) -> npt.NDArray[np.intp]:
    """Solve rows in place for the components in use, exchange the wrong ones; return who is left."""
    used = loadings[left] > 0
    for _ in range(_EXCHANGES):
        solution = _solve_used(pull[left], gram, used)
        limit = -slack[left, np.newaxis]
        is_wrong = np.where(used, solution, solution @ gram - pull[left]) < limit
        is_done = ~is_wrong.any(axis=1)
        loadings[left[is_done]] = np.maximum(solution[is_done], 0)
        left, used = left[~is_done], (used ^ is_wrong)[~is_done]
        if not left.size:
            break
    return left


def _solve_used(pull: FloatArray, gram: FloatArray, used: npt.NDArray[np.bool_]) -> FloatArray:
    """Solve each row for the components it uses; the rest is zero."""
    systems = np.where(used[:, :, np.newaxis] & used[:, np.newaxis, :], gram, 0.0)
    k = range(len(gram))
    systems[:, k, k] += ~used
    targets = np.where(used, pull, 0.0)[:, :, np.newaxis]
    solutions: FloatArray = np.linalg.solve(systems, targets)[:, :, 0]
    return solutions

"""The exact loadings for given components under the Kullback-Leibler loss.

The problem is convex in each row. A few multiplicative updates come near; then Newton steps, each
a small non-negative least squares on the local quadratic, halved until the loss does not rise.
"""

import numpy as np
import numpy.typing as npt

from partsong.nmf.blocks import Block, FloatArray
from partsong.nmf.normal_equations import (
    apply_gram,
    divide_where_positive,
    gram_matrix,
    sweep,
)

__all__ = ["solve_block_relative_entropy"]

_MULTIPLICATIONS = 20
_NEWTON_STEPS = 100
_HALVINGS = 8
_SWEEPS = 10
_STILL = 1e-12
"""A row stands still when no loading changes by more than this part of its total."""

_ROUNDING = 1e-14
"""Of a row's total: a rise of the loss that may be a rounding error."""


def solve_block_relative_entropy(block: Block, H: FloatArray) -> FloatArray:
    """Return the best loadings of one block, transposed: shape (n_components, n_rows).

    Parameters
    ----------
    block
        The rows, non-negative.
    H
        Components, shape (n_components, n_features), non-negative.

    Returns
    -------
    ndarray of shape (n_components, n_rows)
        0 for components that are zero wherever the row was observed.

    Examples
    --------
    >>> H = np.array([[1.0, 0.0], [1.0, 1.0]])
    >>> block = Block(slice(0, 1), np.array([[3.0, 1.0]]))
    >>> solve_block_relative_entropy(block, H).round(6)
    array([[2.],
           [1.]])
    """
    totals = H.sum(axis=1, keepdims=True)
    shapes = divide_where_positive(H, totals, otherwise=0.0)
    row_totals = block.values.sum(axis=1)
    loadings = np.where(totals > 0, row_totals / len(H), 0.0)
    for _ in range(_MULTIPLICATIONS):
        up, down = _halves(block, loadings, shapes)
        loadings = divide_where_positive(loadings * up, down, otherwise=0.0)
    moving = np.flatnonzero(row_totals > 0)
    for _ in range(_NEWTON_STEPS):
        if not moving.size:
            break
        part = _take(block, moving)
        before = loadings[:, moving]
        after = _newton_step(part, before, shapes)
        loadings[:, moving] = after
        moving = moving[np.abs(after - before).max(axis=0) > _STILL * row_totals[moving]]
    return divide_where_positive(loadings, totals, otherwise=0.0)


def _take(block: Block, rows: npt.NDArray[np.intp]) -> Block:
    return Block(rows, block.values[rows], None if block.seen is None else block.seen[rows])


def _halves(block: Block, loadings: FloatArray, H: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return both halves of the gradient over the loadings."""
    ratio = divide_where_positive(block.values, loadings.T @ H, otherwise=0.0)
    seen = np.ones_like(ratio) if block.seen is None else block.seen
    return H @ ratio.T, H @ seen.T


def _newton_step(block: Block, loadings: FloatArray, H: FloatArray) -> FloatArray:
    """Minimise the local quadratic, then go as far towards it as the loss allows."""
    product = loadings.T @ H
    weights = divide_where_positive(block.values, product**2, otherwise=0.0)
    curvature = gram_matrix(H, weights)
    up, down = _halves(block, loadings, H)
    target = loadings.copy()
    sweep(target, apply_gram(curvature, loadings) + up - down, curvature, n_sweeps=_SWEEPS)
    allowed = _row_losses(block, product) + _ROUNDING * block.values.sum(axis=1)
    result = loadings.copy()
    pending = np.arange(loadings.shape[1])
    step = target - loadings
    for _ in range(_HALVINGS):
        candidate = loadings[:, pending] + step[:, pending]
        losses = _row_losses(_take(block, pending), candidate.T @ H)
        is_allowed = losses <= allowed[pending]
        result[:, pending[is_allowed]] = candidate[:, is_allowed]
        pending = pending[~is_allowed]
        if not pending.size:
            break
        step /= 2
    return result


def _row_losses(block: Block, product: FloatArray) -> FloatArray:
    """Return the part of each row's loss that depends on the loadings."""
    with np.errstate(divide="ignore"):
        logarithms = np.log(product, out=np.zeros_like(product), where=block.values > 0)
    total = product if block.seen is None else product * block.seen
    losses: FloatArray = (total - block.values * logarithms).sum(axis=1)
    return losses

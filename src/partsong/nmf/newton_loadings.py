"""The loadings for given components under the Kullback-Leibler and Itakura-Saito losses.

A few multiplicative updates come near; then projected Newton steps (Bertsekas, "Projected Newton
methods for optimization problems with simple constraints", SIAM Journal on Control and
Optimization 20, 1982), each halved until the loss does not rise. All rows step side by side, and
each for itself. The compiled kernel takes the same steps.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from partsong.nmf.blocks import Block, FloatArray
from partsong.nmf.divergence import BetaLoss
from partsong.nmf.entries import Entries, entries_of
from partsong.nmf.kernels import load_kernel
from partsong.nmf.normal_equations import divide_where_positive, gram_diagonal
from partsong.nmf.penalties import NO_PENALTIES, Penalties

__all__ = ["solve_block_by_newton"]

_MULTIPLICATIONS = 5
_NEWTON_STEPS = 100
_HALVINGS = 12
"""Of a step, before a multiplicative update takes its place."""

_STILL = 1e-12
"""A row is done when no loading moves by more than this part of its total, or grows by half."""

_ROUNDING = 1e-14
"""Of a row's loss: a rise that may be a rounding error."""

_SMALLEST_PIVOT = 1e-10
"""In units that make the diagonal 1."""

_OTHER_PIVOT = 0.1
"""What takes the place of a smaller one."""

_SMALLEST = float(np.finfo(np.float64).tiny)


def solve_block_by_newton(
    block: Block,
    H: FloatArray,
    beta_loss: BetaLoss = "kullback-leibler",
    penalties: Penalties = NO_PENALTIES,
) -> FloatArray:
    """Return the best loadings of one block, transposed: shape (n_components, n_rows).

    Under ``"kullback-leibler"`` the problem is convex in each row, and this is its minimum. Under
    ``"itakura-saito"`` it is not: this is a stationary point, found from a fixed start (all
    components the same share of the row), so the same row always gets the same loadings.

    Parameters
    ----------
    block
        The rows, non-negative; sparse ones for ``"kullback-leibler"`` only. Their weights do not
        matter.
    H
        Components, shape (n_components, n_features), non-negative.
    beta_loss
        ``"kullback-leibler"`` or ``"itakura-saito"``.
    penalties
        What large loadings cost.

    Returns
    -------
    ndarray of shape (n_components, n_rows)
        0 for components that are zero wherever the row was observed.

    Examples
    --------
    >>> H = np.array([[1.0, 0.0], [1.0, 1.0]])
    >>> block = Block(slice(0, 1), np.array([[3.0, 1.0]]))
    >>> solve_block_by_newton(block, H).round(6)
    array([[2.],
           [1.]])
    """
    sizes = H.sum(axis=1, keepdims=True)
    shapes = divide_where_positive(H, sizes, otherwise=0.0)
    reach = divide_where_positive(np.ones(()), sizes, otherwise=0.0)
    prices = penalties.l1_W * reach, penalties.l2_W * reach**2
    block = _leave_out_unreached(block, sums=H.sum(axis=0))
    kernel = load_kernel("newton") if isinstance(block.values, np.ndarray) else None
    loadings = np.zeros((len(H), block.values.shape[0]))
    if kernel is not None:
        kernel.solve(
            0 if beta_loss == "kullback-leibler" else 1,
            (*block.values.shape, len(H)),
            np.ascontiguousarray(block.values),
            None if block.seen is None else np.ascontiguousarray(block.seen),
            np.ascontiguousarray(shapes),
            prices,
            loadings,
        )
        return loadings * reach
    for rows, entries in entries_of(block, shapes):
        loadings[:, rows] = _solve(_RowLoss(beta_loss, entries, *prices))
    return loadings * reach


def _leave_out_unreached(block: Block, *, sums: FloatArray) -> Block:
    """Return a block with zeros where no component does anything: there is no loss to lower."""
    if sums.all():
        return block
    values: Any
    if isinstance(block.values, np.ndarray):
        values = np.where(sums > 0, block.values, 0.0)
    else:
        values = block.values.copy()
        values.data[sums[values.indices] == 0] = 0.0
    return Block(block.rows, values, block.seen)


@dataclass(frozen=True, slots=True)
class _RowLoss:
    """The loss of each row as a function of its loadings, for components that sum to 1."""

    beta_loss: BetaLoss
    entries: Entries
    l1: FloatArray
    l2: FloatArray

    def take(self, rows: npt.NDArray[np.intp]) -> "_RowLoss":
        return _RowLoss(self.beta_loss, self.entries.take(rows), self.l1, self.l2)

    def measure(self, loadings: FloatArray) -> FloatArray:
        """Return the part of each row's loss that depends on the loadings."""
        losses: FloatArray
        values, product = self.entries.values, self.entries.product(loadings)
        logarithms = np.log(product, out=np.zeros_like(product), where=product > 0)
        penalty = (self.l1 * loadings + self.l2 / 2 * loadings**2).sum(axis=0)
        if self.beta_loss == "kullback-leibler":
            held = (self.entries.totals() * loadings).sum(axis=0)
            losses = held - (values * logarithms).sum(axis=1) + penalty
        else:
            ratio = divide_where_positive(values, product, otherwise=0.0)
            losses = self.entries.observed(ratio + logarithms).sum(axis=1) + penalty
        return np.where(((product <= 0) & (values > 0)).any(axis=1), np.inf, losses)

    def halves(self, loadings: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return both halves of the gradient, penalties not included."""
        inverse = _inverse(self.entries.product(loadings))
        pull = self.entries.values * inverse
        if self.beta_loss == "kullback-leibler":
            return self.entries.pull(pull), self.entries.totals()
        hold = self.entries.pull(self.entries.observed(inverse))
        return self.entries.pull(pull * inverse), hold

    def multiply(self, loadings: FloatArray, pull: FloatArray, hold: FloatArray) -> FloatArray:
        """Return the loadings after a multiplicative update, which never raises the loss."""
        hold = hold + self.l1
        if self.beta_loss == "itakura-saito":
            ratio = divide_where_positive(pull, hold + self.l2 * loadings, otherwise=0.0)
            return loadings * np.sqrt(ratio)
        numerator = loadings * pull
        root = np.sqrt(hold**2 + 4 * self.l2 * numerator)
        return divide_where_positive(2 * numerator, hold + root, otherwise=0.0)

    def curvature(self, loadings: FloatArray, *, definite: bool) -> FloatArray:
        """Return the second derivatives over the loadings, shape (k, k, n_rows).

        Under Itakura-Saito that by the product is ``(2 x - p) / p ** 3``, which may be negative;
        for a definite matrix, ``x / p ** 3`` stands in its stead where ``x < p``.
        """
        values, product = self.entries.values, self.entries.product(loadings)
        inverse = _inverse(product)
        weights: FloatArray
        if self.beta_loss == "kullback-leibler":
            weights = values * inverse**2
        elif definite:
            weights = (values + np.maximum(values - product, 0.0)) * inverse**3
        else:
            weights = self.entries.observed((2 * values - product) * inverse**3)
        grams = self.entries.curvature(weights)
        k = range(len(grams))
        grams[k, k] += self.l2
        return grams


def _inverse(product: FloatArray) -> FloatArray:
    return divide_where_positive(np.ones(()), product, otherwise=0.0)


def _solve(loss: _RowLoss) -> FloatArray:
    row_totals = loss.entries.values.sum(axis=1)
    totals = loss.entries.totals()
    loadings: FloatArray = np.where(totals > 0, row_totals / len(totals), 0.0)
    for _ in range(_MULTIPLICATIONS):
        loadings = loss.multiply(loadings, *loss.halves(loadings))
    moving = np.flatnonzero(row_totals > 0)
    for _ in range(_NEWTON_STEPS):
        if not moving.size:
            break
        before = loadings[:, moving]
        after = _newton_step(loss.take(moving), before, row_totals[moving])
        loadings[:, moving] = after
        change = np.abs(after - before).max(axis=0)
        is_growing = (after > 1.5 * before).any(axis=0)  # from next to nothing, to what will matter
        moving = moving[(change > _STILL * row_totals[moving]) | is_growing]
    return loadings


def _newton_step(loss: _RowLoss, loadings: FloatArray, totals: FloatArray) -> FloatArray:
    """Go towards the minimum of the local quadratic, as far as the loss allows."""
    now = loss.measure(loadings)
    allowed = now + _ROUNDING * np.maximum(np.abs(now), totals)
    pull, hold = loss.halves(loadings)
    gradient = hold + loss.l1 + loss.l2 * loadings - pull
    direction = _find_direction(loss, loadings, gradient)
    result = loss.multiply(loadings, pull, hold)
    pending = np.arange(loadings.shape[1])
    for halving in range(_HALVINGS):
        trial = np.maximum(loadings[:, pending] + 0.5**halving * direction[:, pending], 0)
        is_allowed = loss.take(pending).measure(trial) <= allowed[pending]
        result[:, pending[is_allowed]] = trial[:, is_allowed]
        pending = pending[~is_allowed]
        if not pending.size:
            break
    return result


def _find_direction(loss: _RowLoss, loadings: FloatArray, gradient: FloatArray) -> FloatArray:
    """Return the step to the minimum of the local quadratic, or of one that has a minimum."""
    curvature = loss.curvature(loadings, definite=False)
    # What a Newton step on its own would bring to zero goes there; the others do not wait for it.
    diagonal = gram_diagonal(curvature)
    is_fixed = (gradient >= 0) & (gradient - diagonal * loadings >= 0)
    step, is_definite = _solve_free(curvature, -gradient, is_fixed)
    if loss.beta_loss == "itakura-saito" and not is_definite.all():
        definite_step, _ = _solve_free(loss.curvature(loadings, definite=True), -gradient, is_fixed)
        step = np.where(is_definite, step, definite_step)
    return np.where(is_fixed, -loadings, step)


def _solve_free(
    matrices: FloatArray, goal: FloatArray, is_fixed: npt.NDArray[np.bool_]
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Solve for what is not fixed, by ``L D L'``, and say where the matrix was definite.

    This is done in units that make the diagonal 1, as loadings may differ by many orders of
    magnitude. Where a pivot is all but zero, as along a straight slope, another takes its place,
    and the loading goes its own way, ten times as far as a Newton step on its own.
    """
    k, n = goal.shape
    diagonal = gram_diagonal(matrices)
    is_curved = diagonal > _SMALLEST
    units = np.where(is_curved & ~is_fixed, 1 / np.sqrt(np.where(is_curved, diagonal, 1.0)), 0.0)
    is_definite: npt.NDArray[np.bool_] = np.all(is_curved | is_fixed, axis=0)
    lower = matrices * (units[:, np.newaxis] * units)
    pivots, solution = np.ones((k, n)), goal * units
    for c in range(k):
        done = lower[c, :c] * pivots[:c]
        pivot = 1 - np.einsum("ln,ln->n", lower[c, :c], done)
        is_usable = pivot > _SMALLEST_PIVOT
        is_definite &= is_usable | is_fixed[c]
        pivots[c] = np.where(is_usable, pivot, _OTHER_PIVOT)
        column = lower[c + 1 :, c] - np.einsum("iln,ln->in", lower[c + 1 :, :c], done)
        lower[c + 1 :, c] = np.where(is_usable, column / pivots[c], 0.0)
        solution[c] -= np.einsum("ln,ln->n", lower[c, :c], solution[:c])
    solution /= pivots
    for c in reversed(range(k)):
        solution[c] -= np.einsum("in,in->n", lower[c + 1 :, c], solution[c + 1 :])
    return solution * units, is_definite

"""The loop that every solver runs in: loadings, sums, components, until the loss settles."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from partsong.nmf.blocks import Block, FloatArray
from partsong.nmf.solver import Solver, Sums

__all__ = ["Descent", "descend", "sum_blocks"]

_WINDOW = 10
"""Iterations whose improvement is judged together, as single ones are uneven."""

_NEGLIGIBLE = 0.1
"""Of the first loss: below it, improvements are measured by it, as a perfect fit has no end."""


@dataclass(frozen=True, slots=True)
class Descent:
    """How a descent went.

    Parameters
    ----------
    H
        The components it reached.
    loss_curve
        The loss after the loadings of each iteration were updated.
    converged
        Whether the loss settled before the iterations ran out.
    """

    H: FloatArray
    loss_curve: FloatArray
    converged: bool


def descend(
    blocks: Sequence[Block],
    start: tuple[FloatArray, FloatArray],
    solver: Solver,
    *,
    tol: float,
    max_iter: int,
    callback: Callable[[int, float], object] | None = None,
) -> Descent:
    """Bring the loss down until ten iterations together lower it by less than ``tol``.

    Parameters
    ----------
    blocks
        The data.
    start
        The factors to start from, `W` and `H`; left as they are.
    solver
        What makes the steps.
    tol
        Least improvement in ten iterations that is worth going on for, as a part of the loss (of
        a tenth of the first loss, where the loss has become smaller than that).
    max_iter
        Most iterations.
    callback
        Called with the number of the iteration, from 1, and the loss.

    Returns
    -------
    Descent
        The components, and how the loss fell.

    Examples
    --------
    >>> from partsong.nmf.hals import HierarchicalLeastSquares
    >>> X = np.array([[1.0, 2.0], [2.0, 4.0]])
    >>> start = np.ones((2, 1)), np.ones((1, 2))
    >>> blocks = [Block(slice(0, 2), X)]
    >>> descend(blocks, start, HierarchicalLeastSquares(), tol=1e-4, max_iter=50).converged
    True
    """
    W, H = start
    loadings: list[FloatArray] = [
        np.array(W[block.rows].T, dtype=np.float64, order="C") for block in blocks
    ]
    curve: list[float] = []
    for iteration in range(1, max_iter + 1):
        for index, block in enumerate(blocks):
            loadings[index] = solver.update_loadings(block, loadings[index], H)
        sums = sum_blocks(blocks, loadings, H, solver)
        H = solver.update_components(H, sums)
        curve.append(sums.loss)
        if callback is not None:
            callback(iteration, sums.loss)
        if _has_settled(curve, tol):
            return Descent(H, np.array(curve), converged=True)
    return Descent(H, np.array(curve), converged=False)


def sum_blocks(
    blocks: Sequence[Block], loadings: Iterable[FloatArray], H: FloatArray, solver: Solver
) -> Sums:
    """Add up what a solver needs to know of all blocks.

    Examples
    --------
    >>> from partsong.nmf.hals import HierarchicalLeastSquares
    >>> block = Block(slice(0, 1), np.array([[3.0]]))
    >>> one = np.array([[1.0]])
    >>> sum_blocks([block, block], [one, one], one, HierarchicalLeastSquares()).loss
    4.0
    """
    parts = (solver.summarise(block, W, H) for block, W in zip(blocks, loadings, strict=True))
    total = next(parts)
    for part in parts:
        total += part
    return total


def _has_settled(curve: Sequence[float], tol: float) -> bool:
    if curve[-1] == 0:
        return True
    if len(curve) <= _WINDOW or tol == 0:
        return False
    return curve[-1 - _WINDOW] - curve[-1] <= tol * max(curve[-1], _NEGLIGIBLE * curve[0])

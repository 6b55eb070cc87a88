"""Hierarchical alternating least squares: one component after the other, solved exactly.

Cichocki and Phan, "Fast local algorithms for large scale nonnegative matrix and tensor
factorizations", IEICE Transactions E92-A (2009); repeated sweeps over one factor as in Gillis and
Glineur, "Accelerated multiplicative updates and hierarchical ALS algorithms for nonnegative
matrix factorization", Neural Computation 24 (2012).
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from partsong.nmf.blocks import Block, FloatArray
from partsong.nmf.descents.solver import Sums
from partsong.nmf.divergence import factored_divergence
from partsong.nmf.least_squares import solve_block
from partsong.nmf.normal_equations import add_penalty, gram_matrix, sweep
from partsong.nmf.penalties import NO_PENALTIES, Penalties, loading_penalty

__all__ = ["HierarchicalLeastSquares", "half_squares"]

_CLOSE = 1e-5
"""Of the squares of a block: a loss below it is summed from the residuals. Above, the difference
of large sums is exact to ten digits, and they are there already."""

_COLUMNS = 4096
"""Columns of the components that are swept over in one go, so that Ctrl-C gets through."""


@dataclass(frozen=True, slots=True)
class HierarchicalLeastSquares:
    """The solver ``"hals"``, for the Frobenius loss.

    Its sums are ``W.T @ X`` and ``W.T @ W``, as in online dictionary learning (Mairal, Bach,
    Ponce and Sapiro 2010); with missing entries there is one ``W.T @ W`` for each feature, over
    the rows where it was observed.

    Parameters
    ----------
    penalties
        What the factors cost.
    loading_sweeps
        Sweeps over the loadings in each iteration.
    component_sweeps
        Sweeps over the components. They cost next to nothing where rows outnumber features.

    Examples
    --------
    >>> solver = HierarchicalLeastSquares()
    >>> block, H = Block(slice(0, 1), np.array([[2.0, 4.0]])), np.array([[1.0, 1.0]])
    >>> W = solver.solve_loadings(block, H)
    >>> solver.update_components(H, solver.summarise(block, W, H)) * W
    array([[2., 4.]])
    """

    extrapolates: ClassVar[bool] = True
    """`descend` may go on beyond the components that were found; see `Extrapolation`."""

    penalties: Penalties = NO_PENALTIES
    loading_sweeps: int = 2
    component_sweeps: int = 10

    def update_loadings(self, block: Block, loadings: FloatArray, H: FloatArray) -> FloatArray:
        """Sweep over the loadings of one block, in place."""
        pull, gram = self.pull_on_loadings(block, H)
        sweep(loadings, pull, gram, n_sweeps=self.loading_sweeps)
        return loadings

    def pull_on_loadings(self, block: Block, H: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the normal equations of the loadings of one block, penalties included."""
        values: Any = block.values
        pull = H @ values.T if isinstance(values, np.ndarray) else (values @ H.T).T
        gram = gram_matrix(H, block.seen)
        return add_penalty(pull, gram, l1=self.penalties.l1_W, l2=self.penalties.l2_W)

    def summarise(self, block: Block, loadings: FloatArray, H: FloatArray) -> Sums:
        """Return the normal equations of the components for one block."""
        counted = loadings if block.weights is None else loadings * block.weights
        values: Any = block.values
        is_dense = isinstance(values, np.ndarray)
        numerator: FloatArray = counted @ values if is_dense else (values.T @ counted.T).T
        gram: FloatArray
        if block.seen is None:
            gram = counted @ loadings.T
            loss = half_squares(block)
            limit = _CLOSE * loss
            loss += float(np.vdot(gram, H @ H.T) / 2 - np.vdot(numerator, H))
            is_exact = loss > limit or not is_dense
        else:
            seen = block.seen if block.weights is None else block.seen * block.weights[:, None]
            gram, loss, is_exact = gram_matrix(loadings, seen.T), 0.0, False
        if not is_exact:
            loss = factored_divergence(block, loadings, H, beta_loss="frobenius")
        price = loading_penalty(self.penalties, loadings, block.weights)
        return Sums(numerator, gram, max(loss, 0.0) + price)

    def update_components(self, H: FloatArray, sums: Sums) -> FloatArray:
        """Sweep over the components."""
        H = np.array(H, order="C")  # as the numerator is
        pull, gram = add_penalty(
            sums.numerator, sums.denominator, l1=self.penalties.l1_H, l2=self.penalties.l2_H
        )
        for first in range(0, H.shape[1], _COLUMNS):
            columns = slice(first, first + _COLUMNS)
            sweep(H, pull, gram, n_sweeps=self.component_sweeps, columns=columns)
        return H

    def solve_loadings(self, block: Block, H: FloatArray) -> FloatArray:
        """Solve the non-negative least squares of one block."""
        return solve_block(block, H, self.penalties)


def half_squares(block: Block) -> float:
    """Return half the sum of squares of a complete block, by the weights of its rows.

    Examples
    --------
    >>> half_squares(Block(slice(0, 1), np.array([[1.0, 3.0]])))
    5.0
    """
    values: Any = block.values
    if isinstance(values, np.ndarray):
        if block.weights is None:
            return float(np.vdot(values, values)) / 2
        return float(block.weights @ np.einsum("ij,ij->i", values, values)) / 2
    squares = values.data**2
    if block.weights is not None:
        squares *= np.repeat(block.weights, np.diff(values.indptr))
    return float(squares.sum()) / 2

"""Hierarchical alternating least squares: one component after the other, solved exactly.

Cichocki and Phan, "Fast local algorithms for large scale nonnegative matrix and tensor
factorizations", IEICE Transactions E92-A (2009); repeated sweeps over one factor as in Gillis and
Glineur, "Accelerated multiplicative updates and hierarchical ALS algorithms for nonnegative
matrix factorization", Neural Computation 24 (2012).
"""

from dataclasses import dataclass

from partsong.nmf.blocks import Block, FloatArray
from partsong.nmf.divergence import block_divergence
from partsong.nmf.least_squares import solve_block
from partsong.nmf.normal_equations import gram_matrix, sweep
from partsong.nmf.solver import Sums

__all__ = ["HierarchicalLeastSquares"]


@dataclass(frozen=True, slots=True)
class HierarchicalLeastSquares:
    """The solver ``"hals"``, for the Frobenius loss.

    Its sums are ``W.T @ X`` and ``W.T @ W``, as in online dictionary learning (Mairal, Bach,
    Ponce and Sapiro 2010); with missing entries there is one ``W.T @ W`` for each feature, over
    the rows where it was observed.

    Parameters
    ----------
    loading_sweeps
        Sweeps over the loadings in each iteration.
    component_sweeps
        Sweeps over the components. They cost next to nothing where rows outnumber features.

    Examples
    --------
    >>> import numpy as np
    >>> solver = HierarchicalLeastSquares()
    >>> block, H = Block(slice(0, 1), np.array([[2.0, 4.0]])), np.array([[1.0, 1.0]])
    >>> W = solver.solve_loadings(block, H)
    >>> solver.update_components(H, solver.summarise(block, W, H)) * W
    array([[2., 4.]])
    """

    loading_sweeps: int = 2
    component_sweeps: int = 10

    def update_loadings(self, block: Block, loadings: FloatArray, H: FloatArray) -> FloatArray:
        """Sweep over the loadings of one block, in place."""
        gram = gram_matrix(H, block.seen)
        sweep(loadings, H @ block.values.T, gram, n_sweeps=self.loading_sweeps)
        return loadings

    def summarise(self, block: Block, loadings: FloatArray, H: FloatArray) -> Sums:
        """Return the normal equations of the components for one block."""
        seen = None if block.seen is None else block.seen.T
        return Sums(
            numerator=loadings @ block.values,
            denominator=gram_matrix(loadings, seen),
            loss=block_divergence(block, loadings.T @ H, beta_loss="frobenius"),
        )

    def update_components(self, H: FloatArray, sums: Sums) -> FloatArray:
        """Sweep over the components."""
        H = H.copy()
        sweep(H, sums.numerator, sums.denominator, n_sweeps=self.component_sweeps)
        return H

    def solve_loadings(self, block: Block, H: FloatArray) -> FloatArray:
        """Solve the non-negative least squares of one block."""
        return solve_block(block, H)

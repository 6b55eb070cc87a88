"""Multiplicative updates, as they were published, for two losses and missing entries.

Lee and Seung, "Algorithms for non-negative matrix factorization", NIPS 13 (2001), theorems 1 and
2. A factor is multiplied by the ratio of the two halves of its gradient, so it stays non-negative
and the loss never rises. Missing entries are left out of both halves.
"""

from dataclasses import dataclass

import numpy as np

from partsong.nmf.blocks import Block, FloatArray
from partsong.nmf.divergence import BetaLoss, block_divergence
from partsong.nmf.least_squares import solve_block
from partsong.nmf.normal_equations import divide_where_positive
from partsong.nmf.relative_entropy import solve_block_relative_entropy
from partsong.nmf.solver import Sums

__all__ = ["MultiplicativeUpdates"]

_VANISHED = 1e-100
"""Entries below it become 0: they add nothing, and numbers near the smallest are slow."""


@dataclass(frozen=True, slots=True)
class MultiplicativeUpdates:
    """The solver ``"mu"``.

    Its sums are the two halves of the gradient over the components, the first times the
    components, so that sums of different batches can be added (Lefevre, Bach and Fevotte 2011,
    algorithm 1).

    Parameters
    ----------
    beta_loss
        Which loss to bring down.

    Examples
    --------
    >>> solver = MultiplicativeUpdates("kullback-leibler")
    >>> block, H = Block(slice(0, 1), np.array([[2.0, 4.0]])), np.array([[1.0, 1.0]])
    >>> W = solver.update_loadings(block, np.array([[1.0]]), H)
    >>> solver.update_components(H, solver.summarise(block, W, H)) * W
    array([[2., 4.]])
    """

    beta_loss: BetaLoss

    def update_loadings(self, block: Block, loadings: FloatArray, H: FloatArray) -> FloatArray:
        """Multiply the loadings of one block once."""
        up, down = self._gradient_halves(block, loadings.T @ H)
        return _divide(loadings * (H @ up.T), H @ down.T, otherwise=loadings)

    def summarise(self, block: Block, loadings: FloatArray, H: FloatArray) -> Sums:
        """Return both halves of the gradient over the components for one block."""
        product = loadings.T @ H
        up, down = self._gradient_halves(block, product)
        loss = block_divergence(block, product, beta_loss=self.beta_loss)
        return Sums(H * (loadings @ up), loadings @ down, loss)

    def update_components(self, H: FloatArray, sums: Sums) -> FloatArray:
        """Multiply the components once."""
        return _divide(sums.numerator, sums.denominator, otherwise=H)

    def solve_loadings(self, block: Block, H: FloatArray) -> FloatArray:
        """Solve for the best loadings of one block."""
        if self.beta_loss == "frobenius":
            return solve_block(block, H)
        return solve_block_relative_entropy(block, H)

    def _gradient_halves(self, block: Block, product: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return what multiplies the other factor in numerator and denominator."""
        if self.beta_loss == "frobenius":
            return block.values, product if block.seen is None else product * block.seen
        ratio = divide_where_positive(block.values, product, otherwise=0.0)
        return ratio, np.ones_like(product) if block.seen is None else block.seen


def _divide(numerator: FloatArray, denominator: FloatArray, otherwise: FloatArray) -> FloatArray:
    quotient = divide_where_positive(numerator, denominator, otherwise=otherwise)
    quotient[quotient < _VANISHED] = 0
    return quotient

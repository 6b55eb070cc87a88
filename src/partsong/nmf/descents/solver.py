"""What a solver is: four steps on blocks of rows, between which only small sums are kept.

A new solver is a class with these four methods; the descent, the estimator, missing entries,
online learning and restarts then work with it as they are.
"""

from dataclasses import dataclass
from typing import Protocol

from partsong.nmf.blocks import Block, FloatArray

__all__ = ["Solver", "Sums"]


@dataclass(frozen=True, slots=True)
class Sums:
    """What the components have to know about some rows and their loadings.

    Parameters
    ----------
    numerator
        What pulls the components up, shape (n_components, n_features).
    denominator
        What holds them down. Its shape is the solver's own business.
    loss
        The divergence of these rows.

    Examples
    --------
    >>> import numpy as np
    >>> one = Sums(np.array([[1.0]]), np.array([[2.0]]), 0.5)
    >>> (one + one.scaled(0.5)).loss
    0.75
    """

    numerator: FloatArray
    denominator: FloatArray
    loss: float

    def __add__(self, other: "Sums") -> "Sums":
        one, two = self.denominator, other.denominator
        if one.ndim < two.ndim:  # shared by all features, and one for each
            one = one[..., None]
        elif two.ndim < one.ndim:
            two = two[..., None]
        return Sums(self.numerator + other.numerator, one + two, self.loss + other.loss)

    def scaled(self, weight: float) -> "Sums":
        """Return the sums as if the rows counted `weight` times."""
        return Sums(self.numerator * weight, self.denominator * weight, self.loss * weight)


class Solver(Protocol):
    """Improve loadings and components in turn. Loadings stand as (n_components, n_rows)."""

    def update_loadings(self, block: Block, loadings: FloatArray, H: FloatArray) -> FloatArray:
        """Return better loadings of one block; the old ones may be overwritten."""

    def summarise(self, block: Block, loadings: FloatArray, H: FloatArray) -> Sums:
        """Return what `update_components` needs to know of one block."""

    def update_components(self, H: FloatArray, sums: Sums) -> FloatArray:
        """Return better components, given the sums over all blocks."""

    def solve_loadings(self, block: Block, H: FloatArray) -> FloatArray:
        """Return the best loadings of one block, from no starting point."""

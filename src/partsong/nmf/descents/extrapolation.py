"""Longer steps: go on a little in the direction of the last one, as long as that pays.

Ang and Gillis, "Accelerating nonnegative matrix factorization algorithms using extrapolation",
Neural Computation 31 (2019), algorithm 2 and section 3.4.
"""

from dataclasses import dataclass

import numpy as np

from partsong.nmf.blocks import FloatArray

__all__ = ["Extrapolation"]

_GROWTH, _GROWTH_OF_LIMIT = 1.05, 1.01
_SHRINKAGE = 1.5
"""The factors of their section 4.1, called gamma, gamma bar and eta there."""


@dataclass(slots=True)
class Extrapolation:
    """How far to go on, as a part of the last step; it learns from success and failure.

    Parameters
    ----------
    length
        Part of the last step, 0 to 1.
    limit
        The most that it may grow to.

    Examples
    --------
    >>> extrapolation = Extrapolation()
    >>> extrapolation.go_on(np.array([[3.0, 0.0]]), np.array([[1.0, 1.0]]))
    array([[4., 0.]])
    >>> extrapolation.shorten()
    >>> extrapolation.length < 0.5
    True
    """

    length: float = 0.5
    limit: float = 1.0

    def go_on(self, new: FloatArray, old: FloatArray) -> FloatArray:
        """Return a point beyond the new one, as seen from the old one, with nothing below zero."""
        beyond = new - old
        beyond *= self.length
        beyond += new
        return np.maximum(beyond, 0, out=beyond)

    def lengthen(self) -> None:
        """Go further next time: the last point was better than the one before."""
        self.length = min(self.limit, self.length * _GROWTH)
        self.limit = min(1.0, self.limit * _GROWTH_OF_LIMIT)

    def shorten(self) -> None:
        """Go less far next time: the last point was worse, and was not taken."""
        self.limit = self.length
        self.length /= _SHRINKAGE

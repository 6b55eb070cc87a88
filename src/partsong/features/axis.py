"""What a feature can be more or less of: one number for columns that say the same thing twice.

A recipe splits a feature into an amount above average and an amount below, since a factorisation
takes nothing negative. Where signs do no harm the two halves are one axis again.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Axis"]


@dataclass(frozen=True, slots=True)
class Axis:
    """A direction in which tracks differ, with a word for either end.

    Attributes
    ----------
    name
        The catalog column, or the genre.
    low, high
        What tracks with less and with more of it are called.
    columns
        Of the matrix: one, or two of which the second counts the other way.

    Examples
    --------
    >>> axis = Axis("energy", "calm", "energetic", (0, 1))
    >>> axis.join(np.array([[1.5, 0.0], [0.0, 2.0]]))
    array([ 1.5, -2. ])
    """

    name: str
    low: str
    high: str
    columns: tuple[int, ...]

    def join(self, X: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return one signed number a row: the first column, less the second if there is one.

        Parameters
        ----------
        X
            The matrix, or what stands in its columns, shape (n, n_features).
        """
        first, *second = self.columns
        return X[:, first] - X[:, second[0]] if second else X[:, first]

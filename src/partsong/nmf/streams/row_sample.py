"""A fair sample of rows that pass by once, drawn without knowing how many there will be.

Every row draws a number, and those with the smallest stay. So the sample depends on the order of
the rows and the seed, not on how the rows were cut, and samples of several parts can be joined.
"""

import numpy as np

from partsong.nmf.blocks import FloatArray

__all__ = ["RowSample"]


class RowSample:
    """Draw rows without repeats, each with the same chance.

    Parameters
    ----------
    size
        How many. Of fewer rows, all.
    seed
        What the numbers are drawn from.
    first_row
        Where the first row stands in the table that this is a part of: it draws the same number as
        if the rows before it had passed by.
    below
        Rows with a larger number, of 0 to 1, are left out at once: for a part of a table whose
        length is known, so that it need not bring home more than its share.

    Examples
    --------
    >>> sample = RowSample(2, seed=0)
    >>> sample.add(np.array([[1.0], [2.0]]))
    >>> sample.add(np.array([[3.0]]))
    >>> sample.drawn[1].shape
    (2, 1)
    """

    def __init__(self, size: int, *, seed: int, first_row: int = 0, below: float = 1.0) -> None:
        self._size = size
        self._rng = np.random.Generator(np.random.PCG64(seed).advance(first_row))
        self._below = below
        self._keys: list[FloatArray] = []
        self._rows: list[FloatArray] = []
        self._n_kept = 0

    def add(self, X: FloatArray) -> None:
        """Let rows pass by, shape (n_rows, n_features)."""
        keys = self._rng.random(len(X))
        chosen = np.flatnonzero(keys < self._below)
        self._keep(keys[chosen], X[chosen])

    def join(self, other: "RowSample") -> None:
        """Let the sample of the next part pass by."""
        keys, rows = other.drawn
        chosen = np.flatnonzero(keys < self._below)
        self._keep(keys[chosen], rows[chosen])

    @property
    def drawn(self) -> tuple[FloatArray, FloatArray]:
        """The numbers of the rows drawn, and the rows, in the order in which they came."""
        self._drop()
        return self._keys[0], self._rows[0]

    def _keep(self, keys: FloatArray, rows: FloatArray) -> None:
        self._keys.append(keys)
        self._rows.append(rows)
        self._n_kept += len(keys)
        if self._n_kept > 2 * self._size:
            self._drop()

    def _drop(self) -> None:
        """Leave out all but the rows with the smallest numbers."""
        keys, rows = np.concatenate(self._keys), np.concatenate(self._rows)
        if len(keys) > self._size:
            self._below = float(np.partition(keys, self._size)[self._size])
            chosen = np.flatnonzero(keys < self._below)
            keys, rows = keys[chosen], rows[chosen]
        self._keys, self._rows, self._n_kept = [keys], [rows], len(keys)

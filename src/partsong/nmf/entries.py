"""The entries of some rows beside their components, dense or sparse, with the same five operations.

What is one number for each observed entry (a value, a product ``w @ h``, a curvature) is an array
of shape (n_rows, n_entries) here. Dense rows have an entry for every feature. Of sparse rows only
the stored ones are kept, padded to the longest row, with the components gathered for each row.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from partsong.nmf.blocks import Block, FloatArray
from partsong.nmf.normal_equations import gram_matrix

__all__ = ["DenseEntries", "Entries", "SparseEntries", "entries_of"]

_GATHERED = 4_000_000
"""Most numbers to gather at once: sparse rows are taken in parts that stay below it."""


class Entries(Protocol):
    """Some rows beside fixed components."""

    @property
    def values(self) -> FloatArray:
        """The observed values, shape (n_rows, n_entries)."""

    def product(self, loadings: FloatArray) -> FloatArray:
        """Return ``w @ h`` at each entry."""

    def pull(self, entries: FloatArray) -> FloatArray:
        """Return the sum of entries times components, shape (n_components, n_rows)."""

    def curvature(self, entries: FloatArray) -> FloatArray:
        """Return a Gram matrix of the components for each row, weighted by its entries."""

    def observed(self, entries: FloatArray) -> FloatArray:
        """Return entries with 0 where nothing was observed."""

    def totals(self) -> FloatArray:
        """Return the sum of each component over what was observed, stored or not."""

    def take(self, rows: npt.NDArray[np.intp]) -> "Entries":
        """Return only some of the rows."""


@dataclass(frozen=True, slots=True)
class DenseEntries:
    """Rows that have an entry for every feature.

    Parameters
    ----------
    values
        Shape (n_rows, n_features).
    seen
        1 where a value was observed, the same shape; None: everywhere.
    H
        Components, shape (n_components, n_features).

    Examples
    --------
    >>> rows = DenseEntries(np.array([[5.0, 6.0]]), None, np.array([[1.0, 2.0]]))
    >>> rows.pull(rows.product(np.array([[3.0]])))
    array([[15.]])
    """

    values: FloatArray
    seen: FloatArray | None
    H: FloatArray

    def product(self, loadings: FloatArray) -> FloatArray:
        """Return ``w @ h`` at each entry."""
        return loadings.T @ self.H

    def pull(self, entries: FloatArray) -> FloatArray:
        """Return the sum of entries times components, shape (n_components, n_rows)."""
        return self.H @ entries.T

    def curvature(self, entries: FloatArray) -> FloatArray:
        """Return a Gram matrix of the components for each row, weighted by its entries."""
        return gram_matrix(self.H, entries)

    def observed(self, entries: FloatArray) -> FloatArray:
        """Return entries with 0 where nothing was observed."""
        return entries if self.seen is None else entries * self.seen

    def totals(self) -> FloatArray:
        """Return the sum of each component over what was observed, shape (n_components, n_rows)."""
        if self.seen is not None:
            return self.H @ self.seen.T
        return np.repeat(self.H.sum(axis=1, keepdims=True), len(self.values), axis=1)

    def take(self, rows: npt.NDArray[np.intp]) -> "DenseEntries":
        """Return only some of the rows."""
        return DenseEntries(
            self.values[rows], None if self.seen is None else self.seen[rows], self.H
        )


@dataclass(frozen=True, slots=True)
class SparseEntries:
    """Rows of which only the stored entries are kept; the others are zero, and observed.

    Parameters
    ----------
    values
        Shape (n_rows, n_entries), 0 beyond the end of a row.
    gathered
        The components at each entry, shape (n_rows, n_entries, n_components), 0 beyond the end.
    sums
        The sum of each component over all features, shape (n_components, 1).

    Examples
    --------
    >>> rows = SparseEntries(np.array([[5.0]]), np.array([[[2.0]]]), np.array([[9.0]]))
    >>> rows.product(np.array([[3.0]])), rows.totals()
    (array([[6.]]), array([[9.]]))
    """

    values: FloatArray
    gathered: FloatArray
    sums: FloatArray

    def product(self, loadings: FloatArray) -> FloatArray:
        """Return ``w @ h`` at each entry."""
        products: FloatArray = (self.gathered @ loadings.T[:, :, np.newaxis])[:, :, 0]
        return products

    def pull(self, entries: FloatArray) -> FloatArray:
        """Return the sum of entries times components, shape (n_components, n_rows)."""
        sums: FloatArray = (entries[:, np.newaxis, :] @ self.gathered)[:, 0, :].T
        return sums

    def curvature(self, entries: FloatArray) -> FloatArray:
        """Return a Gram matrix of the components for each row, weighted by its entries."""
        weighted = self.gathered * entries[:, :, np.newaxis]
        grams: FloatArray = (weighted.transpose(0, 2, 1) @ self.gathered).transpose(1, 2, 0)
        return grams

    def observed(self, entries: FloatArray) -> FloatArray:
        """Return the entries as they are: what is not stored is not among them."""
        return entries

    def totals(self) -> FloatArray:
        """Return the sum of each component over all features, shape (n_components, n_rows)."""
        return np.repeat(self.sums, len(self.values), axis=1)

    def take(self, rows: npt.NDArray[np.intp]) -> "SparseEntries":
        """Return only some of the rows."""
        return SparseEntries(self.values[rows], self.gathered[rows], self.sums)


def entries_of(block: Block, H: FloatArray) -> list[tuple[slice, Entries]]:
    """Return a block beside its components, in parts small enough to work with.

    Parameters
    ----------
    block
        The rows, dense or sparse.
    H
        Components, shape (n_components, n_features).

    Returns
    -------
    list of (slice, Entries)
        Which rows of the block, and what is known of them. Dense rows come in one part.

    Examples
    --------
    >>> block = Block(slice(0, 1), np.array([[5.0, 6.0]]))
    >>> [(rows.stop, part.values.shape) for rows, part in entries_of(block, np.ones((1, 2)))]
    [(1, (1, 2))]
    """
    if isinstance(block.values, np.ndarray):
        rows: Entries = DenseEntries(block.values, block.seen, H)
        return [(slice(0, len(block.values)), rows)]
    values: Any = block.values
    counts = np.diff(values.indptr)
    step = max(1, _GATHERED // max(1, int(counts.max(initial=1)) * len(H)))
    starts = range(0, len(counts), step)
    return [(slice(at, at + step), _gather(values, H, at, at + step)) for at in starts]


def _gather(values: Any, H: FloatArray, first: int, last: int) -> SparseEntries:
    ends = values.indptr[first : last + 1]
    counts = np.diff(ends)
    places = np.arange(counts.max(initial=0)) < counts[:, np.newaxis]
    stored = slice(ends[0], ends[-1])
    padded = np.zeros(places.shape)
    padded[places] = values.data[stored]
    gathered = np.zeros((*places.shape, len(H)))
    gathered[places] = H.T[values.indices[stored]]
    return SparseEntries(padded, gathered, H.sum(axis=1, keepdims=True))

"""Rows with missing entries: a small system of equations for each.

Over the features that a row was observed in, the components have a Gram matrix of the row's own,
so there is no table to look loadings up in (see :mod:`partsong.nmf.looks.pattern_tables`). Instead many
rows are solved side by side, each for the components it uses, and rows that used the wrong ones
exchange them and solve again. ``native/incomplete.c`` does it for up to 16 components; NumPy, for
any number, is the same step by step.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from partsong.nmf.blocks import FloatArray
from partsong.nmf.kernels import load_kernel
from partsong.nmf.looks.pattern_tables import (
    MOST_COMPONENTS,
    PatternArray,
    at_unit_length,
    every_component,
)
from partsong.nmf.normal_equations import apply_gram, gram_diagonal, gram_matrix, sweep
from partsong.nmf.penalties import NO_PENALTIES, Penalties

__all__ = ["RowSums", "RowSystems"]

BoolArray = npt.NDArray[np.bool_]

_ENTRIES = 2**15
"""Of the Gram matrices that NumPy works on at once: few enough to stay in the cache."""

_TOLERANCE = 1e-12
"""Of the length of a row: how far an optimality condition may be off."""

_DETERMINED = 1e-10
"""What the earlier components must leave of the square of one, or it is but a mix of them."""

_TIE_BREAK = 1e-8
"""Weight of the squared loadings of such mixes, so that the shortest are found."""

_SMALLEST = float(np.finfo(np.float64).tiny)
_FULL_EXCHANGES = 3
_MOST_ROUNDS = 60
_COORDINATE_SWEEPS = 500


@dataclass(frozen=True, slots=True)
class RowSums:
    """What some rows say about the components.

    Parameters
    ----------
    loss
        Half of the squares of what the best loadings leave over of the observed entries.
    cost
        The penalties on these loadings, and what they put where nothing was seen.
    gradient
        The slope of both for the components, shape (n_components, n_features).
    products
        For each feature the sums of the products of two loadings, over the rows where it was
        observed: shape (n_components, n_components, n_features). None where not asked for.
    """

    loss: float
    cost: float
    gradient: FloatArray
    products: FloatArray | None = None

    def __add__(self, other: "RowSums") -> "RowSums":
        products = self.products
        if products is not None and other.products is not None:
            products = products + other.products
        return RowSums(
            self.loss + other.loss,
            self.cost + other.cost,
            self.gradient + other.gradient,
            products,
        )


class RowSystems:
    """Best loadings for fixed components; for any number of threads.

    Parameters
    ----------
    H
        Components, shape (n_components, n_features), non-negative.
    penalties
        What loadings cost.
    unseen
        Weight of the squares that each component alone would put where a row was not observed,
        one for all features or one for each. 0: anything goes there.

    Examples
    --------
    >>> systems = RowSystems(np.array([[1.0, 0.0], [1.0, 1.0]]))
    >>> systems.solve(np.array([[3.0, 1.0], [np.nan, 2.0]]))
    array([[2., 1.],
           [0., 2.]])
    """

    def __init__(
        self,
        H: FloatArray,
        penalties: Penalties = NO_PENALTIES,
        *,
        unseen: FloatArray | float = 0.0,
    ) -> None:
        self._unit, lengths = at_unit_length(H)
        self._price = penalties.l1_W / lengths
        self._ridge = penalties.l2_W / lengths**2
        self._scale = 1 / lengths
        self._unseen = np.full(H.shape[1], unseen, dtype=np.float64)
        self._bits = 1 << np.arange(len(H))

    def solve(self, X: FloatArray, patterns: PatternArray | None = None) -> FloatArray:
        """Return the best loadings of rows.

        Parameters
        ----------
        X
            Rows, NaN where missing, C-contiguous.
        patterns
            Guesses at which components each row uses, as bits, for up to 16; overwritten. None:
            all of them. They change how long it takes; and where several loadings are equally
            good, only without guesses are the shortest of them sure to be found.

        Returns
        -------
        ndarray of shape (n_rows, n_components)
            Of the precision of ``X``.
        """
        loadings = np.empty((len(X), len(self._unit)), dtype=X.dtype)
        self._visit(X, self._guesses(X, patterns), loadings=loadings)
        return loadings

    def sums(
        self,
        X: FloatArray,
        patterns: PatternArray | None = None,
        *,
        weights: FloatArray | None = None,
        with_products: bool = False,
        loadings: FloatArray | None = None,
    ) -> RowSums:
        """Return the loss of rows with their best loadings, and its slope for the components.

        Parameters
        ----------
        X, patterns
            As in `solve`.
        weights
            How often each row counts.
        with_products
            Whether to sum the products of loadings too.
        loadings
            To be filled, shape (n_rows, n_components), C-contiguous, of the precision of ``X``.
        """
        k, m = self._unit.shape
        gradient = np.zeros((k, m))
        products = np.zeros((m, k * (k + 1) // 2)) if with_products else None
        loss, cost = self._visit(
            X,
            self._guesses(X, patterns),
            weights=weights,
            loadings=loadings,
            gradient=gradient,
            products=products,
        )
        gradient *= self._scale[:, np.newaxis]
        if products is None:
            return RowSums(loss, cost, gradient)
        full = np.empty((k, k, m))
        rows, columns = np.tril_indices(k)
        scaled = products.T * (self._scale[rows] * self._scale[columns])[:, np.newaxis]
        full[rows, columns] = full[columns, rows] = scaled
        return RowSums(loss, cost, gradient, full)

    def _guesses(self, X: FloatArray, patterns: PatternArray | None) -> PatternArray | None:
        if len(self._unit) > MOST_COMPONENTS:
            return None
        return every_component(len(X), len(self._unit)) if patterns is None else patterns

    def _visit(
        self,
        X: FloatArray,
        patterns: PatternArray | None,
        *,
        weights: FloatArray | None = None,
        loadings: FloatArray | None = None,
        gradient: FloatArray | None = None,
        products: FloatArray | None = None,
    ) -> tuple[float, float]:
        kernel = None if patterns is None else load_kernel("incomplete")
        if kernel is not None:
            loss, cost = kernel.visit(
                X,
                X.itemsize,
                self._unit,
                self._unseen,
                self._price,
                self._ridge,
                self._scale,
                patterns,
                weights,
                loadings,
                gradient,
                products,
            )
            return float(loss), float(cost)
        loss = cost = 0.0
        size = max(8, _ENTRIES // len(self._unit) ** 2)
        for first in range(0, len(X), size):
            rows = slice(first, first + size)
            values = np.array(X[rows].T, dtype=np.float64, order="C")
            seen = ~np.isnan(values)
            values[~seen] = 0
            used = self._all_used(values.shape[1], None if patterns is None else patterns[rows])
            found = self._exchange(values, seen, used)
            if patterns is not None:
                patterns[rows] = (used.T @ self._bits).astype(np.uint16)
            if loadings is not None:
                loadings[rows] = (found * self._scale[:, np.newaxis]).T
            if gradient is not None:
                own = np.ones(len(found.T)) if weights is None else weights[rows]
                over = np.where(seen, self._unit.T @ found - values, 0.0)
                gradient += found @ (over * own).T
                loss += float(np.einsum("fr,fr->r", over, over) @ own) / 2
                cost += float((self._price @ found + self._ridge / 2 @ found**2) @ own)
                if self._unseen.any():
                    hidden = self._unseen * (found**2 @ (~seen * own).T) * self._unit
                    gradient += hidden
                    cost += float(np.vdot(hidden, self._unit)) / 2
                if products is not None:
                    i, j = np.tril_indices(len(found))
                    products += seen @ (found[i] * found[j] * own).T
        return loss, cost

    def _all_used(self, n_rows: int, patterns: PatternArray | None) -> BoolArray:
        if patterns is None:
            return np.ones((len(self._unit), n_rows), dtype=np.bool_)
        return (patterns & self._bits[:, np.newaxis]) > 0

    def _exchange(self, values: FloatArray, seen: BoolArray, used: BoolArray) -> FloatArray:
        """Solve for what is used and exchange what is wrong, by the backup rule of Kim and Park."""
        k, n = used.shape
        pulls = self._unit @ values - self._price[:, np.newaxis]
        gram = gram_matrix(self._unit, seen.T.astype(np.float64))
        hidden = (self._unseen * self._unit**2) @ ~seen
        gram[range(k), range(k)] += hidden + self._ridge[:, np.newaxis]
        diagonal = gram_diagonal(gram)
        gram[range(k), range(k)] += diagonal < _SMALLEST  # components that cannot be seen get 0
        limit = _TOLERANCE**2 * np.einsum("fr,fr->r", values, values)
        found, left = np.zeros((k, n)), np.arange(n)
        fewest, tries = np.full(n, k + 1), np.full(n, _FULL_EXCHANGES)
        for _ in range(_MOST_ROUNDS):
            own, pull, uses = gram[:, :, left], pulls[:, left], used[:, left]
            solution, slope, is_loose = _solve_used(own, pull, uses)
            diagonal = gram_diagonal(own)
            fault = np.maximum(np.where(uses, -solution * diagonal, slope), 0)
            is_wrong = (fault**2 > limit[left] * diagonal) & ~is_loose
            n_wrong = is_wrong.sum(axis=0)
            is_done = (n_wrong == 0) & ~is_loose
            found[:, left[is_done]] = np.maximum(solution[:, is_done], 0)
            if is_loose.any():
                loose = left[is_loose]
                gram[range(k), range(k), loose[:, np.newaxis]] *= 1 + _TIE_BREAK
            is_better = n_wrong < fewest[left]
            is_last = is_wrong & (is_wrong[::-1].cumsum(axis=0)[::-1] == 1)
            used[:, left] ^= np.where(is_better | (tries[left] > 0), is_wrong, is_last)
            tries[left] = np.where(is_better, _FULL_EXCHANGES, np.maximum(tries[left] - 1, 0))
            fewest[left] = np.where(is_better & ~is_loose, n_wrong, fewest[left])
            left = left[~is_done]
            if not left.size:
                return found
        settled = np.zeros((k, len(left)))
        sweep(settled, pulls[:, left], gram[:, :, left], n_sweeps=_COORDINATE_SWEEPS)
        found[:, left], used[:, left] = settled, settled > 0
        return found


def _solve_used(
    gram: FloatArray, pulls: FloatArray, used: BoolArray
) -> tuple[FloatArray, FloatArray, BoolArray]:
    """Return loadings, what they leave over of the pulls, and which columns are not determined.

    All columns are eliminated alike; what one does not use has no effect, as its inverse is zero.
    """
    k = len(gram)
    left, inverse = gram.copy(), np.zeros_like(pulls)
    is_loose = np.zeros(pulls.shape[1], dtype=np.bool_)
    with np.errstate(over="ignore", invalid="ignore"):  # in columns that are not determined
        for j in range(k):
            pivot = left[j, j]
            is_loose |= used[j] & (pivot < _DETERMINED * gram[j, j])
            inverse[j] = used[j] / (np.maximum(pivot, 0) + _SMALLEST)
            share = left[j + 1 :, j] * inverse[j]
            left[j + 1 :, j + 1 :] -= share[:, np.newaxis] * left[j, j + 1 :]
        loadings, rest = np.zeros_like(pulls), pulls
        for _ in range(2):  # the second time for what rounding left over
            change = rest.copy()
            for j in range(k):
                change[j + 1 :] -= left[j + 1 :, j] * (inverse[j] * change[j])
            for j in reversed(range(k)):
                change[j] -= np.einsum("in,in->n", left[j + 1 :, j], change[j + 1 :])
                change[j] *= inverse[j]
            loadings += change
            loadings[:, is_loose] = 0
            rest = pulls - apply_gram(gram, loadings)
    return loadings, rest, is_loose

"""Exact loadings by table: one inverse for every set of components that a row may use.

For fixed components the best loadings of a row depend on the row only through its *pattern*, the
set of components it uses: all rows with one pattern share one linear map (see
:mod:`partsong.nmf.looks.patterns`). This module holds what does not depend on the rows, and the NumPy
path; ``native/patterns.c`` does the same in C, several times faster.
"""

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from partsong.nmf.blocks import FloatArray
from partsong.nmf.kernels import load_kernel
from partsong.nmf.penalties import NO_PENALTIES, Penalties

__all__ = [
    "MOST_COMPONENTS",
    "PatternArray",
    "PatternTables",
    "at_unit_length",
    "build_tables",
    "every_component",
]

PatternArray = npt.NDArray[np.uint16]

MOST_COMPONENTS = 16
"""As many bits as a pattern has."""

_DETERMINED = 1e-10
"""Least eigenvalue of a Gram matrix of unit components that fixes the loadings."""

_TIE_BREAK = 1e-8
"""Weight of the squared loadings where they are not fixed, so that the shortest are found."""

_ACCURATE = 1e-4
"""Least eigenvalue from which an inverse is accurate without a second step."""

_TOLERANCE = 1e-12
"""Of the sum of a row's products with the components: how far a condition may be off."""

_MAX_ROUNDS = 60
_FULL_EXCHANGES = 3
_COORDINATE_SWEEPS = 500


class PatternTables(Protocol):
    """Tables for fixed components; for one thread at a time."""

    def visit(
        self,
        X: FloatArray,
        patterns: PatternArray,
        *,
        weights: FloatArray | None = None,
        loadings: FloatArray | None = None,
        gather: bool = False,
    ) -> float:
        """Find the pattern of every row, in place, and fill the loadings.

        Parameters
        ----------
        X
            Complete rows, C-contiguous.
        patterns
            Guesses, one a row; overwritten.
        weights
            How often each row counts.
        loadings
            To be filled, shape (n_rows, n_components), of the precision of ``X``.
        gather
            Whether to add the rows to the Gram matrices of their patterns, for `collect`.

        Returns
        -------
        float
            What the loadings explain: the squares of all rows less twice their loss.
        """

    def collect(self) -> tuple[PatternArray, FloatArray]:
        """Return the patterns gathered since the last call, and their Gram matrices."""


def every_component(n_rows: int, n_components: int) -> PatternArray:
    """Return the patterns that use all components, to start from.

    Examples
    --------
    >>> every_component(2, 3)
    array([7, 7], dtype=uint16)
    """
    return np.full(n_rows, 2**n_components - 1, dtype=np.uint16)


def at_unit_length(H: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return components of unit length, in double precision, and the lengths they had.

    One that is all zero stays so, and its length counts as 1.

    Examples
    --------
    >>> at_unit_length(np.array([[3.0, 4.0], [0.0, 0.0]]))
    (array([[0.6, 0.8],
           [0. , 0. ]]), array([5., 1.]))
    """
    H = np.asarray(H, dtype=np.float64)
    largest = H.max(axis=1, initial=0.0)
    largest[largest == 0] = 1  # so that squares of tiny or huge numbers stay in range
    lengths = largest * np.linalg.norm(H / largest[:, np.newaxis], axis=1)
    lengths[lengths == 0] = 1
    return np.ascontiguousarray(H / lengths[:, np.newaxis]), lengths


def build_tables(H: FloatArray, penalties: Penalties = NO_PENALTIES) -> PatternTables:
    """Return tables for components, compiled ones where there are any.

    Parameters
    ----------
    H
        Components, shape (n_components, n_features), at most 16, non-negative.
    penalties
        What loadings cost. Penalised ones gather rows with a 1 added at their end.

    Examples
    --------
    >>> tables = build_tables(np.array([[1.0, 0.0], [1.0, 1.0]]))
    >>> X, patterns = np.array([[3.0, 1.0], [0.0, 2.0]]), every_component(2, 2)
    >>> loadings = np.empty((2, 2))
    >>> round(tables.visit(X, patterns, loadings=loadings), 9)
    12.0
    >>> loadings, patterns
    (array([[2., 1.],
           [0., 1.]]), array([3, 2], dtype=uint16))
    """
    unit, lengths = at_unit_length(H)
    gram = unit @ unit.T
    k = range(len(gram))
    gram[k, k] += (gram[k, k] == 0) + penalties.l2_W / lengths**2
    smallest = float(np.linalg.eigvalsh(gram)[0])
    if smallest < _DETERMINED:
        gram[k, k] += _TIE_BREAK
    kernel = load_kernel("patterns")
    build = NumpyTables if kernel is None else CompiledTables
    return build(
        unit,
        gram,
        price=penalties.l1_W / lengths,
        scale=1 / lengths,
        constant=penalties.l1_W > 0,
        refinements=int(smallest < _ACCURATE),
    )


class CompiledTables:
    """The tables of ``native/patterns.c``."""

    def __init__(
        self,
        unit: FloatArray,
        gram: FloatArray,
        *,
        price: FloatArray,
        scale: FloatArray,
        constant: bool,
        refinements: int,
    ) -> None:
        kernel: Any = load_kernel("patterns")
        k, m = unit.shape
        self._kernel = kernel
        self._n_columns = m + constant
        self._handle = kernel.prepare(
            unit,
            np.ascontiguousarray(gram),
            np.ascontiguousarray(price),
            np.ascontiguousarray(scale),
            k,
            m,
            constant,
            _TOLERANCE,
            refinements,
            _MAX_ROUNDS,
        )

    def visit(
        self,
        X: FloatArray,
        patterns: PatternArray,
        *,
        weights: FloatArray | None = None,
        loadings: FloatArray | None = None,
        gather: bool = False,
    ) -> float:
        """Find the patterns; see `PatternTables`."""
        explained, _ = self._kernel.visit(
            self._handle, X, X.itemsize, patterns, weights, loadings, gather
        )
        return float(explained)

    def collect(self) -> tuple[PatternArray, FloatArray]:
        """Return what was gathered; see `PatternTables`."""
        patterns, grams = self._kernel.collect(self._handle)
        size = self._n_columns
        return (
            np.frombuffer(patterns, dtype=np.uint16),
            np.frombuffer(grams, dtype=np.float64).reshape(-1, size, size),
        )


class NumpyTables:
    """The same without a compiler: the rows of one pattern go through one matrix product."""

    def __init__(
        self,
        unit: FloatArray,
        gram: FloatArray,
        *,
        price: FloatArray,
        scale: FloatArray,
        constant: bool,
        refinements: int,
    ) -> None:
        self._unit, self._gram, self._price, self._scale = unit, gram, price, scale
        self._constant, self._refinements = constant, refinements
        self._bits = (1 << np.arange(len(unit))).astype(np.uint16)
        self._inverses: dict[int, FloatArray] = {}
        self._grams: dict[int, FloatArray] = {}

    def visit(
        self,
        X: FloatArray,
        patterns: PatternArray,
        *,
        weights: FloatArray | None = None,
        loadings: FloatArray | None = None,
        gather: bool = False,
    ) -> float:
        """Find the patterns; see `PatternTables`."""
        explained = 0.0
        for first in range(0, len(X), _NUMPY_ROWS):
            rows = slice(first, first + _NUMPY_ROWS)
            values = np.asarray(X[rows], dtype=np.float64)
            pulls = values @ self._unit.T - self._price
            found = self._exchange(pulls, patterns[rows])
            gain = np.einsum("rc,rc->r", found, pulls)
            own = None if weights is None else weights[rows]
            explained += float(gain.sum() if own is None else gain @ own)
            if loadings is not None:
                loadings[rows] = found * self._scale
            if gather:
                self._gather(values, patterns[rows], own)
        return explained

    def collect(self) -> tuple[PatternArray, FloatArray]:
        """Return what was gathered; see `PatternTables`."""
        size = self._unit.shape[1] + self._constant
        patterns = np.array(list(self._grams), dtype=np.uint16)
        grams = np.array(list(self._grams.values())).reshape(-1, size, size)
        self._grams = {}
        return patterns, grams

    def _exchange(self, pulls: FloatArray, patterns: PatternArray) -> FloatArray:
        """Solve for the patterns and exchange what is wrong, by the backup rule of Kim and Park."""
        found = np.empty_like(pulls)
        slack = _TOLERANCE * np.abs(pulls).sum(axis=1)
        left = np.arange(len(pulls))
        own = patterns.copy()
        fewest = np.full(len(pulls), len(self._gram) + 1)
        tries = np.full(len(pulls), _FULL_EXCHANGES)
        for _ in range(_MAX_ROUNDS):
            order = np.argsort(own, kind="stable")
            left, own, fewest, tries = left[order], own[order], fewest[order], tries[order]
            solution, slope = self._solve(pulls[left], own)
            used = (own[:, np.newaxis] & self._bits) > 0
            is_wrong = np.where(used, -solution, slope) > slack[left, np.newaxis]
            found[left] = np.maximum(solution, 0)
            patterns[left] = own
            # Ones and zeros cannot go wrong, but a BLAS may flag what lies beside a short row.
            with np.errstate(invalid="ignore"):
                summed = is_wrong.astype(np.float32) @ self._bits.astype(np.float32)
            wrong = summed.astype(np.uint16)
            go_on = np.flatnonzero(wrong)
            if not go_on.size:
                return found
            left, own, wrong, is_wrong = left[go_on], own[go_on], wrong[go_on], is_wrong[go_on]
            fewest, tries, n_wrong = fewest[go_on], tries[go_on], is_wrong.sum(axis=1)
            better = n_wrong < fewest
            last = self._bits[len(self._bits) - 1 - is_wrong[:, ::-1].argmax(axis=1)]
            own = own ^ np.where(better | (tries > 0), wrong, last)
            fewest = np.where(better, n_wrong, fewest)
            tries = np.where(better, _FULL_EXCHANGES, np.maximum(tries - 1, 0))
        found[left] = self._settle_by_coordinates(pulls[left])
        patterns[left] = ((found[left] > 0) * self._bits).sum(axis=1, dtype=np.uint16)
        return found

    def _solve(self, pulls: FloatArray, patterns: PatternArray) -> tuple[FloatArray, FloatArray]:
        """Return the loadings of every row for its pattern, and how each pulls; rows in order."""
        runs = _runs(patterns)
        self._invert([pattern for pattern, _ in runs])
        loadings = np.empty_like(pulls)
        for pattern, rows in runs:
            np.matmul(pulls[rows], self._inverses[pattern], out=loadings[rows])
        slope = pulls - loadings @ self._gram
        for _ in range(self._refinements):
            for pattern, rows in runs:
                loadings[rows] += slope[rows] @ self._inverses[pattern]
            slope = pulls - loadings @ self._gram
        return loadings, slope

    def _invert(self, patterns: list[int]) -> None:
        """Make the tables of patterns that were not met before, all at once."""
        new = [pattern for pattern in patterns if pattern not in self._inverses]
        if not new:
            return
        used = (np.array(new, dtype=np.uint16)[:, np.newaxis] & self._bits) > 0
        both = used[:, :, np.newaxis] & used[:, np.newaxis]
        systems = np.where(both, self._gram, 0.0)
        systems[:, range(len(self._gram)), range(len(self._gram))] += ~used
        inverses = np.where(both, np.linalg.inv(systems), 0.0)
        self._inverses.update(zip(new, inverses, strict=True))

    def _settle_by_coordinates(self, pulls: FloatArray) -> FloatArray:
        """Minimise over one loading after the other: the last resort for parallel components."""
        from partsong.nmf.normal_equations import sweep

        loadings = np.zeros(pulls.shape[::-1])
        sweep(loadings, np.ascontiguousarray(pulls.T), self._gram, n_sweeps=_COORDINATE_SWEEPS)
        return loadings.T

    def _gather(
        self, values: FloatArray, patterns: PatternArray, weights: FloatArray | None
    ) -> None:
        order = np.argsort(patterns, kind="stable")
        rows = values[order]
        if self._constant:
            rows = np.column_stack([rows, np.ones(len(rows))])
        weighted = rows if weights is None else rows * weights[order, np.newaxis]
        for pattern, own in _runs(patterns[order]):
            gram = weighted[own].T @ rows[own]
            self._grams[pattern] = self._grams.get(pattern, 0.0) + gram


_NUMPY_ROWS = 16_384
"""Few enough that a block stays in the cache, enough that most patterns have some rows."""


def _runs(ordered: PatternArray) -> list[tuple[int, slice]]:
    """Return every number of an ordered array, and where it stands."""
    if not len(ordered):
        return []
    starts = np.flatnonzero(np.diff(ordered, prepend=ordered[0] ^ 1))
    ends = np.append(starts[1:], len(ordered))
    return [
        (int(ordered[start]), slice(start, end)) for start, end in zip(starts, ends, strict=True)
    ]

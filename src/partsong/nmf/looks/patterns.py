"""Looks at complete rows that end in a few small matrices, one for each pattern.

A pattern is the set of components that the best loadings of a row use. Between two looks the loss
is an exact function of the components (see :mod:`partsong.nmf.looks.pattern_loss`), so a few looks are
enough, where descents that move loadings and components in turn need hundreds. What a look brings
home is small and adds up: rows may lie in memory, in files or on other machines.
"""

import functools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

import numpy as np

from partsong.nmf.blocks import FloatArray
from partsong.nmf.kernels import has_kernel
from partsong.nmf.looks.pattern_loss import PatternLoss
from partsong.nmf.looks.pattern_tables import (
    PatternArray,
    PatternTables,
    build_tables,
    every_component,
)
from partsong.nmf.looks.projection import Look
from partsong.nmf.penalties import NO_PENALTIES, Penalties, component_penalty
from partsong.nmf.workers import map_in_threads

__all__ = ["PatternLook", "PatternSums", "add_up", "solve_by_patterns", "visit_rows"]

_CHUNKS = 32
_CHUNK_ROWS = 8_192
"""At least: fewer would not be worth the sums that each chunk brings home."""


@dataclass(frozen=True, slots=True)
class PatternSums:
    """What a look at some rows brings home.

    Parameters
    ----------
    patterns
        Sets of components, as bits, in rising order, shape (n_patterns,).
    grams
        The sum of ``x x'`` over the rows of each, shape (n_patterns, n_columns, n_columns); with
        a penalty on the sum of loadings ``x`` ends in a 1.
    explained
        What the loadings explain: the squares of all rows less twice their loss.
    """

    patterns: PatternArray
    grams: FloatArray
    explained: float

    def look(self, H: FloatArray, penalties: Penalties = NO_PENALTIES) -> Look:
        """Return what these sums say about the loss for components, for which they were found."""
        model = PatternLoss(self.patterns, self.grams, penalties)
        squares = model.total_squares
        loss = max((squares - self.explained) / 2, 0.0) + component_penalty(H, penalties)
        return Look(loss, model, rounding=10 * float(np.finfo(np.float64).eps) * squares)


def add_up(parts: Iterable[PatternSums]) -> PatternSums:
    """Add sums over several sets of rows, pattern by pattern, in the given order.

    Examples
    --------
    >>> one = visit_rows(np.array([[2.0]]), np.array([[1.0]]), every_component(1, 1))
    >>> add_up([one, one]).grams
    array([[[8.]]])
    """
    listed = list(parts)
    patterns = np.concatenate([part.patterns for part in listed])
    grams = np.concatenate([part.grams for part in listed])
    order = np.argsort(patterns, kind="stable")
    kinds, starts = np.unique(patterns[order], return_index=True)
    summed = np.add.reduceat(grams[order], starts) if len(kinds) else grams
    return PatternSums(kinds, summed, sum(part.explained for part in listed))


def visit_rows(
    X: FloatArray,
    H: FloatArray,
    patterns: PatternArray,
    *,
    penalties: Penalties = NO_PENALTIES,
    weights: FloatArray | None = None,
    n_jobs: int = 1,
) -> PatternSums:
    """Look at complete rows in memory.

    Parameters
    ----------
    X
        Shape (n_rows, n_features), C-contiguous, non-negative and finite.
    H
        Components, shape (n_components, n_features), at most 16.
    patterns
        Guesses, as the last look left them or `every_component`; overwritten. They change how
        long a look takes and nothing else.
    penalties
        What factors cost.
    weights
        How often each row counts.
    n_jobs
        Threads. The sums are the same, bit for bit, for any number.

    Returns
    -------
    PatternSums
        The sums.

    Examples
    --------
    >>> X = np.array([[3.0, 1.0], [0.0, 2.0]])
    >>> visit_rows(X, np.array([[1.0, 0.0], [1.0, 1.0]]), every_component(2, 2)).patterns
    array([2, 3], dtype=uint16)
    """
    return add_up(_each_chunk(X, H, patterns, penalties=penalties, weights=weights, n_jobs=n_jobs))


def solve_by_patterns(
    X: FloatArray,
    H: FloatArray,
    *,
    patterns: PatternArray | None = None,
    penalties: Penalties = NO_PENALTIES,
    n_jobs: int = 1,
) -> FloatArray:
    """Return the best loadings of complete rows.

    Parameters
    ----------
    X
        Shape (n_rows, n_features), C-contiguous, non-negative and finite.
    H
        Components, shape (n_components, n_features), at most 16.
    patterns
        Guesses; overwritten. None: every component.
    penalties
        What loadings cost.
    n_jobs
        Threads.

    Returns
    -------
    ndarray of shape (n_rows, n_components)
        Of the precision of ``X``.

    Examples
    --------
    >>> solve_by_patterns(np.array([[3.0, 1.0], [0.0, 2.0]]), np.array([[1.0, 0.0], [1.0, 1.0]]))
    array([[2., 1.],
           [0., 1.]])
    """
    if patterns is None:
        patterns = every_component(len(X), len(H))
    W = np.empty((len(X), len(H)), dtype=X.dtype)
    _each_chunk(X, H, patterns, penalties=penalties, loadings=W, n_jobs=n_jobs)
    return W


@dataclass
class PatternLook:
    """Look at complete rows in memory, remembering the pattern of each from look to look.

    Parameters
    ----------
    X
        Shape (n_rows, n_features), C-contiguous, non-negative and finite.
    weights
        How often each row counts.
    penalties
        What factors cost.
    n_jobs
        Threads.

    Examples
    --------
    >>> round(PatternLook(np.array([[3.0, 1.0], [0.0, 2.0]]))(np.array([[1.0, 1.0]])).loss, 9)
    2.0
    """

    X: FloatArray
    weights: FloatArray | None = None
    penalties: Penalties = NO_PENALTIES
    n_jobs: int = 1
    patterns: PatternArray | None = field(default=None, repr=False)

    def __call__(self, H: FloatArray) -> Look:
        """Look at all rows for components."""
        if self.patterns is None:
            self.patterns = every_component(len(self.X), len(H))
        sums = visit_rows(
            self.X,
            H,
            self.patterns,
            penalties=self.penalties,
            weights=self.weights,
            n_jobs=self.n_jobs,
        )
        return sums.look(H, self.penalties)


def _each_chunk(
    X: FloatArray,
    H: FloatArray,
    patterns: PatternArray,
    *,
    penalties: Penalties,
    weights: FloatArray | None = None,
    loadings: FloatArray | None = None,
    n_jobs: int = 1,
) -> list[PatternSums]:
    """Visit chunks of rows, whose size depends on their number alone, in as many threads."""
    size = max(_CHUNK_ROWS, -(-len(X) // _CHUNKS))
    chunks = [slice(start, start + size) for start in range(0, len(X), size)]
    if loadings is None:
        shelf = TableShelf(H, penalties)
    else:  # rows that come one by one ask for the same components again and again
        shelf = _keep_shelf(H.tobytes(), H.shape, H.dtype.str, penalties, has_kernel("patterns"))

    def visit(rows: slice) -> PatternSums:
        with shelf.borrow() as tables:
            explained = tables.visit(
                X[rows],
                patterns[rows],
                weights=None if weights is None else weights[rows],
                loadings=None if loadings is None else loadings[rows],
                gather=loadings is None,
            )
            kinds, grams = tables.collect() if loadings is None else _NOTHING
            return PatternSums(kinds, grams, explained)

    return map_in_threads(visit, chunks, n_jobs=n_jobs)


class TableShelf:
    """Tables for the same components, one for each thread that asks at the same time."""

    def __init__(self, H: FloatArray, penalties: Penalties) -> None:
        self._H, self._penalties = H, penalties
        self._idle: SimpleQueue[PatternTables] = SimpleQueue()

    @contextmanager
    def borrow(self) -> Iterator[PatternTables]:
        """Lend tables, and take them back."""
        try:
            tables = self._idle.get_nowait()
        except Empty:
            tables = build_tables(self._H, self._penalties)
        yield tables
        self._idle.put(tables)


_NOTHING: tuple[PatternArray, FloatArray] = (np.empty(0, dtype=np.uint16), np.empty((0, 0, 0)))


@functools.lru_cache(maxsize=4)
def _keep_shelf(
    components: bytes,
    shape: tuple[int, int],
    dtype: str,
    penalties: Penalties,
    _is_compiled: bool,  # noqa: FBT001 - part of the key
) -> TableShelf:
    return TableShelf(np.frombuffer(components, dtype=dtype).reshape(shape), penalties)

"""Passes over rows that are read block by block: to check and sample them, to look, to transform.

Reading runs ahead of the computation by a few blocks, and blocks are worked on in threads. What
comes back is put together in the order of the rows, so the same is found for any number of them.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import Protocol

import numpy as np

from partsong.nmf.blocks import FloatArray
from partsong.nmf.looks.pattern_tables import every_component
from partsong.nmf.looks.patterns import PatternSums, add_up, solve_by_patterns, visit_rows
from partsong.nmf.penalties import NO_PENALTIES, Penalties
from partsong.nmf.streams.ahead import map_ahead, read_ahead
from partsong.nmf.streams.row_sample import RowSample
from partsong.nmf.streams.row_source import RowSource, RowSourceError, check_rows, cut_evenly

__all__ = ["BLOCK_ROWS", "SAMPLE_ROWS", "LocalPasses", "RowPasses", "transform_rows"]

BLOCK_ROWS = 131_072
"""Enough that the sums which a block brings home cost little, and few enough for many threads."""

SAMPLE_ROWS = 262_144
"""Rows that the first components are learned from. The more they are, the fewer looks at all rows
have to follow: what a sample gets wrong falls with its size."""


class RowPasses(Protocol):
    """Whoever can go over all rows: this machine, or a cluster of them."""

    def survey(self, seed: int) -> tuple[int, FloatArray]:
        """Check all rows, and return their number and a sample of them."""

    def visit(self, H: FloatArray, penalties: Penalties) -> PatternSums:
        """Return what a look at all rows brings home."""


class LocalPasses:
    """Go over the rows of a source on this machine; a `RowPasses`.

    Parameters
    ----------
    source
        Where the rows come from.
    n_jobs
        Threads, beside the one that reads.
    keep_bytes
        Rows that take up to so many bytes stay in memory after the first pass.
    on_rows
        Called with the number of rows that were gone over.
    kept
        The rows, where they are in memory already, in blocks of 131,072.

    Examples
    --------
    >>> from partsong.nmf.streams.row_source import ArrayBlocks
    >>> passes = LocalPasses(ArrayBlocks([np.array([[3.0, 4.0]])]))
    >>> passes.survey(0)
    (1, array([[3., 4.]]))
    """

    def __init__(
        self,
        source: RowSource,
        *,
        n_jobs: int = 1,
        keep_bytes: int = 0,
        on_rows: Callable[[int], object] | None = None,
        kept: list[FloatArray] | None = None,
    ) -> None:
        self._source = source
        self._n_jobs = n_jobs
        self._keep_bytes = keep_bytes
        self._on_rows = on_rows
        self._n_rows: int | None = None
        self._kept = kept

    def survey(self, seed: int) -> tuple[int, FloatArray]:
        """Check all rows, and return their number and a sample of them.

        Raises
        ------
        RowSourceError
            If a row cannot be learned from, or there is none.
        """
        sample = RowSample(SAMPLE_ROWS, seed=seed)
        kept: list[FloatArray] | None = []
        n_rows = n_bytes = 0
        with closing(_blocks(self._source)) as blocks:
            for block in blocks:
                check_rows(block, self._source, n_rows)
                sample.add(block)
                n_rows += len(block)
                n_bytes += block.nbytes
                expected = (self._source.n_rows or 0) * block.nbytes // len(block)
                if max(n_bytes, expected) > self._keep_bytes:
                    kept = None
                elif kept is not None:
                    kept.append(block)
                self._report(len(block))
        if not n_rows:
            raise RowSourceError("There are no rows to learn from.", "Check how they were made.")
        self._n_rows, self._kept = n_rows, kept
        return n_rows, sample.drawn[1]

    def visit(self, H: FloatArray, penalties: Penalties = NO_PENALTIES) -> PatternSums:
        """Return what a look at all rows brings home.

        Raises
        ------
        RowSourceError
            If there are not as many rows as before.
        """

        def visit(block: FloatArray) -> tuple[int, PatternSums]:
            guesses = every_component(len(block), len(H))
            return len(block), visit_rows(block, H, guesses, penalties=penalties)

        n_rows = 0
        total: PatternSums | None = None
        with (
            closing(_blocks(self._source, self._kept)) as blocks,
            closing(map_ahead(visit, blocks, n_jobs=self._n_jobs)) as visited,
        ):
            for size, sums in visited:
                total = sums if total is None else add_up([total, sums])
                n_rows += size
                self._report(size)
        if total is None or n_rows != (self._n_rows or n_rows):
            raise RowSourceError(
                f"The rows came to an end after {n_rows:,}, and after {self._n_rows:,} before.",
                "Every pass must find the same rows.",
            )
        return total

    def _report(self, n_rows: int) -> None:
        if self._on_rows is not None:
            self._on_rows(n_rows)


def transform_rows(
    source: RowSource,
    H: FloatArray,
    *,
    penalties: Penalties = NO_PENALTIES,
    n_jobs: int = 1,
) -> Iterator[FloatArray]:
    """Yield the best loadings of rows, block by block, in their order.

    Parameters
    ----------
    source
        Where the rows come from.
    H
        Components, shape (n_components, n_features), at most 16.
    penalties
        What loadings cost.
    n_jobs
        Threads, beside the one that reads.

    Raises
    ------
    RowSourceError
        If rows cannot be read, or are negative, infinite or missing.

    Examples
    --------
    >>> from partsong.nmf.streams.row_source import ArrayBlocks
    >>> blocks = ArrayBlocks([np.array([[3.0, 0.0]]), np.array([[0.0, 4.0]])])
    >>> np.concatenate(list(transform_rows(blocks, np.eye(2))))
    array([[3., 0.],
           [0., 4.]])
    """

    def solve(block: FloatArray) -> FloatArray:
        return solve_by_patterns(block, H, penalties=penalties)

    H = np.asarray(H, dtype=np.float64)
    with (
        closing(_checked_blocks(source)) as blocks,
        closing(map_ahead(solve, blocks, n_jobs=n_jobs)) as solved,
    ):
        yield from solved


def _checked_blocks(source: RowSource) -> Generator[FloatArray, None, None]:
    n_rows = 0
    with closing(_blocks(source)) as blocks:
        for block in blocks:
            check_rows(block, source, n_rows)
            n_rows += len(block)
            yield block


def _blocks(
    source: RowSource, kept: list[FloatArray] | None = None
) -> Generator[FloatArray, None, None]:
    """Yield rows from memory, or read them ahead of the computation."""
    if kept is not None:
        yield from kept
        return
    with closing(read_ahead(cut_evenly(source.blocks(), BLOCK_ROWS))) as blocks:
        yield from blocks

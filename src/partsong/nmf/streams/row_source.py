"""Rows that need not fit in memory: what a fit asks of whoever holds them.

A fit goes over the rows a few times, so a source must be able to start again. How it cuts the rows
into blocks is its own business: they are cut anew before anything is computed, so that the answer
depends on the rows alone.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, runtime_checkable

import numpy as np

from partsong.nmf.blocks import FloatArray

__all__ = ["ArrayBlocks", "RowSource", "RowSourceError", "check_rows", "cut_evenly"]


class RowSourceError(ValueError):
    """Rows cannot be read, or cannot be learned from.

    Parameters
    ----------
    problem
        What is wrong, and where.
    mend
        What to do about it.

    Examples
    --------
    >>> print(RowSourceError("part-07.parquet is not there.", "Copy it again."))
    part-07.parquet is not there. Copy it again.
    """

    def __init__(self, problem: str, mend: str) -> None:
        super().__init__(problem, mend)
        self.problem = problem
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.problem} {self.mend}"


@runtime_checkable
class RowSource(Protocol):
    """Yield the same rows, block by block, as often as asked."""

    @property
    def feature_names(self) -> tuple[str, ...] | None:
        """What the columns are called; None where they have no names."""

    @property
    def n_rows(self) -> int | None:
        """How many rows there are; None where that is not known yet."""

    def blocks(self) -> Iterator[FloatArray]:
        """Yield all rows in order, as C-contiguous float32 or float64 arrays of any length."""

    def locate(self, row: int) -> str:
        """Return the words for where a row, counted from 0, stands."""


class ArrayBlocks:
    """Rows that come as arrays, from memory or from a function that yields them.

    Parameters
    ----------
    blocks
        What can be gone through again and again, such as a list of arrays, or a function that
        returns an iterator over them. Each has the shape (any number, n_features).
    feature_names
        What the columns are called.
    n_rows
        How many rows there are in all, if known.

    Raises
    ------
    TypeError
        If `blocks` is an iterator, which ends after one pass.

    Examples
    --------
    >>> def count() -> Iterator[FloatArray]:
    ...     for number in range(3):
    ...         yield np.full((2, 1), number)
    >>> sum(block.sum() for block in ArrayBlocks(count).blocks())
    np.float64(6.0)
    """

    def __init__(
        self,
        blocks: Iterable[Any] | Callable[[], Iterable[Any]],
        *,
        feature_names: Iterable[str] | None = None,
        n_rows: int | None = None,
    ) -> None:
        if isinstance(blocks, Iterator):
            msg = (
                f"A {type(blocks).__name__} ends after one pass, and a fit needs several. "
                "Give the function that makes it, without calling it."
            )
            raise TypeError(msg)
        self._blocks = blocks
        self.feature_names = None if feature_names is None else tuple(feature_names)
        self.n_rows = n_rows

    def blocks(self) -> Iterator[FloatArray]:
        """Yield the arrays, in float32 where they are and else in float64.

        Raises
        ------
        RowSourceError
            If one has not as many columns as the first, or holds no numbers.
        """
        n_features = None if self.feature_names is None else len(self.feature_names)
        given = self._blocks() if callable(self._blocks) else self._blocks
        for place, block in enumerate(given):
            values = _as_floats(block, place)
            n_features = values.shape[1] if n_features is None else n_features
            if values.shape[1] != n_features:
                raise RowSourceError(
                    f"Block {place} has {values.shape[1]} columns, not {n_features}.",
                    "All blocks need the same features.",
                )
            yield values

    def locate(self, row: int) -> str:
        """Return the words for where a row stands.

        Examples
        --------
        >>> ArrayBlocks([]).locate(17)
        'row 17'
        """
        return f"row {row}"


def check_rows(X: FloatArray, source: RowSource, first_row: int) -> None:
    """Refuse rows with missing, infinite or negative values, and name the first.

    Parameters
    ----------
    X
        Some rows of the source.
    source
        Where they come from; it words where a row stands.
    first_row
        The number of their first row in the source.

    Raises
    ------
    RowSourceError
        If there is one.

    Examples
    --------
    >>> source = ArrayBlocks([], feature_names=["energy", "loudness"])
    >>> check_rows(np.array([[0.5, -7.0]]), source, 40)
    Traceback (most recent call last):
    ...
    partsong.nmf.streams.row_source.RowSourceError: A negative value, -7.0, in row 40, feature 'loudness'. Scale the features to zero or more, as by min-max.
    """
    if not len(X) or (X.min() >= 0 and X.max() < np.inf):  # a NaN fails both
        return
    row, column = np.argwhere(~(np.isfinite(X) & (X >= 0)))[0]
    value = X[row, column]
    if np.isnan(value):
        what, mend = (
            "A missing value",
            "Fill it in, or leave out such rows: no stream may have gaps.",
        )
    elif np.isinf(value):
        what, mend = f"An infinite value, {value}", "Correct it, or leave out the row."
    else:
        what, mend = (
            f"A negative value, {value}",
            "Scale the features to zero or more, as by min-max.",
        )
    names = source.feature_names
    feature = str(column) if names is None else repr(names[column])
    raise RowSourceError(
        f"{what}, in {source.locate(first_row + int(row))}, feature {feature}.", mend
    )


def cut_evenly(blocks: Iterable[FloatArray], n_rows: int) -> Iterator[FloatArray]:
    """Cut rows anew, into blocks of one length; only the last may be shorter.

    Parameters
    ----------
    blocks
        Rows in blocks of any length.
    n_rows
        The length.

    Examples
    --------
    >>> [len(block) for block in cut_evenly([np.ones((3, 2)), np.ones((4, 2))], 5)]
    [5, 2]
    """
    waiting: list[FloatArray] = []
    n_waiting = 0
    for block in blocks:
        if not len(block):
            continue
        waiting.append(block)
        n_waiting += len(block)
        if n_waiting < n_rows:
            continue
        rows = _join(waiting)
        cuts = range(0, n_waiting - n_rows + 1, n_rows)
        yield from (rows[cut : cut + n_rows] for cut in cuts)
        rest = rows[cuts[-1] + n_rows :]
        # a copy, so that what was yielded can be let go
        waiting, n_waiting = ([rest.copy()] if len(rest) else []), len(rest)
    if waiting:
        yield _join(waiting)


def _join(blocks: list[FloatArray]) -> FloatArray:
    return blocks[0] if len(blocks) == 1 else np.concatenate(blocks)


def _as_floats(block: Any, place: int) -> FloatArray:
    try:
        values = np.asarray(block)
        if values.dtype != np.float32:
            values = values.astype(np.float64, copy=False)
    except (TypeError, ValueError) as error:
        raise RowSourceError(f"Block {place} holds no numbers: {error}.", "Give arrays.") from error
    if values.ndim != 2:
        raise RowSourceError(
            f"Block {place} has {values.ndim} dimensions, not 2.", "Give rows by features."
        )
    return np.ascontiguousarray(values)

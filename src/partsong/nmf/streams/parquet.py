"""Rows in Parquet files, decoded a piece at a time.

Polars decodes in all its threads, reads the asked columns only, and holds a few row groups at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from partsong.nmf.blocks import FloatArray
from partsong.nmf.streams.parquet_files import (
    Paths,
    file_name,
    find_files,
    fits_float32,
    look_at_files,
    reading,
)
from partsong.nmf.streams.row_source import RowSourceError

if TYPE_CHECKING:
    import polars as pl

__all__ = ["ParquetPart", "ParquetRows", "join_bounds"]

_BLOCK_ROWS = 131_072


@dataclass(frozen=True, slots=True)
class ParquetPart:
    """Some rows of one file.

    Parameters
    ----------
    path
        The file.
    start
        Its first row that belongs to the part, counted from 0.
    n_rows
        How many do.
    """

    path: str
    start: int
    n_rows: int


@dataclass(frozen=True, slots=True)
class ParquetRows:
    """The rows of Parquet files, one file after the other; a `RowSource`.

    Made by `open`, which looks at every file before anything is read. It can be sent to other
    machines that see the same paths.

    Parameters
    ----------
    parts
        Where the rows are.
    feature_names
        The columns, in the order of the features.
    precision
        ``"float32"`` or ``"float64"``.
    bounds
        The smallest and the largest value of each feature, which become 0 and 1. None: values
        are taken as they are.

    Examples
    --------
    >>> import tempfile
    >>> import polars as pl
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     pl.DataFrame({"energy": [0.5, 0.25]}).write_parquet(f"{folder}/songs.parquet")
    ...     rows = ParquetRows.open(folder)
    ...     rows.n_rows, rows.feature_names, [block.tolist() for block in rows.blocks()]
    (2, ('energy',), [[[0.5], [0.25]]])
    """

    parts: tuple[ParquetPart, ...]
    feature_names: tuple[str, ...]
    precision: Literal["float32", "float64"] = "float64"
    bounds: tuple[tuple[float, float], ...] | None = None
    n_rows: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "n_rows", sum(part.n_rows for part in self.parts))

    @property
    def n_bytes(self) -> int:
        """What all rows would take in memory."""
        return self.n_rows * len(self.feature_names) * np.dtype(self.precision).itemsize

    @classmethod
    def open(
        cls,
        paths: Paths,
        *,
        columns: Sequence[str] | None = None,
        precision: Literal["float32", "float64"] | None = None,
    ) -> "ParquetRows":
        """Find the files, and look at their ends: rows, columns, and whether they are whole.

        Parameters
        ----------
        paths
            Files, folders of ``*.parquet`` files, patterns with ``*``, or addresses that polars
            reads, such as ``s3://bucket/songs/*.parquet``.
        columns
            The features. None: all columns of the first file, which must then hold numbers.
        precision
            What values are read into. None: float32 where every file's columns fit into it
            without loss, such as floats of 32 bits and integers of 16, else float64.

        Raises
        ------
        RowSourceError
            If there is no file, or if some are missing, cut short or have not these columns; all
            of them are named.
        """
        files, names = look_at_files(find_files(paths), columns)
        if precision is None:
            precision = "float32" if fits_float32(files, names) else "float64"
        parts = tuple(ParquetPart(file.path, 0, file.n_rows) for file in files if file.n_rows)
        return cls(parts, names, precision)

    def blocks(self) -> Iterator[FloatArray]:
        """Yield the rows in blocks of 131,072; only the last may be shorter.

        Raises
        ------
        RowSourceError
            If a file is missing or damaged; it is named.
        """
        import polars as pl

        waiting: pl.DataFrame | None = None
        for frame in self._frames():
            waiting = frame if waiting is None else pl.concat([waiting, frame])
            while waiting.height >= _BLOCK_ROWS:
                yield _to_array(waiting[:_BLOCK_ROWS])
                waiting = waiting[_BLOCK_ROWS:]
        if waiting is not None and waiting.height:
            yield _to_array(waiting)

    def locate(self, row: int) -> str:
        """Return the file of a row and where it stands in it.

        Examples
        --------
        >>> parts = ParquetPart("data/a.parquet", 0, 10), ParquetPart("data/b.parquet", 0, 10)
        >>> ParquetRows(parts, ("energy",)).locate(13)
        'row 3 (counted from 0) of b.parquet'
        """
        for part in self.parts:
            if row < part.n_rows:
                return f"row {part.start + row} (counted from 0) of {file_name(part.path)}"
            row -= part.n_rows
        return f"row {row} behind the end"

    def split(self, n_rows: int) -> list["ParquetRows"]:
        """Split into pieces of one file each, of at most `n_rows` rows.

        Examples
        --------
        >>> rows = ParquetRows((ParquetPart("a.parquet", 0, 10),), ("energy",))
        >>> [(piece.parts[0].start, piece.n_rows) for piece in rows.split(8)]
        [(0, 8), (8, 2)]
        """
        return [
            replace(self, parts=(ParquetPart(part.path, start, min(n_rows, end - start)),))
            for part in self.parts
            for end in [part.start + part.n_rows]
            for start in range(part.start, end, n_rows)
        ]

    def find_bounds(self) -> tuple[tuple[float, float], ...]:
        """Go over all rows and return the smallest and largest value of each feature.

        Missing values are passed over.
        """
        import polars as pl

        values = [pl.col(name).cast(pl.Float64).fill_nan(None) for name in self.feature_names]
        found = []
        for part in self.parts:
            frame = _scan(part).select(
                *(value.min().alias(f"low {place}") for place, value in enumerate(values)),
                *(value.max().alias(f"high {place}") for place, value in enumerate(values)),
            )
            with reading(part.path):
                numbers = frame.collect(engine="streaming").row(0)
            # None, of a column without values, becomes NaN
            low, high = np.array(numbers, dtype=np.float64).reshape(2, -1).tolist()
            found.append(tuple(zip(low, high, strict=True)))
        return join_bounds(found)

    def scaled(self, bounds: Sequence[tuple[float, float]]) -> "ParquetRows":
        """Return the same rows with these bounds at 0 and 1; what lies outside comes to the edge.

        Examples
        --------
        >>> rows = ParquetRows((), ("loudness",)).scaled([(-60.0, 0.0)])
        >>> rows.bounds
        ((-60.0, 0.0),)
        """
        return replace(self, bounds=tuple(bounds))

    def _frames(self) -> Iterator["pl.DataFrame"]:
        import polars as pl

        kind = pl.Float32 if self.precision == "float32" else pl.Float64
        values = [pl.col(name).cast(kind) for name in self.feature_names]
        if self.bounds is not None:
            values = [
                _scale(name, *own).cast(kind)
                for name, own in zip(self.feature_names, self.bounds, strict=True)
            ]
        for part in self.parts:
            with reading(part.path):
                n_seen = 0
                for frame in _scan(part).select(values).collect_batches(chunk_size=_BLOCK_ROWS):
                    n_seen += frame.height
                    yield frame
            if n_seen != part.n_rows:
                raise RowSourceError(
                    f"{file_name(part.path)} has changed while it was read.", "Start again."
                )


def join_bounds(
    parts: Sequence[tuple[tuple[float, float], ...]],
) -> tuple[tuple[float, float], ...]:
    """Return the bounds of each feature over several sets of rows; NaN is passed over.

    Examples
    --------
    >>> join_bounds([((0.0, 1.0),), ((-1.0, 0.5),)])
    ((-1.0, 1.0),)
    """
    table = np.array(parts, dtype=np.float64)
    low, high = np.fmin.reduce(table[:, :, 0]), np.fmax.reduce(table[:, :, 1])
    return tuple(zip(low.tolist(), high.tolist(), strict=True))


def _scan(part: ParquetPart) -> "pl.LazyFrame":
    import polars as pl

    return pl.scan_parquet(part.path, glob=False).slice(part.start, part.n_rows)


def _scale(name: str, low: float, high: float) -> "pl.Expr":
    import polars as pl

    width = high - low if high > low else 1.0
    return ((pl.col(name).cast(pl.Float64) - low) / width).clip(0, 1)


def _to_array(frame: "pl.DataFrame") -> FloatArray:
    values: Any = frame.to_numpy(order="c")
    return np.ascontiguousarray(values)

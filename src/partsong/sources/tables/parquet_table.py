"""Parquet to blocks of raw values, a slice at a time."""

from collections.abc import Collection, Iterator
from pathlib import Path

import polars as pl

from partsong.errors import UnreadableFileError
from partsong.sources.tables.ledger import LINE, Ledger
from partsong.sources.tables.raw_table import BLOCK_ROWS

__all__ = ["ParquetTable"]


class ParquetTable:
    """A table in a Parquet file; a row's line is its number, counted from 1.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    UnreadableFileError
        If the file is damaged or holds no row.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._frame = pl.scan_parquet(path, glob=False)
            self.columns = tuple(self._frame.collect_schema().names())
            rows = int(self._frame.select(pl.len()).collect().item())
        except (pl.exceptions.PolarsError, OSError) as error:
            raise _damaged(path, error) from error
        self._rows = rows
        self.length: int | None = rows
        if not rows:
            raise UnreadableFileError(
                f"{path.name} holds no rows.", hint="Check how it was written."
            )

    def blocks(
        self,
        columns: Collection[str],
        ledger: Ledger,  # noqa: ARG002 - a row of Parquet is never malformed
        *,
        may_stop_before: str | None = None,  # noqa: ARG002 - nor does it ever stop early
    ) -> Iterator[pl.DataFrame]:
        """Yield the rows with their values in the file's own types."""
        wanted = self._frame.select(*columns)
        for start in range(0, self._rows, BLOCK_ROWS):
            try:
                block = wanted.slice(start, BLOCK_ROWS).collect()
            except (pl.exceptions.PolarsError, OSError) as error:
                raise _damaged(self.path, error) from error
            lines = pl.int_range(start + 1, start + block.height + 1, dtype=pl.Int64, eager=True)
            yield block.insert_column(0, lines.alias(LINE))


def _damaged(path: Path, error: Exception) -> UnreadableFileError:
    return UnreadableFileError(
        f"{path.name} is a damaged Parquet file: {str(error).splitlines()[0]}.",
        hint="Download or copy it again.",
    )

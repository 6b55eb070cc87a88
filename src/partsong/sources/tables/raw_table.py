"""What every physical format looks like once it is open: named columns, read in blocks."""

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Final, Protocol

import polars as pl

from partsong.sources.tables.ledger import Ledger

__all__ = ["BLOCK_ROWS", "Table", "is_index_column"]

BLOCK_ROWS: Final = 50_000
"""Rows read at once; a block of the widest layout takes some 50 MB."""


class Table(Protocol):
    """A file opened as a table of raw values.

    Attributes
    ----------
    path
        The file.
    columns
        Its usable column names, in order: not the empty ones, and of equal ones the first.
    length
        About how many rows there are, if that is known without reading them.
    """

    path: Path
    columns: tuple[str, ...]
    length: int | None

    def blocks(
        self, columns: Collection[str], ledger: Ledger, *, may_stop_before: str | None = None
    ) -> Iterator[pl.DataFrame]:
        """Yield the rows, with `LINE` and the `columns`; malformed ones go to the `ledger`.

        Parameters
        ----------
        columns
            The columns wanted.
        ledger
            Takes the rows that are no rows, and the notes.
        may_stop_before
            A column that a row need not reach; the missing fields are then null.
        """


def is_index_column(name: str) -> bool:
    """Tell whether a column is nothing but the row number that pandas and R write.

    Examples
    --------
    >>> is_index_column("Unnamed: 0.1"), is_index_column("index"), is_index_column("name")
    (True, True, False)
    """
    return name.startswith("Unnamed: ") or name.casefold() in {"", "index", "rownames", "x1"}

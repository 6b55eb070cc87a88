"""Rows that a program's file yields one by one, cleaned and counted as those of a table are."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Final, TypeAlias

import polars as pl

from partsong.rows import ImportReport
from partsong.sources.tables.layout import Layout
from partsong.sources.tables.ledger import LINE, Ledger
from partsong.sources.tables.plan import Plan
from partsong.sources.tables.raw_table import BLOCK_ROWS
from partsong.sources.tables.source import TableSource

__all__ = ["Row", "RowTable", "open_rows"]

Row: TypeAlias = tuple[int, Mapping[str, str | Sequence[str] | None]]
"""A row's place in its file, and its values by field: text, and lists of names."""

_LISTS: Final = frozenset({"artists", "genres"})


class RowTable:
    """Rows under the catalog's field names.

    Parameters
    ----------
    path
        The file.
    columns
        The fields that a row can have.
    rows
        Yields the rows anew each time; it tells the ledger of those that it leaves out.
    length
        About how many rows there are, if that is known.
    """

    def __init__(
        self,
        path: Path,
        columns: Sequence[str],
        rows: Callable[[Ledger], Iterator[Row]],
        *,
        length: int | None = None,
    ) -> None:
        self.path = path
        self.columns = tuple(columns)
        self.length = length
        self._rows = rows

    def blocks(
        self,
        columns: Collection[str],
        ledger: Ledger,
        *,
        may_stop_before: str | None = None,  # noqa: ARG002 - a row is whole, or not there
    ) -> Iterator[pl.DataFrame]:
        """Yield the rows as text and lists of text, with their places."""
        wanted = [column for column in self.columns if column in columns]
        rows = self._rows(ledger)
        while block := list(islice(rows, BLOCK_ROWS)):
            yield pl.DataFrame(
                [
                    pl.Series(LINE, [line for line, _ in block], dtype=pl.Int64),
                    *(
                        pl.Series(
                            column,
                            [values.get(column) for _, values in block],
                            dtype=pl.List(pl.String) if column in _LISTS else pl.String,
                        )
                        for column in wanted
                    ),
                ]
            )


def open_rows(layout: Layout, tables: Sequence[RowTable], analyses: Sequence[str]) -> TableSource:
    """Return the tables as one source.

    Parameters
    ----------
    layout
        What the source is called.
    tables
        Where its rows come from, in order.
    analyses
        Whose measure the audio features of each table are on.
    """
    files = list(dict.fromkeys(table.path.name for table in tables))
    plans = [
        (table, Plan(layout, {column: column for column in table.columns}, {}, analysis=analysis))
        for table, analysis in zip(tables, analyses, strict=True)
    ]
    return TableSource(layout, plans, None, ImportReport(files=files, layout=layout.name))

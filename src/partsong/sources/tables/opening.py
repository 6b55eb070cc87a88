"""A path to an open table, whatever the physical format."""

from functools import cache
from pathlib import Path

from partsong.sources.tables.content import sniff_content
from partsong.sources.tables.layout import column_key
from partsong.sources.tables.layouts import list_layouts
from partsong.sources.tables.raw_table import Table

__all__ = ["open_table"]


def open_table(path: Path) -> Table:
    """Open a file of any format that partsong reads.

    Raises
    ------
    UnreadableFileError
        If the file cannot be read as a table.
    """
    content = sniff_content(path)
    if content == "parquet":
        from partsong.sources.tables.parquet_table import ParquetTable

        return ParquetTable(path)
    if content == "json":
        from partsong.sources.tables.json_table import JsonTable

        return JsonTable(path)
    from partsong.sources.tables.text_table import TextTable

    return TextTable(path, _known_columns())


@cache
def _known_columns() -> frozenset[str]:
    """Return the key of every column name that some layout gives a meaning."""
    return frozenset(
        column_key(mark)
        for layout in list_layouts()
        for column in (*layout.columns, *layout.artist_columns, *layout.required)
        for mark in column.split("|")
    )

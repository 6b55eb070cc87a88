"""Catalogs of older versions, which are read as they stand: what they do not have yet."""

from typing import TYPE_CHECKING

from partsong.catalog.one_row import one_row

if TYPE_CHECKING:
    import duckdb

__all__ = ["has_table"]


def has_table(connection: "duckdb.DuckDBPyConnection", table: str) -> bool:
    """Say whether an open catalog has a table; an older one that nobody wrote to since may not.

    Parameters
    ----------
    connection
        The catalog.
    table
        Name of the table.

    Examples
    --------
    >>> import duckdb
    >>> with duckdb.connect() as connection:
    ...     has_table(connection, "shown")
    False
    """
    (n_tables,) = one_row(
        connection, "SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [table]
    )
    return bool(n_tables)

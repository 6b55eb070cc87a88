"""Queries with a single answer, such as a count."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb

__all__ = ["one_row"]


def one_row(
    connection: "duckdb.DuckDBPyConnection", query: str, parameters: object = None
) -> tuple[Any, ...]:
    """Run a query that has exactly one row, and return that row.

    DuckDB lends a connection to nothing else while rows are left to fetch, and it does not know
    that there are none before it is asked; hence all are fetched.

    Examples
    --------
    >>> import duckdb
    >>> connection = duckdb.connect()
    >>> one_row(connection, "SELECT 1, 2")
    (1, 2)
    >>> connection.close()
    """
    (row,) = connection.execute(query, parameters).fetchall()
    answer: tuple[Any, ...] = row
    return answer

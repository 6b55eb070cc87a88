"""The user's own SQL condition over tracks, such as ``tempo > 120 AND release_year >= 1990``.

Two walls stand around it. The text must be one condition: a query of ours, parsed with it in
place, may differ from the bare query in nothing else. And the connection that runs it is
read-only, sees no files, no network and no Python variables, and cannot be told otherwise.
"""

# ruff: noqa: S608 - the one place where typed text becomes SQL, and what makes it safe

import contextlib
import difflib
import json
import re
from collections.abc import Iterator
from typing import Any, Final

import duckdb

from partsong.catalog.one_row import one_row
from partsong.errors import FilterError
from partsong.schema import TRACK_FIELDS

__all__ = ["check_condition", "explained"]

_EXAMPLE: Final = "tempo > 120 AND list_contains(genres, 'jazz')"
_COLUMNS: Final = tuple(field.name for field in TRACK_FIELDS)
_UNKNOWN_COLUMN: Final = re.compile(r'column "(?P<name>[^"]+)" not found')


def check_condition(connection: duckdb.DuckDBPyConnection, where: str) -> str:
    """Make sure that a text is one condition over `tracks`, and return it in brackets.

    Parameters
    ----------
    connection
        A catalog open for reading.
    where
        What stands behind ``WHERE`` in SQL.

    Returns
    -------
    str
        The condition in brackets of its own, which nothing in it can close.

    Raises
    ------
    FilterError
        If it is empty, more than a condition, or not understood.
    """
    # The line break ends a comment, which would otherwise swallow the bracket.
    condition = f"(\n{where}\n)"
    # Bare, it must be a condition too: "1) OR (1" is one in brackets only, and would tear them open.
    bare = _around_condition(connection, where, where)
    if (
        not bare
        == _around_condition(connection, condition, where)
        == _around_condition(connection, "(true)", where)
    ):
        raise _refused(where, "it is more than one condition")
    with explained(where):
        described = connection.execute(f"DESCRIBE SELECT {condition} FROM tracks").fetchall()
        if described[0][1] != "BOOLEAN":
            raise _refused(where, "it is not true or false of a track")
        connection.execute(f"EXPLAIN SELECT 1 FROM tracks WHERE {condition}").fetchall()
    return condition


@contextlib.contextmanager
def explained(where: str | None) -> Iterator[None]:
    """Blame errors of a query on the condition in it, if there is one.

    Parameters
    ----------
    where
        The condition; None when the query is all ours.

    Raises
    ------
    FilterError
        With DuckDB's message in one line, and the nearest column in the hint.
    """
    try:
        yield
    except (duckdb.ProgrammingError, duckdb.DataError, duckdb.PermissionException) as error:
        if where is None:
            raise
        raise _refused(where, _first_line(error)) from error


def _around_condition(
    connection: duckdb.DuckDBPyConnection, condition: str, where: str
) -> dict[str, Any]:
    """Parse a query with a condition and return all of it but the condition."""
    (text,) = one_row(
        connection,
        "SELECT json_serialize_sql(?::VARCHAR)",
        [f"SELECT 1 FROM tracks WHERE {condition}"],
    )
    parsed: dict[str, Any] = json.loads(text)
    if parsed["error"]:
        raise _refused(where, parsed["error_message"])
    parsed["statements"][0]["node"].pop("where_clause", None)
    return parsed


def _refused(where: str, reason: str) -> FilterError:
    shown = " ".join(where.split())
    unknown = _UNKNOWN_COLUMN.search(reason)
    near = difflib.get_close_matches(unknown["name"].lower(), _COLUMNS) if unknown else []
    hint = f"Did you mean {' or '.join(near)}?" if near else f"Write it like: {_EXAMPLE}"
    if unknown and not near:
        hint = f"The columns are: {', '.join(_COLUMNS)}."
    return FilterError(
        f"The condition {shown!r} cannot be used: {reason}.", hint=hint, candidates=near
    )


def _first_line(error: duckdb.Error) -> str:
    line = str(error).partition("\n")[0]
    return line.partition(" Error: ")[2].rstrip("!.") or line

"""The version of a catalog file, and the steps that bring an older file up to date.

A file without tables is version 0, so a new catalog and an old one take the same road. To change
the tables: change `schema.py` or `tables.py`, raise `schema.SCHEMA_VERSION`, and add a step here.
Steps add and fill; they never drop what a user brought. All of them run in one transaction.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import duckdb

from partsong.catalog.merge_sources import tell_sources_of_older_file
from partsong.catalog.normal_form import define_normal_forms
from partsong.catalog.one_row import one_row
from partsong.catalog.tables import TABLES
from partsong.errors import CatalogVersionError
from partsong.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["OLDEST_READABLE", "STEPS", "migrate", "read_version"]

OLDEST_READABLE: Final = 1
"""Files from this version on are read as they stand, and brought up to date by the next writer."""


def _declare_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create missing tables and add missing columns; rows that stand are kept."""
    there: dict[str, set[str]] = {}
    for table, column in connection.execute(
        "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal"
    ).fetchall():
        there.setdefault(table, set()).add(column.lower())
    for table, fields in TABLES.items():
        if table not in there:
            columns = ", ".join(f'"{field.name}" {field.type}' for field in fields)
            connection.execute(f'CREATE TABLE "{table}" ({columns})')
            continue
        for field in fields:
            if field.name not in there[table]:
                connection.execute(f'ALTER TABLE "{table}" ADD COLUMN "{field.name}" {field.type}')


def _first_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables, and fill the columns that the catalog works out."""
    _declare_tables(connection)
    define_normal_forms(connection)
    connection.execute(
        """
        UPDATE tracks SET
            number = coalesce(number, rowid),
            title_key = normal_form(title),
            artists_key = artists_form(normal_forms(artists)),
            in_library = coalesce(in_library, false)
        """
    )


def _sources(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables of version 3, and say of each value which source it is of."""
    _declare_tables(connection)
    (n_tracks,) = one_row(connection, "SELECT count(*) FROM tracks")
    if n_tracks:
        tell_sources_of_older_file(connection)


STEPS: Final[Mapping[int, Callable[[duckdb.DuckDBPyConnection], None]]] = {
    0: _first_tables,
    1: _declare_tables,  # the table `shown`
    2: _sources,
}
"""For each version, the step to the next one."""


def read_version(connection: duckdb.DuckDBPyConnection, path: "Path") -> int | None:
    """Return the version of the open file, or None if it holds no tables at all.

    Raises
    ------
    CatalogVersionError
        If it is a database of something else, or was written by a newer partsong.
    """
    try:
        (version,) = one_row(connection, "SELECT max(schema_version) FROM meta")
    except duckdb.ProgrammingError as error:
        tables = connection.execute(
            "SELECT 1 FROM duckdb_tables() WHERE NOT internal AND NOT temporary LIMIT 1"
        ).fetchall()
        if not tables:
            return None
        raise _not_a_catalog(path) from error
    if version is None:
        raise _not_a_catalog(path)
    if version > SCHEMA_VERSION:
        raise CatalogVersionError(
            f"{path} is a catalog of version {version}; this partsong reads up to {SCHEMA_VERSION}.",
            hint="Update partsong: pip install --upgrade partsong",
        )
    return int(version)


def migrate(connection: duckdb.DuckDBPyConnection, version: int | None) -> None:
    """Bring the open file from `version` up to date, all steps or none.

    Parameters
    ----------
    connection
        The catalog, open for writing, outside a transaction.
    version
        What :func:`read_version` said.
    """
    if version == SCHEMA_VERSION:
        return
    connection.begin()
    for step in range(version or 0, SCHEMA_VERSION):
        STEPS[step](connection)
    connection.execute("DELETE FROM meta")
    connection.execute("INSERT INTO meta VALUES (?)", [SCHEMA_VERSION])
    connection.commit()


def _not_a_catalog(path: "Path") -> CatalogVersionError:
    return CatalogVersionError(
        f"{path} is a database, but not a catalog of partsong.",
        hint="Name another file with --catalog; this one was left as it is.",
    )

"""Files of other versions, and files that are no catalog."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from partsong.catalog import TABLES, Catalog
from partsong.errors import CatalogVersionError
from partsong.schema import SCHEMA_VERSION


def write(path: Path, *statements: str) -> None:
    connection = duckdb.connect(path)
    try:
        for statement in statements:
            connection.execute(statement)
    finally:
        connection.close()


VERSION_0 = (
    "CREATE TABLE meta (schema_version INTEGER)",
    "INSERT INTO meta VALUES (0)",
    "CREATE TABLE tracks (track_id VARCHAR, title VARCHAR, artists VARCHAR[], tempo DOUBLE)",
    "INSERT INTO tracks VALUES ('old-1', 'Hóme', ['Ann'], 90), ('old-2', 'Casa', NULL, NULL)",
)


@pytest.mark.parametrize("by", ["reading", "writing"])
def test_an_older_file_is_brought_up_to_date(
    catalog: Catalog, add: Callable[..., Any], query: Callable[..., Any], by: str
) -> None:
    write(catalog.path, *VERSION_0)
    if by == "writing":
        assert add({"title": "home", "artists": ["ANN"], "tempo": 91.0}).merged == 1
        assert catalog.read_tracks(["tempo"]).rows() == [("old-1", 91.0), ("old-2", None)]
    rows = catalog.read_tracks(["title", "artists", "key", "in_library"]).rows()
    assert rows[1:] == [("old-2", "Casa", None, None, False)]
    assert catalog.find_track("casa").track_id == "old-2"
    assert query("SELECT schema_version FROM meta") == [(SCHEMA_VERSION,)]


def test_a_new_file_and_an_old_one_end_up_with_the_same_tables(
    catalog: Catalog, add: Callable[..., Any], query: Callable[..., Any]
) -> None:
    columns = "SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY ALL"
    add({"title": "Home"})
    new = query(columns)
    assert new == sorted((t, f.name, f.type) for t, fields in TABLES.items() for f in fields)
    catalog.path.unlink()
    write(catalog.path, *VERSION_0)
    catalog.count_tracks()
    assert query(columns) == new


def test_an_empty_database_becomes_a_catalog(catalog: Catalog, add: Callable[..., Any]) -> None:
    write(catalog.path)
    add({"title": "Home"})
    assert catalog.count_tracks() == 1


NO_CATALOG = {
    "text": lambda path: path.write_text("title,artist\nHome,Ann\n" * 1000),
    "empty": lambda path: path.write_bytes(b""),
    "newer": lambda path: write(
        path, "CREATE TABLE meta AS SELECT 99 AS schema_version", "CREATE TABLE tracks (x INT)"
    ),
    "another database": lambda path: write(path, "CREATE TABLE customers (name VARCHAR)"),
    "another meta": lambda path: write(path, "CREATE TABLE meta (author VARCHAR)"),
    "folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("make", NO_CATALOG.values(), ids=NO_CATALOG)
def test_what_is_no_catalog_is_refused_and_left_alone(
    catalog: Catalog, add: Callable[..., Any], make: Callable[[Path], Any]
) -> None:
    make(catalog.path)
    before = catalog.path.read_bytes() if catalog.path.is_file() else None
    for attempt in (lambda: add({"title": "Home"}), catalog.status, catalog.read_tracks):
        with pytest.raises(CatalogVersionError) as caught:
            attempt()
        assert str(catalog.path) in str(caught.value)
        assert caught.value.hint
    assert before is None or catalog.path.read_bytes() == before


def test_a_step_that_fails_changes_nothing(
    catalog: Catalog, add: Callable[..., Any], query: Callable[..., Any]
) -> None:
    write(
        catalog.path,
        "CREATE TABLE meta AS SELECT 0 AS schema_version",
        "CREATE TABLE tracks (track_id VARCHAR, title INTEGER[])",
    )
    with pytest.raises(Exception, match="catalog"):
        add({"title": "Home"})
    assert query("SELECT schema_version FROM meta") == [(0,)]
    assert query("SELECT count(*) FROM duckdb_tables()") == [(2,)]

"""Files of other versions, and files that are no catalog."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
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


VERSION_1 = (
    *(
        f'CREATE TABLE "{table}" ({", ".join(f"{f.name} {f.type}" for f in fields)})'
        for table, fields in TABLES.items()
        if table != "shown"
    ),
    "INSERT INTO meta VALUES (1)",
    """
    INSERT INTO tracks BY NAME SELECT 'old' AS track_id, 'Home' AS title, ['Ann'] AS artists,
        'home' AS title_key, 'ann' AS artists_key, 0 AS number, true AS in_library
    """,
    "INSERT INTO feedback VALUES ('old', 'like', '2026-01-01')",
    "INSERT INTO listens VALUES ('old', '2026-01-01', NULL)",
    "INSERT INTO playlists VALUES ('p', 'Evening')",
    "INSERT INTO playlist_tracks VALUES ('p', 'old', 1)",
)


def test_a_file_of_version_1_is_read_as_it_is_and_mended_when_written_to(
    catalog: Catalog, query: Callable[..., Any]
) -> None:
    write(catalog.path, *VERSION_1)
    before = catalog.path.read_bytes()
    assert catalog.find_track("home").track_id == "old"
    assert catalog.read_shown().is_empty()
    assert catalog.heard_songs() == {"home / ann"}
    assert catalog.path.read_bytes() == before
    new = {"shown", "meta", "track_sources"}
    kept = {table: query(f"FROM {table}") for table in TABLES if table not in new}
    at = datetime.fromisoformat("2026-11-22")
    catalog.add_shown(["old"], list_name="discover", at=at)
    assert query("FROM meta") == [(SCHEMA_VERSION,)]
    assert catalog.read_shown().rows() == [("old", "discover", 1, at)]
    assert {table: query(f"FROM {table}") for table in kept} == kept


VERSION_2 = (
    *(
        f'CREATE TABLE "{table}" ({", ".join(f"{f.name} {f.type}" for f in fields)})'
        for table, fields in TABLES.items()
        if table not in {"track_sources", "candidates", "hidden_artists", "agreements"}
    ),
    "INSERT INTO meta VALUES (2)",
    """
    INSERT INTO imports BY NAME SELECT unnest([1, 2, 3]) AS import_id,
        unnest(['2026-01-01', '2026-01-02', '2026-01-03'])::TIMESTAMP AS finished_at,
        unnest(['exportify', 'kaggle-600k', 'exportify + table']) AS layout,
        ['x.csv'] AS files, 0 AS read, 0 AS kept, 0 AS merged, 0 AS dropped, '{}' AS report
    """,
    """
    INSERT INTO tracks BY NAME SELECT 'one' AS track_id, 'Home' AS title, ['Ann'] AS artists,
        'home' AS title_key, 'ann' AS artists_key, 0 AS number, true AS in_library,
        1 AS import_id, 120.0 AS tempo, 0.5 AS energy, 50 AS popularity
    """,
    """
    INSERT INTO tracks BY NAME SELECT 'two' AS track_id, 'Away' AS title, ['Ann'] AS artists,
        'away' AS title_key, 'ann' AS artists_key, 1 AS number, false AS in_library,
        3 AS import_id, 200000 AS duration_ms
    """,
    "INSERT INTO track_origins VALUES ('one', 'energy', 2), ('one', 'title', 3)",
    "INSERT INTO feedback VALUES ('one', 'hide', '2026-01-01')",
)


def test_a_file_of_version_2_answers_all_questions_as_it_is(
    catalog: Catalog,
) -> None:
    write(catalog.path, *VERSION_2)
    before = catalog.path.read_bytes()
    assert catalog.read_track_sources(["tempo"]).rows() == []
    assert catalog.read_analyses(["tempo"]).rows() == []
    assert catalog.list_analyses() == []
    assert catalog.only_from(["exportify"], ["tempo"]) == set()
    assert catalog.agreement("training") is None
    assert catalog.read_hidden_artists().is_empty()
    assert catalog.refused_tracks() == {"one"}
    status = catalog.status()
    assert (status.coverage.n_library, status.coverage.n_with_features) == (1, 0)
    assert status.sources == {}
    assert catalog.path.read_bytes() == before


def test_values_of_a_file_of_version_2_are_given_to_the_imports_that_set_them(
    catalog: Catalog,
) -> None:
    write(catalog.path, *VERSION_2)
    catalog.agree("training", answer=False)
    said = catalog.read_track_sources(
        ["import_id", "analysis", "tempo", "energy", "popularity", "duration_ms"]
    )
    assert said.rows() == [
        ("one", "exportify", 1, "spotify", 120.0, None, 50, None),
        ("one", "kaggle-600k", 2, "spotify", None, 0.5, None, None),
        ("two", "before-version-3", 3, None, None, None, None, 200_000),
    ]
    assert catalog.only_from(["kaggle-600k"], ["energy"]) == {"one"}
    assert catalog.only_from(["kaggle-600k"], ["tempo"]) == set()


def test_a_kill_while_mending_leaves_the_older_file(
    catalog: Catalog, query: Callable[..., Any]
) -> None:
    write(catalog.path, *VERSION_1)
    code = """
import os, signal, sys
import duckdb
from partsong.catalog import Catalog, migrations
mend = migrations.STEPS[1]
def mend_and_die(connection):
    mend(connection)
    os.kill(os.getpid(), signal.SIGKILL)
migrations.STEPS[1] = mend_and_die
Catalog(sys.argv[1]).unsay()
"""
    killed = subprocess.run([sys.executable, "-c", code, str(catalog.path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert query("FROM meta") == [(1,)]
    assert catalog.unsay().height == 1
    assert query("FROM meta") == [(SCHEMA_VERSION,)]


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

"""A fresh catalog, and a short way to put rows into it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from partsong.catalog import Catalog
from partsong.rows import Batch, ImportReport

TYPES = {
    "line": pl.Int64,
    "title": pl.String,
    "artists": pl.List(pl.String),
    "artist_keys": pl.List(pl.String),
    "genres": pl.List(pl.String),
    "spotify_id": pl.String,
    "isrc": pl.String,
    "mbid": pl.String,
    "source_id": pl.String,
    "duration_ms": pl.Int32,
    "popularity": pl.Int16,
    "key": pl.Int8,
    "tempo": pl.Float64,
    "release_date": pl.String,
    "explicit": pl.Boolean,
    "playlist_id": pl.String,
    "playlist": pl.String,
    "liked": pl.Boolean,
    "heard": pl.Boolean,
    "album": pl.String,
    "energy": pl.Float64,
    "hidden": pl.Boolean,
    "suggested": pl.Float64,
    "played_at": pl.Datetime("us"),
    "ms_played": pl.Int32,
}
ARTIST_TYPES = {
    "artist_id": pl.String,
    "name": pl.String,
    "genres": pl.List(pl.String),
    "followers": pl.Int64,
    "popularity": pl.Int16,
    "hidden": pl.Boolean,
}

Row = dict[str, Any]


def batch_of(rows: list[Row], artists: list[Row] | None = None) -> Batch:
    frame = pl.DataFrame(
        [{"line": line} | row for line, row in enumerate(rows, start=2)],
        schema={name: TYPES[name] for name in ["line", *sorted({k for row in rows for k in row})]},
    )
    return Batch(
        frame,
        None
        if artists is None
        else pl.DataFrame(
            artists,
            schema={
                name: ARTIST_TYPES[name] for name in sorted({k for row in artists for k in row})
            },
        ),
    )


@pytest.fixture
def make_batch() -> Callable[..., Batch]:
    return batch_of


@pytest.fixture
def catalog(tmp_path: Path) -> Catalog:
    return Catalog(tmp_path / "catalog.duckdb", busy_timeout=5)


@pytest.fixture
def add(catalog: Catalog) -> Callable[..., ImportReport]:
    """Add rows given as keyword dictionaries; the report comes back."""

    def add_rows(
        *rows: Row, artists: list[Row] | None = None, library: bool = False
    ) -> ImportReport:
        report = ImportReport(files=["made-up.csv"], layout="table", read=len(rows))
        return catalog.add([batch_of(list(rows), artists)], report, library=library)

    return add_rows


@pytest.fixture
def ids(catalog: Catalog) -> Callable[..., list[str]]:
    """Return the ids of the tracks with these titles, in this order."""

    def ids_of(*titles: str) -> list[str]:
        found = dict(catalog.read_tracks(["title"]).select("title", "track_id").iter_rows())
        return [found[title] for title in titles]

    return ids_of


@pytest.fixture
def query(catalog: Catalog) -> Callable[[str], list[Any]]:
    """Look into the file with DuckDB itself."""

    def run(sql: str) -> list[Any]:
        connection = duckdb.connect(catalog.path, read_only=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    return run

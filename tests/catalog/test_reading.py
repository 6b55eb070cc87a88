"""What comes out of a catalog."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from partsong.catalog import Catalog, default_path
from partsong.errors import CatalogMissingError
from partsong.schema import AUDIO_FEATURES, TRACK_FIELDS


def test_frames_have_the_columns_and_types_of_the_schema(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add({"title": "Home"})
    frame = catalog.read_tracks()
    assert frame.columns == [field.name for field in TRACK_FIELDS]
    types = {
        "VARCHAR": pl.String,
        "VARCHAR[]": pl.List(pl.String),
        "SMALLINT": pl.Int16,
        "TINYINT": pl.Int8,
        "INTEGER": pl.Int32,
        "DOUBLE": pl.Float64,
        "BOOLEAN": pl.Boolean,
    }
    assert [types[field.type] for field in TRACK_FIELDS] == frame.dtypes


def test_the_id_always_comes_first_and_once(catalog: Catalog, add: Callable[..., Any]) -> None:
    add({"title": "Home"})
    assert catalog.read_tracks(["title", "track_id", "title"]).columns == ["track_id", "title"]
    assert catalog.read_tracks([]).columns == ["track_id"]


def test_blocks_together_are_the_whole(catalog: Catalog, add: Callable[..., Any]) -> None:
    add(*({"title": f"song {i}"} for i in range(10)))
    add({"title": "song 3", "tempo": 100.0})
    blocks = list(catalog.iter_tracks(block_rows=4))
    assert [block.height for block in blocks] == [4, 4, 2]
    assert pl.concat(blocks).equals(catalog.read_tracks())


def test_the_catalog_is_free_between_blocks(catalog: Catalog, add: Callable[..., Any]) -> None:
    add(*({"title": f"song {i}"} for i in range(4)))
    blocks = catalog.iter_tracks(["title"], block_rows=3)
    assert next(blocks).height == 3
    add({"title": "late"})
    assert next(blocks)["title"].to_list() == ["song 3", "late"]


def test_tracks_are_read_by_id_in_the_order_asked_for(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add({"title": "a"}, {"title": "b"})
    a, b = catalog.read_tracks([])["track_id"]
    rows = catalog.read_tracks_by_id([b, "gone", a, b], ["title"]).rows()
    assert rows == [(b, "b"), ("gone", None), (a, "a"), (b, "b")]
    assert catalog.read_tracks_by_id([]).is_empty()


def test_status_counts_what_is_there(catalog: Catalog, add: Callable[..., Any]) -> None:
    add(
        {"title": "a", "artists": ["Ann"], "tempo": 90.0, "genres": ["folk"], "playlist": "P"},
        {"title": "b", "artists": ["Ann", "Bo"], "tempo": 95.0, "genres": ["folk", "pop"]},
        {"title": "c", "artists": ["Cy"], "key": 0, "heard": True},
        {"title": "d"},
        artists=[{"artist_id": None, "name": "Cy", "genres": ["folk"]}],
    )
    status = catalog.status()
    assert (status.tracks, status.artists, status.library) == (4, 3, 1)
    assert (status.playlists, status.imports, status.feedback) == (1, 1, {})
    assert (status.n_genres, status.genres) == (2, {"folk": 3, "pop": 1})
    assert tuple(status.features) == AUDIO_FEATURES
    assert (status.features["tempo"], status.features["key"]) == (0.5, 0.25)
    assert status.features["energy"] == 0
    assert (status.path, status.size) == (catalog.path, catalog.path.stat().st_size)


def test_imports_are_remembered_with_their_reports(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    before = datetime.now(UTC)
    report = add({"title": "a"}, {"title": "A"})
    add({"title": "a", "tempo": 90.0})
    first, second = catalog.imports()
    assert (first.import_id, first.files, first.layout) == (1, ["made-up.csv"], "table")
    assert (first.read, first.kept, first.merged, first.dropped) == (2, 1, 1, 0)
    assert first.report == report.to_dict()
    assert (second.import_id, second.kept, second.merged) == (2, 0, 1)
    assert before <= first.finished_at <= second.finished_at <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("question", "arguments"),
    [
        ("read_tracks", []),
        ("read_tracks_by_id", [["x"]]),
        ("count_tracks", []),
        ("find_track", ["Home"]),
        ("status", []),
        ("imports", []),
    ],
)
def test_without_a_catalog_every_question_says_how_to_make_one(
    catalog: Catalog, question: str, arguments: list[Any]
) -> None:
    with pytest.raises(CatalogMissingError, match="no catalog") as caught:
        getattr(catalog, question)(*arguments)
    assert "partsong import" in caught.value.hint
    assert not catalog.path.exists()


def test_the_default_path_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PARTSONG_CATALOG", str(tmp_path / "mine.duckdb"))
    assert default_path() == tmp_path / "mine.duckdb"
    monkeypatch.setenv("PARTSONG_CATALOG", "~/mine.duckdb")
    assert default_path() == Path.home() / "mine.duckdb"
    monkeypatch.delenv("PARTSONG_CATALOG")
    assert default_path().name == "catalog.duckdb"
    assert "partsong" in default_path().parts

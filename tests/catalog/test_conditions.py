"""The user's own SQL: useful, and nothing more."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from partsong.catalog import Catalog
from partsong.errors import CatalogError, FilterError


@pytest.fixture
def tracks(catalog: Catalog, add: Callable[..., Any]) -> Catalog:
    add(
        {"title": "slow", "tempo": 70.0, "genres": ["folk"], "release_date": "1999-01-01"},
        {"title": "fast", "tempo": 150.0, "genres": ["jazz", "folk"], "playlist": "P"},
        {"title": "unknown"},
    )
    return catalog


@pytest.mark.parametrize(
    ("where", "titles"),
    [
        ("tempo > 100", ["fast"]),
        ("tempo > 60 AND release_year < 2000", ["slow"]),
        ("list_contains(genres, 'folk')", ["slow", "fast"]),
        ("title LIKE '%o%' -- no bracket is swallowed", ["slow", "unknown"]),
        ("tempo IS NULL /* nor here */", ["unknown"]),
        ("tempo > (SELECT avg(tempo) FROM tracks)", ["fast"]),
        ("track_id IN (SELECT track_id FROM playlist_tracks)", ["fast"]),
        ("tempo = -1", []),
    ],
)
def test_conditions_choose_tracks(tracks: Catalog, where: str, titles: list[str]) -> None:
    assert tracks.read_tracks(["title"], where=where)["title"].to_list() == titles
    assert tracks.count_tracks(where) == len(titles)
    blocks = list(tracks.iter_tracks(["title"], where=where, block_rows=2))
    assert [title for block in blocks for title in block["title"]] == titles
    assert all(block.columns == ["track_id", "title"] for block in blocks)


def test_several_conditions_must_all_hold(tracks: Catalog) -> None:
    where = ["tempo > 60", None, "release_year < 2000"]
    assert tracks.read_tracks(["title"], where=where)["title"].to_list() == ["slow"]
    with pytest.raises(FilterError):
        tracks.count_tracks(["(true", "true)"])


@pytest.mark.parametrize(
    "where",
    [
        "",
        "   ",
        "-- nothing",
        "true) OR (true",
        "tempo",
        "title",
        "1",
        "tempo >",
        "tempo > 1; DROP TABLE tracks",
        "true); DROP TABLE tracks; --",
        "true) UNION SELECT 1 FROM artists WHERE (true",
        "true) LIMIT (1",
        "true) ORDER BY (title",
        "true) GROUP BY (title",
        "tempo > 1, true",
        "DELETE FROM tracks",
        "DROP TABLE tracks",
        "sum(tempo) > 3",
        "row_number() OVER () = 1",
        "no_such_function(tempo)",
        "tempo > ?",
        "tempo > $limit",
        "tempo = 'fast'",
        "tempo > (SELECT count(*) FROM no_such_table)",
        "'unfinished",
        "a /* unfinished",
    ],
)
def test_anything_else_is_refused_in_one_line(tracks: Catalog, where: str) -> None:
    for ask in (tracks.count_tracks, lambda text: tracks.read_tracks(where=text)):
        with pytest.raises(FilterError) as caught:
            ask(where)
        assert "\n" not in str(caught.value)
        assert caught.value.hint
    assert tracks.count_tracks() == 3


@pytest.mark.parametrize(
    "where",
    [
        "tempo > (SELECT count(*) FROM read_text('{file}'))",
        "tempo > (SELECT count(*) FROM '{file}')",
        "tempo > (SELECT count(*) FROM glob('{folder}/*'))",
        "tempo > (SELECT count(*) FROM sneaky_rows)",
    ],
)
def test_files_and_variables_are_out_of_reach(tracks: Catalog, tmp_path: Path, where: str) -> None:
    sneaky_rows = tracks.read_tracks()  # a variable that DuckDB would otherwise find by its name
    secret = tmp_path / "secret.csv"
    secret.write_text("password\nswordfish\n")
    with pytest.raises(FilterError):
        tracks.count_tracks(where.format(file=secret, folder=tmp_path))
    assert sneaky_rows.height == 3


def test_the_hint_names_the_nearest_column(tracks: Catalog) -> None:
    with pytest.raises(FilterError) as caught:
        tracks.count_tracks("danceabilty > 0.5")
    assert caught.value.hint == "Did you mean danceability?"
    assert "danceabilty" in str(caught.value)


def test_an_unknown_column_of_the_result_is_named(tracks: Catalog) -> None:
    with pytest.raises(CatalogError, match="no column 'mood'") as caught:
        tracks.read_tracks(["title", "mood"])
    assert "danceability" in caught.value.hint

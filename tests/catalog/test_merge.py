"""What becomes of the values when rows are merged."""

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from partsong.catalog import Catalog
from partsong.rows import Batch, ImportReport

S1, S2 = "1" * 22, "2" * 22


def values(catalog: Catalog, *columns: str) -> list[tuple[Any, ...]]:
    return catalog.read_tracks(columns).select(columns).rows()


def test_the_newer_value_wins_and_the_report_says_so(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    first = add(
        {"spotify_id": S1, "tempo": 100.0, "popularity": 10},
        {"spotify_id": S1, "tempo": 110.0, "popularity": 10},
    )
    assert values(catalog, "tempo") == [(110.0,)]
    assert first.changed == {"tempo": 1}
    second = add({"spotify_id": S1, "tempo": 130.0, "popularity": 20})
    assert values(catalog, "tempo", "popularity") == [(130.0, 20)]
    assert second.changed == {"tempo": 1, "popularity": 1}


def test_a_missing_value_replaces_nothing_and_a_missing_one_is_filled(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add({"spotify_id": S1, "tempo": 100.0, "explicit": False})
    report = add({"spotify_id": S1, "tempo": None, "explicit": None, "key": 0, "title": "Home"})
    assert values(catalog, "tempo", "explicit", "key", "title") == [(100.0, False, 0, "Home")]
    assert not report.changed


def test_ids_are_kept_and_filled_and_genres_united(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    song = {"title": "Home", "artists": ["Ann"]}
    add(song | {"spotify_id": S1, "genres": ["rock", "folk"]})
    add(song | {"isrc": "GBAYE0000001", "genres": ["pop", "rock"]})
    report = add(song | {"spotify_id": S1, "source_id": "x:1", "genres": None})
    assert values(catalog, "spotify_id", "isrc", "source_id", "genres") == [
        (S1, "GBAYE0000001", "x:1", ["folk", "pop", "rock"])
    ]
    assert not report.changed


def test_release_year_follows_the_date_as_precise_as_it_is(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add(
        *(
            {"title": date or "none", "release_date": date}
            for date in ("1958", "1958-09", "1958-09-16", None)
        )
    )
    assert [row[0] for row in values(catalog, "release_year")] == [1958, 1958, 1958, None]
    add({"title": "1958", "release_date": "1961-01-02"})
    assert values(catalog, "release_year")[0] == (1961,)


def test_tracks_stay_in_the_order_in_which_they_came(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add(*({"title": title} for title in "cab"))
    add({"title": "b", "tempo": 99.0}, {"title": "d"})
    add({"title": "c", "genres": ["folk"]})
    assert [row[0] for row in values(catalog, "title")] == ["c", "a", "b", "d"]


def test_rows_without_title_and_id_are_dropped_and_counted(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    report = add({"title": "Home"}, {"title": None, "tempo": 100.0}, {"title": "  "})
    assert report.dropped == {"neither title nor id": 2}
    assert (report.read, report.kept, report.merged) == (3, 1, 0)
    assert catalog.count_tracks() == 1


def test_every_value_knows_the_import_that_set_it(
    add: Callable[..., Any], query: Callable[..., Any]
) -> None:
    add({"spotify_id": S1, "tempo": 100.0})
    add({"spotify_id": S1, "tempo": 110.0, "key": 3}, {"spotify_id": S2})
    add({"spotify_id": S1, "tempo": 120.0})
    add({"spotify_id": S1, "tempo": 120.0})
    assert query(
        """
        SELECT spotify_id, tracks.import_id, field, track_origins.import_id
        FROM tracks LEFT JOIN track_origins USING (track_id) ORDER BY number, field
        """
    ) == [(S1, 1, "key", 2), (S1, 1, "tempo", 3), (S2, 2, None, None)]


@pytest.mark.parametrize("library", [False, True])
def test_heard_tracks_are_in_the_library_and_stay_there(
    catalog: Catalog, add: Callable[..., Any], library: bool
) -> None:
    add(
        {"title": "a", "heard": True},
        {"title": "b", "heard": False},
        {"title": "c"},
        library=library,
    )
    expected = [(True,), (library,), (library,)]
    assert values(catalog, "in_library") == expected
    add({"title": "a", "heard": False}, {"title": "b"})
    assert values(catalog, "in_library") == expected


def test_hostile_titles_are_only_text(catalog: Catalog, add: Callable[..., Any]) -> None:
    titles = [
        "'); DROP TABLE tracks; --",
        'x" OR 1=1',
        "Robert\x00Tables",
        "\u202egnos",
        "🎵",
        "{{ 7 * 7 }}",
        "%s ? $1",
        "a\nb",
        "x" * 10_000,
    ]
    add(*({"title": title, "artists": [title]} for title in titles))
    assert values(catalog, "title", "artists") == [(title, [title]) for title in titles]
    assert catalog.find_track(titles[0]).title == titles[0]


def test_batches_are_one_import(catalog: Catalog, make_batch: Any) -> None:
    report = ImportReport(read=3)
    batches = (make_batch([{"title": "Home", "tempo": tempo}]) for tempo in (1.0, 2.0, 3.0))
    catalog.add(batches, report)
    assert (report.kept, report.merged) == (1, 2)
    assert values(catalog, "tempo") == [(3.0,)]


def test_batches_may_have_different_columns(catalog: Catalog) -> None:
    catalog.add(
        [
            Batch(pl.DataFrame({"title": ["a"], "tempo": [100.0]})),
            Batch(pl.DataFrame({"title": ["b"], "key": [3]}, schema_overrides={"key": pl.Int8})),
        ],
        ImportReport(read=2),
    )
    assert values(catalog, "title", "tempo", "key") == [("a", 100.0, None), ("b", None, 3)]


def test_a_column_outside_the_contract_is_refused(catalog: Catalog) -> None:
    with pytest.raises(ValueError, match="no catalog knows: mood"):
        catalog.add([Batch(pl.DataFrame({"title": ["a"], "mood": ["x"]}))], ImportReport(read=1))
    assert not catalog.path.exists()


def test_an_import_without_rows_is_remembered(catalog: Catalog) -> None:
    catalog.add([], ImportReport(files=["empty.csv"], read=0))
    assert catalog.count_tracks() == 0
    assert [run.files for run in catalog.imports()] == [["empty.csv"]]
    assert catalog.read_tracks().is_empty()
    assert list(catalog.iter_tracks()) == []
    assert catalog.status().features["tempo"] == 0


def test_a_source_that_fails_halfway_leaves_the_catalog_as_it_was(
    catalog: Catalog, add: Callable[..., Any], make_batch: Any
) -> None:
    add({"title": "Home"})
    before = catalog.path.read_bytes()

    def failing() -> Any:
        yield make_batch([{"title": "Away"}])
        raise OSError("the stick was pulled out")

    with pytest.raises(OSError, match="pulled out"):
        catalog.add(failing(), ImportReport())
    assert catalog.path.read_bytes() == before

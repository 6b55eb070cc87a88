"""Every value knows its source: what each one said, what was chosen, and who only fills gaps."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import polars as pl
import pytest

from partsong.catalog import Catalog
from partsong.errors import CatalogError
from partsong.rows import Batch, ImportReport

S1, S2, S3 = "1" * 22, "2" * 22, "3" * 22

Row = dict[str, Any]
Hear = Callable[..., ImportReport]


@pytest.fixture
def hear(catalog: Catalog, make_batch: Callable[..., Batch]) -> Hear:
    """Let one source speak; a whole import."""

    def hear_source(
        source: str, *rows: Row, analysis: str = "spotify", **flags: bool
    ) -> ImportReport:
        batch = replace(make_batch(list(rows)), source=source, analysis=analysis, **flags)
        return catalog.add([batch], ImportReport(files=[source], read=len(rows)))

    return hear_source


def said(catalog: Catalog, *columns: str) -> list[tuple[Any, ...]]:
    """Return what was said, as (source, *columns), in order."""
    rows = catalog.read_track_sources(columns)
    return rows.select("source", *columns).rows()


def test_the_newer_source_is_chosen_and_what_the_other_said_is_kept(
    catalog: Catalog, hear: Hear
) -> None:
    hear("old", {"spotify_id": S1, "tempo": 100.0, "energy": 0.5})
    hear("new", {"spotify_id": S1, "tempo": 110.0}, analysis="other")
    assert catalog.read_tracks(["tempo", "energy"]).rows()[0][1:] == (110.0, 0.5)
    assert said(catalog, "import_id", "analysis", "tempo", "energy") == [
        ("old", 1, "spotify", 100.0, 0.5),
        ("new", 2, "other", 110.0, None),
    ]
    assert catalog.list_analyses() == ["other", "spotify"]
    assert catalog.read_analyses(["tempo", "energy", "valence"]).rows()[0][1:] == (
        "other",
        "spotify",
        None,
    )


def test_a_source_that_speaks_again_keeps_what_it_no_longer_says(
    catalog: Catalog, hear: Hear
) -> None:
    hear("one", {"spotify_id": S1, "tempo": 100.0, "popularity": 10})
    hear("one", {"spotify_id": S1, "tempo": 105.0}, {"spotify_id": S1, "tempo": 106.0})
    assert said(catalog, "import_id", "tempo", "popularity") == [("one", 2, 106.0, 10)]
    hear("one", {"spotify_id": S1, "energy": 0.4}, analysis="another")
    assert said(catalog, "analysis", "tempo", "energy", "popularity") == [
        ("one", "another", None, 0.4, 10)
    ]


def test_the_same_again_changes_nothing(catalog: Catalog, hear: Hear) -> None:
    rows = [{"spotify_id": S1, "tempo": 100.0}, {"title": "Home", "artists": ["Ann"]}]
    hear("one", *rows)
    before = catalog.read_track_sources().rows()
    hear("one", *rows)
    assert catalog.read_track_sources().rows() == before
    assert [row[1] for row in before] == ["one", "one"]


def test_rows_that_only_fill_make_no_track_and_are_counted(catalog: Catalog, hear: Hear) -> None:
    hear("mine", {"spotify_id": S1, "title": "Home", "artists": ["Ann"]})
    report = hear(
        "features",
        {"spotify_id": S1, "tempo": 99.0},
        {"spotify_id": S2, "tempo": 98.0},
        {"title": "Home", "artists": ["Ann"], "energy": 0.3},
        {"title": "Nowhere", "artists": ["Ann"], "energy": 0.3},
        only_known=True,
    )
    assert (report.kept, report.merged) == (0, 2)
    assert report.dropped == {"no such track in the catalog": 2}
    assert report.read == report.kept + report.merged + report.dropped.total()
    assert catalog.read_tracks(["title", "tempo", "energy"]).select(
        "title", "tempo", "energy"
    ).rows() == [("Home", 99.0, 0.3)]
    assert said(catalog, "tempo", "energy") == [("mine", None, None), ("features", 99.0, 0.3)]


def test_rows_that_only_fill_replace_nothing(catalog: Catalog, hear: Hear) -> None:
    row = {
        "spotify_id": S1,
        "title": "Home",
        "artists": ["Ann"],
        "tempo": 100.0,
        "genres": ["folk"],
    }
    hear("mine", row)
    before = catalog.read_tracks().rows()
    filler = {
        "spotify_id": S1,
        "title": "HOME!",
        "artists": ["ANN"],
        "isrc": None,
        "genres": ["pop"],
    }
    report = hear("features", filler | {"tempo": 50.0}, only_known=True)
    assert catalog.read_tracks().rows() == before
    assert not report.changed
    hear("features", filler | {"isrc": "GBAYE0000001", "album": "First"}, only_known=True)
    after = catalog.read_tracks(["title", "isrc", "album", "tempo", "genres"])
    assert after.rows()[0][1:] == ("Home", "GBAYE0000001", "First", 100.0, ["folk"])


@pytest.mark.parametrize("history_first", [True, False])
def test_a_history_makes_tracks_but_knows_nothing_better(
    catalog: Catalog, hear: Hear, *, history_first: bool
) -> None:
    plays = [
        {"spotify_id": S1, "title": "a", "artists": ["Various Artists"], "album": "Hits"},
        {"title": "b", "artists": ["X"], "played_at": datetime.fromisoformat("2026-01-01")},
    ]
    table = {"spotify_id": S1, "title": "A", "artists": ["X", "Y"], "tempo": 90.0}

    def hear_both() -> None:
        for is_history in (history_first, not history_first):
            if is_history:
                hear("history", *plays, only_fills=True)
            else:
                hear("table", table)

    hear_both()
    known = catalog.read_tracks(["title", "artists", "album"]).drop("track_id")
    assert sorted(known.rows()) == [("A", ["X", "Y"], "Hits"), ("b", ["X"], None)]
    assert catalog.read_listens().height == 1
    hear_both()
    assert catalog.read_tracks(["title", "artists", "album"]).drop("track_id").equals(known)


def test_an_ordinary_source_replaces_what_was_filled(catalog: Catalog, hear: Hear) -> None:
    hear("mine", {"spotify_id": S1})
    hear("features", {"spotify_id": S1, "tempo": 50.0}, only_known=True)
    report = hear("mine", {"spotify_id": S1, "tempo": 100.0})
    assert catalog.read_tracks(["tempo"])["tempo"].to_list() == [100.0]
    assert report.changed == {"tempo": 1}
    hear("features", {"spotify_id": S1, "tempo": 51.0}, only_known=True)
    assert catalog.read_tracks(["tempo"])["tempo"].to_list() == [100.0]


def test_a_source_that_fills_corrects_itself_and_nobody_else(catalog: Catalog, hear: Hear) -> None:
    hear("mine", {"spotify_id": S1}, {"spotify_id": S2, "energy": 0.5})
    hear(
        "first",
        {"spotify_id": S1, "tempo": 50.0},
        {"spotify_id": S2, "energy": 0.5},
        only_known=True,
    )
    hear("second", {"spotify_id": S1, "tempo": 60.0}, only_known=True)
    assert catalog.read_tracks(["tempo"])["tempo"].to_list() == [50.0, None]
    report = hear(
        "first",
        {"spotify_id": S1, "tempo": 55.0},
        {"spotify_id": S2, "energy": 0.6},
        only_known=True,
    )
    assert catalog.read_tracks(["tempo", "energy"]).select("tempo", "energy").rows() == [
        (55.0, None),
        (None, 0.5),
    ]
    assert report.changed == {"tempo": 1}


def test_rows_of_both_kinds_may_come_in_one_import(
    catalog: Catalog, make_batch: Callable[..., Batch]
) -> None:
    """The filler comes first, and still stands behind the row that makes the track."""
    filler = replace(
        make_batch([{"spotify_id": S1, "tempo": 50.0, "energy": 0.3, "title": "X"}]),
        source="features",
        only_known=True,
    )
    maker = make_batch([{"spotify_id": S1, "tempo": 100.0, "title": "Home"}])
    report = catalog.add([filler, maker], ImportReport(read=2))
    assert (report.kept, report.merged) == (1, 1)
    assert not report.changed
    assert catalog.read_tracks(["title", "tempo", "energy"]).rows()[0][1:] == ("Home", 100.0, 0.3)


def test_every_chosen_number_is_one_that_a_source_gave(catalog: Catalog, hear: Hear) -> None:
    """Whatever the order of sources, fillers and corrections."""
    speakers = [("f", True), ("a", False), ("f", True), ("g", True), ("f", True)]
    hear("maker", {"spotify_id": S1})
    for number, (source, fills) in enumerate(speakers):
        energy = None if source == "a" else number / 10
        row = {"spotify_id": S1, "tempo": 100.0 + number, "energy": energy}
        hear(source, row, only_known=fills)
    assert catalog.read_tracks(["tempo", "energy"]).rows()[0][1:] == (101.0, 0.4)
    told = catalog.read_track_sources(["tempo", "energy"])
    assert 101.0 in told["tempo"].to_list()
    assert 0.4 in told["energy"].to_list()


def test_what_was_said_of_two_tracks_is_said_of_the_one_they_turn_out_to_be(
    catalog: Catalog, hear: Hear
) -> None:
    hear(
        "a", {"isrc": "GBAYE0000001", "tempo": 100.0, "energy": 0.2}, {"mbid": "m", "tempo": 101.0}
    )
    hear("b", {"mbid": "m", "energy": 0.7, "suggested": 1.0})
    hear("a", {"isrc": "GBAYE0000001", "suggested": 2.0}, {"mbid": "m", "suggested": 3.0})
    hear("c", {"isrc": "GBAYE0000001", "mbid": "m"})
    assert catalog.count_tracks() == 1
    assert sorted(said(catalog, "tempo", "energy")) == [
        ("a", 101.0, 0.2),
        ("b", None, 0.7),
        ("c", None, None),
    ]
    assert catalog.read_tracks(["tempo", "energy"]).rows()[0][1:] == (101.0, 0.7)
    assert catalog.read_candidates().select("source", "score").rows() == [("a", 3.0), ("b", 1.0)]


def test_only_from_finds_tracks_and_values_that_nobody_else_gives(
    catalog: Catalog, hear: Hear, ids: Callable[..., list[str]]
) -> None:
    hear(
        "account",
        {"title": "alone", "artists": ["A"]},
        {"title": "both", "artists": ["A"], "tempo": 100.0, "energy": 0.5},
        {"title": "replaced", "artists": ["A"], "tempo": 100.0},
    )
    hear(
        "export",
        {"title": "both", "artists": ["A"], "tempo": 100.0},
        {"title": "replaced", "artists": ["A"], "tempo": 120.0},
        {"title": "other", "artists": ["A"], "tempo": 90.0},
    )
    alone, both = ids("alone", "both")
    assert catalog.only_from(["account"]) == {alone}
    assert catalog.only_from(["account"], ["tempo", "title"]) == {alone}
    assert catalog.only_from(["account"], ["tempo", "energy"]) == {alone, both}
    assert len(catalog.only_from(["account", "export"])) == 4
    assert catalog.only_from([], ["tempo"]) == set()


def test_columns_that_no_source_is_asked_for_are_refused(catalog: Catalog, hear: Hear) -> None:
    hear("a", {"spotify_id": S1})
    with pytest.raises(CatalogError, match="title"):
        catalog.read_track_sources(["title"])
    with pytest.raises(CatalogError, match="popularity"):
        catalog.read_analyses(["popularity"])


def test_coverage_counts_the_library_and_the_ids_of_what_is_left(
    catalog: Catalog, make_batch: Callable[..., Batch]
) -> None:
    batch = make_batch(
        [
            {"spotify_id": S1, "heard": True, "tempo": 100.0, "energy": 0.5, "key": 3},
            {"spotify_id": S2, "isrc": "GBAYE0000001", "heard": True, "tempo": 100.0},
            {"title": "Home", "artists": ["Ann"], "heard": True},
            {"spotify_id": S3, "heard": False},
        ]
    )
    more = pl.lit(pl.Series([0.5, None, None, None]))
    tracks = batch.tracks.with_columns(danceability=more, valence=more, liveness=more)
    catalog.add([replace(batch, tracks=tracks)], ImportReport(read=4))
    coverage = catalog.coverage()
    assert (coverage.n_library, coverage.n_with_features, coverage.n_without_id) == (3, 1, 1)
    assert coverage.n_by_id == {"spotify_id": 1, "isrc": 1, "mbid": 0}
    assert catalog.status().coverage == coverage
    assert catalog.status().sources == {"table": 4}


def test_what_the_listener_agreed_to_is_remembered_and_can_change(catalog: Catalog) -> None:
    assert catalog.agreement("training") is None
    catalog.agree("training", answer=False)
    answer = catalog.agreement("training")
    assert answer is not None
    assert not answer.answer
    catalog.agree("training", answer=True)
    again = catalog.agreement("training")
    assert again is not None
    assert again.answer
    assert again.said_at >= answer.said_at
    assert catalog.agreement("another") is None

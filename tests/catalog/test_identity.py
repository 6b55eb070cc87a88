"""Which rows are one recording."""

import hashlib
import tempfile
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partsong.catalog import Catalog
from partsong.rows import Batch, ImportReport

IDENTIFIERS = ("spotify_id", "isrc", "mbid", "source_id")
S1, S2 = "1" * 22, "2" * 22
SONG = {"title": "Home", "artists": ["Ann", "Bo"], "duration_ms": 200_000}

ONE = {
    "same Spotify id, all else different": (
        SONG | {"spotify_id": S1},
        {"spotify_id": S1, "title": "Away", "artists": ["Cy"], "duration_ms": 90_000},
    ),
    "same ISRC": ({"isrc": "GBAYE0000001", "title": "A"}, {"isrc": "GBAYE0000001", "title": "B"}),
    "same MusicBrainz id": ({"mbid": "m-1", "title": "A"}, {"mbid": "m-1", "title": "B"}),
    "same id of a data set": ({"source_id": "fma:2"}, {"source_id": "fma:2", "title": "Food"}),
    "Spotify id decides over ISRC": (
        {"spotify_id": S1, "isrc": "GBAYE0000001"},
        {"spotify_id": S1, "isrc": "GBAYE0000002"},
    ),
    "title, artists, length": (SONG, SONG),
    "spelling": (SONG, SONG | {"title": "  HÓME!", "artists": ["BÖ", "ann"]}),
    "length within two seconds": (SONG, SONG | {"duration_ms": 202_000}),
    "length unknown": (SONG, SONG | {"duration_ms": None}),
    "no id against an id": (SONG, SONG | {"spotify_id": S1}),
    "ids of different kinds": (SONG | {"spotify_id": S1}, SONG | {"mbid": "m-1"}),
    "artists unknown to both": ({"title": "Intro"}, {"title": "intro"}),
    "nothing but punctuation": (
        {"title": "!!!", "artists": ["???"]},
        {"title": "!!!", "artists": ["???"]},
    ),
}
TWO = {
    "other Spotify ids": (SONG | {"spotify_id": S1}, SONG | {"spotify_id": S2}),
    "other Spotify ids, same ISRC": (
        SONG | {"spotify_id": S1, "isrc": "GBAYE0000001"},
        SONG | {"spotify_id": S2, "isrc": "GBAYE0000001"},
    ),
    "other ISRCs": (SONG | {"isrc": "GBAYE0000001"}, SONG | {"isrc": "GBAYE0000002"}),
    "other data set ids": (SONG | {"source_id": "fma:2"}, SONG | {"source_id": "fma:3"}),
    "length beyond two seconds": (SONG, SONG | {"duration_ms": 202_001}),
    "other artists": (SONG, SONG | {"artists": ["Ann"]}),
    "other titles": (SONG, SONG | {"title": "Homes"}),
    "other punctuation, and nothing else": (
        {"title": "!!!", "artists": ["A"]},
        {"title": "???", "artists": ["A"]},
    ),
}


@pytest.mark.parametrize("pair", ONE.values(), ids=ONE)
def test_one_recording(add: Callable[..., Any], pair: Any) -> None:
    report = add(*pair)
    assert (report.kept, report.merged) == (1, 1)


@pytest.mark.parametrize("pair", TWO.values(), ids=TWO)
def test_two_recordings(add: Callable[..., Any], pair: Any) -> None:
    report = add(*pair)
    assert (report.kept, report.merged) == (2, 0)


def told_apart(row: dict[str, Any], mark: str) -> dict[str, Any]:
    """Return a row that cannot meet a row of another mark."""
    marked = {
        name: f"{value}{mark}"
        for name, value in row.items()
        if name in IDENTIFIERS or (name == "title" and not row.get("artists"))
    }
    if row.get("artists"):
        marked["artists"] = [f"{name} {mark}" for name in row["artists"]]
    return row | marked


@pytest.mark.parametrize("first", [0, 1])
def test_it_does_not_matter_when_rows_come_nor_in_which_order(
    catalog: Catalog, add: Callable[..., Any], first: int
) -> None:
    pairs = [*ONE.values(), *TWO.values()]
    for which in (first, 1 - first):
        add(*(told_apart(pair[which], f"x{i}") for i, pair in enumerate(pairs)))
    assert catalog.count_tracks() == len(ONE) + 2 * len(TWO)


def test_a_row_without_ids_joins_one_of_several_versions(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add(SONG | {"spotify_id": S1}, SONG | {"spotify_id": S2})
    report = add(SONG | {"tempo": 120.0})
    assert (report.kept, report.merged) == (0, 1)
    assert catalog.read_tracks(["spotify_id", "tempo"]).rows()[0][1:] == (S1, 120.0)


def test_rows_that_contradict_each_other_do_not_meet_in_a_third(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add(SONG | {"spotify_id": S1}, SONG | {"mbid": "m-1"}, SONG | {"mbid": "m-2"})
    tracks = catalog.read_tracks(["spotify_id", "mbid"])
    assert tracks.height == 2
    assert tracks["mbid"].sort().to_list() == ["m-1", "m-2"]


def test_lengths_link_in_chains(catalog: Catalog, add: Callable[..., Any]) -> None:
    add(*(SONG | {"duration_ms": ms} for ms in (200_000, 203_000, 201_500, 210_000)))
    assert sorted(catalog.read_tracks(["duration_ms"])["duration_ms"]) == [201_500, 210_000]


def test_a_title_never_makes_one_of_two_known_tracks(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add(SONG | {"duration_ms": 200_000}, SONG | {"duration_ms": 203_000})
    before = catalog.read_tracks(["track_id"])
    add(SONG | {"duration_ms": 201_500})
    assert catalog.read_tracks(["track_id"]).equals(before)


def test_ids_can_show_that_two_known_tracks_are_one(
    catalog: Catalog, add: Callable[..., Any], query: Callable[..., Any]
) -> None:
    add({"spotify_id": S1, "title": "Home", "genres": ["folk"], "playlist_id": "p"})
    add(
        {
            "isrc": "GBAYE0000001",
            "title": "Casa",
            "genres": ["pop"],
            "playlist_id": "p",
            "liked": True,
        }
    )
    kept = catalog.read_tracks(["track_id"])["track_id"][0]
    report = add({"spotify_id": S1, "isrc": "GBAYE0000001"})
    tracks = catalog.read_tracks(["spotify_id", "isrc", "genres", "title", "in_library"])
    assert tracks.rows() == [(kept, S1, "GBAYE0000001", ["folk", "pop"], "Casa", True)]
    assert query("SELECT track_id, kind FROM feedback") == [(kept, "like")]
    assert query("SELECT track_id FROM playlist_tracks") == [(kept,)]
    assert "Tracks that turned out to be the same as an earlier one: 1." in report.notes


def test_track_ids_are_the_same_on_every_machine(catalog: Catalog, add: Callable[..., Any]) -> None:
    add(
        SONG | {"spotify_id": S1, "isrc": "GBAYE0000001"},
        {"isrc": "GBAYE0000002"},
        {"mbid": "m-1"},
        {"source_id": "fma:2"},
    )
    names = [f"spotify:{S1}", "isrc:GBAYE0000002", "mbid:m-1", "source:fma:2"]
    assert catalog.read_tracks([])["track_id"].to_list() == [
        hashlib.sha256(name.encode()).hexdigest()[:16] for name in names
    ]


def test_a_track_keeps_its_id_when_it_gets_stronger_ids(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add(SONG)
    before = catalog.read_tracks([])
    add(SONG | {"mbid": "m-1"})
    add(SONG | {"spotify_id": S1, "mbid": "m-1"})
    assert catalog.read_tracks([]).equals(before)


def test_a_row_finds_its_track_after_the_length_drifted_away(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    for ms in (200_000, 201_900, 203_800):
        add(SONG | {"duration_ms": ms})
    report = add(SONG | {"duration_ms": 200_000})
    assert report.kept == 0
    assert catalog.count_tracks() == 1


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "spotify_id": st.sampled_from([None, None, S1, S2]),
            "isrc": st.sampled_from([None, None, "I1", "I2"]),
            "mbid": st.sampled_from([None, None, "M1", "M2"]),
            "source_id": st.sampled_from([None, None, "x:1"]),
            "title": st.sampled_from([None, "Home", "home!", "Away"]),
            "artists": st.sampled_from([None, ["Ann"], ["ANN"]]),
            "duration_ms": st.sampled_from([None, 200_000, 201_500, 203_000, 300_000]),
            "genres": st.sampled_from([None, ["folk"], ["pop", "folk"]]),
            "tempo": st.sampled_from([None, 90.0, 120.0]),
        }
    ),
    min_size=1,
    max_size=7,
)


def counted(report: ImportReport) -> bool:
    return report.read == report.kept + report.merged + report.dropped.total()


def check_second_import(rows: list[dict[str, Any]], make_batch: Callable[..., Batch]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(Path(folder) / "catalog.duckdb")
        first = catalog.add([make_batch(rows)], ImportReport(read=len(rows)))
        tracks = catalog.read_tracks()
        again = catalog.add([make_batch(rows)], ImportReport(read=len(rows)))
        for report in (first, again):
            assert report.read == report.kept + report.merged + report.dropped.total()
        assert (again.kept, dict(again.changed)) == (0, {})
        assert catalog.read_tracks().equals(tracks)
    assert tracks["track_id"].n_unique() == tracks.height
    for one, other in combinations(tracks.to_dicts(), 2):
        shared = [name for name in IDENTIFIERS if one[name] and other[name]]
        assert not shared or one[shared[0]] != other[shared[0]]
    for rank, name in enumerate(IDENTIFIERS):
        strongest = {r[name] for r in rows if r[name] and not any(r[s] for s in IDENTIFIERS[:rank])}
        assert strongest <= set(tracks[name])


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=ROWS)
def test_a_second_import_changes_nothing(make_batch: Callable[..., Batch], rows: Any) -> None:
    check_second_import(rows, make_batch)


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=ROWS)
def test_many_second_imports_change_nothing(make_batch: Callable[..., Batch], rows: Any) -> None:
    check_second_import(rows, make_batch)


def test_no_track_holds_two_values_of_an_identifier(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    report = add({"spotify_id": S1, "isrc": "I1"}, {"spotify_id": S1, "isrc": "I2"}, {"isrc": "I2"})
    assert catalog.read_tracks(["spotify_id", "isrc"]).select("spotify_id", "isrc").rows() == [
        (S1, "I1"),
        (None, "I2"),
    ]
    assert any("keeps its first" in note for note in report.notes)


def test_many_rows_of_one_song_are_matched_fast(catalog: Catalog) -> None:
    n = 20_000
    rows = pl.DataFrame(
        {
            "title": ["Intro"] * n,
            "artists": [["Various"]] * n,
            "source_id": [f"x:{i}" for i in range(n)],
        }
    )
    assert catalog.add([Batch(rows)], ImportReport(read=n)).kept == n

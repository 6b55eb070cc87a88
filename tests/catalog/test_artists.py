"""Artists, their genres, and what their tracks inherit."""

from collections.abc import Callable
from typing import Any

from partsong.catalog import Catalog

ANN, BO = "a" * 22, "b" * 22


def artists(query: Callable[[str], Any]) -> list[Any]:
    return query("SELECT artist_id, name, genres, followers FROM artists ORDER BY artist_id")


def test_artists_are_known_by_id_else_by_name(
    catalog: Catalog, add: Callable[..., Any], query: Callable[..., Any]
) -> None:
    add(
        {"title": "x", "artists": ["Ann", "Bo"], "artist_keys": [ANN, None]},
        {"title": "y", "artists": ["BO!"]},
    )
    assert [row[:2] for row in artists(query)] == [(ANN, "Ann"), ("name:bo", "BO!")]
    assert catalog.read_tracks(["artist_ids"])["artist_ids"].to_list() == [
        [ANN, "name:bo"],
        ["name:bo"],
    ]


def test_tracks_inherit_the_genres_of_all_their_artists(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add(
        {"title": "x", "artists": ["Ann", "Bo"], "artist_keys": [ANN, BO]},
        {"title": "y", "artists": ["Cy"]},
        artists=[
            {"artist_id": ANN, "genres": ["pop", "folk"]},
            {"artist_id": BO, "genres": ["folk", "jazz"]},
            {"artist_id": None, "name": "CY", "genres": ["ska"]},
        ],
    )
    inherited = catalog.read_tracks(["artist_genres"])["artist_genres"].to_list()
    assert inherited == [["folk", "jazz", "pop"], ["ska"]]


def test_later_genres_reach_tracks_of_earlier_imports(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add({"title": "x", "artists": ["Ann"], "artist_keys": [ANN]})
    add(
        {"title": "y", "artists": ["Bo"], "artist_keys": [BO]},
        artists=[{"artist_id": ANN, "genres": ["folk"]}],
    )
    assert catalog.read_tracks(["artist_genres"])["artist_genres"].to_list() == [["folk"], None]


def test_newer_facts_win_and_missing_ones_replace_nothing(
    add: Callable[..., Any], query: Callable[..., Any]
) -> None:
    song = {"title": "x", "artists": ["Ann"], "artist_keys": [ANN]}
    add(song, artists=[{"artist_id": ANN, "name": "Ann", "genres": ["folk"], "followers": 10}])
    add(song, artists=[{"artist_id": ANN, "name": "Ann B.", "genres": ["pop"], "followers": None}])
    assert artists(query) == [(ANN, "Ann B.", ["folk", "pop"], 10)]


def test_a_row_without_an_id_speaks_of_every_artist_of_that_name(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add(
        {"title": "x", "artists": ["Ann"], "artist_keys": [ANN]},
        {"title": "y", "artists": ["Ann"], "artist_keys": [BO]},
        artists=[{"artist_id": None, "name": "ann", "genres": ["folk"]}],
    )
    assert catalog.read_tracks(["artist_genres"])["artist_genres"].to_list() == [["folk"]] * 2


def test_artists_whom_no_track_mentions_are_not_kept(
    add: Callable[..., Any], query: Callable[..., Any]
) -> None:
    report = add({"title": "x", "artists": ["Ann"]}, artists=[{"artist_id": BO, "name": "Bo"}])
    assert [row[1] for row in artists(query)] == ["Ann"]
    assert "Artists left out because no track mentions them: 1." in report.notes


def test_an_artist_who_gets_an_id_keeps_the_genres_of_the_name(
    catalog: Catalog, add: Callable[..., Any], query: Callable[..., Any]
) -> None:
    song = {"title": "x", "artists": ["Ann"], "isrc": "GBAYE0000001"}
    add(song, artists=[{"artist_id": None, "name": "Ann", "genres": ["folk"]}])
    add(song | {"artist_keys": [ANN]})
    assert artists(query) == [(ANN, "Ann", ["folk"], None)]
    assert catalog.read_tracks(["artist_genres"])["artist_genres"].to_list() == [["folk"]]


def test_artist_ids_outlive_a_source_without_them(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    song = {"title": "x", "isrc": "GBAYE0000001"}
    add(song | {"artists": ["Ann"], "artist_keys": [ANN]})
    add(song | {"artists": ["ANN"]})
    assert catalog.read_tracks(["artists", "artist_ids"]).rows()[0][1:] == (["ANN"], [ANN])
    add(song | {"artists": ["Bo", "Cy"]})
    assert catalog.read_tracks(["artist_ids"])["artist_ids"].to_list() == [["name:bo", "name:cy"]]

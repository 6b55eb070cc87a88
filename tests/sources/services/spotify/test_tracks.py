"""Songs as rows: whatever may be absent, odd or no song at all."""

import pytest
from spotify.fake_api import EPISODE, LOCAL_FILE, features, song, song_id

from partsong.rows import ImportReport
from partsong.sources.services.spotify.tracks import Rows


@pytest.fixture
def rows():
    return Rows(ImportReport())


def test_a_song_comes_whole(rows):
    (row,) = rows.songs([{"track": song(5)}], heard=True, liked=True).tracks.to_dicts()
    assert row == {
        "line": 1,
        "spotify_id": song_id(5),
        "title": "Song 5",
        "artists": ["Artist 5", "Artist 305"],
        "artist_keys": ["005Artistxxxxxxxxxxxxx", "305Artistxxxxxxxxxxxxx"],
        "album": "Album 5",
        "release_date": "2011-06-30",
        "isrc": "GBAAA0000005",
        "explicit": False,
        "popularity": 5,
        "duration_ms": 155_000,
        "heard": True,
        "liked": True,
    }


def test_songs_of_every_kind_of_app_differ_in_popularity_alone(rows):
    new, old = (rows.songs([song(5, kind)]).tracks.drop("line") for kind in ("new", "old"))
    assert new["popularity"].to_list() == [None]
    assert new.drop("popularity").equals(old.drop("popularity"))


def test_dates_stay_as_precise_as_they_are_known(rows):
    dates = rows.songs([song(number) for number in range(3)]).tracks["release_date"]
    assert dates.to_list() == ["1987", "1999-04", "2011-06-30"]


def test_what_is_no_song_is_left_out_and_counted(rows):
    disguised = {"track": song(2) | {"episode": True, "track": False}}
    nameless = {"track": {"type": "track"}}
    entries = [{"track": None}, {"item": EPISODE}, {"item": song(1)}, nameless, disguised]
    assert rows.songs(entries).tracks["title"].to_list() == ["Song 1"]
    assert rows.report.read == 5
    assert rows.report.dropped == {"no longer there": 1, "podcast episode": 2, "no title": 1}


def test_a_file_of_ones_own_is_kept_by_title_artist_and_length(rows):
    (row,) = rows.songs([{"item": LOCAL_FILE}]).tracks.to_dicts()
    assert (row["title"], row["artists"], row["duration_ms"]) == ("Demo", ["My Band"], 200_000)
    assert row["spotify_id"] is row["artist_keys"] is row["popularity"] is None
    rows.note_remarks()
    assert rows.report.notes == ["files of your own, kept by title, artist and length: 1 row"]


def test_songs_without_an_isrc_are_counted(rows):
    assert rows.songs([song(49), song(50)]).tracks["isrc"].to_list() == [None, "GBAAA0000050"]
    rows.note_remarks()
    assert rows.report.notes == ["without an ISRC: 1 row"]


@pytest.mark.parametrize(
    "odd",
    [
        {"album": None, "external_ids": None, "artists": None},
        {"album": "x", "external_ids": [], "artists": [None, {}, {"name": None, "id": 3}]},
        {"duration_ms": "long", "popularity": True, "explicit": "no"},
        {"duration_ms": 0, "popularity": 400, "id": "too short", "external_ids": {"isrc": "?"}},
    ],
)
def test_odd_values_become_missing(rows, odd):
    (row,) = rows.songs([song(1) | odd]).tracks.to_dicts()
    assert row["title"] == "Song 1"
    names = {"external_ids": "isrc", "id": "spotify_id"}
    assert all(row[names.get(name, name)] is None for name in odd)


def test_a_song_is_filed_under_the_id_that_was_asked_for(rows):
    batch = rows.songs([song(8)], spotify_ids=[song_id(7)], only_known=True)
    assert batch.tracks["spotify_id"].to_list() == [song_id(7)]
    assert batch.only_known


def test_features_are_joined_by_id_in_whatever_order_they_come(rows):
    ids = [song_id(number) for number in (1, 2, 5, 4)]  # of 5 nothing is known
    found = [features(number) for number in (4, 1, 2)]
    batch = rows.features(ids, found)
    assert batch.tracks["spotify_id"].to_list() == [ids[0], ids[1], ids[3]]
    assert batch.tracks["tempo"].to_list() == [91.0, 92.0, 94.0]
    assert batch.only_known
    assert (batch.source, batch.analysis) == ("spotify", "spotify")
    assert rows.report.dropped == {"no audio features at Spotify": 1}


def test_an_analysis_that_failed_is_not_taken_for_zeros(rows):
    (row,) = rows.features([song_id(3)], [features(3)]).tracks.to_dicts()
    lost = ("tempo", "time_signature", "danceability", "speechiness", "valence")
    assert all(row[name] is None for name in lost)
    assert row["acousticness"] == 0.3
    assert sum(rows.report.set_missing.values()) == len(lost)


def test_a_page_of_nothing_is_an_empty_batch(rows):
    assert rows.songs([]).tracks.is_empty()
    assert rows.features([], []).tracks.is_empty()
    assert rows.report.read == 0

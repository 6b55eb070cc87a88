"""Libraries of iTunes and Music, with what they hold beside music."""

import plistlib
from datetime import datetime

import polars as pl
import pytest

from partsong.catalog import Catalog
from partsong.errors import UnreadableFileError
from partsong.sources.exports import itunes
from partsong.sources.exports.itunes import open_itunes

PLAYED = datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - plists give their times so, in UTC


@pytest.fixture
def read(tmp_path):
    """Write a library, read it, and return its track rows, its playlist rows and the report."""

    def write_and_read(tracks, playlists=()):
        file = tmp_path / "Library.xml"
        library = {
            "Major Version": 1,
            "Tracks": {
                str(number): {"Track ID": number, **track} for number, track in tracks.items()
            },
            "Playlists": list(playlists),
        }
        file.write_bytes(plistlib.dumps(library))
        source = open_itunes([file])
        batches = [batch.tracks for batch in source.batches()]
        empty = pl.DataFrame()
        songs = [rows for rows in batches if "playlist" not in rows.columns]
        listed = [rows for rows in batches if "playlist" in rows.columns]
        return (songs or [empty])[0], (listed or [empty])[0], source.report

    return write_and_read


def test_a_track_with_everything(read):
    tracks, _, report = read(
        {
            7: {
                "Name": "Ça ira <b>",
                "Artist": "Édith & Co",
                "Album Artist": "Various",
                "Album": "Rouge",
                "Genre": "Chanson",
                "Total Time": 187_558,
                "Year": 1954,
                "BPM": 96,
                "Play Count": 3,
                "Play Date UTC": PLAYED,
                "Explicit": True,
                "Location": "file://localhost/C:/Music/%C3%87a%20ira.mp3",
            }
        }
    )
    assert tracks.drop("line").to_dicts() == [
        {
            "title": "Ça ira <b>",
            "artists": ["Édith & Co"],
            "album": "Rouge",
            "genres": ["Chanson"],
            "duration_ms": 187_558,
            "release_date": "1954",
            "explicit": True,
            "tempo": 96.0,
            "path": "C:\\Music\\Ça ira.mp3",
            "played_at": PLAYED,
            "liked": None,
            "heard": True,
        }
    ]
    assert report.read == 1
    assert not report.problems


@pytest.mark.parametrize(
    ("said", "liked"),
    [
        ({"Loved": True, "Rating": 20}, True),
        ({"Favorited": True}, True),
        ({"Disliked": True, "Rating": 100}, False),
        ({"Rating": 80}, True),
        ({"Rating": 60}, None),
        ({"Rating": 20}, False),
        ({"Rating": 0}, None),
        ({"Rating": 100, "Rating Computed": True}, None),
        ({"Rating": "100"}, None),
        ({}, None),
    ],
)
def test_hearts_and_stars(read, said, liked):
    tracks, _, _ = read({1: {"Name": "A", "Artist": "B", **said}})
    assert tracks["liked"].to_list() == [liked]


def test_what_is_no_music_is_left_out_and_counted(read):
    tracks, _, report = read(
        {
            1: {"Name": "Talk", "Podcast": True},
            2: {"Name": "Film", "Movie": True, "Has Video": True},
            3: {"Name": "Series", "TV Show": True},
            4: {"Name": "Clip", "Has Video": True},
            5: {"Name": "Radio", "Track Type": "URL", "Location": "http://radio.example/1"},
            6: {"Name": "Song", "Artist": "A", "Podcast": False},
            7: {"Artist": "Nobody knows what"},
        }
    )
    assert tracks["title"].to_list() == ["Song"]
    assert report.dropped == {
        "a podcast": 1,
        "a film or a TV programme": 2,
        "a video": 1,
        "a stream": 1,
        "neither title nor id": 1,
    }
    assert report.read == 7


def test_an_unset_tempo_or_year_is_missing_without_a_word(read):
    tracks, _, report = read({1: {"Name": "A", "Artist": "B", "BPM": 0, "Year": 0}})
    assert tracks.select("tempo", "release_date").row(0) == (None, None)
    assert not report.set_missing


def test_the_album_artist_stands_in_for_an_artist_and_no_one_for_both(read):
    tracks, _, _ = read({1: {"Name": "A", "Album Artist": "B"}, 2: {"Name": "C"}})
    assert tracks["artists"].to_list() == [["B"], None]


def test_own_playlists_keep_their_order_and_smart_ones_stay_out(read):
    songs = {number: {"Name": f"Song {number}", "Artist": "A"} for number in (1, 2, 3)}
    items = [{"Track ID": 3}, {"Track ID": 1}, {"Track ID": 99}]
    _, listed, report = read(
        {**songs, 4: {"Name": "Talk", "Podcast": True}},
        [
            {"Name": "Library", "Master": True, "Playlist Items": items},
            {"Name": "Music", "Distinguished Kind": 4, "Playlist Items": items},
            {"Name": "Mine", "Playlist Persistent ID": "AB", "Playlist Items": items},
            {"Name": "A folder", "Folder": True, "Playlist Items": items},
            {"Name": "Top 25", "Smart Info": b"x", "Playlist Items": items},
            {"Name": "Also", "Playlist Items": [{"Track ID": 4}, {"Track ID": 2}, "?"]},
            {"Name": "Empty"},
            "no playlist",
        ],
    )
    assert listed.select("playlist_id", "playlist", "title").rows() == [
        ("itunes:AB", "Mine", "Song 3"),
        ("itunes:AB", "Mine", "Song 1"),
        ("itunes:Also", "Also", "Song 2"),
    ]
    assert report.dropped["in a playlist, but no music of this library"] == 2
    assert any("1 smart playlist" in note for note in report.notes)


def test_a_track_stands_once_in_the_catalog_however_many_playlists_name_it(tmp_path):
    file = tmp_path / "Library.xml"
    track = {"Name": "Surf", "Artist": "The Beach", "Total Time": 180_000, "Play Date UTC": PLAYED}
    lists = [{"Name": name, "Playlist Items": [{"Track ID": 1}]} for name in "AB"]
    file.write_bytes(plistlib.dumps({"Tracks": {"1": track}, "Playlists": lists}))
    catalog = Catalog(tmp_path / "music.duckdb")
    source = open_itunes([file])
    report = catalog.add(source.batches(), source.report)
    assert (report.read, report.kept, report.merged, report.listens) == (3, 1, 2, 1)
    assert catalog.read_tracks(["title", "in_library"])["in_library"].to_list() == [True]
    assert catalog.list_playlists()["n_tracks"].to_list() == [1, 1]


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?><plist version="1.0"><dict><key>Tracks</key>',
        plistlib.dumps({"Library": 1}),
        plistlib.dumps({"Tracks": []}),
        plistlib.dumps([1]),
        b'<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "aa">]><plist><dict/></plist>',
        b'<?xml version="1.0"?><plist><integer>many</integer></plist>',
        b'<?xml version="1.0"?><plist><dict><string>no key</string></dict></plist>',
        b'<?xml version="1.0"?><plist><date>2026-99-99T00:00:00Z</date></plist>',
        b'<?xml version="1.0"?><plist></plist>',
    ],
)
def test_what_is_no_library_is_refused_with_a_hint(tmp_path, content):
    file = tmp_path / "Library.xml"
    file.write_bytes(content)
    with pytest.raises(UnreadableFileError, match=r"Library\.xml") as caught:
        open_itunes([file])
    assert "Export" in caught.value.hint


def test_values_of_the_wrong_type_harm_nothing(read):
    tracks, listed, report = read(
        {
            1: {"Name": 311, "Artist": ["x"], "Album": True, "Total Time": "long", "BPM": -7},
            2: {"Name": "B", "Artist": "C", "Total Time": 2**62, "Year": 99999, "Location": "x"},
        },
        [{"Name": "P", "Playlist Items": {"Track ID": 1}}, {"Name": 7, "Playlist Items": [1]}],
    )
    assert tracks["title"].to_list() == ["311", "B"]
    assert tracks["artists"].to_list() == [None, ["C"]]
    assert tracks["duration_ms"].to_list() == [None, None]
    assert tracks["path"].to_list() == [None, None]
    assert listed.is_empty()
    assert report.set_missing["duration_ms: not a number"] == 1


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    file = tmp_path / "Library.xml"
    file.write_bytes(plistlib.dumps({"Tracks": {}}))
    monkeypatch.setattr(itunes, "_MOST_BYTES", 10)
    with pytest.raises(UnreadableFileError, match="larger than"):
        open_itunes([file])

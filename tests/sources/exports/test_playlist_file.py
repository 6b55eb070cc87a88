"""Playlist files as imports: what they name, and what the catalog knows of it."""

import json

import pytest

from partsong.errors import UnknownLayoutError, UnreadableFileError
from partsong.playlists import PlaylistEntry
from partsong.sources.exports.playlist_file import open_playlist_files

ID = "2i2gDpKKWjvnRTOZRhaPh2"


@pytest.fixture
def read(tmp_path):
    """Write a playlist file and return its rows and the report."""

    def write_and_read(name, text, **options):
        file = tmp_path / name
        file.write_text(text, "utf-8")
        source = open_playlist_files([file], **options)
        rows = [row for batch in source.batches() for row in batch.tracks.to_dicts()]
        return rows, source.report

    return write_and_read


def test_an_entry_with_a_name_or_an_id_is_a_track_that_was_heard(read):
    rows, report = read(
        "mix.m3u8",
        "#EXTM3U\n#PLAYLIST:Sea & sun\n#EXTINF:180,The Beach - Surf\n/music/surf.mp3\n"
        f"spotify:track:{ID}\n",
    )
    assert [(row["title"], row["artists"], row["spotify_id"]) for row in rows] == [
        ("Surf", ["The Beach"], None),
        (None, None, ID),
    ]
    assert rows[0]["duration_ms"] == 180_000
    assert rows[0]["path"] == "/music/surf.mp3"
    assert {(row["playlist_id"], row["playlist"], row["heard"]) for row in rows} == {
        ("file:Sea & sun", "Sea & sun", True)
    }
    assert (report.read, report.dropped.total()) == (2, 0)


def test_what_names_no_track_is_dropped_with_its_reason(read):
    rows, report = read(
        "mix.m3u",
        "unknown.mp3\nhttp://radio.example/1\n#EXTINF:1,Only a title\nx.mp3\n"
        "#EXTINF:1,A - B\ny.mp3\n",
    )
    assert [row["title"] for row in rows] == ["B"]
    assert report.dropped == {
        "a file that no known track is": 1,
        "an address on the net, not a file": 1,
        "a title without an artist": 1,
    }
    assert report.read == 4
    assert {problem.file for problem in report.problems} == {"mix.m3u"}
    assert "Only a title" in {problem.value for problem in report.problems}


def test_what_is_known_of_an_entry_takes_its_place(read):
    def complete(entries):
        return [
            PlaylistEntry(title="Surf", artists=("The Beach",), path=entry.path)
            for entry in entries
        ]

    rows, report = read("mix.m3u", "surf.mp3\n", complete=complete)
    assert [(row["title"], row["artists"]) for row in rows] == [("Surf", ["The Beach"])]
    assert not report.dropped


def test_a_value_that_is_no_id_is_missing_and_shown(read):
    document = {"playlist": {"track": [{"title": "A", "creator": "B", "identifier": "urn:isrc:7"}]}}
    rows, report = read("mix.jspf", json.dumps(document))
    assert [(row["title"], row["isrc"]) for row in rows] == [("A", None)]
    assert report.read == 1


def test_a_list_of_lines_and_an_unknown_name(read):
    rows, _ = read("mix.txt", "Surf - The Beach\n")
    assert rows[0]["artists"] == ["The Beach"]
    with pytest.raises(UnknownLayoutError):
        read("mix.wpl", "x")
    with pytest.raises(UnreadableFileError):
        read("mix.xspf", "<playlist")

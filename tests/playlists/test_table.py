"""Tables of other programs, and tables as spreadsheets get them."""

import csv
import re

import pytest

from partsong.errors import UnknownLayoutError, UnreadableFileError
from partsong.playlists import PlaylistEntry, write_playlist_file

EXPORTIFY = (
    '"Track URI","Track Name","Album Name","Artist Name(s)","Release Date","Duration (ms)"\r\n'
    '"spotify:track:0LSLM0zuWRkEYemF7JcfEE","One, Two","An ""Album""","A;B","2001","215000"\r\n'
    '"spotify:local:x:y:z:1","Local","","C","",""\r\n'
)


def test_exportify(read):
    found = read("a.csv", EXPORTIFY)
    first, local = found.entries
    assert first == PlaylistEntry(
        title="One, Two",
        artists=("A", "B"),
        album='An "Album"',
        duration_ms=215_000,
        spotify_id="0LSLM0zuWRkEYemF7JcfEE",
    )
    assert (local.title, local.spotify_id) == ("Local", None)
    (problem,) = found.problems
    assert (problem.line, problem.column, problem.value) == (
        3,
        "spotify_id",
        "spotify:local:x:y:z:1",
    )


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_any_delimiter(mark, read):
    text = f"Song{mark}Artist{mark}Length\nSurf{mark}The Beach{mark}3:05\n"
    (entry,) = read("a.csv", text).entries
    assert (entry.title, entry.artists, entry.duration_ms) == ("Surf", ("The Beach",), 185_000)


def test_a_data_sets_track_id_is_spotifys(read):
    ids = ["0LSLM0zuWRkEYemF7JcfEE", "22809972f8cb25f6"]
    spotify, ours = read("a.csv", "track_id\n" + "\n".join(ids)).entries
    assert (spotify.spotify_id, spotify.track_id) == (ids[0], None)
    assert (ours.spotify_id, ours.track_id) == (None, ids[1])


def test_all_bad_rows_are_told_at_once(read):
    text = 'title,isrc\nA,USRC17607839\nB\n"C\nD",no\n,\nE,1,2\n,no\n'
    found = read("a.csv", text)
    assert [entry.title for entry in found.entries] == ["A", "C\nD"]
    assert [(problem.line, problem.column) for problem in found.problems] == [
        (3, ""),
        (4, "isrc"),
        (7, ""),
        (8, "isrc"),
        (8, ""),
    ]


@pytest.mark.parametrize("text", ["tempo,energy\n1,2\n", "artist,album\nA,B\n", "just a line\n"])
def test_a_table_of_something_else_is_told(text, read):
    with pytest.raises(UnknownLayoutError, match="no column that names tracks"):
        read("a.csv", text)


def test_a_quote_that_never_closes_is_told_with_its_line(read):
    with pytest.raises(UnreadableFileError, match=re.escape("from line 3 on")):
        read("a.csv", 'title\nA\n"B\nC\n')


def test_what_looks_like_a_formula_is_left_as_it_is(tmp_path):
    entry = PlaylistEntry(title="=1+1", artists=("@me", "-you"))
    path = write_playlist_file([entry], tmp_path / "a.csv")
    with path.open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["title"], row["artists"]) == ("=1+1", "@me; -you")

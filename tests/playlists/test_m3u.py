"""M3U as players write and read it."""

import pytest

from partsong.errors import UnreadableFileError
from partsong.playlists import PlaylistEntry, write_playlist_file

VLC = """#EXTM3U
#EXTINF:371,Sigur Rós - Hoppípolla
../Takk/03%20Hopp.flac
#EXTINF:-1,Radio
http://radio.example/stream
"""

FOOBAR = "\ufeff#\r\nC:\\Music\\Björk\\Jóga.mp3\r\n\\\\nas\\music\\b.ogg\r\nOld\\c.wv\r\n"

NAVIDROME = """#EXTM3U
#PLAYLIST:Sunday, slow
#EXTINF:212.6,Nick Drake - Place to Be
Nick Drake/Pink Moon/02 - Place to Be.opus
"""

KODI = """#EXTM3U
#EXTART:Demo Artist
#EXTALB:Demo Album
#EXTINF:5,demo
/music/demo.mp3
"""

RHYTHMBOX = "#EXTM3U\n#EXTINF:200,Title\nfile:///music/A%20-%20B/%C3%A4.mp3\n"

MOPIDY = """#EXTM3U
#EXTINF:0,One
spotify:track:0LSLM0zuWRkEYemF7JcfEE
#EXTINF:0,Two
https://open.spotify.com/intl-de/track/0LSLM0zuWRkEYemF7JcfEE?si=1
local:track:a.mp3
"""


def test_vlc(read, tmp_path):
    found = read("a.m3u", VLC)
    song, radio = found.entries
    assert (song.title, song.artists, song.duration_ms) == ("Hoppípolla", ("Sigur Rós",), 371_000)
    assert song.path == str(tmp_path.parent / "Takk/03%20Hopp.flac")
    assert (radio.title, radio.path, radio.duration_ms) == ("Radio", None, None)
    assert found.name == "a"


def test_foobar2000(read, tmp_path):
    assert [entry.path for entry in read("a.m3u8", FOOBAR).entries] == [
        "C:\\Music\\Björk\\Jóga.mp3",
        "\\\\nas\\music\\b.ogg",
        str(tmp_path / "Old/c.wv"),
    ]


def test_navidrome(read, tmp_path):
    found = read("a.m3u8", NAVIDROME)
    (entry,) = found.entries
    assert found.name == "Sunday, slow"
    assert entry.duration_ms == 212_600
    assert entry.path == str(tmp_path / "Nick Drake/Pink Moon/02 - Place to Be.opus")


def test_kodi(read):
    (entry,) = read("a.m3u", KODI).entries
    assert (entry.title, entry.artists, entry.album) == ("demo", ("Demo Artist",), "Demo Album")


def test_rhythmbox(read):
    (entry,) = read("a.m3u", RHYTHMBOX).entries
    assert entry.path == "/music/A - B/ä.mp3"


def test_mopidy(read):
    found = read("a.m3u8", MOPIDY)
    assert [entry.spotify_id for entry in found.entries] == ["0LSLM0zuWRkEYemF7JcfEE"] * 2
    (problem,) = found.problems
    assert (problem.line, problem.value) == (6, "local:track:a.mp3")


def test_attributes_before_the_title(read):
    line = '#EXTINF:30 tvg-id="a,b" group="c",An Artist - A Title\nx.mp3\n'
    (entry,) = read("a.m3u", line).entries
    assert (entry.title, entry.artists, entry.duration_ms) == ("A Title", ("An Artist",), 30_000)


def test_old_files_are_read_as_windows_wrote_them(read):
    assert read("a.m3u", b"#EXTINF:1,Bj\xf6rk \x96 x\na.mp3\n").entries[0].title == "Björk – x"


def test_m3u8_that_is_no_utf8_is_told_with_its_line(read):
    with pytest.raises(UnreadableFileError, match="byte 0xf6 in line 2"):
        read("a.m3u8", b"#EXTM3U\n#EXTINF:1,Bj\xf6rk\na.mp3\n")


def test_a_title_is_never_a_line_of_its_own(tmp_path):
    title = "song\n/etc/passwd\n#EXTINF:10,Other - Track\r\nhttp://evil.example/"
    entry = PlaylistEntry(title=title, artists=(title,), album=title, path="/music/a\nb.mp3")
    path = write_playlist_file([entry], tmp_path / "a.m3u8", name=title)
    lines = path.read_text("utf-8").split("\n")
    assert [line for line in lines if not line.startswith("#")] == ["file:///music/a%0Ab.mp3", ""]
    assert sum(line.startswith("#EXTINF") for line in lines) == 1


def test_no_comment_is_too_long_for_a_player(tmp_path):
    long = "🎶" * 5_000
    entry = PlaylistEntry(title=long, artists=(long, long), album=long)
    path = write_playlist_file([entry], tmp_path / "a.m3u8", name=long)
    assert max(map(len, path.read_bytes().split(b"\n"))) < 1_024


def test_files_below_the_playlist_are_named_from_there(read, tmp_path):
    inside, outside = str(tmp_path / "#1/x.mp3"), str(tmp_path.parent / "y.mp3")
    entries = [PlaylistEntry(path=inside), PlaylistEntry(path=outside)]
    path = write_playlist_file(entries, tmp_path / "a.m3u8")
    assert path.read_text("utf-8").split("\n")[4] == "./#1/x.mp3"
    moved = tmp_path / "moved"
    moved.mkdir()
    back = read("moved/a.m3u8", path.read_bytes())
    assert [entry.path for entry in back.entries] == [str(moved / "#1/x.mp3"), outside]


def test_a_moved_path_counts_more_than_what_partsong_noted(read):
    text = '#EXTM3U\n#EXTINF:1,A - B\n#PARTSONG:{"title":"B","artists":["A"]}\n/new/b.mp3\n'
    (entry,) = read("a.m3u8", text).entries
    assert (entry.title, entry.path) == ("B", "/new/b.mp3")


@pytest.mark.parametrize("record", ["{", "[]", '{"title": 5, "artists": "x"}', "[" * 5_000])
def test_a_broken_note_costs_the_note_alone(record, read):
    found = read("a.m3u8", f"#EXTINF:1,A - B\n#PARTSONG:{record}\n/b.mp3\n/c.mp3\n")
    assert [entry.path for entry in found.entries] == ["/b.mp3", "/c.mp3"]
    assert found.entries[0].title in {"B", None}

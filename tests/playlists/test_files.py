"""Bounds, names and the disk: a playlist file is read whole, and written whole or not at all."""

import os
import subprocess
import sys

import pytest

from partsong.errors import OutputError, UnknownLayoutError, UnreadableFileError
from partsong.playlists import (
    FORMATS,
    PlaylistEntry,
    files,
    gathering,
    read_playlist_file,
    write_playlist_file,
)

SURF = PlaylistEntry(title="Surf")


def test_an_unknown_ending_is_told_with_those_known(tmp_path):
    with pytest.raises(UnknownLayoutError) as read:
        read_playlist_file(tmp_path / "list.pls")
    with pytest.raises(OutputError) as written:
        write_playlist_file([SURF], tmp_path / "list.pls")
    for error in (read, written):
        assert all(suffix in error.value.hint for suffix in FORMATS)


def test_endings_may_be_in_capitals(tmp_path):
    path = write_playlist_file([SURF], tmp_path / "LIST.M3U8")
    assert read_playlist_file(path).entries == (SURF,)


@pytest.mark.parametrize("suffix", FORMATS)
def test_missing_empty_and_folders_are_told(suffix, tmp_path):
    path = tmp_path / f"list{suffix}"
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        read_playlist_file(path)
    path.write_text("\n \n", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="is empty"):
        read_playlist_file(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        read_playlist_file(path)
    with pytest.raises(OutputError, match="cannot be written"):
        write_playlist_file([SURF], path)


def test_music_under_a_playlists_name_is_told(read):
    with pytest.raises(UnreadableFileError, match="binary"):
        read("a.m3u", b"ID3\x03" + bytes(range(256)) * 20)


@pytest.mark.parametrize("suffix", [".m3u8", ".xspf", ".jspf", ".csv", ".txt"])
def test_both_ways_are_bounded(suffix, tmp_path, monkeypatch):
    path = write_playlist_file([SURF] * 3, tmp_path / f"a{suffix}")
    before = path.read_bytes()
    monkeypatch.setattr(gathering, "MOST_ENTRIES", 2)
    monkeypatch.setattr(files, "MOST_ENTRIES", 2)
    with pytest.raises(UnreadableFileError, match="more than 2 tracks"):
        read_playlist_file(path)
    with pytest.raises(OutputError, match="too many"):
        write_playlist_file([SURF] * 3, path)
    monkeypatch.setattr(files, "MOST_BYTES", 5)
    with pytest.raises(UnreadableFileError, match="larger than"):
        read_playlist_file(path)
    with pytest.raises(OutputError, match="too many"):
        write_playlist_file([SURF], path)
    assert path.read_bytes() == before


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    path = write_playlist_file([SURF], tmp_path / "a.m3u8")
    before = path.read_bytes()

    def fail(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OutputError, match="No space left"):
        write_playlist_file([SURF, SURF], path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["a.m3u8"]


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is of POSIX")
def test_a_killed_writer_leaves_no_half_a_file(tmp_path):
    path = write_playlist_file([SURF], tmp_path / "a.csv")
    before = path.read_bytes()
    code = (
        "import os, sys, signal; from partsong.playlists import *;"
        "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL);"
        "write_playlist_file([PlaylistEntry(title='x')] * 1000, sys.argv[1])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == -9
    assert path.read_bytes() == before


def test_folders_on_the_way_are_made(tmp_path):
    path = write_playlist_file([SURF], tmp_path / "new" / "folder" / "a.txt")
    assert path.read_text("utf-8") == "# a\nSurf\n"


def test_an_entry_names_a_track():
    with pytest.raises(ValueError, match="needs a title, a path or an id"):
        PlaylistEntry(title=" ", artists=("Someone",), album="An Album")

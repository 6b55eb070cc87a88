"""Reading a text as a playlist file, and writing one to read it again."""

import pytest

from partsong.playlists import read_playlist_file, write_playlist_file


@pytest.fixture
def read(tmp_path):
    """Return a function that reads text, or bytes, as a file of some name."""

    def read_as(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return read_playlist_file(path)

    return read_as


@pytest.fixture
def again(tmp_path):
    """Return a function that writes entries and reads them again."""

    def write_and_read(entries, suffix, name=None):
        path = write_playlist_file(entries, tmp_path / f"list{suffix}", name=name)
        return read_playlist_file(path)

    return write_and_read

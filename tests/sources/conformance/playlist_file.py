"""A playlist as VLC writes it, and one that breaks off."""

from contextlib import contextmanager

from partsong.sources.exports.playlist_file import open_playlist_files

NAME = "playlist-file"


@contextmanager
def example(folder):
    file = folder / "mix.m3u8"
    file.write_text(
        "#EXTM3U\n#EXTINF:180,The Beach - Surf\nsurf.mp3\nunknown.mp3\n"
        "#EXTINF:-1,\nspotify:track:2i2gDpKKWjvnRTOZRhaPh2\n",
        "utf-8",
    )
    yield lambda: open_playlist_files([file])


@contextmanager
def broken(folder):
    file = folder / "mix.xspf"
    file.write_text('<playlist xmlns="http://xspf.org/ns/0/"><trackList><track>', "utf-8")
    yield lambda: open_playlist_files([file])

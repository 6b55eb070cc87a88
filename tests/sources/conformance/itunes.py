"""A library of iTunes: two songs, a podcast, a playlist; and one that breaks off."""

import plistlib
from contextlib import contextmanager
from datetime import datetime

from partsong.sources.exports.itunes import open_itunes

NAME = "itunes"

LIBRARY = {
    "Tracks": {
        "1": {
            "Name": "Surf",
            "Artist": "The Beach",
            "Genre": "Surf",
            "Total Time": 180_000,
            "BPM": 120,
            "Loved": True,
            "Play Date UTC": datetime(2026, 1, 2, 3, 4, 5),  # noqa: DTZ001 - as plists have it
        },
        "2": {"Name": "Solas", "Artist": "Jamie Duffy", "Total Time": 150_000, "Rating": 20},
        "3": {"Name": "News", "Podcast": True},
    },
    "Playlists": [
        {
            "Name": "Sea",
            "Playlist Persistent ID": "A1",
            "Playlist Items": [{"Track ID": 2}, {"Track ID": 1}],
        }
    ],
}


@contextmanager
def example(folder):
    file = folder / "Library.xml"
    file.write_bytes(plistlib.dumps(LIBRARY))
    yield lambda: open_itunes([file])


@contextmanager
def broken(folder):
    file = folder / "Library.xml"
    file.write_bytes(plistlib.dumps(LIBRARY)[:-200])
    yield lambda: open_itunes([file])

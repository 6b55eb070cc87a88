"""A library of beets with features of three measures, and one that is damaged."""

import sqlite3
from contextlib import closing, contextmanager

from partsong.sources.exports.beets import open_beets

NAME = "beets"


def write_library(file):
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(
            "CREATE TABLE items (id INTEGER PRIMARY KEY, path BLOB, title TEXT, artist TEXT,"
            " album TEXT, genre TEXT, length REAL, year INTEGER, month INTEGER, day INTEGER,"
            " bpm INTEGER, mb_trackid TEXT, isrc TEXT)"
        )
        connection.execute("CREATE TABLE item_attributes (entity_id INTEGER, key TEXT, value TEXT)")
        for number in range(1, 7):
            connection.execute(
                "INSERT INTO items VALUES (?, ?, ?, 'A', 'B', 'Rock', 180.5, 1999, 0, 0, 120, ?, '')",
                [
                    number,
                    f"/music/{number}.mp3".encode(),
                    f"Song {number}",
                    f"{number:08x}-0000-4000-8000-000000000000",
                ],
            )
        connection.executemany(
            "INSERT INTO item_attributes VALUES (?, ?, ?)",
            [
                (1, "spotify_energy", "0.5"),
                (2, "mood_happy", "0.25"),
                (3, "last_played", "1760000000.5"),
                (4, "rating", "5"),
            ],
        )
        connection.commit()


@contextmanager
def example(folder):
    file = folder / "library.db"
    write_library(file)
    yield lambda: open_beets([file])


@contextmanager
def broken(folder):
    file = folder / "library.db"
    write_library(file)
    data = bytearray(file.read_bytes())
    data[4096 : 4096 + 64] = b"\xff" * 64
    file.write_bytes(data)
    yield lambda: open_beets([file])

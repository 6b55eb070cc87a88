"""Libraries of beets of several versions, read beside beets itself."""

import hashlib
import sqlite3
from contextlib import closing
from datetime import datetime
from itertools import pairwise

import polars as pl
import pytest

from partsong.errors import UnreadableFileError
from partsong.schema import AUDIO_FEATURES
from partsong.sources.exports.beets import is_beets_library, open_beets
from partsong.sources.exports.musical_key import read_musical_key

MBID = "0f9a5b1c-1234-4abc-8def-0123456789ab"
ID = "2i2gDpKKWjvnRTOZRhaPh2"
SEVERAL = "\\\u2400"
OLD = (
    "id INTEGER PRIMARY KEY, path BLOB, album_id INTEGER, title TEXT, artist TEXT, album TEXT,"
    " genre TEXT, year INTEGER, month INTEGER, day INTEGER, bpm INTEGER, mb_trackid TEXT,"
    " initial_key TEXT, length REAL"
)
NEW = OLD.replace("genre TEXT", "genres TEXT, artists TEXT, isrc TEXT")


@pytest.fixture
def write(tmp_path):
    """Write a library of beets; return its path."""

    def write_library(*items, columns=NEW, attributes=()):
        file = tmp_path / "library.db"
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(f"CREATE TABLE items ({columns})")
            connection.execute(
                "CREATE TABLE item_attributes (id INTEGER PRIMARY KEY, entity_id INTEGER,"
                " key TEXT, value TEXT, UNIQUE(entity_id, key) ON CONFLICT REPLACE)"
            )
            for item in items:
                names, marks = ", ".join(item), ", ".join("?" * len(item))
                connection.execute(
                    f"INSERT INTO items ({names}) VALUES ({marks})",
                    list(item.values()),
                )
            connection.executemany(
                "INSERT INTO item_attributes (entity_id, key, value) VALUES (?, ?, ?)", attributes
            )
            connection.commit()
        return file

    return write_library


def read(file):
    source = open_beets([file])
    batches = list(source.batches())
    rows = {row["title"]: row for batch in batches for row in batch.tracks.to_dicts()}
    analyses = {
        title: batch.analysis for batch in batches for title in batch.tracks["title"].to_list()
    }
    return rows, analyses, source.report


def item(number=1, **values):
    return {"id": number, "title": "Surf", "artist": "The Beach", "length": 180.25, **values}


def test_a_track_of_a_new_library(write):
    rows, analyses, report = read(
        write(
            item(
                path="/music/Süd/1.mp3".encode(),
                artists=SEVERAL.join(["The Beach", "Sun; Sea"]),
                genres=SEVERAL.join(["Surf", "R&B"]),
                album="Sea",
                year=1964,
                month=7,
                bpm=120,
                initial_key="C#m",
                mb_trackid=MBID,
                isrc="USRC17607839;USRC17607840",
            )
        )
    )
    row = rows["Surf"]
    assert row["artists"] == ["The Beach", "Sun; Sea"]
    assert row["genres"] == ["R&B", "Surf"]
    assert (row["release_date"], row["duration_ms"]) == ("1964", 180_250)
    assert (row["mbid"], row["isrc"], row["path"]) == (MBID, "USRC17607839", "/music/Süd/1.mp3")
    assert (row["tempo"], row["key"], row["mode"]) == (120.0, 1, 0)
    assert row["heard"] is True
    assert analyses == {"Surf": "tags"}
    assert not report.problems


def test_a_track_of_an_old_library_with_hardly_a_column(write):
    rows, _, _ = read(write(item(genre="Rock, Surf; Pop", year=1964, month=7, day=3), columns=OLD))
    assert rows["Surf"]["artists"] == ["The Beach"]
    assert rows["Surf"]["genres"] == ["Pop", "Rock", "Surf"]
    assert rows["Surf"]["release_date"] == "1964-07-03"
    assert rows["Surf"]["isrc"] is None


def test_features_are_of_one_measure_each_and_say_whose(write):
    spotify = dict.fromkeys(AUDIO_FEATURES, "0.5") | {
        "key": "7.0",
        "mode": "1",
        "loudness": "-6.5",
        "tempo": "99.5",
        "time_signature": "4",
    }
    rows, analyses, report = read(
        write(
            item(1, title="Spotify's", bpm=120, initial_key="Am"),
            item(2, title="AcousticBrainz's", bpm=121, initial_key="B minor"),
            item(3, title="Tagged", bpm=122),
            item(4, title="Bare", bpm=0),
            attributes=[
                *((1, f"spotify_{name}", value) for name, value in spotify.items()),
                (1, "spotify_track_popularity", "61"),
                (1, "danceable", "0.9"),
                (2, "danceable", "0.25"),
                (2, "mood_acoustic", "0.5"),
                (2, "mood_happy", "0.75"),
                (2, "voice_instrumental", "voice"),
                (3, "spotify_energy", ""),
            ],
        )
    )
    assert analyses == {
        "Spotify's": "spotify",
        "AcousticBrainz's": "acousticbrainz",
        "Tagged": "tags",
        "Bare": "tags",
    }
    one, two = rows["Spotify's"], rows["AcousticBrainz's"]
    assert (one["tempo"], one["key"], one["danceability"], one["popularity"]) == (99.5, 7, 0.5, 61)
    assert (two["tempo"], two["key"], two["mode"]) == (121.0, 11, 0)
    assert (two["danceability"], two["acousticness"], two["valence"]) == (0.25, 0.5, 0.75)
    assert two["instrumentalness"] is None
    assert rows["Tagged"]["tempo"] == 122.0
    assert rows["Bare"]["tempo"] is None
    assert not report.set_missing
    assert report.read == 4


def test_an_id_of_spotifys_in_place_of_musicbrainzs(write):
    rows, _, report = read(
        write(
            item(1, title="A", mb_trackid=ID),
            item(2, title="B", mb_trackid=ID.lower()),
            item(3, title="C", mb_trackid="1234567"),
            attributes=[(1, "data_source", "Spotify"), (3, "spotify_track_id", ID)],
        )
    )
    ids = {title: (row["spotify_id"], row["mbid"]) for title, row in rows.items()}
    assert ids == {"A": (ID, None), "B": (None, None), "C": (ID, None)}
    assert not report.set_missing


def test_plays_and_stars(write):
    rows, _, _ = read(
        write(
            *(item(number, title=str(number)) for number in range(1, 7)),
            attributes=[
                (1, "last_played", "1760000000.5"),
                (2, "itunes_lastplayed", "1760000000"),
                (2, "itunes_rating", "100"),
                (3, "rating", "5"),
                (4, "rating", "0.98"),
                (5, "itunes_rating", "40"),
                (6, "rating", "nan"),
                (6, "last_played", "1e300"),
            ],
        )
    )
    played = datetime(2025, 10, 9, 8, 53, 20)  # noqa: DTZ001 - the catalog's times are UTC
    assert rows["1"]["played_at"] == played.replace(microsecond=500_000)
    assert rows["2"]["played_at"] == played
    assert rows["6"]["played_at"] is None
    liked = {title: row["liked"] for title, row in rows.items()}
    assert liked == {"1": None, "2": True, "3": True, "4": None, "5": None, "6": None}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (b"/music/a.mp3", "/music/a.mp3"),
        (rb"C:\Music\a.mp3", r"C:\Music\a.mp3"),
        (b"Artist/Album/a.mp3", None),
        (b"/music/\xff.mp3", None),
        (None, None),
        (7, None),
    ],
)
def test_paths_are_taken_where_they_say_where(write, path, expected):
    rows, _, _ = read(write(item(path=path)))
    assert rows["Surf"]["path"] == expected


def test_text_that_is_no_text_harms_nothing(write):
    file = write(item(title="Surf", length="long", year="x", bpm="fast", initial_key="H#7"))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE items SET album = CAST(x'ff41' AS TEXT), artist = x'00'")
        connection.commit()
    rows, _, report = read(file)
    assert rows["Surf"]["album"] == "\ufffdA"
    assert rows["Surf"]["artists"] is None
    assert rows["Surf"]["duration_ms"] is None
    assert report.read == 1


def test_the_library_stays_untouched_and_unlocked_while_beets_has_it_open(write):
    file = write(item())
    before = hashlib.sha256(file.read_bytes()).digest(), file.stat().st_mtime_ns
    with closing(sqlite3.connect(file)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        batches = open_beets([file]).batches()
        rows = next(batches)
        other.execute("ROLLBACK")
    assert rows.tracks["title"].to_list() == ["Surf"]
    batches.close()
    assert (hashlib.sha256(file.read_bytes()).digest(), file.stat().st_mtime_ns) == before
    assert [path.name for path in file.parent.iterdir()] == ["library.db"]


def test_a_transaction_in_the_middle_is_noticed(write):
    file = write(item())
    with closing(sqlite3.connect(file, isolation_level=None)) as beets:
        beets.execute("PRAGMA cache_size = 1")
        beets.execute("BEGIN")
        beets.execute("UPDATE items SET title = 'Half'")
        beets.execute("PRAGMA cache_spill = 1")
        with pytest.raises(UnreadableFileError, match="being written"):
            open_beets([file])
        beets.execute("ROLLBACK")
    assert read(file)[0].keys() == {"Surf"}


def test_what_is_no_library_of_beets(tmp_path):
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE items (a)")
    text = tmp_path / "text.db"
    text.write_text("SQLite format 3\x00 and no more", "utf-8")
    assert not is_beets_library(other)
    assert not is_beets_library(text)
    assert not is_beets_library(tmp_path / "nothing.db")


def test_names_of_files_are_no_options_of_the_database(write, tmp_path):
    file = write(item()).rename(tmp_path / "a?mode=rw#%20.db")
    assert read(file)[0].keys() == {"Surf"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("C", (0, 1)),
        ("c minor", (0, 0)),
        ("F#m", (6, 0)),
        ("Gb", (6, 1)),
        ("Cb major", (11, 1)),
        ("B♭ maj", (10, 1)),
        ("8B", (0, 1)),
        ("5A", (0, 0)),
        ("1b", (11, 1)),
        ("12a", (1, 0)),
        ("o", None),
        ("13A", None),
        ("H", None),
        ("", None),
    ],
)
def test_keys(text, expected):
    assert read_musical_key(text) == expected


def test_the_wheel_goes_round_in_fifths():
    majors = [read_musical_key(f"{hour}B") for hour in range(1, 13)]
    minors = [read_musical_key(f"{hour}A") for hour in range(1, 13)]
    assert pl.Series([key for key, _ in majors]).n_unique() == 12
    for (major, _), (following, _) in pairwise(majors):
        assert (following - major) % 12 == 7
    assert all(
        (major - minor) % 12 == 3 for (major, _), (minor, _) in zip(majors, minors, strict=True)
    )

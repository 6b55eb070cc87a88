"""A planted catalog with a library, versions of its songs, and a playlist, for recommendations."""

import shutil

import polars as pl
import pytest

import partsong as ps
from partsong.rows import Batch, ImportReport

SOUND = ("danceability", "energy", "loudness", "speechiness", "acousticness", "instrumentalness",
         "liveness", "valence", "tempo", "key", "mode", "time_signature")  # fmt: skip
OWNED = [f"Hush Song {number}" for number in range(10)]
VERSIONS = [
    # title, artist, album, what its sound is copied from
    ("Hush Song 3 - Live", "Hush Artist 3", "On Stage", "Hush Song 3"),
    ("Hush Song 3 (Slowed + Reverb)", "Hush Artist 3", None, "Hush Song 3"),
    ("Hush Song 3 (Karaoke Version)", "Sing Along", "Karaoke Hits", "Hush Song 3"),
    ("Hush Song 3", "Somebody Else", "Another Song", "Hush Song 3"),
]


@pytest.fixture(scope="session")
def music(planted_tracks, tmp_path_factory):
    """Three planted kinds; ten hush songs in the library, versions of one, a playlist of two moods."""
    folder = tmp_path_factory.mktemp("music")
    planted_tracks.write_csv(folder / "songs.csv")
    path = folder / "music.duckdb"
    ps.import_files([folder / "songs.csv"], catalog=path)
    store = ps.Catalog(path)
    known = {row["title"]: row for row in store.read_tracks().iter_rows(named=True)}

    def add(rows, **options):
        frame = pl.DataFrame(rows).with_row_index("line", 2).with_columns(pl.col("line").cast(int))
        store.add([Batch(frame)], ImportReport(files=["made-up"], read=len(rows)), **options)

    def like(title, artists, album, sound):
        own = {name: known[sound][name] for name in (*SOUND, "duration_ms")}
        return {"title": title, "artists": artists, "album": album, "popularity": 50, **own}

    names = {name: {"title": name, "artists": row["artists"]} for name, row in known.items()}
    add([names[title] for title in OWNED], library=True)
    add([like(title, [artist], album, sound) for title, artist, album, sound in VERSIONS])
    mixed = [f"{kind} Song {number}" for kind in ("Hush", "Thrash") for number in range(20, 28)]
    add([names[title] | {"playlist": "Two moods"} for title in mixed])
    ps.fit_parts(catalog=path, n_components=3)
    add([{"title": "Silence", "artists": ["Nobody"], "key": 3}])
    return path


@pytest.fixture
def own_music(music, tmp_path):
    """The same, to be changed."""
    shutil.copy(music, tmp_path / "music.duckdb")
    ignored = shutil.ignore_patterns("last-*")
    shutil.copytree(music.with_suffix(".models"), tmp_path / "music.models", ignore=ignored)
    return tmp_path / "music.duckdb"

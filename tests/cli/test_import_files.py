"""Files of every kind through the one command, beside each other and again."""

import json
import plistlib
import sqlite3
import zipfile
from contextlib import closing

import polars as pl
import pytest

from partsong import workflow
from partsong.catalog import Catalog
from partsong.errors import CatalogMissingError, SourceError

HISTORY = [
    {
        "ts": "2026-01-02T03:04:05Z",
        "ms_played": 180_000,
        "master_metadata_track_name": "Surf",
        "master_metadata_album_artist_name": "The Beach",
        "master_metadata_album_album_name": "Sea",
        "spotify_track_uri": "spotify:track:2i2gDpKKWjvnRTOZRhaPh2",
    }
]
TABLE = "spotify_id,title,artist,tempo\n2i2gDpKKWjvnRTOZRhaPh2,Surf,The Beach,120\n"
FEATURES = (
    "spotify_id,energy,valence,tempo\n2i2gDpKKWjvnRTOZRhaPh2,0.5,0.25,99\n"
    "26hOm7dTtBi0TdpDGl141t,0.5,0.5,100\n"
)


@pytest.fixture
def mixed(tmp_path):
    """A file of each kind, all of them about the same song and one each of their own."""
    (tmp_path / "mine.csv").write_text(TABLE)
    (tmp_path / "mix.m3u8").write_text(
        "#EXTM3U\n#EXTINF:180,The Beach - Surf\nsurf.mp3\n#EXTINF:90,List - Mix\nmix.mp3\n", "utf-8"
    )
    tracks = {
        "1": {"Name": "Surf", "Artist": "The Beach", "Loved": True},
        "2": {"Name": "Tune", "Artist": "I"},
    }
    lists = [{"Name": "Sea", "Playlist Items": [{"Track ID": 1}]}]
    (tmp_path / "Library.xml").write_bytes(plistlib.dumps({"Tracks": tracks, "Playlists": lists}))
    with closing(sqlite3.connect(tmp_path / "library.db")) as connection:
        connection.execute("CREATE TABLE items (id INTEGER, title, artist, album, length)")
        connection.execute("INSERT INTO items VALUES (1, 'Surf', 'The Beach', 'Sea', 180)")
        connection.execute("INSERT INTO items VALUES (2, 'Root', 'Beet', 'Red', 120)")
        connection.commit()
    with zipfile.ZipFile(tmp_path / "my_spotify_data.zip", "w") as archive:
        archive.writestr(
            "Spotify Extended Streaming History/Streaming_History_Audio_2026_0.json",
            json.dumps(HISTORY),
        )
    return tmp_path


NAMES = ("mine.csv", "my_spotify_data.zip", "Library.xml", "library.db", "mix.m3u8")


def test_all_kinds_are_one_import(mixed):
    catalog = mixed / "music.duckdb"
    report = workflow.import_files([mixed / name for name in NAMES], catalog=catalog)
    assert report.layout == "table + spotify-export + itunes + beets + playlist-file"
    assert report.read == report.kept + report.merged + report.dropped.total()
    store = Catalog(catalog)
    tracks = store.read_tracks(["title", "artists", "in_library"]).sort("title")
    assert tracks["title"].to_list() == ["Mix", "Root", "Surf", "Tune"]
    assert tracks["in_library"].to_list() == [True] * 4
    assert len(store.imports()) == 1
    assert report.listens == 1
    assert store.list_playlists()["name"].to_list() == ["Sea", "mix"]

    again = workflow.import_files([mixed / name for name in NAMES], catalog=catalog)
    assert (again.kept, again.listens) == (0, 0)
    assert store.read_tracks(["title", "artists", "in_library"]).sort("title").equals(tracks)
    assert store.list_playlists()["n_tracks"].to_list() == [1, 2]


def test_one_file_that_cannot_be_read_leaves_everything_as_it_was(mixed):
    catalog = mixed / "music.duckdb"
    (mixed / "broken.xspf").write_text("<playlist>")
    with pytest.raises(SourceError, match=r"broken\.xspf"):
        workflow.import_files([mixed / name for name in (*NAMES, "broken.xspf")], catalog=catalog)
    assert not catalog.exists()


def test_a_playlist_of_files_means_the_tracks_whose_files_they_are(tmp_path):
    catalog = tmp_path / "music.duckdb"
    (tmp_path / "songs.csv").write_text(
        f"title,artist,duration_s,path\nSurf,The Beach,200,{tmp_path}/1.mp3\n"
        f"Solas,Jamie & Duffy,100,{tmp_path}/2.mp3\n"
    )
    (tmp_path / "mix.m3u").write_text("2.mp3\n1.mp3\n3.mp3\n")
    workflow.import_files([tmp_path / "songs.csv"], catalog=catalog)
    report = workflow.import_files([tmp_path / "mix.m3u"], catalog=catalog)
    assert (report.kept, report.merged) == (0, 2)
    assert report.dropped == {"a file that no known track is": 1}
    store = Catalog(catalog)
    listed = store.read_playlist("mix")["track_id"].to_list()
    titles = store.read_tracks_by_id(listed, ["title"])["title"].to_list()
    assert titles == ["Solas", "Surf"]


def test_features_fill_what_is_missing_and_replace_nothing(tmp_path):
    catalog = tmp_path / "music.duckdb"
    (tmp_path / "mine.csv").write_text(TABLE)
    (tmp_path / "measured.csv").write_text(FEATURES)
    with pytest.raises(CatalogMissingError):
        workflow.import_files([tmp_path / "measured.csv"], catalog=catalog, only_features=True)
    workflow.import_files([tmp_path / "mine.csv"], catalog=catalog)
    report = workflow.import_files([tmp_path / "measured.csv"], catalog=catalog, only_features=True)
    assert (report.read, report.kept, report.merged) == (2, 0, 1)
    assert report.dropped == {"no such track in the catalog": 1}
    assert not report.changed
    store = Catalog(catalog)
    tracks = store.read_tracks(["title", "tempo", "energy", "valence", "in_library"])
    assert tracks.drop("track_id", strict=False).rows() == [("Surf", 120.0, 0.5, 0.25, False)]
    said = store.read_track_sources(["source", "analysis", "tempo"])
    assert {("table", 120.0), ("measured", 99.0)} == {
        (row["source"], row["tempo"]) for row in said.to_dicts()
    }


@pytest.mark.parametrize("wishes", [{"source": "mine"}, {"only_features": True, "library": True}])
def test_wishes_that_contradict_each_other(tmp_path, wishes):
    with pytest.raises(SourceError) as caught:
        workflow.import_files([tmp_path / "mine.csv"], catalog=tmp_path / "x.duckdb", **wishes)
    assert "--" in caught.value.hint


def test_the_program_takes_a_folder_and_says_what_it_left_out(partsong):
    folder = partsong.folder / "lists"
    folder.mkdir()
    (folder / "mine.csv").write_text(TABLE)
    (folder / "cover.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    answer = partsong.json("import", "lists")
    assert (answer["layout"], answer["kept"]) == ("table", 1)
    assert any("cover.png" in note for note in answer["notes"])
    (partsong.folder / "measured.csv").write_text(FEATURES)
    answer = partsong.json("import", "measured.csv", "--only-features", "--source", "ear")
    assert (answer["merged"], answer["dropped"]) == (1, 1)


def test_a_hostile_title_travels_as_text(tmp_path):
    title = "[red]'; DROP TABLE tracks; --\u202e<b>"
    track = {"Name": title, "Artist": "A"}
    (tmp_path / "Library.xml").write_bytes(plistlib.dumps({"Tracks": {"1": track}}))
    catalog = tmp_path / "music.duckdb"
    workflow.import_files([tmp_path / "Library.xml"], catalog=catalog)
    tracks = Catalog(catalog).read_tracks(["title"])
    assert tracks["title"].to_list() == [title]
    assert isinstance(tracks, pl.DataFrame)

"""Paths of every kind, told apart by what is in them, and folders of them."""

import gzip
import json
import plistlib
import sqlite3
import zipfile
from contextlib import closing

import pytest

from partsong.errors import SourceError, UnreadableFileError
from partsong.sources import TableOptions, open_files
from partsong.sources.opening import find_kind

TABLE = "title,artist,tempo\nSurf,The Beach,120\n"
M3U = "#EXTM3U\n#EXTINF:180,The Beach - Surf\nsurf.mp3\n"
XSPF = (
    '<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track>'
    "<title>Surf</title><creator>The Beach</creator></track></trackList></playlist>"
)
JSPF = json.dumps({"playlist": {"track": [{"title": "Surf", "creator": "The Beach"}]}})
PLIST = plistlib.dumps({"Tracks": {"1": {"Name": "Surf", "Artist": "The Beach"}}})
LIBRARY = json.dumps({"tracks": [{"artist": "The Beach", "album": "Sea", "track": "Surf"}]})


def make_beets(path):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE items (id INTEGER, title, artist, album, length)")
        connection.execute("INSERT INTO items VALUES (1, 'Surf', 'The Beach', 'Sea', 180)")
        connection.commit()
    return path


def make_export(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("Spotify Account Data/YourLibrary.json", LIBRARY)
    return path


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.csv", TABLE, "table"),
        ("no ending", TABLE, "table"),
        ("a.txt", TABLE, "table"),
        ("a.txt", "Surf - The Beach\nSolas - Jamie Duffy\n", "playlist-file"),
        ("a.csv.gz", gzip.compress(TABLE.encode(), mtime=0), "table"),
        ("a.m3u8", M3U, "playlist-file"),
        ("a.M3U", M3U, "playlist-file"),
        ("a.xspf", XSPF, "playlist-file"),
        ("a.jspf", JSPF, "playlist-file"),
        ("a.json", JSPF, "playlist-file"),
        ("a.json", '{"title": "Surf", "tempo": 120}\n', "table"),
        ("Library.xml", PLIST, "itunes"),
        ("renamed.csv", PLIST, "itunes"),
        ("with a mark.xml", b"\xef\xbb\xbf" + PLIST, "itunes"),
    ],
)
def test_a_file_is_what_it_holds(tmp_path, name, content, kind):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    assert find_kind(path) == kind
    (source,) = open_files([path]).sources
    assert [batch.tracks["title"][0] for batch in source.batches()] == ["Surf"]


def test_databases_and_archives_are_looked_into(tmp_path):
    assert find_kind(make_beets(tmp_path / "anything.csv")) == "beets"
    assert find_kind(make_export(tmp_path / "anything.csv.zip")) == "spotify-export"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (XSPF.encode(), "XML, but no library"),
        (b"bplist00" + bytes(40), "binary property list"),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "PNG"),
        (b"<!DOCTYPE html><title>Sign in</title>", "web page"),
        (b"ID3" + bytes(99), "audio"),
        (b"SQLite format 3\x00" + bytes(99), "SQLite database, and not one of beets"),
        (b"PK\x03\x04" + bytes(99), "ZIP archive that is no"),
    ],
)
def test_what_is_nothing_of_the_kind_is_named_with_a_hint(tmp_path, content, message):
    path = tmp_path / "what.dat"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=message) as caught:
        open_files([path])
    assert caught.value.hint


def test_another_programs_database_is_refused(tmp_path):
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (title)")
    with pytest.raises(UnreadableFileError, match="not one of beets"):
        open_files([path])


def test_files_of_one_kind_are_one_source_and_kinds_keep_their_order(tmp_path):
    (tmp_path / "a.m3u").write_text(M3U)
    (tmp_path / "b.csv").write_text(TABLE)
    (tmp_path / "c.csv").write_text("title,artist\nSolas,Jamie Duffy\n")
    (tmp_path / "d.xml").write_bytes(PLIST)
    (tmp_path / "e.xspf").write_text(XSPF)
    make_beets(tmp_path / "f.db")
    opened = open_files(
        [tmp_path / name for name in ("a.m3u", "b.csv", "c.csv", "d.xml", "e.xspf", "f.db")]
    )
    assert [source.report.layout for source in opened.sources] == [
        "playlist-file",
        "table",
        "itunes",
        "beets",
    ]
    assert [source.report.files for source in opened.sources][:2] == [
        ["a.m3u", "e.xspf"],
        ["b.csv", "c.csv"],
    ]
    assert opened.notes == ()


def test_a_folder_gives_what_can_be_read_and_names_the_rest(tmp_path):
    folder = tmp_path / "lists"
    (folder / "deeper").mkdir(parents=True)
    (folder / "b.csv").write_text(TABLE)
    (folder / "a.m3u8").write_text(M3U)
    (folder / "cover.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(99))
    (folder / "broken.xspf").write_text("<playlist>")
    (folder / ".hidden").write_text("x")
    opened = open_files([folder])
    assert [source.report.files for source in opened.sources] == [["a.m3u8"], ["b.csv"]]
    notes = "\n".join(opened.notes)
    assert "cover.png is a PNG picture" in notes
    assert "broken.xspf" in notes
    assert "deeper" in notes
    assert ".hidden" not in notes


def test_a_folder_full_of_music_does_not_fill_the_report(tmp_path):
    (tmp_path / "mix.m3u").write_text(M3U)
    for number in range(30):
        (tmp_path / f"{number}.mp3").write_bytes(b"ID3" + bytes(99))
    assert len(open_files([tmp_path]).notes) == 11
    assert "20 more files" in open_files([tmp_path]).notes[-1]


def test_a_folder_with_nothing_in_it_is_refused(tmp_path):
    with pytest.raises(UnreadableFileError, match="nothing in the folder"):
        open_files([tmp_path])
    (tmp_path / "a.mp3").write_bytes(b"ID3" + bytes(99))
    with pytest.raises(UnreadableFileError, match="nothing in the folder") as caught:
        open_files([tmp_path])
    assert "a.mp3 is an audio file" in caught.value.hint


def test_the_folder_of_an_export_is_the_export(tmp_path):
    folder = tmp_path / "Spotify Account Data"
    folder.mkdir()
    (folder / "YourLibrary.json").write_text(LIBRARY)
    (source,) = open_files([folder]).sources
    assert source.report.layout == "spotify-export"


@pytest.mark.parametrize(
    ("options", "option"),
    [
        (TableOptions(mapping={"a": "title"}), "--map"),
        (TableOptions(only_features=True), "--only-features"),
    ],
)
def test_what_is_said_of_tables_needs_one(tmp_path, options, option):
    path = tmp_path / "mix.m3u"
    path.write_text(M3U)
    with pytest.raises(SourceError, match=f"^{option} is for tables"):
        open_files([path], tables=options)


def test_only_tables_bring_nothing_but_features(tmp_path):
    (tmp_path / "mix.m3u").write_text(M3U)
    (tmp_path / "a.csv").write_text(TABLE)
    with pytest.raises(SourceError, match=r"mix\.m3u"):
        open_files(
            [tmp_path / "a.csv", tmp_path / "mix.m3u"], tables=TableOptions(only_features=True)
        )


def test_a_named_layout_makes_a_table_of_every_file(tmp_path):
    path = tmp_path / "list.m3u"
    path.write_text(TABLE)
    (source,) = open_files([path], tables=TableOptions(layout="table")).sources
    assert source.report.layout == "table"

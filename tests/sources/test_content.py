"""Files of every kind: read if they are tables, told apart if they are not."""

import gzip
import os
import sqlite3
import zipfile

import polars as pl
import pytest

from partsong.errors import UnreadableFileError
from partsong.sources import open_source
from partsong.sources.tables.survey import FREE_EXPANSION_BYTES

TABLE = "title,artist,tempo\nÀ la folie,Béyoncé,120\n"


@pytest.mark.parametrize(
    ("encoding", "noted"),
    [("utf-8", False), ("utf-8-sig", False), ("utf-16", False), ("cp1252", True)],
)
@pytest.mark.parametrize("packed", [False, True])
def test_encodings(read, encoding, noted, packed):
    content = TABLE.encode(encoding)
    result = read(gzip.compress(content) if packed else content)
    assert result.column("title") == ["À la folie"]
    assert result.column("artists") == [["Béyoncé"]]
    assert any("Windows-1252" in note for note in result.report.notes) == noted


def test_utf_16_of_either_order(read):
    result = read(b"\xfe\xff" + TABLE.encode("utf-16-be"))
    assert result.column("artists") == [["Béyoncé"]]


@pytest.mark.parametrize(
    "content",
    [
        '{"title": "A", "tempo": 120.5, "artists": ["B", "C\'s"]}\n\n{"title": "D", "tempo": null}\n',
        '[{"title": "A", "tempo": 120.5, "artists": ["B", "C\'s"]},\n{"title": "D", "tempo": null}]',
        '{"title": {"0": "A", "1": "D"}, "tempo": {"0": 120.5}, "artists": {"0": ["B", "C\'s"]}}',
    ],
    ids=["lines", "records", "columns"],
)
def test_json(read, content):
    result = read(content, "mine.json")
    assert result.column("title") == ["A", "D"]
    assert result.column("tempo") == [120.5, None]
    assert result.column("artists") == [["B", "C's"], None]


def test_a_broken_line_of_json_is_dropped(read):
    result = read('{"title": "A", "tempo": 1}\n{"title": "B", "te\n{"title": "C", "tempo": 2}\n')
    assert result.column("line") == [1, 3]
    assert result.report.dropped == {"no JSON record": 1}


@pytest.mark.parametrize("content", ["[1, 2]", '{"a": 1', "[" * 100_000])
def test_json_that_is_no_table(write, content):
    with pytest.raises(UnreadableFileError):
        open_source([write("mine.json", content)])


def test_parquet_lines_are_row_numbers_and_types_are_kept(tmp_path):
    path = tmp_path / "table"
    pl.DataFrame(
        {
            "title": ["A", None, "C"],
            "artists": [["x", "y"], ["z"], None],
            "tempo": [120.0, 90.0, float("nan")],
            "release_date": [None, None, "1958"],
            "explicit": [True, None, False],
        },
        schema_overrides={"artists": pl.List(pl.String)},
    ).with_columns(pl.col("title").cast(pl.Categorical)).write_parquet(path)
    source = open_source([path])
    tracks = next(source.batches()).tracks
    assert tracks["line"].to_list() == [1, 3]
    assert tracks["title"].to_list() == ["A", "C"]
    assert tracks["artists"].to_list() == [["x", "y"], None]
    assert tracks["tempo"].to_list() == [120.0, None]
    assert tracks["explicit"].to_list() == [True, False]
    assert not source.report.set_missing


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(b" \n\n", "empty", id="blank"),
        pytest.param(b"\xef\xbb\xbf", "empty", id="only a mark"),
        pytest.param(gzip.compress(b"", mtime=0), "empty", id="empty gzip"),
        pytest.param(b"title,artist,tempo\n", "no rows", id="header only"),
        pytest.param(b"\x89PNG\r\n\x1a\n" + bytes(99), "PNG", id="picture"),
        pytest.param(bytes(range(256)) * 40, "binary", id="binary"),
        pytest.param(TABLE.encode("utf-16-le"), "UTF-16", id="unmarked UTF-16"),
        pytest.param(b"<!DOCTYPE html><title>Sign in</title>", "web page", id="web page"),
        pytest.param(b"version https://git-lfs.github.com/spec/v1\n", "LFS", id="LFS"),
        pytest.param(b"PAR1" + bytes(50), "damaged Parquet", id="Parquet"),
        pytest.param(b"\x1f\x8bnonsense of gzip", "damaged", id="gzip"),
    ],
)
def test_what_is_no_table_is_named_with_a_hint(write, content, message):
    with pytest.raises(UnreadableFileError, match=message) as caught:
        open_source([write("tracks.csv", content)])
    assert "tracks.csv" in str(caught.value)
    assert caught.value.hint


def test_databases_and_archives_are_named(tmp_path):
    database = tmp_path / "tracks.db"
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE t (a)")
    connection.close()
    archive = tmp_path / "tracks.xlsx"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("tracks.csv", TABLE)
    with pytest.raises(UnreadableFileError, match="SQLite"):
        open_source([database])
    with pytest.raises(UnreadableFileError, match="ZIP"):
        open_source([archive])


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(UnreadableFileError, match="no file"):
        open_source([tmp_path / "nothing.csv"])
    with pytest.raises(UnreadableFileError, match="folder"):
        open_source([tmp_path])


def test_a_truncated_gzip_says_how_far_it_got(write):
    lines = "".join(f"title {n},artist {n % 977},{60 + n * 7919 % 100}\n" for n in range(200_000))
    content = gzip.compress(("title,artist,tempo\n" + lines).encode())
    with pytest.raises(UnreadableFileError, match=r"mine\.csv\.gz breaks off after [\d,]{6,} rows"):
        open_source([write("mine.csv.gz", content[: len(content) // 2])])


def test_a_gzip_bomb_is_refused(write):
    bomb = gzip.compress(b"title,tempo\n" + b"a,1\n" * (FREE_EXPANSION_BYTES // 3))
    with pytest.raises(UnreadableFileError, match="times its size"):
        open_source([write("bomb.csv.gz", bomb)])


def test_a_line_without_end_is_refused(write):
    with pytest.raises(UnreadableFileError, match="longer than"):
        open_source([write("endless.csv", b"title,tempo\n" + b"x" * (10 * 2**20))])


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="whoever may do all may read all"
)
def test_a_file_that_may_not_be_read(write):
    path = write("secret.csv", TABLE)
    path.chmod(0)
    with pytest.raises(UnreadableFileError, match="may not be read"):
        open_source([path])

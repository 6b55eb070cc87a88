"""ListenBrainz' export: the same plays and verdicts as from the service, out of a ZIP."""

import json
import zipfile

import pytest
from listenbrainz.fake_listenbrainz import T0, FakeListenBrainz, history, listen, verdict
from listenbrainz.make_export import export_line, write_export

from partsong.errors import UnknownLayoutError
from partsong.sources.exports.listenbrainz_export import open_listenbrainz_export
from partsong.workflow import import_files, import_listenbrainz, open_catalog


def rows_of(source):
    return [row for batch in source.batches() for row in batch.tracks.rows(named=True)]


def contents(catalog):
    store = open_catalog(catalog)
    likes = store.read_feedback().drop("said_at").sort("track_id")
    return store.read_tracks().sort("track_id"), store.read_listens(), likes


def test_it_brings_what_the_service_brings(tmp_path, own_folders, fake_server, monkeypatch):
    listens = history(60, songs=20, seconds=86_400)
    verdicts = [(1, 1), (2, -1)]
    served = FakeListenBrainz(listens=listens, feedback=[verdict(*one) for one in verdicts])
    monkeypatch.setenv("PARTSONG_LISTENBRAINZ_URL", fake_server(served.routes()).url)
    export = write_export(own_folders / "rob.zip", listens, verdicts=verdicts)
    import_listenbrainz("rob", catalog=tmp_path / "service.duckdb", what=["listens", "feedback"])
    report = import_files([export], catalog=tmp_path / "file.duckdb")
    assert report.layout == "listenbrainz-export"
    assert report.listens == 60
    for one, other in zip(
        contents(tmp_path / "file.duckdb"), contents(tmp_path / "service.duckdb"), strict=True
    ):
        assert one.equals(other)


def test_months_come_in_order_and_from_a_folder_as_from_a_zip(tmp_path):
    export = write_export(tmp_path / "rob.zip", history(40, seconds=15 * 86_400))
    with zipfile.ZipFile(export) as archive:
        archive.extractall(tmp_path / "rob")
    rows = rows_of(open_listenbrainz_export([export]))
    assert [row["played_at"] for row in rows] == sorted(row["played_at"] for row in rows)
    assert rows_of(open_listenbrainz_export([tmp_path / "rob"])) == rows


def test_lines_that_say_nothing_are_left_out_and_counted(tmp_path):
    timeless = export_line(listen(2, at=T0)) | {"listened_at": None}
    lines = [json.dumps(export_line(listen(1, at=T0))), "{not json", "", json.dumps(timeless)]
    with zipfile.ZipFile(tmp_path / "rob.zip", "w") as archive:
        archive.writestr("listens/2025/10.jsonl", "\ufeff" + "\n".join(lines))
        verdicts = [{"recording_msid": "unknown", "score": 1}, {"recording_mbid": None}]
        archive.writestr("feedback.jsonl", "\n".join(map(json.dumps, verdicts)))
    source = open_listenbrainz_export([tmp_path / "rob.zip"])
    assert [row["title"] for row in rows_of(source)] == ["Song 1"]
    assert source.report.dropped == {
        "not JSON": 1,
        "no time of play": 1,
        "loved or hated, but not among the listens": 2,
    }
    assert source.report.read == 5


def test_another_zip_is_told_what_is_missing(tmp_path):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("feedback.jsonl", "")
    with pytest.raises(UnknownLayoutError, match=r"other\.zip") as told:
        open_listenbrainz_export([tmp_path / "other.zip"])
    assert "listens/2026/11.jsonl" in told.value.hint

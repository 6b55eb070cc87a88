"""Analyses of the recordings that one has are found in dumps, however they come."""

import io
import json
import sys
import tarfile

import polars as pl
import pytest
from acousticbrainz.make_dump import (
    LOWLEVEL,
    PACKERS,
    RHYTHM,
    TONAL,
    highlevel,
    lowlevel,
    mbid,
    member,
    tar_bytes,
    write_dump,
    write_table,
    zst,
)

from partsong.errors import (
    CatalogMissingError,
    MissingExtraError,
    PartsongError,
    UnknownLayoutError,
    UnreadableFileError,
    UnsafeArchiveError,
)
from partsong.rows import Batch, ImportReport
from partsong.sources import AcousticBrainzSource
from partsong.workflow import import_acousticbrainz, open_catalog

KNOWN = [mbid(number) for number in range(5)]
FEATURES = {
    "danceability": 0.25,
    "acousticness": 0.75,
    "instrumentalness": 0.9,
    "valence": 0.5,
    "energy": 0.375,
    "loudness": -8.5,
    "duration_ms": 106_580,
}


def read(*paths, known=KNOWN):
    source = AcousticBrainzSource(paths, known)
    batches = list(source.batches())
    return pl.concat([batch.tracks for batch in batches]), source.report


@pytest.mark.parametrize("suffix", PACKERS)
def test_a_dump_is_read_as_it_comes(tmp_path, suffix):
    members = [member(number, highlevel(number)) for number in range(3, 40)]
    path = write_dump(tmp_path / f"acousticbrainz-highlevel-json-20220623-0{suffix}", members)
    tracks, report = read(path)
    assert tracks["mbid"].to_list() == [mbid(3), mbid(4)]
    row = tracks.row(0, named=True)
    assert {name: row[name] for name in FEATURES} == pytest.approx(FEATURES)
    assert row["tempo"] is None
    assert row["key"] is None
    assert (report.read, dict(report.dropped)) == (37, {"not in the catalog": 35})


def test_the_rows_fill_only_and_say_whose_measure_they_are(tmp_path):
    path = write_dump(tmp_path / "dump.tar", [member(1, highlevel(1))])
    (batch,) = AcousticBrainzSource([path], KNOWN).batches()
    assert (batch.source, batch.analysis, batch.only_known) == (
        "acousticbrainz",
        "acousticbrainz",
        True,
    )


def test_what_was_measured_comes_from_the_low_level_data(tmp_path):
    path = write_dump(tmp_path / "dump.tar", [member(1, lowlevel(1), kind="lowlevel")])
    tracks, _ = read(path)
    row = tracks.row(0, named=True)
    assert (row["tempo"], row["key"], row["mode"], row["loudness"]) == (120.5, 10, 0, -8.5)
    assert row["danceability"] is None, "the measure of that name there is another"


def test_an_unpacked_dump_and_a_folder_of_dumps_are_read_alike(tmp_path):
    folder = tmp_path / "unpacked"
    for number in range(8):
        name, content = member(number, highlevel(number))
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (folder / "COPYING").write_text("CC0")
    packed = tmp_path / "packed"
    packed.mkdir()
    for part in range(2):
        members = [member(number, highlevel(number)) for number in range(4 * part, 4 * part + 4)]
        write_dump(packed / f"dump-{part}.tar.zst", members)
    (packed / "sha256sums").write_text("0123  dump-0.tar.zst")
    one, other = (read(path) for path in (folder, packed))
    assert one[0].drop("line").equals(other[0].drop("line"))
    assert one[1].read == other[1].read == 8


def test_of_several_analyses_of_a_recording_the_first_counts(tmp_path):
    members = [
        member(1, highlevel(1, danceable=0.75), offset=2),
        member(1, highlevel(1, danceable=0.5), offset=0),
        member(1, highlevel(1, danceable=0.125), offset=10),
    ]
    tracks, report = read(write_dump(tmp_path / "dump.tar", members))
    assert tracks["danceability"].to_list() == [0.5]
    assert dict(report.dropped) == {"another analysis of the same recording": 2}
    assert report.read == 3


def test_high_and_low_level_of_a_recording_are_two_rows(tmp_path):
    high = write_dump(tmp_path / "high.tar", [member(1, highlevel(1))])
    low = write_dump(tmp_path / "low.tar", [member(1, lowlevel(1), kind="lowlevel")])
    tracks, report = read(high, low)
    assert tracks["mbid"].to_list() == [mbid(1), mbid(1)]
    assert report.read == 2
    assert not report.dropped


def test_a_file_under_another_name_says_in_its_tags_what_it_is_of(tmp_path):
    (tmp_path / "nascence.json").write_text(json.dumps(highlevel(2)))
    (tmp_path / "other.json").write_text(json.dumps({"settings": {}}))
    tracks, report = read(tmp_path)
    assert tracks["mbid"].to_list() == [mbid(2)]
    assert report.read == 1


def test_names_and_ids_in_capitals_are_the_same(tmp_path):
    path = tmp_path / f"{mbid(10).upper()}.json"
    path.write_text(json.dumps(highlevel(10)))
    tracks, _ = read(path, known=[mbid(10)])
    assert tracks["mbid"].to_list() == [mbid(10)]


def test_the_tables_of_selected_features_are_read(tmp_path):
    rhythm = [[mbid(number), 0, 100 + number, 0, 0, 0, 0, 1.1, 2.8] for number in range(4, 50)]
    rhythm += [[mbid(4), 1, 77, 0, 0, 0, 0, 1.1, 2.8], [mbid(3), 0, "nan", 0, 0, 0, 0, 1.1, 2.8]]
    rhythm += [[mbid(2), 0, 99]]
    write_table(tmp_path / "features-rhythm.csv", RHYTHM, rhythm)
    write_table(tmp_path / "features-tonal.csv", TONAL, [[mbid(4), 0, "Bb", "major", 434, 0.1]])
    write_table(tmp_path / "features-lowlevel.csv", LOWLEVEL, [[mbid(4), 0, 0.8, 3, 1]])
    tracks, report = read(tmp_path)
    by_mbid = {(row["mbid"], row["tempo"], row["key"], row["mode"]) for row in tracks.to_dicts()}
    assert by_mbid == {
        (mbid(4), 104.0, None, None),
        (mbid(3), None, None, None),
        (mbid(4), None, 10, 1),
    }
    assert report.dropped == {
        "not in the catalog": 45,
        "another analysis of the same recording": 1,
        "too few or too many fields": 1,
    }
    assert "features-lowlevel.csv" in report.notes[0]


def test_a_table_packed_into_an_archive_is_read(tmp_path):
    table = write_table(tmp_path / "rhythm.csv", RHYTHM, [[mbid(4), 0, 104, 0, 0, 0, 0, 1, 2]])
    path = tmp_path / "rhythm.tar.zst"
    path.write_bytes(zst(tar_bytes([("features/rhythm.csv", table.read_bytes())])))
    tracks, _ = read(path)
    assert tracks["tempo"].to_list() == [104.0]


def test_what_cannot_be_used_is_counted_and_shown(tmp_path):
    members = [
        member(0, highlevel(0)),
        (member(1, {})[0], b'{"highlevel": '),
        member(2, {"message": "Not found"}),
        member(3, lowlevel(3, bpm=0.0), kind="lowlevel"),
        member(4, {"highlevel": {"danceability": {"all": {"danceable": 1.5}}, "gender": None}}),
    ]
    tracks, report = read(write_dump(tmp_path / "dump.tar", members))
    assert tracks["mbid"].to_list() == [mbid(0), mbid(3), mbid(4)]
    assert dict(report.dropped) == {"no JSON": 1, "no analysis": 1}
    assert dict(report.set_missing) == {
        "tempo: failed analysis coded as 0": 1,
        "danceability: outside 0 to 1": 1,
    }
    assert mbid(1) in report.problems[0].file + report.problems[0].value


@pytest.mark.parametrize("content", [b"", b"not a tar", b"\x28\xb5\x2f\xfd\x00\x00", b"BZh9x"])
def test_what_is_no_archive_is_told(tmp_path, content):
    path = tmp_path / "dump.tar.zst"
    path.write_bytes(content)
    with pytest.raises(PartsongError, match=r"dump\.tar\.zst"):
        read(path)


@pytest.mark.parametrize("suffix", PACKERS)
def test_a_download_that_was_cut_is_told(tmp_path, suffix):
    members = [member(number, highlevel(number)) for number in range(200)]
    path = write_dump(tmp_path / f"dump{suffix}", members)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2 + 7])
    with pytest.raises(UnreadableFileError, match="cannot be read to its end"):
        read(path)


def test_a_path_that_is_not_there_and_a_folder_without_data_are_told(tmp_path):
    with pytest.raises(UnreadableFileError, match="not there"):
        read(tmp_path / "none.tar")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UnknownLayoutError, match="nothing of AcousticBrainz"):
        read(tmp_path / "empty")


def test_an_archive_of_zeros_is_not_unpacked_to_its_end(tmp_path):
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        info = tarfile.TarInfo("large.bin")
        info.size = 80 * 2**20
        archive.addfile(info, io.BytesIO(bytes(info.size)))
    path = tmp_path / "bomb.tar.zst"
    path.write_bytes(zst(target.getvalue()))
    with pytest.raises(UnsafeArchiveError, match="250 times its size"):
        read(path)


def test_a_header_that_would_fill_the_memory_is_refused(tmp_path):
    info = tarfile.TarInfo("././@PaxHeader")
    info.type, info.size = tarfile.XHDTYPE, 2**40
    path = tmp_path / "bomb.tar"
    path.write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(10_240))
    with pytest.raises(UnsafeArchiveError, match="header of 1,099,511,627,776 bytes"):
        read(path)


def test_links_and_names_that_lead_out_are_of_no_consequence(tmp_path):
    (tmp_path / "secret.json").write_text(json.dumps(highlevel(1)))
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        link = tarfile.TarInfo(f"{mbid(1)}-0.json")
        link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path / "secret.json")
        archive.addfile(link)
        content = json.dumps(highlevel(2)).encode()
        up = tarfile.TarInfo(f"../../{mbid(2)}-0.json")
        up.size = len(content)
        archive.addfile(up, io.BytesIO(content))
    path = tmp_path / "links.tar"
    path.write_bytes(target.getvalue())
    tracks, _ = read(path)
    assert tracks["mbid"].to_list() == [mbid(2)]


def test_without_the_extra_zstandard_is_asked_for_by_name(tmp_path, monkeypatch):
    path = write_dump(tmp_path / "dump.tar.zst", [member(1, highlevel(1))])
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(MissingExtraError, match="'dumps'"):
        read(path)


def test_progress_hears_of_every_packed_byte(tmp_path):
    class Heard:
        total, done, ended = 0.0, 0.0, 0

        def start(self, _, total=None):
            self.total += total or 0

        def advance(self, amount=1):
            self.done += amount

        def finish(self):
            self.ended += 1

    members = [member(number, highlevel(number)) for number in range(300)]
    paths = [write_dump(tmp_path / f"dump{suffix}", members) for suffix in (".tar", ".tar.zst")]
    heard = Heard()
    list(AcousticBrainzSource(paths, KNOWN).batches(heard))
    assert heard.ended == 2
    assert heard.total == sum(path.stat().st_size for path in paths)
    assert 0.9 * heard.total <= heard.done <= heard.total


def test_recordings_of_the_catalog_get_features_and_keep_what_they_have(own_folders):
    rows = [
        {
            "line": line,
            "mbid": mbid(line),
            "title": f"Mine {line}",
            "heard": True,
            "valence": valence,
        }
        for line, valence in enumerate([None, 0.125, None], start=1)
    ]
    store = open_catalog()
    store.add([Batch(pl.DataFrame(rows))], ImportReport(files=["mine"], read=3))
    high = [member(number, highlevel(number)) for number in range(2, 60)]
    low = [member(number, lowlevel(number), kind="lowlevel") for number in range(2, 60)]
    paths = [
        write_dump(own_folders / "high.tar.zst", high),
        write_dump(own_folders / "low.tar.bz2", low),
    ]
    report = import_acousticbrainz(paths)
    assert (report.read, report.kept, report.merged) == (116, 0, 4)
    assert dict(report.dropped) == {"not in the catalog": 112}
    known = store.read_tracks(["valence", "tempo", "loudness", "liveness"])
    assert known["valence"].to_list() == [None, 0.125, 0.5]
    assert known["tempo"].to_list() == [None, 120.5, 120.5]
    assert known["liveness"].null_count() == 3
    assert not import_acousticbrainz(paths).changed


@pytest.mark.usefixtures("own_folders")
def test_without_a_musicbrainz_id_it_says_what_to_use_instead(tmp_path):
    path = write_dump(tmp_path / "high.tar", [member(1, highlevel(1))])
    row = pl.DataFrame({"line": [1], "title": ["Solas"], "artists": [["Jamie Duffy"]]})
    open_catalog().add([Batch(row)], ImportReport(files=["mine"], read=1))
    with pytest.raises(CatalogMissingError, match="MusicBrainz id") as told:
        import_acousticbrainz([path])
    assert "partsong import reccobeats" in told.value.hint

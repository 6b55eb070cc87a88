"""Archives come from outside: whatever they claim, reading them stays within bounds."""

import os
import posixpath
import stat
import struct
import zipfile

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from partsong.errors import UnreadableFileError, UnsafeArchiveError
from partsong.sources.exports.archive import Bounds, open_archive


def zipped(folder, members, name="export.zip", compression=zipfile.ZIP_DEFLATED):
    path = folder / name
    with zipfile.ZipFile(path, "w", compression) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path


def contents(path, **bounds):
    archive = open_archive(path, bounds=Bounds(**bounds))
    return dict(archive.contents(archive.names))


def test_zip_and_folder_give_the_same_files(tmp_path):
    members = {"MyData/a.json": "1", "b.json": "2", "MyData/deep/c.json": "3"}
    folder = tmp_path / "folder"
    for name, content in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)
    assert contents(folder) == contents(zipped(tmp_path, members))
    assert contents(folder)["MyData/deep/c.json"] == b"3"


def test_a_file_by_itself_is_an_archive_of_one(tmp_path):
    (tmp_path / "endsong_0.json").write_text("[]")
    (tmp_path / "neighbour.json").write_text("[]")
    assert contents(tmp_path / "endsong_0.json") == {"endsong_0.json": b"[]"}


def test_what_macos_and_hidden_folders_hold_is_passed_over(tmp_path):
    members = {
        "__MACOSX/MyData/._a.json": "x",
        "MyData/.DS_Store": "x",
        ".git/a.json": "x",
        "MyData/a.json": "1",
    }
    assert contents(zipped(tmp_path, members)) == {"MyData/a.json": b"1"}


def test_archives_within_are_not_opened(tmp_path):
    inner = zipped(tmp_path, {"a.json": "1"}, "inner.zip")
    outer = zipped(tmp_path, {"inner.zip": inner.read_bytes()}, "outer.zip")
    assert open_archive(outer).names == ("inner.zip",)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../a.json", "leads out"),
        ("MyData/../../a.json", "leads out"),
        ("MyData\\..\\..\\a.json", "leads out"),
        ("/etc/a.json", "absolute"),
        ("\\\\server\\a.json", "absolute"),
        ("C:\\a.json", "absolute"),
        ("c:a.json", "absolute"),
    ],
)
def test_a_name_that_leads_out_refuses_the_whole(tmp_path, name, reason):
    path = zipped(tmp_path, {"fine.json": "1", name: "2"})
    with pytest.raises(UnsafeArchiveError, match=reason) as error:
        open_archive(path)
    assert "export.zip" in str(error.value)


def test_a_link_in_an_archive_refuses_it(tmp_path):
    link = zipfile.ZipInfo("a.json")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(UnsafeArchiveError, match="link"):
        open_archive(zipped(tmp_path, {link: "/etc/passwd"}))


part = st.one_of(
    st.sampled_from(["..", ".", "", "C:", "~", "a", "MyData", "__MACOSX", ".x", "con", " .."]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
)


@given(st.lists(part, min_size=1, max_size=5), st.sampled_from("/\\"))
def test_no_name_ever_points_outside(tmp_path_factory, parts, separator):
    name = separator.join(parts)
    assume(name.split("\0")[0])
    path = zipped(tmp_path_factory.mktemp("names"), {name: "1"})
    try:
        names = open_archive(path).names
    except UnsafeArchiveError:
        return
    for found in names:
        assert posixpath.normpath(posixpath.join("/home", found)).startswith("/home/")
        assert "\\" not in found
        assert found[1:2] != ":"


def test_sizes_are_bounded_for_one_file_and_for_all(tmp_path):
    path = zipped(tmp_path, {name: os.urandom(600) for name in "abc"}, compression=0)
    assert len(contents(path, member_bytes=600, total_bytes=1_800)) == 3
    with pytest.raises(UnsafeArchiveError, match="one file may come to 599 bytes"):
        contents(path, member_bytes=599)
    with pytest.raises(UnsafeArchiveError, match="'c' is too large: all files may come to 1,799"):
        contents(path, total_bytes=1_799)


def test_a_zip_bomb_is_stopped_while_it_unpacks(tmp_path):
    path = zipped(tmp_path, {"a.json": bytes(2**24)})
    assert path.stat().st_size < 2**15
    with pytest.raises(UnsafeArchiveError, match="unpack to 250 times its size"):
        contents(path)


def test_small_files_may_be_packed_as_tightly_as_they_like(tmp_path):
    assert len(contents(zipped(tmp_path, {"a.json": bytes(2**19)}))["a.json"]) == 2**19


def test_too_many_files_are_refused(tmp_path):
    members = {f"{number}.json": "1" for number in range(5)}
    path = zipped(tmp_path, members)
    for name in members:
        (tmp_path / "folder").mkdir(exist_ok=True)
        (tmp_path / "folder" / name).touch()
    assert len(contents(path, members=5)) == 5
    for place in (path, tmp_path / "folder"):
        with pytest.raises(UnsafeArchiveError, match="more than 4 files"):
            contents(place, members=4)


def central_directory(path, offset, value):
    """Overwrite a number in the entry of the archive's last file in its directory."""
    packed = bytearray(path.read_bytes())
    place = packed.rindex(b"PK\x01\x02") + offset
    packed[place : place + len(value)] = value
    path.write_bytes(packed)


def test_a_size_that_the_archive_only_claims_is_not_believed(tmp_path):
    content = b"[1, 2, 3]" * 9
    path = zipped(tmp_path, {"a.json": content})
    central_directory(path, 24, struct.pack("<L", 2**31))
    assert contents(path) == {"a.json": content}
    central_directory(path, 24, struct.pack("<L", 3))
    with pytest.raises(UnreadableFileError, match=r"a\.json"):
        contents(path)


def test_an_encrypted_file_is_told(tmp_path):
    path = zipped(tmp_path, {"a.json": "[]"})
    central_directory(path, 8, struct.pack("<H", 1))
    with pytest.raises(UnreadableFileError, match="encrypted") as error:
        contents(path)
    assert "password" in error.value.hint


def test_an_unknown_way_of_packing_is_told(tmp_path):
    path = zipped(tmp_path, {"a.json": "[]"})
    central_directory(path, 10, struct.pack("<H", 97))
    with pytest.raises(UnreadableFileError, match=r"a\.json"):
        contents(path)


def test_damage_is_told(tmp_path):
    path = zipped(tmp_path, {"a.json": os.urandom(5_000)})
    packed = bytearray(path.read_bytes())
    packed[2_000] ^= 0xFF
    path.write_bytes(packed)
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        contents(path)


def test_a_download_that_broke_off_is_told(tmp_path):
    path = zipped(tmp_path, {"a.json": os.urandom(5_000)})
    path.write_bytes(path.read_bytes()[:3_000])
    with pytest.raises(UnreadableFileError, match="not whole") as error:
        open_archive(path)
    assert "Download it again" in error.value.hint


def test_what_is_not_there_is_told(tmp_path):
    with pytest.raises(UnreadableFileError, match=r"none\.zip"):
        open_archive(tmp_path / "none.zip")


def test_zip64_is_read(tmp_path):
    path = tmp_path / "large.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.json", "w", force_zip64=True) as member,
    ):
        member.write(b"[1]")
    assert contents(path) == {"a.json": b"[1]"}


def test_a_folder_is_not_left(tmp_path):
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    (outside / "more").mkdir(parents=True)
    (outside / "secret.json").write_text("[]")
    (inside / "mine.json").write_text("[]")
    (inside / "file.json").symlink_to(outside / "secret.json")
    (inside / "folder").symlink_to(outside, target_is_directory=True)
    (inside / "round").symlink_to(inside, target_is_directory=True)
    os.mkfifo(inside / "endless.json")
    assert open_archive(inside).names == ("mine.json",)


def test_a_folder_is_looked_through_two_deep(tmp_path):
    (tmp_path / "1/2/3").mkdir(parents=True)
    (tmp_path / "1/2/a.json").touch()
    (tmp_path / "1/2/3/b.json").touch()
    assert open_archive(tmp_path).names == ("1/2/a.json",)

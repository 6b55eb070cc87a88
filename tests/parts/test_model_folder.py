"""A model's folder holds one whole model at any moment, and nothing damaged is read."""

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from partsong.errors import ModelError, ModelMissingError, ModelVersionError
from partsong.parts import (
    fold_in,
    read_model,
    read_model_info,
    rename_part,
    track_space,
    write_model,
)


@pytest.fixture
def folder(model, tmp_path):
    write_model(model, tmp_path / "models" / "test")
    return tmp_path / "models" / "test"


def edit_manifest(folder, **changes):
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**manifest, **changes}), encoding="utf-8")


def without_rest(files):
    return {name: file for name, file in files.items() if name != "rest"}


def file_of(folder, stem):
    (path,) = folder.glob(f"{stem}-*")
    return path


def test_what_is_written_reads_back_equal(model, folder):
    copy = read_model(folder, verify=True)
    np.testing.assert_array_equal(copy.W, model.W)
    np.testing.assert_array_equal(copy.H, model.H)
    np.testing.assert_array_equal(copy.R, model.R)
    assert copy.W.dtype == copy.R.dtype == np.float32
    assert copy.track_ids.to_list() == model.track_ids.to_list()
    assert (copy.name, copy.recipe, copy.parts, copy.fit) == (
        model.name,
        model.recipe,
        model.parts,
        model.fit,
    )


def test_loadings_stay_on_disk_until_they_are_used(folder):
    model = read_model(folder)
    assert isinstance(model.W, np.memmap)
    assert isinstance(model.R, np.memmap)


def test_info_says_what_the_model_is(model, folder):
    info = read_model_info(folder)
    assert (info.name, info.recipe) == ("test", "planted")
    assert (info.n_components, info.n_tracks) == (3, 300)
    assert info.part_names == tuple(part.name for part in model.parts)
    assert info.fit == model.fit
    assert json.loads(json.dumps(info.to_dict()))["relative_error"] == model.fit.relative_error


def test_a_model_can_be_moved_and_holds_no_path(folder, tmp_path):
    moved = tmp_path / "elsewhere"
    shutil.move(folder, moved)
    assert read_model(moved).name == "test"
    assert str(tmp_path) not in (moved / "manifest.json").read_text(encoding="utf-8")


def test_the_manifest_is_json_and_nothing_is_pickled(folder):
    json.loads((folder / "manifest.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
    for stem in ("W", "H"):
        np.load(file_of(folder, stem), allow_pickle=False)


def test_names_that_a_user_gave_survive_in_any_script(model, folder):
    name = 'Küche "mit" モーラ'
    write_model(rename_part(model, model.parts[0].name, name), folder)
    assert read_model(folder).parts[0].name == name


def test_replacing_leaves_one_set_of_files(model, folder):
    write_model(replace(model, W=model.W * 2), folder)
    assert sorted(path.name.split("-")[0] for path in folder.iterdir()) == [
        "H",
        "W",
        "manifest.json",
        "rest",
        "tracks",
    ]
    np.testing.assert_array_equal(read_model(folder, verify=True).W, model.W * 2)


def test_a_model_read_from_a_folder_can_replace_itself(folder):
    model = read_model(folder)
    write_model(replace(model, name="other"), folder)
    np.testing.assert_array_equal(read_model(folder, verify=True).W, model.W)


def test_what_a_killed_writer_left_is_cleared_in_time(model, folder):
    old, new = folder / ".W-1.partial", folder / ".W-2.partial"
    for path in (old, new):
        path.touch()
    an_hour_ago = time.time() - 3700
    os.utime(old, (an_hour_ago, an_hour_ago))
    write_model(model, folder)
    assert not old.exists()
    assert new.exists()


@pytest.mark.parametrize("kind", ["absent", "empty", "file"])
def test_no_model_is_called_so(tmp_path, kind):
    path = tmp_path / "none"
    if kind == "empty":
        path.mkdir()
    elif kind == "file":
        path.touch()
    for read in (read_model, read_model_info):
        with pytest.raises(ModelMissingError, match="no model in") as caught:
            read(path)
        assert "partsong fit" in caught.value.hint


def test_another_format_is_refused(folder):
    edit_manifest(folder, format=4)
    for read in (read_model, read_model_info):
        with pytest.raises(ModelVersionError, match="format 4; this partsong reads 1 to 3"):
            read(folder)


def test_a_folder_of_format_1_is_read_as_it_was_meant(model, folder):
    """Before format 2 every part was one component, none was hidden, and nothing was merged."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    known = ("name", "share", "size", "features", "tracks", "key")
    parts = [{key: part[key] for key in known} for part in manifest["parts"]]
    edit_manifest(folder, format=1, parts=parts, files=without_rest(manifest["files"]))
    old = read_model(folder, verify=True)
    assert old.parts == model.parts
    assert old.confidence is None
    assert old.R is None
    assert read_model_info(folder).n_components == 3
    write_model(old, folder)
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["format"] == 3


def test_a_folder_of_format_2_has_parts_alone(model, planted, folder):
    """Before format 3 nothing was kept of what the parts leave unexplained."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    edit_manifest(folder, format=2, files=without_rest(manifest["files"]))
    file_of(folder, "rest").unlink()
    old = read_model(folder, verify=True)
    assert (old.parts, old.R) == (model.parts, None)
    np.testing.assert_array_equal(track_space(old).loadings, model.part_loadings())
    newcomer = planted.head(1).with_columns(track_id=pl.lit("new"))
    assert fold_in(old, newcomer).R is None
    write_model(old, folder)
    assert not list(folder.glob("rest-*"))
    assert read_model(folder).R is None


@pytest.mark.parametrize("stem", ["W", "H", "tracks", "rest"])
def test_a_missing_file_is_named(folder, stem):
    path = file_of(folder, stem)
    path.unlink()
    with pytest.raises(ModelError, match=f"misses the file {path.name}"):
        read_model(folder)


@pytest.mark.parametrize("stem", ["W", "H", "tracks", "rest"])
def test_a_truncated_file_is_named(folder, stem):
    path = file_of(folder, stem)
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(ModelError, match=f"{path.name} has another size"):
        read_model(folder)


@pytest.mark.parametrize("stem", ["W", "H", "tracks", "rest"])
def test_a_flipped_bit_is_found(folder, stem):
    path = file_of(folder, stem)
    content = bytearray(path.read_bytes())
    content[-5] ^= 1
    path.write_bytes(content)
    with pytest.raises(ModelError, match=f"{path.name} has other content"):
        read_model(folder, verify=True)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"format": 1}', '{"format": 1, "files": 3}', "\x00\xff"]
)
def test_a_damaged_manifest_is_refused(folder, text):
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    for read in (read_model, read_model_info):
        with pytest.raises(ModelError, match="damaged"):
            read(folder)


def test_files_that_do_not_fit_one_another_are_refused(model, folder):
    for parts in (model.parts[:2], (*model.parts[:2], model.parts[0])):
        write_model(replace(model, parts=parts), folder)
        with pytest.raises(ModelError, match="its parts are made of the components"):
            read_model(folder)
    write_model(replace(model, H=model.H[:, :5]), folder)
    with pytest.raises(ModelError, match="H has the shape"):
        read_model(folder)
    write_model(replace(model, confidence=np.ones(7, dtype=np.float32)), folder)
    with pytest.raises(ModelError, match="confidence has the shape"):
        read_model(folder)
    write_model(replace(model, R=model.R[:, :2]), folder)
    with pytest.raises(ModelError, match=r"unexplained has the shape \(300, 2\)"):
        read_model(folder)
    write_model(replace(model, track_ids=model.track_ids.head(10)), folder)
    with pytest.raises(ModelError, match=r"W has the shape \(300, 3\) for 10 tracks"):
        read_model(folder)


def test_a_manifest_cannot_reach_out_of_its_folder(model, folder, tmp_path):
    write_model(model, tmp_path / "other")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    name = f"../../other/{file_of(tmp_path / 'other', 'W').name}"
    edit_manifest(
        folder, files={**manifest["files"], "W": {**manifest["files"]["W"], "name": name}}
    )
    with pytest.raises(ModelError, match="leads out of the folder"):
        read_model(folder)


def test_an_array_of_objects_is_never_unpickled(folder, tmp_path):
    victim = tmp_path / "victim"

    class Trap:
        def __reduce__(self):
            return Path.touch, (victim,)

    path = file_of(folder, "W")
    with path.open("wb") as file:
        np.save(file, np.array([Trap()], dtype=object), allow_pickle=True)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    entry = {**manifest["files"]["W"], "bytes": path.stat().st_size}
    edit_manifest(folder, files={**manifest["files"], "W": entry})
    with pytest.raises(ModelError, match="damaged"):
        read_model(folder)
    assert not victim.exists()


def test_a_folder_that_cannot_be_made_is_named(model, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ModelError, match="cannot be written") as caught:
        write_model(model, tmp_path / "file" / "model")
    assert caught.value.hint


WRITER = textwrap.dedent(
    """
    import sys
    from dataclasses import replace
    from partsong.parts import read_model, write_model

    source, target = sys.argv[1:]
    model = read_model(source)
    print("ready", flush=True)
    for turn in range(1, 100_000):
        write_model(replace(model, name=str(turn), W=model.W * turn), target)
        print(turn, flush=True)
    """
)


def test_a_writer_killed_at_any_moment_leaves_one_whole_model(model, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    write_model(model, source)
    write_model(replace(model, name="0", W=model.W * 0), target)
    for delay in np.linspace(0.002, 0.06, 8):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, source, target], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout.readline() == "ready\n"
        time.sleep(delay)
        writer.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        writer.communicate()
        left = read_model(target, verify=True)
        np.testing.assert_array_equal(left.W, model.W * np.float32(left.name))


def test_readers_see_a_whole_model_while_it_is_being_replaced(model, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    write_model(model, source)
    write_model(replace(model, name="0", W=model.W * 0), target)
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, source, target], stdout=subprocess.PIPE, text=True
    )
    try:
        assert writer.stdout.readline() == "ready\n"
        seen = set()
        until = time.monotonic() + 1
        while time.monotonic() < until:
            found = read_model(target)
            np.testing.assert_array_equal(found.W, model.W * np.float32(found.name))
            seen.add(found.name)
    finally:
        writer.kill()
        writer.communicate()
    assert len(seen) > 1


def test_reading_a_model_loads_none_of_the_heavy_libraries(folder):
    code = f"""
import sys
from partsong.parts import read_model
read_model({str(folder)!r})
print([name for name in ("sklearn", "scipy", "plotly", "duckdb", "pandas") if name in sys.modules])
"""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert (result.stdout, result.stderr) == ("[]\n", "")

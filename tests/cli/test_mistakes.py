"""What someone in a hurry gets wrong, and what the program says."""

import gzip
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

import partsong as ps
from partsong.rows import Batch, ImportReport


def test_errors_are_two_lines_and_exit_code_one(partsong):
    message = partsong("recommend", "Anything", exit_code=1)
    lines = message.splitlines()
    assert lines[0].startswith("error: ")
    assert lines[-1].strip().startswith("hint: ")
    assert "partsong import" in message


@pytest.mark.parametrize(
    "arguments",
    [("import",), ("fit", "-k", "many"), ("sing",), ("recommend",), ("import", "x", "--map", "y")],
)
def test_wrong_usage_exits_with_two(partsong, arguments):
    assert partsong(*arguments, exit_code=2)


def test_an_unknown_title_names_the_nearest(fitted):
    message = fitted("recommend", "Hush Sogn 7", exit_code=1)
    assert "Hush Song 7" in message


def test_an_ambiguous_title_names_the_candidates_as_they_can_be_typed(partsong, planted_tracks):
    same = pl.when(pl.col("track_name").is_in(["Rap Song 1", "Hush Song 2"]))
    tracks = planted_tracks.with_columns(
        same.then(pl.lit("Home")).otherwise("track_name").alias("track_name")
    )
    tracks.write_csv(partsong.folder / "tracks.csv")
    partsong("import", "tracks.csv")
    partsong("fit", "-k", "3")
    message = partsong("recommend", "Home", exit_code=1)
    assert "Home - Rap Artist 1" in message
    assert "Home - Hush Artist 2" in message
    assert partsong.json("recommend", "home - rap artist 1")["seed_tracks"][0]["title"] == "Home"


@pytest.mark.parametrize(
    "condition",
    [
        "tempo >",
        "tmepo > 100",
        "1=1; DROP TABLE tracks",
        "1=1) OR (1=1",
        "title IN (SELECT * FROM read_csv('/etc/passwd'))",
        "tempo > 100 --",
    ],
)
def test_conditions_that_are_no_condition_change_nothing(fitted, condition):
    before = fitted.json("status")
    if condition.endswith("--"):
        assert fitted.json("recommend", "Hush Song 7", "--where", condition)
    else:
        message = fitted("recommend", "Hush Song 7", "--where", condition, exit_code=1)
        assert message.startswith("error: ")
        assert "hint: " in message
    assert fitted.json("status") == before


def test_a_misspelt_column_is_corrected(fitted):
    assert "tempo" in fitted("fit", "--where", "tmepo > 100", exit_code=1)


def test_more_parts_than_tracks(partsong, planted_tracks):
    planted_tracks.head(5).write_csv(partsong.folder / "few.csv")
    partsong("import", "few.csv")
    assert "-k" in partsong("fit", "-k", "9", exit_code=1)


def test_an_unknown_recipe_or_model_names_those_that_exist(fitted):
    assert "balanced" in fitted("fit", "--recipe", "balancd", exit_code=1)
    assert "balanced-3" in fitted("parts", "--model", "nope", exit_code=1)


def test_a_model_name_cannot_leave_its_folder(fitted):
    for name in ("../escape", "/tmp/escape", ".hidden", ""):
        assert "hint:" in fitted("fit", "-k", "3", "--name", name, exit_code=1)


def _write_empty(path):
    path.write_text("")


def _write_binary(path):
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)


def _write_truncated(path):
    data = gzip.compress(b"track_id,track_name\n" + os.urandom(50_000).hex().encode())
    path.write_bytes(data[: len(data) // 2])


def _write_featureless(path):
    path.write_text("colour,weight\nred,3\nblue,4\n")


def _write_text_for_numbers(path):
    path.write_text(
        "track_id,track_name,artists,danceability,energy\n"
        + "".join(f"id{n:020},Song {n},Someone,high,0.5\n" for n in range(10))
    )


@pytest.mark.parametrize(
    "write",
    [_write_empty, _write_binary, _write_truncated, _write_featureless, _write_text_for_numbers],
)
def test_a_file_that_cannot_be_used_changes_nothing(partsong, planted_tracks, write):
    planted_tracks.write_csv(partsong.folder / "good.csv")
    partsong("import", "good.csv")
    before = partsong.json("status")
    write(partsong.folder / "bad.csv")
    message = partsong("import", "bad.csv", exit_code=1)
    assert "bad.csv" in message
    assert "hint: " in message
    message = partsong("import", "good.csv", "bad.csv", exit_code=1)
    assert "bad.csv" in message
    assert partsong.json("status") == before


def test_half_the_rows_malformed_keeps_the_other_half_and_says_where(partsong, planted_tracks):
    path = partsong.folder / "half.csv"
    planted_tracks.write_csv(path)
    lines = path.read_text().splitlines()
    broken = [
        line + ",too,many,fields" if number % 2 else line for number, line in enumerate(lines)
    ]
    path.write_text("\n".join(broken) + "\n")
    report = partsong.json("import", "half.csv")
    assert (report["read"], report["kept"], report["dropped"]) == (180, 90, 90)
    assert report["problems"][0]["line"] == 2
    assert partsong.json("status")["tracks"] == 90
    assert "half.csv:2" in partsong("import", "half.csv")


def test_a_read_only_folder(partsong, planted_tracks, tmp_path):
    planted_tracks.write_csv(partsong.folder / "good.csv")
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    if os.geteuid() == 0:  # the superuser may write everywhere but where the kernel says no
        locked = Path("/sys/kernel")
        if not locked.is_dir():
            pytest.skip("the superuser may write everywhere here")
    message = partsong("import", "good.csv", "--catalog", locked / "music.duckdb", exit_code=1)
    assert message.startswith("error: ")
    assert "hint: " in message


def _limited(size):
    """Let a process write no file larger than `size` bytes, as on a full disk."""
    resource = pytest.importorskip("resource", reason="this system has no limits on files")
    return {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))}


def _fails_with_a_hint(running):
    _, err = running.communicate(timeout=120)
    assert running.returncode == 1, err
    assert err.startswith("error: ")
    assert "hint: " in err


@pytest.mark.parametrize("room", [100_000, 1_500_000])
def test_an_import_on_a_full_disk_leaves_the_catalog_as_it_was(partsong, planted_tracks, room):
    planted_tracks.write_csv(partsong.folder / "good.csv")
    partsong("import", "good.csv")
    before = partsong.json("status")
    _multiply(planted_tracks, 100).write_csv(partsong.folder / "many.csv")
    _fails_with_a_hint(partsong.start("import", "many.csv", **_limited(room)))
    assert partsong.json("status") == before


@pytest.mark.parametrize("room", [500, 3_000])
def test_a_fit_on_a_full_disk_leaves_the_model_as_it_was(partsong, planted_tracks, room):
    planted_tracks.write_csv(partsong.folder / "good.csv")
    partsong("import", "good.csv")
    partsong("fit", "-k", "3", "--name", "mine")
    before = partsong.json("parts")
    _fails_with_a_hint(partsong.start("fit", "-k", "4", "--name", "mine", **_limited(room)))
    assert partsong.json("parts") == before


def _multiply(tracks, times):
    """Return the tracks many times over, each time under other ids."""
    return pl.concat(
        [
            tracks.with_columns(
                (pl.lit(f"{n:04}") + pl.col("track_id").str.slice(0, 18)).alias("track_id")
            )
            for n in range(times)
        ]
    )


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_import_that_is_stopped_leaves_the_catalog_as_it_was(partsong, planted_tracks, how):
    planted_tracks.write_csv(partsong.folder / "good.csv")
    partsong("import", "good.csv")
    before = partsong.json("status")
    many = _multiply(planted_tracks, 400)
    many.write_csv(partsong.folder / "many.csv")
    for pause in (0.5, 1.0, 1.5, 2.0):
        running = partsong.start("import", "many.csv")
        time.sleep(pause)
        if running.poll() is not None:
            running.communicate()
            break
        running.send_signal(how)
        _, err = running.communicate(timeout=60)
        if how is signal.SIGINT and running.returncode == 130:
            assert "Traceback" not in err
        after = partsong.json("status")
        assert after["tracks"] in {before["tracks"], before["tracks"] + len(many)}
        if after["tracks"] != before["tracks"]:
            break
        assert after["features"] == before["features"]
        assert not list(partsong.folder.glob("*.wal"))


def test_two_imports_at_once_both_land(partsong, planted_tracks):
    first, second = planted_tracks.head(90), planted_tracks.tail(90)
    first.write_csv(partsong.folder / "first.csv")
    second.write_csv(partsong.folder / "second.csv")
    running = [partsong.start("import", name) for name in ("first.csv", "second.csv")]
    for process in running:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    assert partsong.json("status")["tracks"] == 180


def test_a_title_that_the_terminal_cannot_write_is_no_accident(tmp_path):
    """Pipes on Windows and old terminals know few letters; the rest of the answer still comes."""
    catalog = tmp_path / "music.duckdb"
    snow = pl.DataFrame({"title": ["雪"], "artists": [["Sayuri"]], "energy": [0.2]})
    ps.Catalog(catalog).add([Batch(snow)], ImportReport(files=["snow.csv"], read=1))
    done = subprocess.run(
        [sys.executable, "-m", "partsong", "like", "雪", "--catalog", str(catalog)],
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "? - Sayuri" in done.stdout

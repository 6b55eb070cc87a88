"""``partsong update`` as it is run: what it says, beside other programs, and when it is killed."""

import shutil
import signal
import subprocess
import sys
import time

import polars as pl
import pytest

from partsong.parts import read_model
from partsong.workflow.model_lock import hold_model

NEW = pl.col("track_name").str.ends_with("5")


@pytest.fixture
def early(partsong, fitted, planted_tracks):
    """A program with three parts of the planted tracks, and a table of tracks to come."""
    for name in ("music.duckdb", "music.models"):
        source = fitted.folder / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, partsong.folder / name)
    again = planted_tracks.with_columns(
        track_id=pl.format("new{}", pl.col("track_id").str.head(19)),
        track_name=pl.format("{} Too", pl.col("track_name")),
    )
    again.filter(pl.int_range(pl.len()) % 3 == 0).write_csv(partsong.folder / "more.csv")
    return partsong


def model_of(program):
    return read_model(program.folder / "music.models" / "balanced-3", verify=True)


def test_it_says_what_came_and_what_did_not(early, planted_tracks):
    early("import", "more.csv")
    features = [name for name in planted_tracks.columns[5:19] if name != "explicit"]
    nothing = planted_tracks.head(1).with_columns(
        pl.lit("nothing".ljust(22, "0")).alias("track_id"),
        pl.lit("Nothing").alias("track_name"),
        *(pl.lit(None).alias(name) for name in features),
    )
    nothing.write_csv(early.folder / "nothing.csv")
    early("import", "nothing.csv")
    said = early("update")
    assert "60 new tracks placed in balanced-3, which now holds 240." in said
    assert "1 track not placed" in said
    assert max(map(len, said.splitlines())) <= 80
    said = early("update")
    assert "balanced-3 already holds every track it can place: 240." in said


def test_a_refresh_shows_each_part_and_how_far_it_moved(early):
    names = [part["name"] for part in early.json("parts")["parts"]]
    early("import", "more.csv")
    answer = early.json("update", "--refresh")
    assert answer["added"] == 60
    assert [part["part"] for part in answer["refresh"]["parts"]] == names
    assert min(part["cosine"] for part in answer["refresh"]["parts"]) > 0.98
    assert not answer["fit_is_due"]
    said = early("update", "--refresh")
    assert all(name in said for name in names)
    assert max(map(len, said.splitlines())) <= 80


def test_a_catalog_that_moved_away_is_told_with_the_mend(early, planted_tracks):
    loud = planted_tracks.filter(pl.col("track_genre") == "thrash")
    pl.concat(
        loud.with_columns(
            track_id=pl.format("{}{}", pl.lit(f"loud{turn}"), pl.col("track_id").str.head(17)),
            track_name=pl.format("{} Take {}", pl.col("track_name"), pl.lit(turn)),
        )
        for turn in range(3)
    ).write_csv(early.folder / "loud.csv")
    early("import", "loud.csv")
    said = " ".join(early("update").split())
    assert "The catalog is no longer what the recipe learned its bounds from:" in said
    assert "standard deviations" in said
    assert "partsong fit" in said


def test_it_waits_for_other_programs_and_then_reads_again(early):
    name = model_of(early).parts[0].name
    with hold_model(early.folder / "music.models" / "balanced-3"):
        waiting = [early.start("update"), early.start("parts", "--rename", f"{name}=mine")]
        waiting += [early.start("update")]
        early("import", "more.csv")
        assert [one.poll() for one in waiting] == [None] * 3
    for one in waiting:
        _, err = one.communicate(timeout=120)
        assert one.returncode == 0, err
    model = model_of(early)
    assert len(model.track_ids) == 240
    assert "mine" in {part.name for part in model.parts}


HOLD = """
import sys, time
from pathlib import Path
from partsong.workflow.model_lock import hold_model
with hold_model(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_the_lock_of_a_program_that_was_killed_is_gone(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path / "m")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(Exception, match="being changed by another program"),
            hold_model(tmp_path / "m", busy_timeout=0.1),
        ):
            pass
        holder.kill()
    with hold_model(tmp_path / "m", busy_timeout=1):
        pass


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_an_update_that_is_ended_leaves_a_whole_model(early, sign):
    early("import", "more.csv")
    for delay in (0.3, 0.6, 0.9, 1.2):
        running = early.start("update", "--refresh")
        time.sleep(delay)
        running.send_signal(sign)
        running.communicate(timeout=60)
        assert len(model_of(early).track_ids) in {180, 240}
    early("update")
    assert len(model_of(early).track_ids) == 240

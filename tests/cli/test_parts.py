"""Parts named, merged, hidden and shown in full through the command line."""

import json
import re
import shutil
import signal
import subprocess
import sys
import textwrap
import time

import pytest

from partsong.parts import read_model


@pytest.fixture
def copy_of(fitted, new_program):
    """A program with a catalog and a model of its own, without fitting again."""
    program = new_program("edited")
    for path in fitted.folder.glob("music*"):
        target = program.folder / path.name
        (shutil.copytree if path.is_dir() else shutil.copy)(path, target)
    return program


def names_in(result):
    return [part["name"] for part in result["parts"]]


def sums(found):
    return [sum(r["contribution"] for r in t["reasons"]) for t in found["recommendations"]]


def test_every_part_says_what_is_known_of_it(fitted):
    for part in fitted.json("parts")["parts"]:
        assert part["genres"][0]["lift"] == pytest.approx(3, abs=0.2)
        assert part["genres"][0]["tracks"] > 50
        assert len(part["borderline"]) == 3
        assert {"track_id", "title", "artists", "other", "lead"} == set(part["borderline"][0])
        assert {"feature", "level", "word", "average"} == set(part["features"][0])
        assert (part["is_hidden"], part["is_named"], part["merged_from"]) == (False, False, [])
        assert len(part["components"]) == 1


def test_one_part_in_full_fits_a_terminal(fitted):
    name = names_in(fitted.json("parts"))[0]
    page = fitted("parts", name[:7].upper())
    assert page.splitlines()[0].strip() == name
    for heading in ("feature", "typical tracks", "on the border", "genre"):
        assert heading in page
    assert max(map(len, page.splitlines())) <= 80
    assert len(fitted.json("parts", name)["parts"]) == 1
    table = fitted("parts")
    assert max(map(len, table.splitlines())) <= 80
    assert name in table


def test_several_changes_are_made_at_once_and_stay(copy_of):
    a, b, c = names_in(copy_of.json("parts"))
    after = copy_of.json(
        "parts", "--merge", a, "--merge", b, "--as", "Both of them", "--rename", f"{c}=The rest"
    )  # fmt: skip
    assert sorted(names_in(after)) == ["Both of them", "The rest"]
    merged = next(part for part in after["parts"] if part["merged_from"])
    assert merged["merged_from"] == [a, b]
    assert merged["size"] == pytest.approx(120, abs=10)
    assert copy_of.json("parts") == after
    assert names_in({"parts": copy_of.json("clusters")["clusters"]})[:-1] == names_in(after)
    assert copy_of.json("models")["models"][0]["parts"] == names_in(after)

    found = copy_of.json("recommend", "Hush Song 7", "-n", "20")
    scores = [track["score"] for track in found["recommendations"]]
    assert sums(found) == pytest.approx(scores)
    reasons = {r["part"] for track in found["recommendations"] for r in track["reasons"]}
    assert reasons <= {"Both of them", "The rest", "beyond the parts"}
    back = copy_of.json("parts", "--split", "both", "--rename", f"rest={c}")
    assert sorted(names_in(back)) == sorted([a, b, c])


def test_merging_changes_no_score(copy_of):
    a, b, _ = names_in(copy_of.json("parts"))
    before = copy_of.json("recommend", "Rap Song 3")["recommendations"]
    copy_of("parts", "--merge", a, "--merge", b)
    after = copy_of.json("recommend", "Rap Song 3")["recommendations"]
    assert [t["track_id"] for t in after] == [t["track_id"] for t in before]
    assert [t["score"] for t in after] == pytest.approx([t["score"] for t in before])


def test_a_hidden_part_is_nobody_s_reason(copy_of):
    hidden = copy_of.json("recommend", "Thrash Song 3")["recommendations"][0]["reasons"][0]["part"]
    page = copy_of("parts", "--hide", hidden)
    assert re.search(rf"Hidden: {re.escape(hidden)}\. Take one back", " ".join(page.split()))
    found = copy_of.json("recommend", "Thrash Song 3", "-n", "100")
    assert found["recommendations"]
    reasons = {r["part"] for track in found["recommendations"] for r in track["reasons"]}
    assert reasons
    assert hidden not in reasons
    assert sums(found) == pytest.approx([t["score"] for t in found["recommendations"]])
    assert hidden not in [c["name"] for c in copy_of.json("clusters")["clusters"]]
    assert copy_of.json("parts")["parts"][-1]["is_hidden"]
    assert "hidden" in copy_of("parts", hidden)
    assert not copy_of.json("parts", "--show", hidden)["parts"][-1]["is_hidden"]


@pytest.mark.parametrize(
    ("changes", "exit_code", "said"),
    [
        (("--rename", "brass=x"), 1, "no part called 'brass'"),
        (("--rename", "a=x"), 1, "may be any of"),
        (("--rename", "spoken=" + "x" * 10_240), 1, "10,240 letters"),
        (("--rename", "spoken=mixed"), 1, "belong to no part"),
        (("--rename", "spoken= \n "), 1, "nothing"),
        (("--split", "spoken"), 1, "only merged parts"),
        (("--merge", "spoken", "--merge", "spoken"), 1, "two parts"),
        (("--merge", "spoken"), 1, "two parts"),
        (("--rename", "spoken", "--hide", "spoken"), 2, "NAME=NEW"),
        (("--hide", "spoken", "--hide", "brass"), 1, "no part called"),
        (("--as", "x"), 2, "--merge"),
        (("spoken", "--hide", "spoken"), 2, "leave it out"),
    ],
)
def test_a_change_that_cannot_be_made_changes_nothing(fitted, changes, exit_code, said):
    (manifest,) = (fitted.folder / "music.models").glob("*/manifest.json")
    before = manifest.read_bytes()
    message = fitted("parts", *changes, exit_code=exit_code)
    assert said in message
    assert len(message) < 2000
    assert manifest.read_bytes() == before


def test_a_name_full_of_tricks_is_printed_as_text(copy_of):
    name = copy_of.json("parts")["parts"][0]["name"]
    page = copy_of("parts", "--rename", f"{name}=[red]\x1b[31m<b>hi</b>\n\u202edone")
    assert "\x1b" not in page
    assert "[red] [31m<b>hi</b> done" in " ".join(page.split())


EDITOR = textwrap.dedent(
    """
    import sys
    from partsong.workflow import edit_parts

    catalog, a, b = sys.argv[1:]
    print("ready", flush=True)
    for turn in range(100_000):
        edit_parts(catalog=catalog, merge=[(a, b)], merge_as=["Both"])
        edit_parts(catalog=catalog, split=["Both"])
    """
)


def test_an_edit_killed_at_any_moment_leaves_one_whole_model(copy_of):
    a, b, c = names_in(copy_of.json("parts"))
    (folder,) = (copy_of.folder / "music.models").iterdir()
    for delay in (0.02, 0.1, 0.25):
        editor = subprocess.Popen(
            [sys.executable, "-c", EDITOR, copy_of.folder / "music.duckdb", a, b],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert editor.stdout.readline() == "ready\n"
        time.sleep(delay)
        editor.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        editor.communicate()
        left = read_model(folder, verify=True)
        names = {part.name for part in left.parts}
        assert names in ({a, b, c}, {"Both", c})
        json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if "Both" in names:
            copy_of("parts", "--split", "Both")

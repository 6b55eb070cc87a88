"""``partsong choose-k``: a number with reasons, and no work lost however it is stopped."""

import json
import os
import signal
import time

import pytest

SEARCH = ("choose-k", "--k", "2:6", "--n-init", "4")


def _saved(program):
    files = list((program.folder / "music.models").glob(".searches/*.json"))
    return json.loads(files[0].read_text())["rows"] if files else []


def test_the_number_the_table_the_reasons_and_the_next_command(fitted):
    text = fitted("choose-k", "--k", "2:5")
    assert text.startswith("3 parts recommended for 180 tracks (recipe balanced)")
    (marked,) = [line for line in text.splitlines() if "< recommended" in line]
    assert marked.split()[0] == "3"
    assert "Held-out entries" in text
    assert "partsong fit -k 3" in text
    assert max(map(len, text.splitlines())) <= 80
    again = fitted("choose-k", "--k", "2:5")
    assert "4 of 4 numbers were known" in again


def test_json_holds_what_the_table_shows(fitted):
    answer = fitted.json("choose-k", "--k", "2:4", "--genre", "rap", "--explicit")
    assert [row["n_components"] for row in answer["table"]] == [2, 3, 4]
    assert answer["recommended"] in {2, 3, 4}
    assert answer["n_tracks"] == 60
    assert "explicit" in answer["where"]
    assert all(0 <= row["stability"] <= 1 for row in answer["table"])


def test_a_page_is_written(fitted):
    text = fitted("choose-k", "--k", "2:5", "-o", "search.html")
    assert "search.html" in text
    page = (fitted.folder / "search.html").read_text("utf-8")
    assert "How many parts: 3" in page
    assert "Held-out entries" in page


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT], ids=lambda how: how.name)
def test_a_search_that_is_stopped_keeps_what_it_has_measured(partsong, planted_tracks, how):
    planted_tracks.write_csv(partsong.folder / "planted.csv")
    partsong("import", "planted.csv")
    running = partsong.start(*SEARCH)
    deadline = time.monotonic() + 120
    while len(_saved(partsong)) < 2 and running.poll() is None and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(running.pid, how)
    _, err = running.communicate(timeout=60)
    known = len(_saved(partsong))
    assert known >= 2
    if running.returncode == 130:
        assert "taken up next time" in err
        assert "Traceback" not in err
    resumed = partsong.json(*SEARCH)
    assert resumed["n_known"] == known
    whole = partsong.json(*SEARCH, "--restart")
    assert whole["n_known"] == 0
    assert resumed["table"] == whole["table"]
    assert resumed["reasons"] == whole["reasons"]


@pytest.mark.parametrize("numbers", ["many", "5:2", "0:3", "", "2:", "-3"])
def test_numbers_that_are_none_are_a_wrong_usage(fitted, numbers):
    assert "2:14" in fitted("choose-k", "--k", numbers, exit_code=2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--years", "nineties"), "1990s"),
        (("--years", "-1960"), "leaves out 180"),
        (("--popularity", "50-200"), "0 to 100"),
        (("--genre", "polka"), 'genre has "polka" leaves out 180'),
        (("--script", "runes"), "latin"),
        (("--k", "200"), "180 tracks"),
    ],
)
def test_filters_and_numbers_that_cannot_be_met_name_the_mend(fitted, arguments, words):
    message = fitted("choose-k", *arguments, exit_code=1)
    assert words in message
    assert "hint: " in message

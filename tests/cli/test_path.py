"""``partsong path`` at 80 columns, and for programs."""

import pytest


def test_the_path_stands_in_a_table(fitted):
    text = fitted("path", "Hush Song 1", "Hush Song 2", "-n", "6")
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert "likeness" in lines[0]
    assert "Hush Song 1 -" in lines[1]
    assert "no good road" not in text


def test_a_jump_is_said(fitted):
    text = fitted("path", "Hush Song 1", "Thrash Song 2", "-n", "5")
    assert "There is no good road" in text
    assert max(map(len, text.splitlines())) <= 80


def test_the_json_tells_of_each_step(fitted):
    found = fitted.json("path", "Hush Song 1", "Rap Song 2", "-n", "5")
    assert [found["tracks"][0]["along"], found["tracks"][-1]["along"]] == [0, 1]
    assert found["tracks"][0]["likeness"] is None
    for track in found["tracks"][1:]:
        added = sum(reason["contribution"] for reason in track["reasons"])
        assert added == pytest.approx(track["likeness"], abs=1e-6)


def test_a_title_that_is_not_there_is_answered_with_those_that_are(fitted):
    error = fitted("path", "Hush Song 1", "Hash Song 2", exit_code=1)
    assert "Hush Song 2" in error


def test_filters_and_a_playlist_file_work_as_everywhere(fitted):
    fitted("path", "Hush Song 1", "Rap Song 2", "-n", "4", "--genre", "rap", "--export", "way.csv")
    text = (fitted.folder / "way.csv").read_text(encoding="utf-8")
    assert text.count("Rap Song") == 3
    assert text.count("Hush Song") == 1

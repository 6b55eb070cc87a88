"""``partsong evaluate`` at 80 columns, for programs, and on the page of a collection."""

import json

import pytest


@pytest.mark.slow
def test_the_scorecard_is_printed_kept_and_drawn(fitted):
    text = fitted("evaluate")
    assert max(map(len, text.splitlines())) <= 80
    assert "partsong" in text
    assert "raw cosine" in text
    answer = fitted.json("evaluate", "--task", "genre", "--queries", "all", "-n", "5")
    assert answer["k"] == 5
    assert {frozenset(result) for result in answer["results"]} == {
        frozenset({"task", "artist_filter", "method", "metric", "value", "low", "high"})
    }
    kept = json.loads((fitted.folder / "music.models/balanced-3/scorecard.json").read_text())
    assert kept == answer
    fitted("explore", "-o", "page.html")
    page = (fitted.folder / "page.html").read_text()
    assert "How well it recommends: same genre" in page


def test_every_figure_fits_a_terminal(fitted):
    text = fitted("evaluate", "--full", "--queries", "20")
    assert max(map(len, text.splitlines())) <= 80
    assert "any artist" in text
    assert "MRR" in text


def test_mistakes_are_told(fitted):
    assert "'moods'" in fitted("evaluate", "--task", "moods", exit_code=1)
    assert "some" in fitted("evaluate", "--queries", "some", exit_code=2)
    assert "no playlist" in fitted("evaluate", "--task", "playlist", exit_code=1)

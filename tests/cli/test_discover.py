"""``partsong discover`` at 80 columns, for programs, and for a listener of whom nothing is known."""

import shutil

import pytest


@pytest.fixture
def listener(fitted, new_program):
    """A program of one's own, of a listener who likes quiet songs and rap."""
    program = new_program("listener")
    shutil.copy(fitted.folder / "music.duckdb", program.folder)
    shutil.copytree(fitted.folder / "music.models", program.folder / "music.models")
    program("like", *(f"{kind} Song {number}" for kind in ("Hush", "Rap") for number in range(3)))
    return program


def test_the_list_says_what_of_the_taste_each_track_answers(listener):
    text = listener("discover", "-n", "4", "--week", "2026-W47")
    lines = text.splitlines()
    assert lines[0] == "New to you, week 2026-W47"
    assert max(map(len, lines)) <= 80
    assert lines[1].split() == ["mood", "of", "your", "taste", "made", "of", "such", "as", "your"]
    assert "Song" in lines[2]  # each mood is named by a track
    assert listener("discover", "-n", "4", "--week", "2026-W47") == text


def test_the_json_holds_the_moods_and_exact_reasons(listener):
    found = listener.json("discover", "-n", "3")
    assert {"model", "week", "moods", "recommendations", "shortage", "is_kept"} <= set(found)
    assert sum(mood["share"] for mood in found["moods"]) == pytest.approx(1)
    for track in found["recommendations"]:
        assert found["moods"][track["answers"]]["typical"]["title"]
        added = sum(reason["contribution"] for reason in track["reasons"])
        assert added == pytest.approx(track["score"], abs=1e-6)


def test_filters_and_a_playlist_file_work_as_everywhere(listener):
    listener("discover", "-n", "3", "--genre", "rap", "--export", "week.m3u8")
    text = (listener.folder / "week.m3u8").read_text(encoding="utf-8")
    assert text.count("Rap Song") >= 3
    assert "Hush" not in text


def test_it_asks_for_likes_where_nothing_is_known(fitted):
    error = fitted("discover", exit_code=1)
    assert "Nothing is known of what you like" in error
    assert 'partsong like "TITLE"' in error


def test_a_week_that_is_none_is_explained(listener):
    assert "2026-W47" in listener("discover", "--week", "soon", exit_code=1)


@pytest.mark.slow  # a process each
def test_why_is_answered_about_the_list(listener):
    first = listener.json("discover", "-n", "4")["recommendations"][0]
    told = listener("why", first["track_id"])
    assert "asked for tracks like your taste, week " in " ".join(told.split())
    assert "It is in the list, at place 1." in told
    assert "You like it" in listener("why", "Hush Song 1")
    told = listener("why", "Thrash Song 1")
    assert "of your taste" in " ".join(told.split())
    assert max(map(len, told.splitlines())) <= 80

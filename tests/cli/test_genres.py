"""`partsong genres`: three questions, in text and in JSON."""

import re
from pathlib import Path

import pytest

JSON_PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "json.md"


def keys_of_the_reference(command):
    (row,) = re.findall(
        rf"^\| `{re.escape(command)}` \| (.*) \|$",
        JSON_PAGE.read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    while re.search(r"[\[{][^\[\]{}]*[\]}]", row):
        row = re.sub(r"[\[{][^\[\]{}]*[\]}]", "", row)
    return set(re.findall(r"`([a-z_]+)`", row))


QUESTIONS = {
    "genres": [],
    "genres --match WORDS": ["--match", "hush"],
    "genres --families": ["--families", "--groups", "3"],
}


@pytest.fixture(scope="module")
def answers(fitted):
    return {command: fitted.json("genres", *words) for command, words in QUESTIONS.items()}


@pytest.fixture(scope="module")
def texts(fitted):
    return {command: fitted("genres", *words) for command, words in QUESTIONS.items()}


@pytest.mark.parametrize("command", QUESTIONS)
def test_the_reference_lists_the_keys_and_no_others(answers, command):
    assert set(answers[command]) == keys_of_the_reference(command)


@pytest.mark.parametrize("command", QUESTIONS)
def test_output_fits_eighty_columns(texts, command):
    assert all(len(line) <= 80 for line in texts[command].splitlines())


def test_the_whole_is_compared_with_chance(answers):
    found = answers["genres"]
    assert (found["tracks"], found["artists"], found["genres"]) == (180, 60, 3)
    assert found["permutations"] == 999
    assert not found["saw_genres"]
    for measure in ("ami", "ari"):
        assert found[f"{measure}_low"] <= found[measure] <= found[f"{measure}_high"]
        assert found[f"{measure}_null"] < found[f"{measure}_null_high"] < found[f"{measure}_low"]
        assert found[f"{measure}_p_value"] == 0.001
    for pair in found["pairs"]:
        assert pair["artists"] <= pair["tracks"]


def test_more_permutations_can_say_smaller_p_values(fitted):
    found = fitted.json("genres", "--permutations", "1999")
    assert min(pair["p_value"] for pair in found["pairs"]) == 0.0005


def test_a_word_is_answered_in_a_sentence(answers, texts):
    text, found = (of["genres --match WORDS"] for of in (texts, answers))
    assert text.startswith("'hush' is mostly ")
    assert found["verdict"].startswith("'hush' is mostly ")
    assert sum(part["tracks"] for part in found["parts"]) + found["mixed"] == found["tracks"] == 60
    assert found["genres"] == [{"genre": "hush", "tracks": 60}]


def test_a_word_that_is_no_genre_is_answered_with_the_nearest(fitted):
    error = fitted("genres", "--match", "trash", exit_code=1)
    assert "No genre of these tracks answers to 'trash'" in error
    assert error.splitlines()[1].strip() == "thrash"
    assert "hint:" in error


def test_families_are_listed_with_their_genres(answers, texts):
    assert {"hush", "thrash", "rap"} <= set(re.findall(r"[a-z]+", texts["genres --families"]))
    families = answers["genres --families"]["families"]
    assert sorted(family["genres"] for family in families) == [["hush"], ["rap"], ["thrash"]]


def test_all_and_most_choose_how_many_genres_of_a_part(fitted, answers):
    assert fitted("genres", "--most", "1").count("%") == 3
    assert fitted("genres", "--all").count("%") == len(answers["genres"]["pairs"])


def test_genres_with_few_tracks_are_left_out_on_request(fitted):
    found = fitted.json("genres", "--min-tracks", "61", "--one-genre")
    assert (found["tracks"], found["pairs"]) == (180, [])
    error = fitted("genres", "--families", "--min-tracks", "61", exit_code=1)
    assert "--min-tracks" in error


def test_two_questions_at_once_are_wrong_usage(fitted):
    assert "one at a time" in fitted("genres", "--match", "rap", "--families", exit_code=2)

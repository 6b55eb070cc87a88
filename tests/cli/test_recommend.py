"""``partsong recommend`` and ``partsong why``, as they are typed."""

import json

import pytest


@pytest.mark.slow  # a process each
def test_a_list_with_wishes_goes_out_and_comes_back(fitted):
    listed = fitted(
        "recommend", "Hush Song 7", "Thrash Song 7", "-n", "6", "--per-artist", "1",
        "--diversity", "0.2", "--near", "--export", "mine.xspf",
    )  # fmt: skip
    assert "50%  Hush Song 7 - Hush Artist 7" in listed
    assert "Written to mine.xspf." in listed
    assert max(map(len, listed.splitlines())) <= 80
    again = fitted.json("recommend", "--playlist", "mine.xspf", "-n", "4")
    assert again["playlist"] == "mine"
    assert len(again["seed_tracks"]) == 6
    assert len(again["moods"]) == 2
    assert {track["answers"] for track in again["recommendations"]} == {0, 1}


@pytest.mark.slow  # a process each
def test_why_not_is_answered_about_the_last_list(fitted):
    fitted("recommend", "Hush Song 7", "--where", "tempo < 100")
    told = fitted("why", "Thrash Song 1")
    assert "It does not meet tempo < 100: tempo is 1" in told
    assert "It ranks " in told
    assert max(map(len, told.splitlines())) <= 80
    asked_anew = fitted.json("why", "Thrash Song 1", "--like", "Thrash Song 2", "-n", "60")
    assert asked_anew["question"]["n"] == 60
    assert isinstance(asked_anew["rank"], int)
    error = fitted("why", "Thrash Song 1", "--unheard", exit_code=1)
    assert "hint: Name the seeds too" in error


def test_reasons_of_every_track_add_up_and_name_what_is_beyond_the_parts(fitted):
    found = fitted.json("recommend", "Rap Song 7", "-n", "15")["recommendations"]
    for track in found:
        reasons = track["reasons"]
        assert sum(reason["contribution"] for reason in reasons) == pytest.approx(track["score"])
        assert "features" not in json.dumps(reasons[:-1])
        last = reasons[-1]
        if last["part"] == "beyond the parts":
            assert {"feature", "contribution"} == set(last["features"][0])


def test_nothing_to_start_from_says_how_to_start(fitted):
    assert "name a track, or several, or a --playlist" in fitted("recommend", exit_code=2)

"""`partsong like`, `dislike`, `hide`, `undo` and `feedback`, as a user meets them."""

import re
from pathlib import Path

import pytest

JSON_PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "json.md"


@pytest.fixture
def imported(partsong, planted_tracks):
    planted_tracks.write_csv(partsong.folder / "planted.csv")
    partsong("import", "planted.csv")
    return partsong


def test_what_is_said_is_listed_and_taken_back(imported):
    assert "Say it with" in imported("feedback")
    assert imported("like", "Rap Song 1", "hush song 2").count("liked") == 2
    assert "no longer liked" in imported("dislike", "Rap Song 1")
    listed = imported.json("feedback")["verdicts"]
    assert [(one["title"], one["kind"]) for one in listed] == [
        ("Rap Song 1", "dislike"), ("Hush Song 2", "like"),
    ]  # fmt: skip
    assert "no longer disliked" in imported("undo")
    assert "no longer liked" in imported("undo", "Hush Song 2")
    assert "nothing to take back" in imported("undo")
    assert imported.json("feedback")["verdicts"] == []


def test_json_holds_the_keys_of_the_reference(imported):
    page = JSON_PAGE.read_text(encoding="utf-8")
    (row,) = re.findall(r"^\| `like`, .*$", page, flags=re.MULTILINE)
    inner = re.search(r"`verdicts` \[\{(.*?)\}\]", row)
    keys = set(re.findall(r"`([a-z_]+)`", inner[1]))
    for words in (
        ["like", "Rap Song 1"], ["dislike", "Rap Song 1"], ["hide", "Rap Song 2"],
        ["feedback"], ["undo"],
    ):  # fmt: skip
        printed = imported.json(*words)
        assert set(printed) == {"verdicts", "artists"}
        assert printed["verdicts"]
        assert all(set(verdict) == keys for verdict in printed["verdicts"]), words


def test_one_wrong_title_and_nothing_is_said(imported):
    assert "Rap Song 1" in imported("like", "Rap Song 2", "Rab Song 1", exit_code=1)
    assert imported.json("feedback")["verdicts"] == []


def test_an_artist_is_hidden_with_what_is_to_come(imported):
    assert "all of Rap Artist 1" in imported("hide", "--artist", "rap artist 1", "Hush Song 2")
    (artist,) = imported.json("feedback")["artists"]
    assert set(artist) == {"name", "said_at"}
    assert "Hush Song 2" in imported("undo")
    assert "no longer hidden" in imported("undo", "--artist", "Rap Artist 1")
    assert "Rap Artist 1" in imported(
        "hide", "Hush Song 2", "--artist", "Rap Artisd 1", exit_code=1
    )
    assert imported.json("feedback") == {"verdicts": [], "artists": []}
    assert "--artist" in imported("hide", exit_code=2)


def test_without_a_catalog_the_hint_is_to_import(partsong):
    for words in (["like", "Home"], ["undo"], ["feedback"]):
        assert "partsong import" in partsong(*words, exit_code=1)


def test_plays_are_counted_in_the_report(partsong):
    (partsong.folder / "plays.csv").write_text(
        "title,artist,played_at\nHome,Ann,2026-11-22T12:00Z\nHome,Ann,2026-11-23T12:00Z\n",
        encoding="utf-8",
    )
    assert re.search(r"listens +2 +new plays", partsong("import", "plays.csv"))
    assert partsong.json("import", "plays.csv")["listens"] == 0
    assert partsong.json("status")["library"] == 1

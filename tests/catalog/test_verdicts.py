"""Like, dislike, hide, and taking it back."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from partsong.catalog import Catalog
from partsong.errors import CatalogMissingError, QueryError, UnknownTrackError

Ids = Callable[..., list[str]]


def said(catalog: Catalog) -> set[tuple[str, str]]:
    return set(catalog.read_feedback().select("track_id", "kind").iter_rows())


def test_a_track_has_one_verdict_and_may_be_hidden_beside_it(
    catalog: Catalog, add: Callable[..., Any], ids: Ids
) -> None:
    add({"title": "a"}, {"title": "b"})
    a, b = ids("a", "b")
    assert catalog.say([a, b, a], "like").is_empty()
    catalog.say([a], "hide")
    replaced = catalog.say([a], "dislike")
    assert replaced.select("track_id", "kind").rows() == [(a, "like")]
    assert said(catalog) == {(a, "hide"), (a, "dislike"), (b, "like")}
    assert catalog.status().feedback == {"dislike": 1, "hide": 1, "like": 1}


def test_saying_it_again_changes_nothing(
    catalog: Catalog, add: Callable[..., Any], ids: Ids
) -> None:
    add({"title": "a"})
    catalog.say(ids("a"), "like", at=datetime.fromisoformat("2026-01-01T01:00+01:00"))
    before = catalog.read_feedback()
    assert before["said_at"].to_list() == [datetime.fromisoformat("2026-01-01")]
    catalog.say(ids("a"), "like")
    assert catalog.read_feedback().equals(before)


def test_the_last_thing_said_goes_first(
    catalog: Catalog, add: Callable[..., Any], ids: Ids
) -> None:
    add({"title": "a"}, {"title": "b"}, {"title": "c"})
    a, b, c = ids("a", "b", "c")
    catalog.say([a, b], "like")
    catalog.say([a, c], "hide")
    assert set(catalog.unsay()["track_id"]) == {a, c}
    assert said(catalog) == {(a, "like"), (b, "like")}
    catalog.say([a], "hide")
    assert catalog.unsay([b]).select("track_id", "kind").rows() == [(b, "like")]
    assert catalog.unsay([a])["kind"].to_list() == ["hide"]
    assert catalog.unsay([c]).is_empty()
    assert said(catalog) == {(a, "like")}


def test_an_import_is_taken_back_by_name_only(
    catalog: Catalog, add: Callable[..., Any], ids: Ids
) -> None:
    add({"title": "a", "liked": True}, {"title": "b", "liked": True})
    assert catalog.unsay().is_empty()
    assert catalog.unsay(ids("a"))["kind"].to_list() == ["like"]
    assert said(catalog) == {(*ids("b"), "like")}


def test_undo_takes_back_one_command_at_a_time(
    catalog: Catalog, add: Callable[..., Any], ids: Ids
) -> None:
    add({"title": "a"}, {"title": "b"})
    for day, (title, kind) in enumerate(
        [("a", "like"), ("b", "hide"), ("a", "dislike"), ("b", "like"), ("a", "hide")], start=1
    ):
        catalog.say(ids(title), kind, at=datetime.fromisoformat(f"2026-01-0{day}"))  # type: ignore[arg-type]  # literals
    taken = []
    while not (gone := catalog.unsay()).is_empty():
        taken += gone.select("track_id", "kind").rows()
    a, b = ids("a", "b")
    assert taken == [(a, "hide"), (b, "like"), (a, "dislike"), (b, "hide")]
    assert said(catalog) == set()


def test_versions_of_a_refused_song_are_refused_too(
    catalog: Catalog, add: Callable[..., Any], ids: Ids
) -> None:
    add(
        {"title": "Home", "artists": ["Ann"]},
        {"title": "Home - Live", "artists": ["Ann"], "duration_ms": 9000},
        {"title": "Home (feat. Bo)", "artists": ["Ann", "Bo"], "duration_ms": 90_000},
        {"title": "Home", "artists": ["Bo"]},
        {"title": "Away", "artists": ["Ann"]},
        {"title": "Near", "artists": ["Ann"]},
    )
    assert catalog.refused_tracks() == catalog.refused_songs() == set()
    catalog.say(ids("Home - Live"), "dislike")
    catalog.say(ids("Away"), "hide")
    catalog.say(ids("Near"), "like")
    assert catalog.refused_songs() == {"home / ann", "away / ann"}
    tracks = catalog.read_tracks_by_id(sorted(catalog.refused_tracks()), ["title", "artists"])
    assert {(title, *artists) for _, title, artists in tracks.iter_rows()} == {
        ("Home", "Ann"), ("Home - Live", "Ann"), ("Home (feat. Bo)", "Ann", "Bo"), ("Away", "Ann"),
    }  # fmt: skip


def test_tracks_without_a_title_can_be_refused(catalog: Catalog, add: Callable[..., Any]) -> None:
    add({"source_id": "fma:2"}, {"source_id": "fma:3"})
    first, _ = catalog.read_tracks()["track_id"]
    catalog.say([first], "hide")
    assert catalog.refused_tracks() == {first}
    assert catalog.refused_songs() == set()


def test_mistakes_change_nothing(catalog: Catalog, add: Callable[..., Any], ids: Ids) -> None:
    add({"title": "a"})
    with pytest.raises(UnknownTrackError, match="'nobody'"):
        catalog.say([*ids("a"), "nobody"], "like")
    with pytest.raises(QueryError, match="love"):
        catalog.say(ids("a"), "love")  # type: ignore[arg-type]  # the mistake itself
    assert catalog.read_feedback().is_empty()


def test_without_a_catalog_there_is_nothing_to_say_and_none_is_made(catalog: Catalog) -> None:
    at = datetime.fromisoformat("2026-01-01")
    for attempt in (
        lambda: catalog.say([], "like"),
        catalog.unsay,
        lambda: catalog.add_shown([], list_name="feed", at=at),
        catalog.read_feedback,
        catalog.read_shown,
        catalog.heard_tracks,
        catalog.list_playlists,
    ):
        with pytest.raises(CatalogMissingError):
            attempt()
    assert not catalog.path.exists()


def test_a_kill_between_taking_away_and_putting_in_changes_nothing(
    catalog: Catalog, add: Callable[..., Any], ids: Ids
) -> None:
    add({"title": "a"})
    catalog.say(ids("a"), "like")
    code = """
import os, signal, sys
from partsong.catalog import Catalog, verdicts
verdicts.as_utc = lambda time: os.kill(os.getpid(), signal.SIGKILL)
Catalog(sys.argv[1]).say([sys.argv[2]], "dislike")
"""
    killed = subprocess.run([sys.executable, "-c", code, catalog.path, *ids("a")], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert said(catalog) == {(*ids("a"), "like")}


def test_processes_that_speak_at_once_are_all_heard(
    catalog: Catalog, add: Callable[..., Any], ids: Ids
) -> None:
    titles = [f"song {number}" for number in range(6)]
    add(*({"title": title} for title in titles))
    code = """
import sys
from partsong.catalog import Catalog
catalog = Catalog(sys.argv[1], busy_timeout=60)
for track_id in sys.argv[2:]:
    catalog.say([track_id], "like")
"""
    tracks = ids(*titles)
    speakers = [
        subprocess.Popen([sys.executable, "-c", code, str(catalog.path), *part])
        for part in (tracks[:3], tracks[3:])
    ]
    assert [speaker.wait(timeout=120) for speaker in speakers] == [0, 0]
    assert said(catalog) == {(track_id, "like") for track_id in tracks}

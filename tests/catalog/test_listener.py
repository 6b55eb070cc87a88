"""Likes, dislikes and playlists, as files bring them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import polars as pl

from partsong.catalog import Catalog


def feedback(query: Callable[[str], Any]) -> list[Any]:
    return query("SELECT title, kind FROM feedback JOIN tracks USING (track_id) ORDER BY title")


def test_likes_and_dislikes_are_kept_once(
    catalog: Catalog, add: Callable[..., Any], query: Callable[..., Any]
) -> None:
    rows = [{"title": "a", "liked": True}, {"title": "b", "liked": False}, {"title": "c"}]
    add(*rows)
    said_at = query("SELECT said_at FROM feedback ORDER BY track_id")
    add(*rows)
    assert feedback(query) == [("a", "like"), ("b", "dislike")]
    assert query("SELECT said_at FROM feedback ORDER BY track_id") == said_at
    assert catalog.status().feedback == {"dislike": 1, "like": 1}
    assert catalog.count_tracks("in_library") == 1


def test_a_newer_verdict_replaces_the_older(
    add: Callable[..., Any], query: Callable[..., Any]
) -> None:
    add({"title": "a", "liked": True})
    add({"title": "a", "liked": False})
    add({"title": "a", "liked": None})
    assert feedback(query) == [("a", "dislike")]


def test_playlists_keep_their_order_and_grow(
    add: Callable[..., Any], query: Callable[..., Any]
) -> None:
    first = [{"title": t, "playlist_id": "p", "playlist": "Evening"} for t in ("c", "a", "a")]
    add(*first)
    add(*first)
    add({"title": "b", "playlist_id": "p", "playlist": "Late evening"})
    add({"title": "b", "playlist": "My Mix!"})
    assert query("SELECT * FROM playlists ORDER BY playlist_id") == [
        ("name:my mix", "My Mix!"),
        ("p", "Late evening"),
    ]
    assert query(
        """
        SELECT playlist_id, position, title FROM playlist_tracks JOIN tracks USING (track_id)
        ORDER BY playlist_id, position
        """
    ) == [("name:my mix", 1, "b"), ("p", 1, "c"), ("p", 2, "a"), ("p", 3, "b")]


def test_what_the_listener_said_stands_against_files(
    catalog: Catalog, add: Callable[..., Any], ids: Callable[..., list[str]]
) -> None:
    rows = [{"title": "a", "liked": True}, {"title": "b", "liked": True}]
    add(*rows)
    catalog.say(ids("a"), "dislike")
    catalog.say(ids("b"), "hide")
    add(*rows)
    add({"title": "b", "liked": False})
    said = catalog.read_feedback().select("track_id", "kind").rows()
    (a, b) = ids("a", "b")
    assert sorted(said) == sorted([(a, "dislike"), (b, "hide"), (b, "dislike")])


def test_a_merge_of_two_tracks_keeps_what_points_at_them(
    catalog: Catalog, add: Callable[..., Any], ids: Callable[..., list[str]]
) -> None:
    times = [datetime.fromisoformat("2026-01-01"), datetime.fromisoformat("2026-01-02")]
    add({"title": "a", "isrc": "QZAB12300001"}, {"title": "b", "mbid": "m"})
    for title, played in zip("ab", (times[:1], times), strict=True):
        (track_id,) = ids(title)
        catalog.say([track_id], "like")
        catalog.add_shown([track_id], list_name=title, at=times[0])
        catalog.add_listens(pl.DataFrame({"track_id": track_id, "played_at": played}))
    report = add({"title": "a", "isrc": "QZAB12300001", "mbid": "m"})
    assert any("same as an earlier one" in note for note in report.notes)
    (one,) = catalog.read_tracks()["track_id"]
    assert catalog.read_feedback()["track_id"].to_list() == [one]
    assert catalog.read_shown().select("track_id", "list_name").rows() == [(one, "a"), (one, "b")]
    assert catalog.read_listens().select("track_id", "played_at").rows() == [
        (one, time) for time in times
    ]

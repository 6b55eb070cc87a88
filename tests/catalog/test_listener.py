"""Likes, dislikes and playlists."""

from collections.abc import Callable
from typing import Any

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

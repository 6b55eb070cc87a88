"""Playlists by name, and lists that were shown."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from partsong.catalog import Catalog
from partsong.errors import QueryError, UnknownPlaylistError, UnknownTrackError

Ids = Callable[..., list[str]]
MONDAY = datetime.fromisoformat("2026-11-23")


@pytest.fixture
def listed(add: Callable[..., Any]) -> None:
    add(
        *({"title": t, "playlist_id": "p1", "playlist": "Soirée"} for t in "cab"),
        {"title": "d", "playlist_id": "p2", "playlist": "Focus"},
        {"title": "a", "playlist_id": "p3", "playlist": "focus!"},
    )


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize("name", ["Soirée", "soiree", " p1 "])
def test_a_playlist_is_read_in_its_order(catalog: Catalog, ids: Ids, name: str) -> None:
    assert catalog.read_playlist(name).rows() == [*zip(ids(*"cab"), (1, 2, 3), strict=True)]


@pytest.mark.usefixtures("listed")
def test_playlists_are_listed_as_they_came(catalog: Catalog) -> None:
    assert catalog.list_playlists().rows() == [
        ("p1", "Soirée", 3), ("p2", "Focus", 1), ("p3", "focus!", 1),
    ]  # fmt: skip


@pytest.mark.usefixtures("listed")
def test_names_are_never_guessed(catalog: Catalog, ids: Ids) -> None:
    assert catalog.read_playlist("Focus")["track_id"].to_list() == ids("d")
    with pytest.raises(QueryError, match="2 playlists") as caught:
        catalog.read_playlist("FOCUS")
    assert caught.value.candidates == ("p2", "p3")
    with pytest.raises(UnknownPlaylistError) as near:
        catalog.read_playlist("Soire")
    assert near.value.candidates == ("Soirée",)
    with pytest.raises(UnknownPlaylistError) as far:
        catalog.read_playlist("xyz")
    assert "Soirée" in far.value.hint


def test_without_playlists_the_hint_says_how_to_get_one(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add({"title": "a"})
    with pytest.raises(UnknownPlaylistError) as caught:
        catalog.read_playlist("Evening")
    assert "import" in caught.value.hint


def test_shown_lists_are_remembered_in_order(
    catalog: Catalog, add: Callable[..., Any], ids: Ids
) -> None:
    add(*({"title": t} for t in "abc"))
    a, b, c = ids(*"abc")
    later = (MONDAY + timedelta(days=7)).replace(tzinfo=UTC)
    catalog.add_shown([b], list_name="discover", at=later)
    catalog.add_shown([c, a], list_name="discover", at=MONDAY)
    catalog.add_shown([], list_name="other", at=MONDAY)
    assert catalog.read_shown().rows() == [
        (c, "discover", 1, MONDAY),
        (a, "discover", 2, MONDAY),
        (b, "discover", 1, MONDAY + timedelta(days=7)),
    ]
    catalog.add_shown([b, c], list_name="discover", at=MONDAY)
    shown = catalog.read_shown()
    assert shown["track_id"].to_list() == [b, c, b]
    with pytest.raises(UnknownTrackError):
        catalog.add_shown([a, "x"], list_name="discover", at=MONDAY)
    assert catalog.read_shown().equals(shown)

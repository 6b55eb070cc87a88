"""What is asked of Spotify and how its answers read, in the shapes of every year."""

import pytest

from partsong.errors import ServiceError
from partsong.sources.services.spotify import endpoints
from partsong.sources.services.spotify.endpoints import (
    entries_request,
    read_entry,
    read_features,
    read_me,
    read_page,
    read_playlist,
    track_request,
)

LINK = "https://api.spotify.com/v1/me/tracks?offset={}&limit=50"


def test_a_page_says_where_the_next_one_begins():
    first = read_page({"items": [1, 2], "offset": 0, "total": 4, "next": LINK.format(2)})
    last = read_page({"items": [3, 4], "offset": 2, "total": 4, "next": None})
    assert (first.next_offset, last.next_offset, first.total) == (2, None, 4)


@pytest.mark.parametrize("link", [LINK.format(50), LINK.format("x"), "", None, 7])
def test_a_link_that_leads_nowhere_ends_the_list(link):
    answer = {"items": [1], "offset": 50, "total": 900, "next": link}
    assert read_page(answer).next_offset is None


def test_an_empty_page_ends_the_list_whatever_its_link_says():
    answer = {"items": [], "offset": 50, "total": 900, "next": LINK.format(100)}
    assert read_page(answer).next_offset is None


def test_plays_come_without_a_total():
    assert read_page({"items": [1, 2, 3], "next": None, "cursors": {}}).total == 3


@pytest.mark.parametrize(
    ("shown", "total", "route"),
    [
        ({"tracks": {"total": 12}}, 12, "tracks"),
        ({"items": {"total": 12}}, 12, "items"),
        ({"items": {"total": 12}, "tracks": None}, 12, "items"),
        ({"items": {"total": 12}, "tracks": {"total": 12}}, 12, "tracks"),
        ({}, None, "items"),
        ({"items": {"total": "many"}}, None, "items"),
    ],
)
def test_a_playlist_is_counted_in_either_shape(shown, total, route):
    playlist = read_playlist({"id": "37i9", "name": "Mornings", **shown})
    assert (playlist.total, playlist.route) == (total, route)


@pytest.mark.parametrize("gone", [None, {}, {"id": None}, {"id": ""}, {"id": "../me"}, "37i9"])
def test_the_place_of_a_playlist_that_is_gone_is_passed_over(gone):
    assert read_playlist(gone) is None


def test_a_playlist_without_a_name_goes_by_its_id():
    assert read_playlist({"id": "37i9", "name": None, "owner": None}).name == "37i9"


SONG = {"type": "track", "name": "Solas", "track": True, "episode": False}


@pytest.mark.parametrize(
    "entry",
    [
        SONG,
        {"track": SONG, "added_at": None},
        {"item": SONG, "added_at": None},
        {"item": SONG, "track": SONG},
        {"item": None, "track": SONG},
    ],
)
def test_a_song_is_found_in_every_kind_of_entry(entry):
    assert read_entry(entry) is SONG


@pytest.mark.parametrize("entry", [None, {}, {"track": None}, {"item": None}, {"track": True}, 3])
def test_an_entry_without_a_song_is_none(entry):
    assert read_entry(entry) is None


def test_features_that_are_not_there_are_passed_over():
    found = read_features({"audio_features": [None, {"id": "a", "tempo": 1}, {"tempo": 2}]})
    assert [one["id"] for one in found] == ["a"]


def test_pages_are_as_large_as_they_may_be():
    assert entries_request("37i9", "tracks").params == {"limit": 100, "offset": 0}
    assert entries_request("37i9", "items", 50).params == {"limit": 50, "offset": 50}
    assert endpoints.saved_request().params["limit"] == 50
    assert endpoints.top_request("short_term").params["limit"] == 50
    assert endpoints.recent_request().params["limit"] == 50


@pytest.mark.parametrize("text", ["../me", "a/b", "a?x=1", "a%2Fb", "", "é"])
def test_an_id_never_reaches_into_another_path(text):
    with pytest.raises(ServiceError, match="no id of Spotify's"):
        entries_request(text, "items")
    with pytest.raises(ServiceError, match="no id of Spotify's"):
        track_request(text)


@pytest.mark.parametrize("answer", [None, [], "x", {}, {"items": {}}, {"items": None}])
def test_an_answer_of_another_shape_is_said_to_be_one(answer):
    with pytest.raises(ServiceError, match="does not know"):
        read_page(answer)


def test_an_account_without_an_id_is_said_to_be_none():
    with pytest.raises(ServiceError, match="no account"):
        read_me({"id": None})

"""Hidden tracks and artists from imports and commands, and what services suggest."""

from collections.abc import Callable
from typing import Any

import pytest

from partsong.catalog import Catalog
from partsong.errors import QueryError

HOME = {"title": "Home", "artists": ["Ann"]}
AWAY = {"title": "Away", "artists": ["Bob"]}
DUET = {"title": "Duet", "artists": ["Cat", "Björk"]}


def kinds(catalog: Catalog) -> list[str]:
    return catalog.read_feedback()["kind"].to_list()


def test_an_import_hides_tracks_and_can_be_taken_back(
    catalog: Catalog, add: Callable[..., Any], ids: Callable[..., list[str]]
) -> None:
    add(HOME | {"hidden": True, "liked": True}, AWAY)
    (home,) = ids("Home")
    assert sorted(kinds(catalog)) == ["hide", "like"]
    assert catalog.refused_tracks() == {home}
    assert catalog.unsay().is_empty()  # an import is not taken back as a whole
    assert catalog.unsay([home]).height == 1
    add(HOME)
    assert catalog.read_feedback().height == 1


def test_an_import_hides_nothing_that_the_listener_judged(
    catalog: Catalog, add: Callable[..., Any], ids: Callable[..., list[str]]
) -> None:
    add(HOME)
    catalog.say(ids("Home"), "like")
    add(HOME | {"hidden": True})
    assert kinds(catalog) == ["like"]
    assert catalog.refused_tracks() == set()


def test_a_hidden_artist_is_refused_in_every_spelling_and_later_too(
    catalog: Catalog, add: Callable[..., Any], ids: Callable[..., list[str]]
) -> None:
    report = add(HOME, AWAY, artists=[{"name": "BJORK", "hidden": True}, {"name": "Stranger"}])
    assert report.notes == ["Artists left out because no track mentions them: 1."]
    assert catalog.refused_tracks() == set()
    add(DUET, {"title": "Björk", "artists": ["Bo"]})
    assert catalog.refused_tracks() == set(ids("Duet")) == catalog.tracks_by_hidden_artists()
    assert catalog.refused_songs() == {"duet / cat"}
    assert catalog.read_hidden_artists()["name"].to_list() == ["BJORK"]
    add(DUET, artists=[{"name": "Björk", "hidden": True}])
    assert catalog.read_hidden_artists().height == 1


def test_an_artist_without_a_name_is_hidden_by_id(
    catalog: Catalog, add: Callable[..., Any]
) -> None:
    add(DUET | {"artist_keys": ["c" * 22, "b" * 22]})
    add(
        HOME,
        artists=[{"artist_id": "b" * 22, "hidden": True}, {"artist_id": "x" * 22, "hidden": True}],
    )
    assert catalog.read_hidden_artists()["name"].to_list() == ["Björk"]
    assert len(catalog.refused_tracks()) == 1


def test_artists_are_hidden_by_name_and_shown_again(
    catalog: Catalog, add: Callable[..., Any], ids: Callable[..., list[str]]
) -> None:
    add(HOME, AWAY, DUET)
    assert catalog.hide_artists(["bjork", "ANN"]) == ["Björk", "Ann"]
    assert catalog.refused_tracks() == set(ids("Home", "Duet"))
    with pytest.raises(QueryError, match="Bjark") as caught:
        catalog.hide_artists(["Bob", "Bjark"])
    assert "Björk" in caught.value.hint
    assert catalog.show_artist("Björk")["name"].to_list() == ["Björk"]
    assert catalog.show_artist("Björk").is_empty()
    assert catalog.refused_tracks() == set(ids("Home"))


def test_what_was_said_last_is_taken_back_first(
    catalog: Catalog, add: Callable[..., Any], ids: Callable[..., list[str]]
) -> None:
    add(HOME, AWAY, artists=[{"name": "Zoe", "hidden": True}])
    catalog.hide_artists(["Ann"])
    catalog.say(ids("Away"), "like")
    assert catalog.show_artist().is_empty()
    catalog.unsay()
    assert catalog.show_artist()["name"].to_list() == ["Ann"]
    assert catalog.show_artist().is_empty()
    assert catalog.read_hidden_artists()["name"].to_list() == ["Zoe"]


def test_the_newest_suggestion_of_each_source_counts(
    catalog: Catalog, add: Callable[..., Any], ids: Callable[..., list[str]]
) -> None:
    add(HOME | {"suggested": 0.5}, AWAY | {"suggested": 0.25}, DUET)
    add(HOME | {"suggested": 0.75})
    candidates = catalog.read_candidates()
    home, away = ids("Home", "Away")
    assert candidates.select("track_id", "source", "score").rows() == [
        (home, "table", 0.75),
        (away, "table", 0.25),
    ]
    assert candidates["suggested_at"][0] > candidates["suggested_at"][1]
    assert not catalog.read_tracks(["in_library"])["in_library"].any()

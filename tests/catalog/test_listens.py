"""Plays, and what is nothing new to the listener."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import polars as pl
import pytest

from partsong.catalog import Catalog, is_cover
from partsong.errors import UnknownTrackError

Ids = Callable[..., list[str]]
NOON = datetime.fromisoformat("2026-11-22T12:00")


def test_plays_of_a_file_count_once(catalog: Catalog, add: Callable[..., Any], ids: Ids) -> None:
    rows = [
        {"title": "a", "played_at": NOON, "ms_played": 1000},
        {"title": "a", "played_at": NOON, "ms_played": 3000},
        {"title": "a", "played_at": NOON + timedelta(hours=1)},
        {"title": "b", "played_at": NOON},
        {"title": "c"},
    ]
    assert add(*rows).listens == 3
    assert add(*rows, {"title": "c", "played_at": NOON}).listens == 1
    a, b, c = ids("a", "b", "c")
    assert sorted(catalog.read_listens().rows(), key=str) == sorted(
        [(a, NOON, 3000), (b, NOON, None), (c, NOON, None), (a, NOON + timedelta(hours=1), None)],
        key=str,
    )
    assert catalog.imports()[0].report["listens"] == 3


def test_what_was_played_is_known(catalog: Catalog, add: Callable[..., Any]) -> None:
    add({"title": "a", "played_at": NOON}, {"title": "b", "heard": False}, {"title": "c"})
    assert catalog.read_tracks(["title"], where="in_library")["title"].to_list() == ["a"]
    assert catalog.heard_songs() == {"a / "}


def test_plays_can_be_added_by_id(catalog: Catalog, add: Callable[..., Any], ids: Ids) -> None:
    add({"title": "a"}, {"title": "b"})
    a, b = ids("a", "b")
    in_berlin = (
        pl.Series([NOON, NOON]).dt.replace_time_zone("UTC").dt.convert_time_zone("Europe/Berlin")
    )
    plays = pl.DataFrame({"track_id": [a, a], "played_at": in_berlin})
    assert catalog.add_listens(plays) == 1
    assert catalog.add_listens(plays) == 0
    assert catalog.read_listens().rows() == [(a, NOON, None)]
    assert catalog.count_tracks("in_library") == 1
    with pytest.raises(UnknownTrackError):
        catalog.add_listens(pl.DataFrame({"track_id": [b, "x"], "played_at": [NOON, NOON]}))
    assert catalog.count_tracks("in_library") == 1


def test_versions_and_covers_of_a_heard_song_are_nothing_new(
    catalog: Catalog, add: Callable[..., Any], ids: Ids
) -> None:
    add({"title": "Hello", "artists": ["Adele"], "heard": True}, {"title": "fma", "liked": True})
    add({"title": "Tribute", "artists": ["Tenacious D"]})
    catalog.say(ids("Tribute"), "like")
    heard = [
        ("Hello - Live at the Royal Albert Hall", "Adele", "25"),
        ("Hello (Slowed + Reverb)", "Adele", "25"),
        ("Hello - Sped Up", "ADELE", "25"),
        ("Hello (Originally Performed by Adele) [Karaoke Version]", "Sing It", "Hits"),
        ("Hello (In the Style of Adele)", "Nobody", None),
        ("Hello", "Karaoke All Stars", "Hits"),
        ("Hello", "Piano Players", "A Tribute to Adele"),
        ("Hello - Cover", "Bo", None),
        ("Tribute (Live)", "Tenacious D", None),
    ]
    new = [
        ("Hello", "Lionel Richie", "Can't Slow Down"),
        ("Hello Goodbye", "Adele", None),
        ("Tribute", "Another", None),
        ("Goodbye (Karaoke Version)", "Sing It", "Hits"),
        ("Hello", "The Undercovers", None),
    ]
    add(*(
        {"title": title, "artists": [artist], "album": album, "duration_ms": 10_000 * place}
        for place, (title, artist, album) in enumerate([*heard, *new], start=1)
    ))  # fmt: skip
    tracks = catalog.read_tracks_by_id(
        sorted(catalog.heard_tracks()), ["title", "artists", "album"]
    )
    named = {
        (title, artists[0] if artists else None, album)
        for _, title, artists, album in tracks.rows()
    }
    assert named == {
        *heard, ("Hello", "Adele", None), ("fma", None, None), ("Tribute", "Tenacious D", None),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("title", "artists", "album"),
    [
        ("Karaoke", ["Drake"], "Thank Me Later"),
        ("Cover Me", ["Bruce Springsteen"], "Born in the U.S.A."),
        ("Tribute to My Heart", None, None),
        (None, None, None),
        ("Discovery - Recovered", ["Undercover"], "Covert"),
    ],
)
def test_a_title_that_is_such_a_word_is_no_cover(
    title: str | None, artists: list[str] | None, album: str | None
) -> None:
    assert not is_cover(title, artists, album)


@pytest.mark.parametrize("minutes_first", [True, False])
def test_a_play_told_by_its_minute_and_by_its_second_counts_once(
    catalog: Catalog, add: Callable[..., Any], ids: Ids, *, minutes_first: bool
) -> None:
    add({"title": "a"}, {"title": "b"})
    a, b = ids("a", "b")
    minute = pl.DataFrame(
        {
            "track_id": [a, a],
            "played_at": [NOON, NOON + timedelta(days=1)],
            "ms_played": [181_000, 181_000],
        }
    )
    second = pl.DataFrame(
        {
            "track_id": [a, a, b],
            "played_at": [
                NOON + timedelta(seconds=56),
                NOON + timedelta(days=1, seconds=61),  # another minute: another play
                NOON + timedelta(seconds=56),  # another track
            ],
            "ms_played": [181_000, 181_000, 181_000],
        }
    )
    for plays in (minute, second) if minutes_first else (second, minute):
        catalog.add_listens(plays)
    assert catalog.read_listens()["played_at"].to_list() == [
        NOON + timedelta(seconds=56),
        NOON + timedelta(seconds=56),
        NOON + timedelta(days=1),
        NOON + timedelta(days=1, seconds=61),
    ]
    assert catalog.add_listens(minute) == 0

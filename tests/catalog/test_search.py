"""From what a person types to the track that is meant."""

from collections.abc import Callable
from typing import Any

import pytest

from partsong.catalog import Catalog
from partsong.errors import AmbiguousTrackError, UnknownTrackError

MOONLIGHT = "2i2gDpKKWjvnRTOZRhaPh2"


@pytest.fixture
def tracks(catalog: Catalog, add: Callable[..., Any]) -> Catalog:
    add(
        {"title": "Moonlight", "artists": ["Kali Uchis"], "spotify_id": MOONLIGHT},
        {"title": "Home", "artists": ["Ann"], "spotify_id": "1" * 22, "popularity": 10},
        {"title": "Home", "artists": ["Ann"], "spotify_id": "2" * 22, "popularity": 60},
        {"title": "Home", "artists": ["Ann", "Cy"], "spotify_id": "3" * 22, "popularity": 60},
        {"title": "Casa", "artists": ["Bo"], "source_id": "fma:2"},
        {"title": "casa!", "artists": ["Cy", "Bo"]},
        {"title": "Until I Found You - Piano Version", "artists": ["Stephen Sanchez"]},
        {"title": "Ghost - Acoustic", "artists": ["Ben - Jo"]},
        {"title": "Día & Noche", "artists": ["Él"]},
        {"title": "!!!", "artists": ["Chk"]},
        {"title": "Instrumental", "artists": None},
    )
    return catalog


@pytest.mark.parametrize(
    ("text", "title", "artist"),
    [
        ("Moonlight", "Moonlight", "Kali Uchis"),
        ("  MOONLIGHT ", "Moonlight", "Kali Uchis"),
        ("Moonlight - Kali Uchis", "Moonlight", "Kali Uchis"),
        ("moonlight - kali uchis", "Moonlight", "Kali Uchis"),
        (MOONLIGHT, "Moonlight", "Kali Uchis"),
        (f"spotify:track:{MOONLIGHT}", "Moonlight", "Kali Uchis"),
        (f"https://open.spotify.com/track/{MOONLIGHT}?si=abc", "Moonlight", "Kali Uchis"),
        (f"https://open.spotify.com/intl-de/track/{MOONLIGHT}", "Moonlight", "Kali Uchis"),
        ("fma:2", "Casa", "Bo"),
        ("Casa - Bo", "Casa", "Bo"),
        ("Casa - Cy, Bo", "casa!", "Cy"),
        (
            "Until I Found You - Piano Version",
            "Until I Found You - Piano Version",
            "Stephen Sanchez",
        ),
        (
            "Until I Found You - Piano Version - Stephen Sanchez",
            "Until I Found You - Piano Version",
            "Stephen Sanchez",
        ),
        ("Ghost - Acoustic - Ben - Jo", "Ghost - Acoustic", "Ben - Jo"),
        ("dia noche", "Día & Noche", "Él"),
        ("!!!", "!!!", "Chk"),
    ],
)
def test_texts_that_name_a_track(tracks: Catalog, text: str, title: str, artist: str) -> None:
    found = tracks.find_track(text)
    assert (found.title, found.artists[0]) == (title, artist)
    assert tracks.find_track(found.track_id) == found or found.duplicates


def test_recordings_of_one_song_count_once_the_most_popular_first(tracks: Catalog) -> None:
    found = tracks.find_track("Home")
    ids = tracks.read_tracks(["spotify_id"]).rows()
    by_spotify_id = {spotify_id: track_id for track_id, spotify_id in ids}
    assert found.track_id == by_spotify_id["2" * 22]
    assert found.duplicates == (by_spotify_id["3" * 22], by_spotify_id["1" * 22])


def test_songs_of_different_artists_are_never_guessed_between(tracks: Catalog) -> None:
    with pytest.raises(AmbiguousTrackError, match="2 different songs") as caught:
        tracks.find_track("Casa")
    assert set(caught.value.candidates) == {"Casa - Bo", "casa! - Cy"}
    for candidate in caught.value.candidates:
        assert tracks.find_track(candidate).title
    assert caught.value.candidates[0] in caught.value.hint


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("Moonlite", "Moonlight - Kali Uchis"),
        ("Moonlight - Kali Uchi", "Moonlight - Kali Uchis"),
        ("Until I Fond You - Piano Version", "Until I Found You - Piano Version - Stephen Sanchez"),
        ("Instrumentals", "Instrumental"),
    ],
)
def test_what_is_not_there_is_answered_with_what_comes_near(
    tracks: Catalog, text: str, nearest: str
) -> None:
    with pytest.raises(UnknownTrackError) as caught:
        tracks.find_track(text)
    assert caught.value.candidates[0] == nearest
    assert tracks.find_track(nearest).title


@pytest.mark.parametrize(
    "text", ["", "   ", " - ", "zzzzzzzzzzzzzz", "%", "'; DROP TABLE tracks; --"]
)
def test_what_comes_near_nothing_is_simply_unknown(tracks: Catalog, text: str) -> None:
    with pytest.raises(UnknownTrackError) as caught:
        tracks.find_track(text)
    assert len(caught.value.candidates) <= 5
    assert caught.value.hint

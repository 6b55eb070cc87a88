"""What an app may ask of Spotify: found out by asking once, and remembered for a month.

Spotify tells no app what kind it is. Since November 2024 audio features and the playlists of
categories are closed to all but a few older apps, and since 2026 apps in development mode get songs
one by one only. Each is tried with one small request; a refusal is an answer. How playlists are
read need not be tried: the list of them shows it.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final

from partsong.errors import ForbiddenError, ServiceMissingError
from partsong.sources.http.messages import Request, Sender
from partsong.sources.places import config_folder, write_private
from partsong.sources.services.spotify.endpoints import (
    category_request,
    features_request,
    me_request,
    several_request,
)

__all__ = ["N_QUESTIONS", "SpotifyAbilities", "ask_abilities", "find_spotify_abilities"]

N_QUESTIONS: Final = 3
"""Requests that :func:`ask_abilities` makes, and one more where all of them are refused."""

_GOOD_FOR_DAYS: Final = 30
_ANY_SONG: Final = "11dFghVXANMlKmJXsNCbNl"
"""The song of the examples in Spotify's own reference."""
_ANY_CATEGORY: Final = "dinner"

_FEATURES_ELSEWHERE: Final = (
    "This app may not read audio features, which Spotify has closed to new apps since November "
    "2024. Have them by id: partsong import reccobeats. Or from a table: partsong import FILE"
)
_CATEGORIES_ELSEWHERE: Final = (
    "This app may not read the playlists of Spotify's categories. Songs you have never heard come "
    "from any table of tracks instead: partsong import FILE"
)
_ONE_BY_ONE: Final = "This app gets songs one by one, so each takes a request."


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotifyAbilities:
    """What one app may ask.

    Parameters
    ----------
    features
        The audio features of songs, 100 at once.
    several
        Songs by id, 50 at once.
    categories
        The playlists of a category.
    asked_on
        The day on which this was found out, as ISO 8601 writes it.

    Examples
    --------
    >>> app = SpotifyAbilities(features=False, several=True, categories=True, asked_on="2026-11-22")
    >>> app.describe_lack({"features"})[0].partition(",")[0]
    'This app may not read audio features'
    """

    features: bool
    several: bool
    categories: bool
    asked_on: str

    def describe_lack(self, wanted: frozenset[str] | set[str]) -> tuple[str, ...]:
        """Say what is wanted and may not be asked, and what to use in its place.

        Parameters
        ----------
        wanted
            Any of ``features``, ``details`` and ``category``.
        """
        lacks = {
            "features": (self.features, _FEATURES_ELSEWHERE),
            "category": (self.categories, _CATEGORIES_ELSEWHERE),
            "details": (self.several, _ONE_BY_ONE),
        }
        return tuple(
            text for name, (is_there, text) in lacks.items() if name in wanted and not is_there
        )


def ask_abilities(sender: Sender, *, today: date | None = None) -> SpotifyAbilities:
    """Find out what this app may ask, with `N_QUESTIONS` requests.

    Where all are refused, one that is open to every app shows whether it is the app that is.

    Parameters
    ----------
    sender
        Takes the requests to Spotify.
    today
        The day, today by default.

    Raises
    ------
    LoginNeededError, ImportPausedError, ServiceError
        If there is no answer to be had: then nothing is known, and nothing is remembered.
    ForbiddenError
        If the app may ask nothing at all, as where its owner's Premium has ended.
    """
    features = _is_open(sender, features_request([_ANY_SONG]))
    several = _is_open(sender, several_request([_ANY_SONG]))
    categories = _is_open(sender, category_request(_ANY_CATEGORY))
    if not (features or several or categories):
        sender.send(me_request())
    return SpotifyAbilities(
        features=features,
        several=several,
        categories=categories,
        asked_on=(today or datetime.now(UTC).date()).isoformat(),
    )


def find_spotify_abilities(
    sender: Sender, client_id: str, *, ask_again: bool = False, today: date | None = None
) -> SpotifyAbilities:
    """Return what an app may ask: as remembered in the folder of settings, else by asking.

    Parameters
    ----------
    sender
        Takes the requests to Spotify, should there be any.
    client_id
        The app.
    ask_again
        Ask, whatever is remembered.
    today
        The day, today by default: what was found out over 30 days ago is no longer believed.

    Raises
    ------
    LoginNeededError, ImportPausedError, ServiceError
        As :func:`ask_abilities` does.
    OutputError
        If it cannot be written down.
    """
    path = config_folder() / "spotify-abilities.json"
    today = today or datetime.now(UTC).date()
    remembered = _read_all(path)
    found = None if ask_again else _believe(remembered.get(client_id), today)
    if found is None:
        found = ask_abilities(sender, today=today)
        everything = {**remembered, client_id: asdict(found)}
        write_private(path, json.dumps(everything, indent=2) + "\n")
    return found


def _believe(remembered: Any, today: date) -> SpotifyAbilities | None:
    try:
        abilities = SpotifyAbilities(**remembered)
        age = today - date.fromisoformat(abilities.asked_on)
    except (TypeError, ValueError):
        return None
    return abilities if 0 <= age.days <= _GOOD_FOR_DAYS else None


def _is_open(sender: Sender, request: Request) -> bool:
    try:
        sender.send(request)
    except (ForbiddenError, ServiceMissingError):
        return False
    return True


def _read_all(path: Path) -> Mapping[str, Any]:
    try:
        known = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}

"""What beets and its plugins know of a track, under the catalog's names."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Final

from partsong.schema import AUDIO_FEATURES
from partsong.sources.exports.musical_key import read_musical_key

__all__ = [
    "ACOUSTICBRAINZ",
    "ITEM_ATTRIBUTES",
    "ITEM_COLUMNS",
    "ITEM_FIELDS",
    "SPOTIFY",
    "read_item",
]

SPOTIFY: Final = {name: f"spotify_{name}" for name in AUDIO_FEATURES}
"""The attributes in which the plugin ``spotify`` keeps the audio features."""

ACOUSTICBRAINZ: Final = {
    "danceability": "danceable",
    "acousticness": "mood_acoustic",
    "valence": "mood_happy",
}
"""The attributes of the plugin ``acousticbrainz`` that come near an audio feature."""

ITEM_COLUMNS: Final = (
    "id",
    "title",
    "artist",
    "artists",
    "album",
    "genre",
    "genres",
    "length",
    "year",
    "month",
    "day",
    "bpm",
    "initial_key",
    "mb_trackid",
    "isrc",
    "path",
)
"""The columns of ``items`` that are used; versions of beets have more or fewer of them."""

ITEM_ATTRIBUTES: Final = (
    "data_source",
    "spotify_track_id",
    "spotify_track_popularity",
    *SPOTIFY.values(),
    *ACOUSTICBRAINZ.values(),
    "last_played",
    "rating",
    "itunes_lastplayed",
    "itunes_rating",
)
"""The keys of ``item_attributes`` that are used."""

ITEM_FIELDS: Final = (
    "title",
    "artists",
    "album",
    "genres",
    "duration_s",
    "release_date",
    "popularity",
    "isrc",
    "spotify_id",
    "mbid",
    "path",
    "played_at",
    "liked",
    "heard",
    *AUDIO_FEATURES,
)
"""What `read_item` can say of a track."""

_SEVERAL: Final = "\\\u2400"
_GENRE_BREAK: Final = re.compile(r"\\\u2400|[;|]|, ")
_SPOTIFY_ID: Final = re.compile(r"[0-9A-Za-z]{22}")
_MBID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_ABSOLUTE: Final = re.compile(r"/|[A-Za-z]:[\\/]|\\\\")
_LAST_SECOND: Final = 253_402_300_799

_Item = Mapping[str, Any]


def read_item(item: _Item, analysis: str) -> dict[str, str | list[str] | None]:
    r"""Return what is known of a track as text.

    Parameters
    ----------
    item
        The values of `ITEM_COLUMNS` and `ITEM_ATTRIBUTES`, those that are not there missing.
    analysis
        Whose audio features to take: ``"spotify"``, ``"acousticbrainz"`` or ``"tags"``.

    Returns
    -------
    dict
        A value for each of `ITEM_FIELDS` that is known. A path that beets keeps relative to its
        folder of music, as it does since 2026, is missing: the library does not name that folder.

    Examples
    --------
    >>> item = {"title": "Surf", "artists": "A\\␀B", "year": 1964, "bpm": 120, "initial_key": "Am"}
    >>> track = read_item(item, "tags")
    >>> track["artists"], track["release_date"], track["tempo"], track["key"], track["mode"]
    (['A', 'B'], '1964', '120', '9', '0')
    """
    mb_trackid = _text(item, "mb_trackid") or ""
    spotify_id = _text(item, "spotify_track_id")
    if (_text(item, "data_source") or "").lower() == "spotify" and _SPOTIFY_ID.fullmatch(
        mb_trackid
    ):
        spotify_id = spotify_id or mb_trackid
    return {
        **_features(item, analysis),
        "title": _text(item, "title"),
        "artists": _names(_text(item, "artists")) or _names(_text(item, "artist")),
        "album": _text(item, "album"),
        "genres": _genres(_text(item, "genres")) or _genres(_text(item, "genre")),
        "duration_s": _text(item, "length"),
        "release_date": _date(item),
        "popularity": _text(item, "spotify_track_popularity"),
        "isrc": (_text(item, "isrc") or "").split(_SEVERAL)[0].split(";")[0] or None,
        "spotify_id": spotify_id,
        "mbid": mb_trackid if _MBID.fullmatch(mb_trackid) else None,
        "path": _path(item.get("path")),
        "played_at": _time(item),
        "liked": _verdict(item),
        "heard": "true",
    }


def _features(item: _Item, analysis: str) -> dict[str, str | None]:
    if analysis == "spotify":
        return {name: _text(item, key) for name, key in SPOTIFY.items()}
    found = read_musical_key(_text(item, "initial_key") or "")
    key, mode = map(str, found) if found else (None, None)
    bpm = _number(item, "bpm")
    tags = {"tempo": _text(item, "bpm") if bpm else None, "key": key, "mode": mode}
    if analysis == "tags":
        return tags
    return {name: _text(item, attribute) for name, attribute in ACOUSTICBRAINZ.items()} | tags


def _text(item: _Item, name: str) -> str | None:
    value = item.get(name)
    return None if value is None or isinstance(value, bytes) else str(value)


def _number(item: _Item, name: str) -> float:
    try:
        number = float(item.get(name) or 0)
    except (TypeError, ValueError):
        return 0.0
    return number if isfinite(number) else 0.0


def _names(text: str | None) -> list[str] | None:
    return text.split(_SEVERAL) if text else None


def _genres(text: str | None) -> list[str] | None:
    return _GENRE_BREAK.split(text) if text else None


def _date(item: _Item) -> str | None:
    year, month, day = (int(_number(item, name)) for name in ("year", "month", "day"))
    if year <= 0:
        return None
    return f"{year:04}-{month:02}-{day:02}" if month and day else f"{year:04}"


def _path(value: Any) -> str | None:
    if not isinstance(value, (bytes, str)):
        return None
    try:
        path = value.decode() if isinstance(value, bytes) else value
    except UnicodeDecodeError:
        return None
    return path if _ABSOLUTE.match(path) else None


def _time(item: _Item) -> str | None:
    seconds = max(_number(item, "last_played"), _number(item, "itunes_lastplayed"))
    if not 0 < seconds <= _LAST_SECOND:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def _verdict(item: _Item) -> str | None:
    """Read stars: those of iTunes count to 100; of others, below 2 may be a share of plays."""
    stars = _number(item, "itunes_rating") / 20 or _number(item, "rating")
    return "true" if 4 <= stars <= 5 else None

"""The service's endpoints as plain functions: a request to send, an answer to read.

The answer is a page, such as::

    {"pages": 3, "total": 250, "songs": [
        {"title": "Moonlight", "artist": "Kali Uchis", "seconds": 187.5, "isrc": "USUG12300001",
         "liked": true, "last_played": 1767225600}]}

All but the title may be absent or null.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from partsong.errors import ServiceError
from partsong.sources.http.messages import Request

__all__ = ["Page", "read_songs", "songs_request"]

_PAGE_SIZE: Final = 100


@dataclass(frozen=True, slots=True)
class Page:
    """One page of songs.

    Parameters
    ----------
    n_pages, n_songs
        How many there are in all.
    rows
        The songs of this page, each in the catalog's columns.

    Examples
    --------
    >>> Page(n_pages=1, n_songs=1, rows=[{"title": "Solas"}]).n_pages
    1
    """

    n_pages: int
    n_songs: int
    rows: list[dict[str, Any]]


def songs_request(user: str, page: int) -> Request:
    """Ask for a page of a listener's songs.

    Parameters
    ----------
    user
        Name of the listener.
    page
        Number of the page, from 1.

    Examples
    --------
    >>> dict(songs_request("rob", 2).params)
    {'user': 'rob', 'page': 2, 'limit': 100}
    """
    return Request(path="/songs", params={"user": user, "page": page, "limit": _PAGE_SIZE})


def read_songs(answer: Any) -> Page:
    """Read a page of songs.

    Parameters
    ----------
    answer
        The answer, parsed.

    Raises
    ------
    ServiceError
        If it is not of the form that this module knows.

    Examples
    --------
    >>> song = {"title": "Solas", "artist": "Jamie Duffy", "seconds": 187.5}
    >>> read_songs({"pages": 1, "total": 1, "songs": [song]}).rows[0]["duration_ms"]
    187500
    """
    try:
        rows = [_read_song(song) for song in answer["songs"]]
        return Page(n_pages=int(answer["pages"]), n_songs=int(answer["total"]), rows=rows)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise ServiceError(
            "template answers in a form that partsong does not know.",
            hint="Look for a newer partsong, and tell its makers.",
        ) from error


def _read_song(song: dict[str, Any]) -> dict[str, Any]:
    seconds, played = song.get("seconds"), song.get("last_played")
    return {
        "title": song["title"],
        "artists": [song["artist"]] if song.get("artist") else None,
        "isrc": song.get("isrc"),
        "duration_ms": round(seconds * 1000) if seconds else None,
        "liked": song.get("liked"),
        "played_at": datetime.fromtimestamp(played, UTC).replace(tzinfo=None) if played else None,
    }

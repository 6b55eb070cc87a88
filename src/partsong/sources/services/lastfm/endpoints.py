"""What can be asked of Last.fm, and what its answers say; nothing here touches the network.

Its JSON is made from XML by rule. A list of one is the one itself, numbers are text, an empty text
is a missing value, and text beside attributes is called ``#text``. Errors have a number of their
own and often the HTTP status 200.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from partsong.sources.http.messages import Request, Response
from partsong.sources.services.hearings import (
    Hearing,
    listed,
    moment,
    number,
    record,
    strange_answer,
    text,
)
from partsong.sources.services.lastfm.info import INFO

__all__ = [
    "LOVED_PAGE",
    "PAGE",
    "Seed",
    "TrackPage",
    "loved_request",
    "read_loved",
    "read_scrobbles",
    "read_similar",
    "read_top",
    "scrobbles_request",
    "similar_request",
    "status_of",
    "top_request",
]

PAGE: Final = 200
"""Most scrobbles in one answer; larger pages are taken, and often end in an error."""

LOVED_PAGE: Final = 1000
"""Most loved tracks in one answer."""

_SIMILAR_EACH: Final = 50
_SIMILAR_KEEP_DAYS: Final = 30
_PATH: Final = "/2.0/"

_STATUS_OF_ERROR: Final = {
    4: 401,  # authentication failed
    6: 404,  # invalid parameters, above all: no such user
    7: 404,  # no such resource
    8: 500,  # the backend failed
    9: 401,  # invalid session
    10: 401,  # invalid API key
    11: 503,  # service offline
    14: 401,  # unauthorised token
    16: 503,  # temporarily unavailable
    17: 403,  # the listener hides it
    26: 401,  # suspended API key
    29: 429,  # rate limit
}


@dataclass(frozen=True, slots=True)
class TrackPage:
    """Some scrobbles or loved tracks.

    Parameters
    ----------
    n_pages
        How many pages there are.
    n_total
        How many tracks there are on all pages.
    hearings
        Those of this page, the latest first.
    n_timeless
        How many were left out, since they have no time.
    """

    n_pages: int
    n_total: int
    hearings: list[Hearing]
    n_timeless: int = 0


@dataclass(frozen=True, slots=True)
class Seed:
    """A track that others are to be similar to.

    Parameters
    ----------
    title, artist
        As Last.fm spells them.
    """

    title: str
    artist: str


def status_of(answer: Response) -> int:
    """Return what an answer means as an HTTP status, from the error that it may hold.

    Parameters
    ----------
    answer
        The answer, of whatever status.

    Examples
    --------
    >>> status_of(Response(status=200, headers={}, body=b'{"error": 29, "message": "Rate limit"}'))
    429
    """
    try:
        error = number(record(json.loads(answer.body)).get("error"))
    except ValueError:
        return answer.status
    if error is None:
        return answer.status
    return _STATUS_OF_ERROR.get(int(error), max(answer.status, 400))


def scrobbles_request(
    user: str, *, page: int = 1, since: int | None = None, before: int | None = None
) -> Request:
    """Ask for scrobbles, the latest first.

    Parameters
    ----------
    user
        Whose.
    page
        Which page, from 1.
    since, before
        From and before which time, in seconds since 1970. With `before`, the pages stay the same
        while new scrobbles come in.

    Examples
    --------
    >>> scrobbles_request("rj", page=2, before=1_700_000_000).params["to"]
    1700000000
    """
    params: dict[str, str | int] = {"user": user, "limit": PAGE, "page": page}
    if since is not None:
        params["from"] = since
    if before is not None:
        params["to"] = before
    return _request("user.getRecentTracks", params)


def read_scrobbles(answer: Response) -> TrackPage:
    """Return a page of scrobbles, without the track that plays just now."""
    return _read_page(answer, "recenttracks", is_play=True)


def loved_request(user: str, *, page: int = 1) -> Request:
    """Ask for loved tracks, the latest first.

    Parameters
    ----------
    user
        Whose.
    page
        Which page, from 1.
    """
    return _request("user.getLovedTracks", {"user": user, "limit": LOVED_PAGE, "page": page})


def read_loved(answer: Response) -> TrackPage:
    """Return a page of loved tracks."""
    return _read_page(answer, "lovedtracks", is_play=False)


def top_request(user: str, n: int) -> Request:
    """Ask for the most played tracks.

    Parameters
    ----------
    user
        Whose.
    n
        How many.
    """
    return _request("user.getTopTracks", {"user": user, "period": "overall", "limit": n})


def read_top(answer: Response) -> list[Seed]:
    """Return the most played tracks, the first one first."""
    seeds = []
    for track in _tracks(answer, "toptracks"):
        title, artist = text(track.get("name")), _artist(track)
        if title and artist:
            seeds.append(Seed(title, artist))
    return seeds


def similar_request(seed: Seed) -> Request:
    """Ask for tracks that are similar to one; the answer is good for a month.

    Parameters
    ----------
    seed
        The track.
    """
    params: dict[str, str | int] = {
        "track": seed.title,
        "artist": seed.artist,
        "limit": _SIMILAR_EACH,
        "autocorrect": 1,
    }
    return _request("track.getSimilar", params, keep_days=_SIMILAR_KEEP_DAYS)


def read_similar(answer: Response) -> list[Hearing]:
    """Return similar tracks, the most similar first, with a score above 0 and up to 1."""
    return [
        _hearing(track, suggested=match)
        for track in _tracks(answer, "similartracks")
        if (match := number(track.get("match"))) is not None and match > 0
    ]


def _request(method: str, params: dict[str, str | int], *, keep_days: float = 0) -> Request:
    return Request(
        path=_PATH, params={"method": method, "format": "json", **params}, keep_days=keep_days
    )


def _tracks(answer: Response, name: str) -> list[dict[str, Any]]:
    found = record(answer.json())
    if name not in found:
        raise strange_answer(INFO.name, name)
    return listed(record(found, name).get("track"))


def _read_page(answer: Response, name: str, *, is_play: bool) -> TrackPage:
    tracks = _tracks(answer, name)
    about = record(answer.json(), name, "@attr")
    hearings, n_timeless = [], 0
    for track in tracks:
        played_at = moment(record(track, "date").get("uts"))
        if not is_play:
            hearings.append(_hearing(track, liked=True))
        elif played_at is not None:
            hearings.append(_hearing(track, played_at=played_at))
        elif record(track, "@attr").get("nowplaying") != "true":
            n_timeless += 1
    return TrackPage(
        n_pages=int(number(about.get("totalPages")) or 1),
        n_total=int(number(about.get("total")) or len(hearings)),
        hearings=hearings,
        n_timeless=n_timeless,
    )


def _hearing(track: dict[str, Any], **said: Any) -> Hearing:
    seconds = number(track.get("duration"))
    artist = _artist(track)
    return Hearing(
        title=text(track.get("name")),
        artists=(artist,) if artist else (),
        album=text(record(track, "album").get("#text")),
        duration_ms=seconds * 1000 if seconds else None,
        mbid=_recording_id(track.get("mbid")),
        **said,
    )


def _artist(track: dict[str, Any]) -> str | None:
    artist = record(track, "artist")
    return text(artist.get("name")) or text(artist.get("#text"))


def _recording_id(value: Any) -> str | None:
    """Return the id of a recording.

    Many ids of Last.fm's are of a track on one release. Those that MusicBrainz gave to all tracks
    it had in 2013 are UUIDs of version 3, which no recording has.
    """
    mbid = text(value)
    return None if mbid is None or mbid[14:15] == "3" else mbid

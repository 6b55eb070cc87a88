"""What can be asked of ListenBrainz, and what its answers say; nothing here touches the network.

Shapes as in the API's reference (listenbrainz.readthedocs.io) and its server's source.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

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
from partsong.sources.services.listenbrainz.info import INFO

__all__ = [
    "METADATA_AT_ONCE",
    "PAGE",
    "FeedbackPage",
    "Listen",
    "ListensPage",
    "count_request",
    "feedback_request",
    "listens_request",
    "metadata_request",
    "read_count",
    "read_feedback",
    "read_hearing",
    "read_listens",
    "read_metadata",
    "read_recommendations",
    "recommendations_request",
]

PAGE: Final = 1000
"""Most listens, feedback or recommendations in one answer."""

METADATA_AT_ONCE: Final = 100
"""Recordings asked for at once: their ids stand in the address, which must not grow too long."""

_VERDICTS: Final[dict[Any, bool]] = {1: True, -1: False}
"""Whether a score says that the listener likes a recording."""


@dataclass(frozen=True, slots=True)
class Listen:
    """One play, and what tells it from others.

    Parameters
    ----------
    listened_at
        Seconds since 1970.
    key
        ListenBrainz' own id of the recording as it was submitted; with the time, it is the play's.
    hearing
        The play as a row.
    """

    listened_at: int
    key: str
    hearing: Hearing


@dataclass(frozen=True, slots=True)
class ListensPage:
    """Some listens, the latest first.

    Parameters
    ----------
    n_told
        How many the answer holds.
    listens
        Those of them that have a time.
    first_of_all
        The time of the first listen that there is, None where it is not told.
    """

    n_told: int
    listens: list[Listen]
    first_of_all: int | None


@dataclass(frozen=True, slots=True)
class FeedbackPage:
    """Some of the recordings that the listener loves or hates.

    Parameters
    ----------
    n_total
        How many there are on all pages.
    hearings
        Those of this page.
    """

    n_total: int
    hearings: list[Hearing]


def count_request(user: str) -> Request:
    """Ask how many listens there are."""
    return Request(path=f"/1/user/{quote(user, safe='')}/listen-count")


def read_count(answer: Response) -> int:
    """Return how many listens there are."""
    count = number(record(answer.json(), "payload").get("count"))
    if count is None:
        raise strange_answer(INFO.name, "count")
    return int(count)


def listens_request(user: str, *, before: int | None = None) -> Request:
    """Ask for the latest listens.

    Parameters
    ----------
    user
        Whose.
    before
        Only those before this time, in seconds since 1970.

    Examples
    --------
    >>> listens_request("rob", before=1_700_000_000).params
    {'count': 1000, 'max_ts': 1700000000}
    """
    params: dict[str, str | int] = {"count": PAGE}
    if before is not None:
        params["max_ts"] = before
    return Request(path=f"/1/user/{quote(user, safe='')}/listens", params=params)


def read_listens(answer: Response) -> ListensPage:
    """Return a page of listens."""
    payload = record(answer.json(), "payload")
    told = payload.get("listens")
    if not isinstance(told, list):
        raise strange_answer(INFO.name, "listens")
    listens = [
        Listen(listened_at, _key(listen), read_hearing(listen, played_at=listened_at))
        for listen in listed(told)
        if (listened_at := moment(listen.get("listened_at"))) is not None
    ]
    return ListensPage(len(told), listens, moment(payload.get("oldest_listen_ts")))


def feedback_request(user: str, *, offset: int = 0) -> Request:
    """Ask for what the listener loves and hates.

    Parameters
    ----------
    user
        Whose.
    offset
        How many to pass over.
    """
    return Request(
        path=f"/1/feedback/user/{quote(user, safe='')}/get-feedback",
        params={"metadata": "true", "count": PAGE, "offset": offset},
    )


def read_feedback(answer: Response) -> FeedbackPage:
    """Return a page of what the listener loves (score 1) and hates (-1)."""
    found = answer.json()
    if not isinstance(record(found).get("feedback"), list):
        raise strange_answer(INFO.name, "feedback")
    hearings = [
        read_hearing(one, liked=_VERDICTS.get(one.get("score")))
        for one in listed(found["feedback"])
    ]
    return FeedbackPage(int(number(found.get("total_count")) or len(hearings)), hearings)


def recommendations_request(user: str) -> Request:
    """Ask for the recordings that ListenBrainz recommends; there are never more than one page.

    Parameters
    ----------
    user
        To whom. Servers before 2023 want to be told which kind of recommendations is meant.
    """
    return Request(
        path=f"/1/cf/recommendation/user/{quote(user, safe='')}/recording",
        params={"artist_type": "raw", "count": PAGE},
    )


def read_recommendations(answer: Response) -> tuple[dict[str, float], int]:
    """Return the score of each recommended recording by its MBID, and what was left out.

    Returns
    -------
    scores
        Of recordings that the listener has not played, in the service's order.
    n_heard
        How many were played already.
    """
    if not answer.body:
        return {}, 0
    payload = record(answer.json(), "payload")
    if not isinstance(payload.get("mbids"), list):
        raise strange_answer(INFO.name, "mbids")
    scores: dict[str, float] = {}
    n_heard = 0
    for one in listed(payload["mbids"]):
        mbid, score = text(one.get("recording_mbid")), number(one.get("score"))
        if mbid is None or score is None or score <= 0:
            continue
        if one.get("latest_listened_at"):
            n_heard += 1
        else:
            scores.setdefault(mbid, score)
    return scores, n_heard


def metadata_request(mbids: Sequence[str]) -> Request:
    """Ask what some recordings are called.

    Parameters
    ----------
    mbids
        At most `METADATA_AT_ONCE`.
    """
    return Request(
        path="/1/metadata/recording/",
        params={"recording_mbids": ",".join(mbids), "inc": "artist release"},
    )


def read_metadata(answer: Response, scores: dict[str, float]) -> list[Hearing]:
    """Return recommended recordings, in the order of `scores`, as far as the answer names them.

    Parameters
    ----------
    answer
        To a request for the metadata of these recordings; it may leave some out, in any order.
    scores
        How strongly each is recommended.
    """
    found = record(answer.json())
    return [
        Hearing(
            title=text(record(one, "recording").get("name")),
            artists=_artists(record(one, "artist"), "name")
            or _name(record(one, "artist").get("name")),
            album=text(record(one, "release").get("name")),
            release_date=_year(record(one, "release").get("year")),
            duration_ms=number(record(one, "recording").get("length")),
            mbid=mbid,
            suggested=score,
        )
        for mbid, score in scores.items()
        if (one := record(found, mbid))
    ]


def _key(listen: dict[str, Any]) -> str:
    metadata = record(listen, "track_metadata")
    msid = text(listen.get("recording_msid")) or text(metadata.get("recording_msid"))
    return msid or f"{metadata.get('track_name')}\x1f{metadata.get('artist_name')}"


def read_hearing(told: dict[str, Any], **said: Any) -> Hearing:
    """Return what a listen or a verdict tells of its track.

    Parameters
    ----------
    told
        As in an answer, and as in an export.
    said
        What is known beside it: `played_at`, `liked` or `suggested`.

    Examples
    --------
    >>> told = {"track_metadata": {"track_name": "Solas", "artist_name": "Jamie Duffy"}}
    >>> read_hearing(told, liked=True).artists
    ('Jamie Duffy',)
    """
    metadata = record(told, "track_metadata")
    extra, mapped = record(metadata, "additional_info"), record(metadata, "mbid_mapping")
    seconds = number(extra.get("duration"))
    return Hearing(
        title=text(metadata.get("track_name")),
        artists=_artists(mapped, "artist_credit_name") or _name(metadata.get("artist_name")),
        album=text(metadata.get("release_name")),
        duration_ms=number(extra.get("duration_ms")) or (seconds and seconds * 1000) or None,
        isrc=text(extra.get("isrc")),
        spotify_id=_spotify_link(extra.get("spotify_id")) or _spotify_link(extra.get("origin_url")),
        mbid=text(extra.get("recording_mbid"))
        or text(mapped.get("recording_mbid"))
        or text(told.get("recording_mbid")),
        **said,
    )


def _artists(credit: dict[str, Any], name: str) -> tuple[str, ...]:
    """Return the names of a credit, none of them where one is missing."""
    names = [text(artist.get(name)) for artist in listed(credit.get("artists"))]
    known = [one for one in names if one]
    return tuple(known) if len(known) == len(names) else ()


def _name(value: Any) -> tuple[str, ...]:
    name = text(value)
    return (name,) if name else ()


def _year(value: Any) -> str | None:
    year = number(value)
    return None if year is None else f"{year:04.0f}"


def _spotify_link(value: Any) -> str | None:
    """Return a link or an id of Spotify's; other services' addresses stand in the same place."""
    link = text(value)
    if link is None or ("/" in link and "open.spotify.com/" not in link):
        return None
    return link

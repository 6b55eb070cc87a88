"""What can be asked of ReccoBeats, and what its answers say; nothing here touches the network.

An answer lists what is known of some tracks, in any order, and says nothing of the others. The
``id`` in it is ReccoBeats' own: a track is known again by its link at Spotify, or by its ISRC.
"""

from collections.abc import Collection
from typing import Any, Final

from partsong.schema import AUDIO_FEATURES
from partsong.sources.http.messages import Request, Response
from partsong.sources.services.hearings import listed, strange_answer, text
from partsong.sources.services.reccobeats.info import INFO

__all__ = ["AT_ONCE", "FEATURES", "features_request", "read_features"]

AT_ONCE: Final = 40
"""Most ids in one request; more are refused."""

FEATURES: Final = tuple(name for name in AUDIO_FEATURES if name != "time_signature")
"""What ReccoBeats knows of a track."""

_LINK: Final = "open.spotify.com/track/"


def features_request(ids: Collection[str]) -> Request:
    """Ask for the audio features of some tracks.

    Parameters
    ----------
    ids
        Spotify ids or ISRCs, at most `AT_ONCE`.

    Examples
    --------
    >>> dict(features_request(["01K4zKU104LyJ8gMb7227B", "USUG12103683"]).params)
    {'ids': '01K4zKU104LyJ8gMb7227B,USUG12103683'}
    """
    return Request(path="/v1/audio-features", params={"ids": ",".join(ids)})


def read_features(answer: Response, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """Return what an answer says of the tracks that were asked for, by the id that was given.

    Parameters
    ----------
    answer
        The answer.
    ids
        What was asked for; what else is answered is passed over.

    Returns
    -------
    dict
        Raw values by feature, of those that are known; the first where one is told twice.

    Raises
    ------
    ServiceError
        If the answer is not of the form that this module knows.
    """
    found = answer.json()
    told = found.get("content") if isinstance(found, dict) else None
    if not isinstance(told, list):
        raise strange_answer(INFO.name, "content")
    wanted = set(ids)
    known: dict[str, dict[str, Any]] = {}
    for one in listed(told):
        for name in (_spotify_id(one.get("href")), text(one.get("isrc"))):
            if name in wanted:
                known.setdefault(name, {feature: one.get(feature) for feature in FEATURES})
    return known


def _spotify_id(link: Any) -> str | None:
    _, found, name = (text(link) or "").partition(_LINK)
    return name.partition("?")[0] if found else None

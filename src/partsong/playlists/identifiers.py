"""Ids as playlist files write them: URIs and links to fields, and back."""

import re
from typing import Final
from urllib.parse import quote, unquote

from partsong.playlists.entries import PlaylistEntry

__all__ = ["read_identifier", "read_isrc", "read_mbid", "read_spotify_id", "write_identifiers"]

_SPOTIFY: Final = re.compile(
    r"(?:spotify:track:|https?://open\.spotify\.com/(?:[\w-]+/)*track/)([0-9A-Za-z]{22})(?:[?#].*)?"
)
_SPOTIFY_ID: Final = re.compile(r"[0-9A-Za-z]{22}")
_ISRC: Final = re.compile(
    r"((?:urn:)?isrc:)?([A-Z]{2})-?([A-Z0-9]{3})-?([0-9]{2})-?([0-9]{5})", re.IGNORECASE
)
_MBID_FORM: Final = r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
_MBID: Final = re.compile(_MBID_FORM)
_RECORDING: Final = re.compile(rf"https?://(?:[\w-]+\.)*musicbrainz\.org/recording/{_MBID_FORM}/?")
_OURS: Final = "partsong:track:"


def read_identifier(text: str) -> dict[str, str]:
    """Return the field of an entry that a URI or link stands for, nothing if it is none.

    Examples
    --------
    >>> read_identifier("https://open.spotify.com/track/0LSLM0zuWRkEYemF7JcfEE?si=7")
    {'spotify_id': '0LSLM0zuWRkEYemF7JcfEE'}
    >>> read_identifier("urn:isrc:USRC17607839")
    {'isrc': 'USRC17607839'}
    >>> read_identifier("spotify:episode:0LSLM0zuWRkEYemF7JcfEE")
    {}
    """
    text = text.strip()
    if spotify := _SPOTIFY.fullmatch(text):
        return {"spotify_id": spotify[1]}
    if recording := _RECORDING.fullmatch(text.lower()):
        return {"mbid": recording[1]}
    if (isrc := _ISRC.fullmatch(text)) and isrc[1]:
        return {"isrc": _code(isrc)}
    if text.startswith(_OURS) and text != _OURS:
        return {"track_id": unquote(text.removeprefix(_OURS))}
    return {}


def read_spotify_id(text: str) -> str | None:
    """Return the id in a bare Spotify id, a URI or a link."""
    found = _SPOTIFY.fullmatch(text)
    return found[1] if found else text if _SPOTIFY_ID.fullmatch(text) else None


def read_isrc(text: str) -> str | None:
    """Return a recording code without hyphens, bare or as a URI.

    Examples
    --------
    >>> read_isrc("us-rc1-76-07839")
    'USRC17607839'
    """
    found = _ISRC.fullmatch(text)
    return _code(found) if found else None


def read_mbid(text: str) -> str | None:
    """Return a recording id, bare or at the end of its link."""
    found = _MBID.fullmatch(text.lower()) or _RECORDING.fullmatch(text.lower())
    return found[1] if found else None


def write_identifiers(entry: PlaylistEntry) -> list[str]:
    """Return the ids of an entry as URIs, those first that other programs know.

    Examples
    --------
    >>> write_identifiers(PlaylistEntry(isrc="USRC17607839", track_id="5f1c"))
    ['urn:isrc:USRC17607839', 'partsong:track:5f1c']
    """
    uris = (
        (entry.mbid, "https://musicbrainz.org/recording/"),
        (entry.spotify_id, "spotify:track:"),
        (entry.isrc, "urn:isrc:"),
        (entry.track_id, _OURS),
    )
    return [prefix + quote(value) for value, prefix in uris if value]


def _code(isrc: re.Match[str]) -> str:
    return "".join(isrc.groups()[1:]).upper()

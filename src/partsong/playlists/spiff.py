"""What XSPF and JSPF have in common: the fields of a track, as lists of text."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from partsong.playlists.entries import PlaylistEntry
from partsong.playlists.identifiers import read_identifier, write_identifiers
from partsong.playlists.locations import is_address, path_of_uri, uri_of_path

__all__ = ["ARTIST", "locations_and_ids", "read_track"]

ARTIST: Final = "partsong:artist"
"""The `rel` of a `meta` that names one of several artists; `creator` holds all in one text."""

_MILLISECONDS: Final = re.compile(r"\d{1,9}")


def read_track(track: Mapping[str, Sequence[str]], folder: Path) -> dict[str, Any]:
    """Return the fields of an entry.

    Parameters
    ----------
    track
        The texts of each element or key of a track, by name.
    folder
        Folder of the playlist; relative locations start there.

    Examples
    --------
    >>> track = {"title": ["Surf"], "location": ["spotify:track:0LSLM0zuWRkEYemF7JcfEE"]}
    >>> read_track(track, Path("/lists"))["spotify_id"]
    '0LSLM0zuWRkEYemF7JcfEE'
    """

    def first(name: str) -> str:
        return next((text.strip() for text in track.get(name, ()) if text.strip()), "")

    duration = first("duration")
    fields: dict[str, Any] = {
        "title": first("title"),
        "artists": tuple(track.get(ARTIST) or [first("creator")]),
        "album": first("album"),
        "duration_ms": int(duration) if _MILLISECONDS.fullmatch(duration) else None,
    }
    for uri in (text.strip() for text in track.get("location", ())):
        if uri and not is_address(uri):
            fields.setdefault("path", path_of_uri(uri, folder))
    for uri in (*track.get("identifier", ()), *track.get("location", ())):
        fields = read_identifier(uri) | fields
    return fields


def locations_and_ids(entry: PlaylistEntry) -> tuple[list[str], list[str]]:
    """Return the URIs under which a player finds a track, and those that only tell which it is."""
    return [uri_of_path(entry.path)] if entry.path else [], write_identifiers(entry)

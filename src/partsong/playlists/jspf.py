"""JSPF: XSPF in JSON (xspf.org/jspf), as ListenBrainz gives and takes it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from partsong.errors import UnreadableFileError
from partsong.playlists.decoding import decode_text
from partsong.playlists.entries import PlaylistEntry, PlaylistFile
from partsong.playlists.gathering import Gathering
from partsong.playlists.spiff import ARTIST, locations_and_ids, read_track

__all__ = ["parse_jspf", "render_jspf"]

_KEYS: Final = ("location", "identifier", "title", "creator", "album", "duration")
_LISTENBRAINZ: Final = "https://musicbrainz.org/doc/jspf#track"


def parse_jspf(data: bytes, path: Path) -> PlaylistFile:
    """Read the bytes of a JSPF file.

    JSON tells no lines, so problems name the place of the track in its list.

    Parameters
    ----------
    data
        The file's content.
    path
        Where it was read; relative locations start in its folder.

    Raises
    ------
    UnreadableFileError
        If it is no JSON, or no playlist.
    """
    try:
        content = json.loads(decode_text(data, path))
    except RecursionError:
        raise _no_playlist(path, "is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise _no_playlist(
            path, f"is not JSON: {error.msg} (line {error.lineno:,}, column {error.colno:,})"
        ) from error
    except ValueError as error:  # a number of thousands of digits
        raise _no_playlist(path, f"is not JSON that can be used: {error}") from error
    playlist = _mapping(_mapping(content).get("playlist"))
    tracks = playlist.get("track")
    if not isinstance(tracks, list):
        raise _no_playlist(path, "is JSON, but holds no playlist with a list of tracks")
    found = Gathering(path)
    for place, track in enumerate(tracks, 1):
        if isinstance(track, dict):
            texts = {key: _texts(track.get(key)) for key in _KEYS}
            texts[ARTIST] = _own_artists(track) or _listenbrainz_artists(track)
            shown = " ".join(" ".join(values) for values in texts.values())
            found.add(place, shown, **read_track(texts, path.parent))
        else:
            found.refuse(place, json.dumps(track), "no track")
    return found.finish(next(iter(_texts(playlist.get("title"))), None))


def render_jspf(entries: Sequence[PlaylistEntry], *, name: str) -> str:
    """Write entries as a JSPF file.

    Parameters
    ----------
    entries
        The tracks.
    name
        Name of the playlist.
    """
    playlist = {"title": name, "track": [_track(entry) for entry in entries]}
    return json.dumps({"playlist": playlist}, ensure_ascii=False, indent=1) + "\n"


def _track(entry: PlaylistEntry) -> dict[str, Any]:
    locations, identifiers = locations_and_ids(entry)
    artists = entry.artists if len(entry.artists) > 1 else ()
    track = {
        "location": locations,
        "identifier": identifiers,
        "title": entry.title,
        "creator": ", ".join(entry.artists),
        "album": entry.album,
        "duration": entry.duration_ms,
        "meta": [{ARTIST: artist} for artist in artists],
    }
    return {key: value for key, value in track.items() if value}


def _own_artists(track: Mapping[str, Any]) -> list[str]:
    meta = track.get("meta")
    entries = map(_mapping, meta if isinstance(meta, list) else ())
    return [text for entry in entries for text in _texts(entry.get(ARTIST))]


def _listenbrainz_artists(track: Mapping[str, Any]) -> list[str]:
    about = _mapping(_mapping(track.get("extension")).get(_LISTENBRAINZ))
    artists = _mapping(about.get("additional_metadata")).get("artists")
    credits_ = map(_mapping, artists if isinstance(artists, list) else ())
    return [text for entry in credits_ for text in _texts(entry.get("artist_credit_name"))]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: object) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [str(text) for text in values if type(text) in {str, int}]


def _no_playlist(path: Path, reason: str) -> UnreadableFileError:
    return UnreadableFileError(
        f"{path.name} {reason}.", hint="Give a JSPF file, such as ListenBrainz exports."
    )

"""The library that iTunes and Apple's Music app write out: ``Library.xml``.

It is a property list. The parser of the standard library knows no entities of a document's own, so
nothing can be fetched or swell; the size is bounded all the same, since it is read in one piece.
"""

import plistlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from xml.parsers.expat import ExpatError

from partsong.errors import UnreadableFileError
from partsong.playlists import path_of_uri
from partsong.sources.exports.row_table import Row, RowTable, open_rows
from partsong.sources.source import SourceInfo
from partsong.sources.tables.content import read_errors_of
from partsong.sources.tables.layout import Layout
from partsong.sources.tables.ledger import Ledger
from partsong.sources.tables.source import TableSource

__all__ = ["INFO", "open_itunes"]

INFO: Final = SourceInfo(
    name="itunes",
    title="iTunes and Apple Music",
    kind="export",
    description=(
        "The library file of iTunes or of the Music app on a Mac: tracks, the last play of each,"
        " stars, hearts and playlists. Its tempo is the one in the files' tags."
    ),
    gives=("tracks", "genres", "listens", "likes", "playlists"),
    usage="partsong import Library.xml",
    terms="Your own file.",
    analysis="tags",
)

_LAYOUT: Final = Layout(
    name=INFO.name,
    title=INFO.title,
    description=INFO.description,
    licence=INFO.terms,
    required=(),
    columns={},
    analysis=INFO.analysis,
)
_TRACK_COLUMNS: Final = (
    "title",
    "artists",
    "album",
    "genres",
    "duration_ms",
    "release_date",
    "explicit",
    "tempo",
    "path",
    "played_at",
    "liked",
    "heard",
)
_LISTED_COLUMNS: Final = ("title", "artists", "duration_ms", "playlist_id", "playlist", "heard")
_MOST_BYTES: Final = 200 * 2**20
_NO_MUSIC: Final = {
    "Podcast": "a podcast",
    "iTunesU": "a podcast",
    "Movie": "a film or a TV programme",
    "TV Show": "a film or a TV programme",
    "Has Video": "a video",
}
_FEWEST_LIKED_STARS: Final = 80
_ONE_STAR: Final = 20

_Entry = Mapping[str, Any]


def open_itunes(files: Sequence[Path]) -> TableSource:
    """Open library files.

    All tracks count as heard. A heart is a like and so are four and five stars, one star is a
    dislike; stars that the program worked out itself say nothing. Podcasts, films and videos are
    left out, and so are smart playlists, which change by themselves.

    Parameters
    ----------
    files
        Files of at most 200 MB.

    Raises
    ------
    UnreadableFileError
        If a file is too large, damaged, or no such library.

    Examples
    --------
    >>> file = getfixture("tmp_path") / "Library.xml"
    >>> track = {"Name": "Surf", "Artist": "The Beach", "Total Time": 180000}
    >>> _ = file.write_bytes(plistlib.dumps({"Tracks": {"7": track}}))
    >>> [batch.tracks["title"].to_list() for batch in open_itunes([file]).batches()]
    [['Surf']]
    """
    tables = [table for path in files for table in _tables_of(path, _read_library(path))]
    return open_rows(_LAYOUT, tables, [INFO.analysis] * len(tables))


def _read_library(path: Path) -> _Entry:
    with read_errors_of(path):
        if path.stat().st_size > _MOST_BYTES:
            raise UnreadableFileError(
                f"{path.name} is larger than {_MOST_BYTES >> 20} MB.",
                hint="Export its playlists one by one as text, and give these.",
            )
        data = path.read_bytes()
    try:
        library = plistlib.loads(data, fmt=plistlib.FMT_XML)
    except (
        ExpatError,
        ArithmeticError,
        AttributeError,
        LookupError,
        TypeError,
        ValueError,
    ) as error:
        # The parser lets whatever a malformed list leads to pass through.
        raise UnreadableFileError(
            f"{path.name} is no property list that can be read: {error}.",
            hint="Export the library again: File > Library > Export Library.",
        ) from error
    if not isinstance(library, dict) or not isinstance(library.get("Tracks"), dict):
        raise UnreadableFileError(
            f"{path.name} is a property list, but no library of iTunes or Music.",
            hint="Export the library: File > Library > Export Library.",
        )
    return library


def _tables_of(path: Path, library: _Entry) -> list[RowTable]:
    """Return the tracks, and the tracks once more for each playlist that they stand in."""
    tracks: _Entry = library["Tracks"]

    def all_tracks(ledger: Ledger) -> Iterator[Row]:
        for place, track in enumerate(tracks.values(), 1):
            reason = _reason_to_drop(track)
            if reason:
                ledger.drop_row(place, reason)
            else:
                yield place, _read_track(track)

    def all_listed(ledger: Ledger) -> Iterator[Row]:
        playlists, n_smart = _own_playlists(library)
        if n_smart:
            ledger.note(f"{n_smart:,} smart playlists left out: they change by themselves")
        for place, (playlist, item) in enumerate(_items_of(playlists), 1):
            track = tracks.get(str(item.get("Track ID")), {})
            if not track or _reason_to_drop(track):
                ledger.drop_row(place, "in a playlist, but no music of this library")
            else:
                yield place, {**_read_track(track), **playlist}

    return [
        RowTable(path, _TRACK_COLUMNS, all_tracks, length=len(tracks)),
        RowTable(path, _LISTED_COLUMNS, all_listed),
    ]


def _reason_to_drop(track: Any) -> str:
    if not isinstance(track, dict):
        return "no track"
    if track.get("Track Type") == "URL":
        return "a stream"
    return next((reason for key, reason in _NO_MUSIC.items() if track.get(key) is True), "")


def _read_track(track: _Entry) -> dict[str, str | list[str] | None]:
    artist = _text(track.get("Artist")) or _text(track.get("Album Artist"))
    genre = _text(track.get("Genre"))
    played_at = track.get("Play Date UTC")
    location = _text(track.get("Location")) or ""
    is_explicit = track.get("Explicit") is True
    return {
        "title": _text(track.get("Name")),
        "artists": [artist] if artist else None,
        "album": _text(track.get("Album")),
        "genres": [genre] if genre else None,
        "duration_ms": _text(track.get("Total Time")),
        "release_date": _text(track.get("Year") or None),
        "explicit": "true" if is_explicit else "false" if track.get("Clean") is True else None,
        "tempo": _text(track.get("BPM") or None),
        "path": path_of_uri(location, Path("/")) if location[:5].lower() == "file:" else None,
        "played_at": played_at.isoformat() if isinstance(played_at, datetime) else None,
        "liked": _read_verdict(track),
        "heard": "true",
    }


def _read_verdict(track: _Entry) -> str | None:
    if track.get("Loved") is True or track.get("Favorited") is True:
        return "true"
    if track.get("Disliked") is True:
        return "false"
    stars = track.get("Rating")
    if track.get("Rating Computed") is True or not isinstance(stars, int):
        return None
    return "true" if stars >= _FEWEST_LIKED_STARS else "false" if stars == _ONE_STAR else None


def _own_playlists(library: _Entry) -> tuple[list[_Entry], int]:
    """Return the playlists that somebody put together, and how many smart ones there are."""
    given = library.get("Playlists")
    playlists: list[_Entry] = [playlist for playlist in given or () if isinstance(playlist, dict)]
    own = [
        playlist
        for playlist in playlists
        if not {"Master", "Distinguished Kind", "Folder"} & playlist.keys()
        and playlist.get("Visible") is not False
        and _text(playlist.get("Name"))
    ]
    chosen = [playlist for playlist in own if "Smart Info" not in playlist]
    return chosen, len(own) - len(chosen)


def _items_of(playlists: Sequence[_Entry]) -> Iterator[tuple[dict[str, str], _Entry]]:
    for playlist in playlists:
        name = _text(playlist.get("Name")) or ""
        key = _text(playlist.get("Playlist Persistent ID")) or name
        listed = {"playlist_id": f"itunes:{key}", "playlist": name}
        for item in playlist.get("Playlist Items") or ():
            if isinstance(item, dict):
                yield listed, item


def _text(value: Any) -> str | None:
    is_plain = isinstance(value, (str, int, float)) and not isinstance(value, bool)
    return str(value) if is_plain else None

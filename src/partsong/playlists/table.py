"""Playlists as tables: CSV, or the same with tabs, semicolons or bars.

Columns go by their names, so that the tables of other programs are read too.
"""

import csv
import io
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from partsong.errors import UnknownLayoutError, UnreadableFileError
from partsong.playlists.decoding import decode_text
from partsong.playlists.entries import PlaylistEntry, PlaylistFile
from partsong.playlists.gathering import Gathering
from partsong.playlists.identifiers import read_isrc, read_mbid, read_spotify_id
from partsong.playlists.locations import path_of_line

__all__ = ["COLUMNS", "parse_table", "render_table"]

COLUMNS: Final = (
    "track_id",
    "title",
    "artists",
    "album",
    "isrc",
    "spotify_id",
    "mbid",
    "duration_ms",
    "path",
)
"""The columns that are written, in order."""

_NAMES: Final = {
    "track_id": "trackid id",
    "title": "title trackname track tracktitle name song songname songtitle",
    "artists": "artists artist artistnames artistname trackartist creator",
    "album": "album albumname albumtitle",
    "isrc": "isrc",
    "spotify_id": "spotifyid trackuri uri spotifyuri spotifytrackid spotifylink spotifyurl trackurl",
    "mbid": "mbid recordingmbid musicbrainzid musicbrainzrecordingid musicbrainztrackid",
    "duration_ms": "durationms trackdurationms duration length",
    "path": "path file filename location",
}
_FIELDS: Final = {name: field for field, names in _NAMES.items() for name in names.split()}
_DELIMITERS: Final = ",\t;|"
_CLOCK: Final = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{2})")


def parse_table(data: bytes, path: Path) -> PlaylistFile:
    """Read the bytes of a CSV file.

    Parameters
    ----------
    data
        The file's content, its first line the names of the columns.
    path
        Where it was read; relative paths start in its folder.

    Raises
    ------
    UnknownLayoutError
        If no column names a track.
    UnreadableFileError
        If a quote is never closed.
    """
    text = decode_text(data, path, fallback="cp1252")
    header = text.lstrip("\r\n").partition("\n")[0].partition("\r")[0]
    delimiter = max(_DELIMITERS, key=lambda mark: len(_known(header.split(mark))))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found = Gathering(path)
    columns: list[str | None] | None = None
    start = 1
    try:
        for row in rows:
            if columns is None:
                columns = _columns(row, path) if any(row) else None
            elif len(row) != len(columns):
                reason = f"{len(row)} fields where the header has {len(columns)}"
                if row:
                    found.refuse(start, delimiter.join(row), reason)
            elif any(cell.strip() for cell in row):
                cells = {name: cell for name, cell in zip(columns, row, strict=True) if name}
                found.add(start, delimiter.join(row), **_read_row(cells, start, found))
            start = rows.line_num + 1
    except csv.Error as error:
        raise UnreadableFileError(
            f"{path.name} cannot be read from line {start:,} on: {error}.",
            hint="Close the quotes of that line.",
        ) from error
    return found.finish(None)


def render_table(entries: Sequence[PlaylistEntry]) -> str:
    """Write entries as CSV, every value as it is.

    Parameters
    ----------
    entries
        The tracks.
    """
    text = io.StringIO()
    writer = csv.writer(text)  # whose "\r\n" also makes it quote a lone "\r"
    writer.writerow(COLUMNS)
    for entry in entries:
        row = {name: getattr(entry, name) for name in COLUMNS}
        writer.writerow((row | {"artists": _join(entry.artists)}).values())
    return text.getvalue()


def _known(header: Sequence[str]) -> list[str]:
    keys = ("".join(filter(str.isalnum, name.casefold())) for name in header)
    return [_FIELDS[key] for key in keys if key in _FIELDS]


def _columns(header: Sequence[str], path: Path) -> list[str | None]:
    """Return the field of each column; of several for one field the first has it."""
    taken: set[str] = set()
    columns: list[str | None] = []
    for name in header:
        field = next(iter(_known([name])), None)
        columns.append(None if field in taken else field)
        taken.update(_known([name]))
    if not taken - {"artists", "album", "duration_ms"}:
        raise UnknownLayoutError(
            f"{path.name} has no column that names tracks.",
            hint="Call a column title, spotify_id, isrc, mbid, path or track_id.",
        )
    return columns


def _read_row(cells: dict[str, str], line: int, found: Gathering) -> dict[str, Any]:
    cells = {name: cell.strip() for name, cell in cells.items()}
    fields: dict[str, Any] = {
        "title": cells.get("title"),
        "artists": _split(cells.get("artists", "")),
        "album": cells.get("album"),
        "duration_ms": _read_duration(cells.get("duration_ms", "")),
    }
    if cells.get("path"):
        fields["path"] = path_of_line(cells["path"], found.path.parent)
    own = cells.get("track_id", "")
    if read_spotify_id(own):  # most data sets call Spotify's id so; ours has 16 digits
        fields["spotify_id"] = read_spotify_id(own)
    else:
        fields["track_id"] = own
    for name, read in (("spotify_id", read_spotify_id), ("isrc", read_isrc), ("mbid", read_mbid)):
        text = cells.get(name)
        if not text:
            continue
        if (value := read(text)) is not None:
            fields[name] = value
        else:
            found.refuse(line, text, f"no {name}", column=name)
    return fields


def _read_duration(text: str) -> int | None:
    """Read milliseconds, or hours, minutes and seconds as a clock shows them."""
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in clock.groups())
        return 1000 * (3600 * hours + 60 * minutes + seconds)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _split(text: str) -> tuple[str, ...]:
    """Return the artists in a cell: a JSON list, or names joined by ``;``."""
    if text.startswith("["):
        try:
            names = json.loads(text)
        except (ValueError, RecursionError):
            names = None
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            return tuple(names)
    return tuple(text.split(";"))


def _join(artists: Sequence[str]) -> str:
    joined = "; ".join(artists)
    is_plain = joined.count(";") == len(artists) - 1 and not joined.startswith("[")
    return joined if is_plain or not artists else json.dumps(list(artists), ensure_ascii=False)

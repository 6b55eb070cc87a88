"""M3U and M3U8: a path a line, and comments that say more.

Players skip every line that begins with ``#``. So the comments ``#PARTSONG:`` can carry, as JSON in
ASCII, what M3U has no word for; without them a file is read as other programs mean it.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from partsong.playlists.decoding import decode_text, one_line, split_lines
from partsong.playlists.entries import PlaylistEntry, PlaylistFile
from partsong.playlists.gathering import Gathering
from partsong.playlists.identifiers import read_identifier
from partsong.playlists.locations import is_address, line_of_path, path_of_line

__all__ = ["parse_m3u", "render_m3u"]

_OURS: Final = "#PARTSONG:"
_INFO: Final = re.compile(r"\s*(-?\d+(?:\.\d+)?)?(?:\"[^\"]*\"|[^,\"])*(?:,(.*))?", re.DOTALL)
_LONGEST_DURATION: Final = 86_400
_MOST_BYTES: Final = 480
"""Of an artist or title in a comment: old players read 1,024 bytes and take the rest for a line."""

_PIECE: Final = 800
_TEXTS: Final = ("title", "album", "isrc", "spotify_id", "mbid", "track_id")


def parse_m3u(data: bytes, path: Path) -> PlaylistFile:
    """Read the bytes of an M3U or M3U8 file.

    An ``#EXTINF`` with no path below it is a track known by its name only.

    Parameters
    ----------
    data
        The file's content; what is no UTF-8 is read as Windows wrote it, but not in ``.m3u8``.
    path
        Where it was read; relative paths start in its folder.
    """
    is_utf8 = path.suffix.lower() == ".m3u8"
    text = decode_text(data, path, fallback=None if is_utf8 else "cp1252")
    found = Gathering(path)
    name = None
    for block in _blocks(split_lines(text)):
        name = block.comments.get("#PLAYLIST", name)
        if block.names_a_track:
            _add(block, found)
    return found.finish(name)


def render_m3u(entries: Sequence[PlaylistEntry], *, name: str, folder: Path) -> str:
    """Write entries as an M3U file.

    Parameters
    ----------
    entries
        The tracks.
    name
        Name of the playlist.
    folder
        The folder that the file will stand in; files below it are named from there.
    """
    lines = ["#EXTM3U", f"#PLAYLIST:{_shown(name)}"]
    for entry in entries:
        lines.extend(_lines(entry, folder))
    return "\n".join(lines) + "\n"


def _lines(entry: PlaylistEntry, folder: Path) -> Iterator[str]:
    seconds = -1 if entry.duration_ms is None else round(entry.duration_ms / 1000)
    artists = f"{_shown(', '.join(entry.artists))} - " if entry.artists else ""
    yield f"#EXTINF:{seconds},{artists}{_shown(entry.title or entry.id_text)}"
    if entry.album:
        yield f"#EXTALB:{_shown(entry.album)}"
    known: dict[str, Any] = {text: getattr(entry, text) for text in _TEXTS if getattr(entry, text)}
    known |= {"artists": list(entry.artists)} if entry.artists else {}
    known |= {"duration_ms": entry.duration_ms} if entry.duration_ms else {}
    record = json.dumps(known, separators=(",", ":"))
    for start in range(0, len(record), _PIECE):
        yield _OURS + record[start : start + _PIECE]
    if entry.path:
        yield line_of_path(entry.path, folder)
    elif entry.spotify_id:
        yield f"spotify:track:{entry.spotify_id}"


def _shown(text: str) -> str:
    line = one_line(text)
    cut = line.encode("utf-8")[:_MOST_BYTES].decode("utf-8", "ignore")
    return line if cut == line else f"{cut}…"


@dataclass(slots=True)
class _Block:
    """A path, where there is one, and the comments above it."""

    line: int = 0
    location: str = ""
    record: str = ""
    comments: dict[str, str] = field(default_factory=dict)

    @property
    def names_a_track(self) -> bool:
        return bool(self.location or self.record or "#EXTINF" in self.comments)


def _blocks(lines: Sequence[str]) -> Iterator[_Block]:
    block = _Block()
    for number, line in enumerate(lines, 1):
        text = line.strip()
        tag, _, value = text.partition(":")
        tag = tag.upper()
        if not text:
            continue
        if tag == "#EXTINF" and tag in block.comments:
            yield block
            block = _Block()
        block.line = number
        if text.startswith(_OURS):
            block.record += line.lstrip().removeprefix(_OURS)
        elif text.startswith("#"):
            block.comments[tag] = value
        else:
            block.location = text
            yield block
            block = _Block()
    yield block


def _add(block: _Block, found: Gathering) -> None:
    fields = _read_comments(block.comments)
    if block.record:
        exact = _read_record(block.record)
        if exact is None:
            found.refuse(block.line, block.record, "not partsong's own JSON", column="#PARTSONG")
        fields = exact or fields
    if block.location:
        identifier = read_identifier(block.location)
        if not identifier and not is_address(block.location):
            identifier = {"path": path_of_line(block.location, found.path.parent)}
        fields |= identifier
    if is_address(block.location) and not any(fields.values()):
        found.refuse(block.line, block.location, "an address on the net, not a file")
    else:
        found.add(block.line, block.location or block.comments.get("#EXTINF", ""), **fields)


def _read_comments(comments: dict[str, str]) -> dict[str, Any]:
    """Read ``seconds,Artist - Title``, as VLC does; other keys before the comma are left out."""
    info = _INFO.fullmatch(comments.get("#EXTINF", ""))
    seconds, named = info.groups() if info else (None, None)
    artist, dash, title = (named or "").partition(" - ")
    if not (dash and artist.strip() and title.strip()):
        artist, title = comments.get("#EXTART", ""), named or ""
    duration = float(seconds or 0)
    return {
        "title": title,
        "artists": (artist,) if artist else (),
        "album": comments.get("#EXTALB"),
        "duration_ms": round(1000 * duration) if 0 < duration < _LONGEST_DURATION else None,
    }


def _read_record(record: str) -> dict[str, Any] | None:
    try:
        known = json.loads(record)
    except (ValueError, RecursionError):
        return None
    if not isinstance(known, dict):
        return None
    artists = known.get("artists") or []
    duration = known.get("duration_ms")
    texts = {name: known[name] for name in _TEXTS if isinstance(known.get(name), str)}
    is_list = isinstance(artists, list) and all(isinstance(artist, str) for artist in artists)
    return texts | {
        "artists": tuple(artists) if is_list else (),
        "duration_ms": duration if type(duration) is int else None,
    }

"""Plain text: a track a line, as a person types it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from partsong.playlists.decoding import decode_text, one_line, split_lines
from partsong.playlists.entries import PlaylistEntry, PlaylistFile
from partsong.playlists.gathering import Gathering
from partsong.playlists.identifiers import read_identifier, write_identifiers
from partsong.playlists.locations import path_of_line, uri_of_path

__all__ = ["parse_lines", "render_lines"]


def parse_lines(data: bytes, path: Path) -> PlaylistFile:
    r"""Read the bytes of a text file.

    A line is ``Title - Artist``, a title, or a link or URI; one that begins with ``#`` and a space
    is a comment. A backslash in front makes any line a title.

    Parameters
    ----------
    data
        The file's content.
    path
        Where it was read.
    """
    found = Gathering(path)
    for number, line in enumerate(split_lines(decode_text(data, path, fallback="cp1252")), 1):
        text = line.strip()
        if text and text != "#" and not text.startswith("# "):
            found.add(number, text, **_read_line(text, path.parent))
    return found.finish(None)


def render_lines(entries: Sequence[PlaylistEntry], *, name: str) -> str:
    """Write a line for each entry, and the name above them as a comment.

    Parameters
    ----------
    entries
        The tracks.
    name
        Name of the playlist.
    """
    lines = [f"# {one_line(name)}", *map(_line, entries)]
    return "\n".join(lines) + "\n"


def _read_line(text: str, folder: Path) -> dict[str, Any]:
    if text.startswith("file:"):
        return {"path": path_of_line(text, folder)}
    if identifier := read_identifier(text):
        return identifier
    text = text.removeprefix("\\")
    title, dash, artist = text.rpartition(" - ")
    if dash and title.strip() and artist.strip():
        return {"title": title, "artists": (artist,)}
    return {"title": text}


def _line(entry: PlaylistEntry) -> str:
    if not entry.title:
        return next(iter(write_identifiers(entry)), None) or uri_of_path(entry.path or "")
    line = one_line(entry.label) or "?"
    is_marked = line.startswith(("# ", "\\", "file:")) or line == "#" or read_identifier(line)
    return f"\\{line}" if is_marked else line

"""XSPF, version 1: playlists in XML (xspf.org).

The reader takes the elements it knows as expat finds them. It builds no tree and refuses a
document type, so that no entity is ever declared, fetched or expanded.
"""

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from xml.parsers import expat

from partsong.errors import UnreadableFileError
from partsong.playlists.entries import PlaylistEntry, PlaylistFile
from partsong.playlists.gathering import Gathering
from partsong.playlists.spiff import ARTIST, locations_and_ids, read_track

__all__ = ["parse_xspf", "render_xspf"]

_SPACE: Final = "http://xspf.org/ns/0/"
_TRACK: Final = ["playlist", "trackList", "track"]
_DEEPEST: Final = 64
_UNFIT: Final = dict.fromkeys(
    (*range(9), 11, 12, *range(14, 32), 65534, 65535), " "
)  # XML 1.0 has no way to write these


def parse_xspf(data: bytes, path: Path) -> PlaylistFile:
    """Read the bytes of an XSPF file.

    Parameters
    ----------
    data
        The file's content.
    path
        Where it was read; relative locations start in its folder.

    Raises
    ------
    UnreadableFileError
        If it is not well-formed, has a document type, or is no playlist.
    """
    return _Reader(path).read(data)


class _Reader:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._found = Gathering(path)
        self._stack: list[str] = []
        self._text: list[str] = []
        self._meta = ""
        self._name: str | None = None
        self._track: dict[str, list[str]] = {}
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text.append

    def read(self, data: bytes) -> PlaylistFile:
        try:
            self._parser.Parse(data, True)  # noqa: FBT003 - expat's own signature
        except UnreadableFileError:
            raise
        except (expat.ExpatError, LookupError, ValueError) as error:  # the last two: encodings
            raise UnreadableFileError(
                f"{self._path.name} is not XML that can be read: {error}.",
                hint="Save the playlist again, as UTF-8; a file that was cut off ends like this.",
            ) from error
        return self._found.finish(self._name)

    def _refuse_doctype(self, *_: object) -> None:
        raise UnreadableFileError(
            f"{self._path.name} has a document type (line {self._parser.CurrentLineNumber}), "
            "which no playlist needs.",
            hint="Take the <!DOCTYPE ...> out of the file.",
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        self._stack.append(tag)
        if len(self._stack) > _DEEPEST or self._stack[0] != "playlist":
            raise UnreadableFileError(
                f"{self._path.name} is XML, but no XSPF playlist "
                f"(line {self._parser.CurrentLineNumber}).",
                hint="Give a file whose outermost element is <playlist>.",
            )
        self._text.clear()
        self._meta = attributes.get("rel", "") if tag == "meta" else ""
        if self._stack == _TRACK:
            self._track = {}

    def _end(self, _: str) -> None:
        text = "".join(self._text)
        self._text.clear()
        tag = self._stack[-1]
        if self._stack == _TRACK:
            fields = read_track(self._track, self._path.parent)
            shown = " ".join(" ".join(values) for values in self._track.values())
            self._found.add(self._parser.CurrentLineNumber, shown, **fields)
        elif self._stack[:-1] == _TRACK:
            self._track.setdefault(self._meta or tag, []).append(text)
        elif self._stack == ["playlist", "title"]:
            self._name = text
        self._stack.pop()


def render_xspf(entries: Sequence[PlaylistEntry], *, name: str) -> str:
    """Write entries as an XSPF file.

    Parameters
    ----------
    entries
        The tracks.
    name
        Name of the playlist.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<playlist version="1" xmlns="{_SPACE}">',
        f"  {_element('title', name)}",
        "  <trackList>",
    ]
    for entry in entries:
        lines += ["    <track>", *(f"      {line}" for line in _elements(entry)), "    </track>"]
    return "\n".join([*lines, "  </trackList>", "</playlist>", ""])


def _elements(entry: PlaylistEntry) -> list[str]:
    locations, identifiers = locations_and_ids(entry)
    single: tuple[tuple[str, Any], ...] = (
        ("title", entry.title),
        ("creator", ", ".join(entry.artists)),
        ("album", entry.album),
        ("duration", entry.duration_ms),
    )
    artists = entry.artists if len(entry.artists) > 1 else ()
    # in the order that the schema of XSPF asks for
    return [
        *(_element("location", uri) for uri in locations),
        *(_element("identifier", uri) for uri in identifiers),
        *(_element(tag, str(value)) for tag, value in single if value),
        *(_element("meta", artist, f' rel="{ARTIST}"') for artist in artists),
    ]


def _element(tag: str, text: str, attributes: str = "") -> str:
    content = html.escape(text.translate(_UNFIT), quote=False).replace("\r", "&#13;")
    return f"<{tag}{attributes}>{content}</{tag}>"

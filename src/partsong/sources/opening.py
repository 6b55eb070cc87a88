"""What kind of file a path is, and all the paths of one import as sources."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

from partsong.errors import SourceError, UnknownLayoutError, UnreadableFileError
from partsong.sources.exports.beets import is_beets_library, open_beets
from partsong.sources.exports.itunes import open_itunes
from partsong.sources.exports.listenbrainz_export import (
    is_listenbrainz_export,
    open_listenbrainz_export,
)
from partsong.sources.exports.playlist_file import Completion, open_playlist_files
from partsong.sources.exports.spotify_export.source import (
    is_spotify_export,
    open_spotify_export,
)
from partsong.sources.source import Source
from partsong.sources.tables.content import open_bytes, read_errors_of
from partsong.sources.tables.source import TableSource, open_source, open_sources, recognise

__all__ = ["FileKind", "OpenedFiles", "TableOptions", "find_kind", "open_files"]

FileKind = Literal[
    "beets", "itunes", "listenbrainz-export", "playlist-file", "spotify-export", "table"
]
"""What a path can be; what is nothing else is taken for a table, and refused as one."""

_OPENERS: Final[Mapping[FileKind, Callable[[Sequence[Path]], Source]]] = {
    "beets": open_beets,
    "itunes": open_itunes,
    "listenbrainz-export": open_listenbrainz_export,
    "spotify-export": open_spotify_export,
}
"""What opens files of a kind that needs to be told nothing else."""

_HEAD_BYTES: Final = 65_536
_PLAYLIST_ENDINGS: Final = frozenset({".m3u", ".m3u8", ".xspf", ".jspf"})
_JSPF: Final = re.compile(rb'\s*\{\s*"playlist"\s*:\s*\{')
_MOST_NAMED: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOptions:
    """What is said of the tables among the files.

    Parameters
    ----------
    layout
        Name of the layout of all files, instead of recognising it by the columns.
    mapping
        Column to field, for columns no layout knows, or to overrule it.
    artists
        A table of artists beside the tracks.
    only_features
        Whether the tables only bring features of tracks that are known.
    name
        What these features are called; see :meth:`TableSource.only_features`.

    Examples
    --------
    >>> TableOptions(layout="exportify").only_features
    False
    """

    layout: str | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)
    artists: Path | None = None
    only_features: bool = False
    name: str | None = None

    @property
    def needs_tables(self) -> str:
        """The option that means nothing without a table, if one was given."""
        given = {
            "--as": self.layout is not None,
            "--map": bool(self.mapping),
            "--artists": self.artists is not None,
            "--only-features": self.only_features,
        }
        return next((option for option, is_given in given.items() if is_given), "")


@dataclass(frozen=True, slots=True)
class OpenedFiles:
    """The files of one import, ready to be read.

    Parameters
    ----------
    sources
        Those of one kind and layout together, in the order in which they first came.
    notes
        What in a folder could not be read, and why.
    """

    sources: tuple[Source, ...]
    notes: tuple[str, ...] = ()


def find_kind(path: Path) -> FileKind:
    r"""Return what kind of file or folder a path is, by what is in it.

    The names of playlist files count too, since theirs have nothing else in common.

    Parameters
    ----------
    path
        A file or folder.

    Raises
    ------
    UnreadableFileError
        If there is none, or it may not be read.

    Examples
    --------
    >>> file = getfixture("tmp_path") / "anything"
    >>> _ = file.write_bytes(b'<?xml version="1.0"?><plist><dict/></plist>')
    >>> find_kind(file)
    'itunes'
    """
    with read_errors_of(path):
        if path.is_dir():
            if is_spotify_export(path):
                return "spotify-export"
            if is_listenbrainz_export(path):
                return "listenbrainz-export"
            raise IsADirectoryError
        with open_bytes(path) as stream:
            head = stream.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    is_kind: dict[FileKind, bool] = {
        "spotify-export": head.startswith((b"PK\x03\x04", b"{", b"[")) and is_spotify_export(path),
        "listenbrainz-export": head.startswith(b"PK\x03\x04") and is_listenbrainz_export(path),
        "beets": head.startswith(b"SQLite format 3\x00") and is_beets_library(path),
        "itunes": head.startswith(b"<") and b"<plist" in head,
        "playlist-file": _is_playlist(path, head),
    }
    return next((kind for kind, fits in is_kind.items() if fits), "table")


def open_files(
    paths: Sequence[Path],
    *,
    tables: TableOptions | None = None,
    complete: Completion | None = None,
) -> OpenedFiles:
    r"""Open files of all kinds; what cannot be read is refused before the first row.

    Parameters
    ----------
    paths
        Tables, exports, playlists, and folders of them. Of a folder, everything in it that can be
        read is taken, and the rest is named in the notes; folders within it are not looked into.
    tables
        What is said of the tables. A named layout makes every file one.
    complete
        Finds the tracks that the entries of playlist files mean.

    Raises
    ------
    SourceError
        If a file that was named cannot be read, nothing in a folder can, or something is said of
        tables and there is none.

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> _ = (folder / "mine.csv").write_text("title,artist,tempo\nSurf,The Beach,120\n")
    >>> _ = (folder / "mix.m3u").write_text("#EXTINF:180,The Beach - Surf\nsurf.mp3\n")
    >>> [source.report.layout for source in open_files([folder]).sources]
    ['table', 'playlist-file']
    """
    options = tables or TableOptions()
    notes: list[str] = []
    by_kind: dict[FileKind, list[Path]] = {}
    for path in paths:
        for file, kind in _files_of(path, options, notes):
            by_kind.setdefault(kind, []).append(file)
    if options.needs_tables and "table" not in by_kind:
        raise SourceError(
            f"{options.needs_tables} is for tables, and there is none among these files.",
            hint=f"Leave {options.needs_tables} out.",
        )
    if options.only_features and len(by_kind) > 1:
        others = [path.name for kind, files in by_kind.items() if kind != "table" for path in files]
        raise SourceError(
            f"Only tables can bring nothing but features: {', '.join(others[:_MOST_NAMED])}.",
            hint="Import these files by themselves, without --only-features.",
        )
    sources: list[Source] = []
    for kind, files in by_kind.items():
        if kind == "table":
            sources.extend(_open_tables(files, options))
        elif kind == "playlist-file":
            sources.append(open_playlist_files(files, complete=complete))
        else:
            sources.append(_OPENERS[kind](files))
    return OpenedFiles(tuple(sources), tuple(notes))


def _files_of(path: Path, options: TableOptions, notes: list[str]) -> list[tuple[Path, FileKind]]:
    """Return the path itself with its kind, or the readable files of a folder."""
    if not path.is_dir():
        return [(path, "table" if options.layout else find_kind(path))]
    if is_spotify_export(path):
        return [(path, "spotify-export")]
    if is_listenbrainz_export(path):
        return [(path, "listenbrainz-export")]
    with read_errors_of(path):
        entries = sorted(entry for entry in path.iterdir() if not entry.name.startswith("."))
    found: list[tuple[Path, FileKind]] = []
    refused: list[str] = []
    for entry in entries:
        try:
            kind = "table" if options.layout else find_kind(entry)
            _open_alone(entry, kind, options)
        except SourceError as error:
            refused.append(str(error))
        else:
            found.append((entry, kind))
    if not found:
        raise UnreadableFileError(
            f"There is nothing in the folder {path} that can be read.",
            hint=f"The first of its {len(refused):,} files: {refused[0]}"
            if refused
            else "It is empty; check the name.",
        )
    notes.extend(f"{path.name}: left out: {reason}" for reason in refused[:_MOST_NAMED])
    if len(refused) > _MOST_NAMED:
        notes.append(f"{path.name}: left out: {len(refused) - _MOST_NAMED:,} more files")
    return found


def _open_alone(path: Path, kind: FileKind, options: TableOptions) -> None:
    """Open a file to see whether it can be read."""
    if kind == "table":
        open_source([path], layout=options.layout)
    elif kind == "itunes":
        open_itunes([path])
    elif kind == "beets":
        open_beets([path])
    elif kind == "playlist-file":
        open_playlist_files([path])


def _open_tables(files: Sequence[Path], options: TableOptions) -> list[TableSource]:
    mapping, artists = options.mapping, options.artists
    if options.layout is not None:
        opened = [open_source(files, layout=options.layout, mapping=mapping, artists=artists)]
    else:
        opened = open_sources(files, mapping=mapping, artists=artists)
    if options.only_features:
        return [source.only_features(options.name) for source in opened]
    return opened


def _is_playlist(path: Path, head: bytes) -> bool:
    ending = path.suffix.lower()
    if ending == ".txt":
        return not _is_table(path)
    return ending in _PLAYLIST_ENDINGS or (ending == ".json" and _JSPF.match(head) is not None)


def _is_table(path: Path) -> bool:
    """Tell whether text is a table, or would be one if something were not wrong with it."""
    try:
        recognise(path)
    except UnknownLayoutError:
        return False
    except SourceError:
        return True
    return True

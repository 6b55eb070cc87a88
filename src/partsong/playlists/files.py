"""Playlist files on disk: read within bounds, written whole or not at all."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from partsong.errors import OutputError, UnknownLayoutError, UnreadableFileError
from partsong.playlists.entries import PlaylistEntry, PlaylistFile
from partsong.playlists.gathering import MOST_BYTES, MOST_ENTRIES
from partsong.playlists.jspf import parse_jspf, render_jspf
from partsong.playlists.lines import parse_lines, render_lines
from partsong.playlists.m3u import parse_m3u, render_m3u
from partsong.playlists.table import parse_table, render_table
from partsong.playlists.xspf import parse_xspf, render_xspf
from partsong.whole_files import write_whole

__all__ = ["FORMATS", "check_playlist_path", "read_playlist_file", "write_playlist_file"]

FORMATS: Final = {
    ".m3u8": "M3U in UTF-8, which nearly every player opens",
    ".m3u": "M3U, the same in an older name",
    ".xspf": "XSPF, with ids",
    ".jspf": "JSPF, with ids, as ListenBrainz takes it",
    ".json": "JSPF",
    ".csv": "a table, with ids",
    ".txt": "a line a track",
}
"""The file name endings that are known, and what they stand for."""

_PARSERS: Final = {
    ".m3u8": parse_m3u,
    ".m3u": parse_m3u,
    ".xspf": parse_xspf,
    ".jspf": parse_jspf,
    ".json": parse_jspf,
    ".csv": parse_table,
    ".txt": parse_lines,
}
_LISTED: Final = ", ".join(FORMATS)


def read_playlist_file(path: str | os.PathLike[str]) -> PlaylistFile:
    r"""Read a playlist of any format of `FORMATS`; the end of the file's name tells which.

    Parameters
    ----------
    path
        The file; at most 64 MB and 500,000 tracks.

    Returns
    -------
    PlaylistFile
        Its tracks, and every line that could not be used.

    Raises
    ------
    UnknownLayoutError
        If the file's name ends otherwise, or a table has no column that names tracks.
    UnreadableFileError
        If the file is missing, empty, too large, or not what its name says.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "mine.txt")
    ...     _ = path.write_text("Surf - The Beach\n# later: more\n")
    ...     read_playlist_file(path).entries[0].artists
    ('The Beach',)
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise UnknownLayoutError(
            f"{path.name} is no playlist file by its name.", hint=f"Known endings: {_LISTED}."
        )
    return _PARSERS[suffix](_read_bytes(path), path)


def check_playlist_path(path: str | os.PathLike[str]) -> None:
    """Say at once if a playlist cannot be written to a file.

    Parameters
    ----------
    path
        The file; it need not be there, nor its folder.

    Raises
    ------
    OutputError
        If its name ends in none of `FORMATS`, it is a folder, or may not be written.

    Examples
    --------
    >>> check_playlist_path("mine.pdf")
    Traceback (most recent call last):
    partsong.errors.OutputError: No playlist format ends in '.pdf', as in mine.pdf.
    """
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise OutputError(
            f"No playlist format ends in {path.suffix!r}, as in {path.name}.",
            hint=f"End the name in one of {_LISTED}.",
        )
    there = next(place for place in (path, *path.absolute().parents) if place.exists())
    if path.is_dir() or not os.access(there, os.W_OK):
        raise OutputError(
            f"The playlist cannot be written to {path}.",
            hint="Name a file in a folder that you may write to.",
        )


def write_playlist_file(
    entries: Sequence[PlaylistEntry], path: str | os.PathLike[str], *, name: str | None = None
) -> Path:
    """Write a playlist in the format that the file's name ends in.

    The file appears whole or not at all; one that is there is replaced in one step.

    Parameters
    ----------
    entries
        The tracks in their order.
    path
        The file; folders on the way are made.
    name
        Name of the playlist, by default the file's.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    OutputError
        If the name ends in none of `FORMATS`, if the file cannot be written, or would be larger
        than what is read again. What stood there stays.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_playlist_file([PlaylistEntry(title="Surf")], f"{folder}/mine.m3u8")
    ...     read_playlist_file(path).entries[0].title
    'Surf'
    """
    path = Path(path)
    check_playlist_path(path)
    data = _render(entries, path, " ".join((name or path.stem).split())).encode("utf-8", "replace")
    if len(entries) > MOST_ENTRIES or len(data) > MOST_BYTES:
        raise OutputError(
            f"{len(entries):,} tracks are too many for one playlist file.",
            hint=f"Write at most {MOST_ENTRIES:,} tracks, or {MOST_BYTES >> 20} MB.",
        )
    try:
        write_whole(path, data)
    except OSError as error:
        raise OutputError(
            f"The playlist cannot be written to {path}: {error.strerror}.",
            hint="Name a file in a folder that you may write to.",
        ) from error
    return path


def _render(entries: Sequence[PlaylistEntry], path: Path, name: str) -> str:
    match path.suffix.lower():
        case ".xspf":
            return render_xspf(entries, name=name)
        case ".jspf" | ".json":
            return render_jspf(entries, name=name)
        case ".csv":
            return render_table(entries)
        case ".txt":
            return render_lines(entries, name=name)
        case _:
            return render_m3u(entries, name=name, folder=path.parent)


def _read_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise UnreadableFileError(
            f"{path} cannot be read: {error.strerror}.", hint="Check the name of the file."
        ) from error
    if len(data) > MOST_BYTES:
        raise UnreadableFileError(
            f"{path.name} is larger than {MOST_BYTES >> 20} MB.",
            hint="Split it, or import it as a table of tracks: partsong import.",
        )
    if not data.strip():
        raise UnreadableFileError(f"{path.name} is empty.", hint="Check how it was written.")
    return data

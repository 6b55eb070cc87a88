"""Playlists that players and services write: M3U, M3U8, XSPF, JSPF and plain text."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from partsong.playlists import PlaylistEntry, PlaylistFile, read_playlist_file
from partsong.sources.exports.row_table import Row, RowTable, open_rows
from partsong.sources.source import SourceInfo
from partsong.sources.tables.layout import Layout
from partsong.sources.tables.ledger import Ledger
from partsong.sources.tables.source import TableSource

__all__ = ["INFO", "Completion", "open_playlist_files"]

Completion = Callable[[Sequence[PlaylistEntry]], Sequence[PlaylistEntry]]
"""Tells of each entry all that is known of the track that it means; the entry itself, if nothing."""

INFO: Final = SourceInfo(
    name="playlist-file",
    title="Playlist files",
    kind="export",
    description=(
        "A playlist of your own as M3U, M3U8, XSPF, JSPF or lines of text. What is known of its"
        " tracks already decides which are meant."
    ),
    gives=("tracks", "playlists"),
    usage="partsong import mix.m3u8",
    terms="Your own file.",
)

_LAYOUT: Final = Layout(
    name=INFO.name,
    title=INFO.title,
    description=INFO.description,
    licence=INFO.terms,
    required=(),
    columns={},
    needs_titles=False,
    only_fills=True,
)
_IDS: Final = ("isrc", "spotify_id", "mbid")
_TEXTS: Final = ("title", "album", "path", *_IDS)
_COLUMNS: Final = ("artists", "duration_ms", "playlist_id", "playlist", "heard", *_TEXTS)


def open_playlist_files(
    files: Sequence[Path], *, complete: Completion | None = None
) -> TableSource:
    r"""Open playlist files; each is a playlist, and its tracks count as heard.

    Parameters
    ----------
    files
        Files of a format that their names end in.
    complete
        Finds the tracks that entries without an id mean. What it does not find is taken as it
        stands, if it has an artist and a title; a path alone tells nothing.

    Raises
    ------
    UnreadableFileError
        If a file is not what its name says.
    UnknownLayoutError
        If its name says nothing.

    Examples
    --------
    >>> file = getfixture("tmp_path") / "mix.m3u8"
    >>> _ = file.write_text("#EXTM3U\n#EXTINF:180,The Beach - Surf\nsurf.mp3\n", "utf-8")
    >>> batch = next(open_playlist_files([file]).batches())
    >>> batch.tracks.select("title", "playlist").row(0)
    ('Surf', 'mix')
    """
    tables = [_table_of(path, read_playlist_file(path), complete) for path in files]
    return open_rows(_LAYOUT, tables, [""] * len(tables))


def _table_of(path: Path, read: PlaylistFile, complete: Completion | None) -> RowTable:
    def rows(ledger: Ledger) -> Iterator[Row]:
        for problem in read.problems:
            if problem.column:
                ledger.report.set_missing[f"{problem.column}: {problem.reason}"] += 1
                ledger.show_problem(problem.line, problem.column, problem.value, problem.reason)
            else:
                ledger.drop_row(problem.line, problem.reason)
        entries = complete(read.entries) if complete is not None else read.entries
        for place, entry in enumerate(entries, 1):
            reason = _reason_to_drop(entry)
            if reason:
                ledger.report.read += 1
                ledger.report.dropped[reason] += 1
                ledger.show_problem(place, "entry", entry.label, reason)
            else:
                yield place, _read_entry(entry, read.name)

    return RowTable(path, _COLUMNS, rows, length=len(read.entries))


def _reason_to_drop(entry: PlaylistEntry) -> str:
    if any(getattr(entry, name) for name in _IDS) or (entry.title and entry.artists):
        return ""
    return "a title without an artist" if entry.title else "a file that no known track is"


def _read_entry(entry: PlaylistEntry, playlist: str) -> dict[str, str | Sequence[str] | None]:
    return {
        **{name: getattr(entry, name) for name in _TEXTS},
        "artists": entry.artists or None,
        "duration_ms": str(entry.duration_ms) if entry.duration_ms else None,
        "playlist_id": f"file:{playlist}",
        "playlist": playlist,
        "heard": "true",
    }

"""The data export as a source: its files in order, as batches of catalog rows."""

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Final

import polars as pl

from partsong.errors import UnknownLayoutError
from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport
from partsong.sources.exports.archive import Archive, open_archive
from partsong.sources.exports.spotify_export.documents import parse_list, parse_object
from partsong.sources.exports.spotify_export.info import INFO
from partsong.sources.exports.spotify_export.library import read_banned_artists, read_library
from partsong.sources.exports.spotify_export.members import Kind, member_kind
from partsong.sources.exports.spotify_export.playlists import read_playlists
from partsong.sources.exports.spotify_export.plays import (
    EXTENDED,
    SHORT,
    read_plays,
    without_told_before,
)
from partsong.sources.tables.ledger import Ledger

__all__ = ["SpotifyExport", "is_spotify_export", "open_spotify_export"]

_ORDER: Final[tuple[Kind, ...]] = (
    "extended",  # before the short one, which may tell the same plays with less precision
    "video",
    "short",
    "podcast",
    "audiobook",
    "playlists",
    "library",
)
_ONLY_SHORT: Final = (
    "This is the short history: about a year, to the minute, without ids. The extended one can be"
    " asked for on the same page of Spotify's."
)
_SHOWN: Final = 5
_NO_ROWS: Final = pl.DataFrame(schema={"line": pl.Int64})


def is_spotify_export(path: Path) -> bool:
    """Tell whether a ZIP, a folder or a file is of Spotify's data export, by the names in it.

    Parameters
    ----------
    path
        It need not exist.

    Raises
    ------
    UnreadableFileError, UnsafeArchiveError
        If it is an archive that is damaged, or reaches outside of itself, whatever else it may be.

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> is_spotify_export(folder)
    False
    >>> _ = (folder / "YourLibrary.json").write_text("{}", "utf-8")
    >>> is_spotify_export(folder), is_spotify_export(folder / "YourLibrary.json")
    (True, True)
    """
    return path.exists() and any(map(member_kind, open_archive(path).names))


def open_spotify_export(paths: Sequence[Path]) -> "SpotifyExport":
    r"""Open the data export.

    Parameters
    ----------
    paths
        ZIPs, folders or single files of it, which are read as one: the account data and the
        extended history come as two archives.

    Raises
    ------
    UnreadableFileError, UnsafeArchiveError
        If one is damaged, or not safe to read.
    UnknownLayoutError
        If one holds nothing of the export.

    Examples
    --------
    >>> file = getfixture("tmp_path") / "StreamingHistory_music_0.json"
    >>> _ = file.write_text(
    ...     '[{"endTime": "2026-01-31 08:15", "artistName": "Ravel",'
    ...     ' "trackName": "Une barque", "msPlayed": 412000}]', "utf-8"
    ... )
    >>> source = open_spotify_export([file])
    >>> [batch.tracks["played_at"].to_list() for batch in source.batches()]
    [[datetime.datetime(2026, 1, 31, 8, 15)]]
    >>> source.report.read
    1
    """
    archives = [open_archive(path) for path in paths]
    for archive in archives:
        if not any(map(member_kind, archive.names)):
            raise UnknownLayoutError(
                f"{archive.path.name} holds nothing of Spotify's data export.",
                hint="Look for Streaming_History_Audio_….json, StreamingHistory_music_….json,"
                " Playlist1.json or YourLibrary.json; the technical log is of no use here.",
            )
    return SpotifyExport(archives)


class SpotifyExport:
    """The data export, ready to be read; made by :func:`open_spotify_export`.

    Attributes
    ----------
    report
        What became of its rows; complete once `batches` is exhausted.
    """

    def __init__(self, archives: Sequence[Archive]) -> None:
        self.report = ImportReport(
            files=[str(archive.path) for archive in archives], layout=INFO.name
        )
        for archive in archives:
            self.report.notes += _neighbours(archive)
        self._archives = archives
        self._members = sorted(
            (_ORDER.index(kind), place, name)
            for place, archive in enumerate(archives)
            for name in archive.names
            if (kind := member_kind(name))
        )

    def batches(self, progress: Progress = SILENT) -> Iterator[Batch]:
        """Yield plays, then playlists, then what was saved and banned, a batch for each file.

        Parameters
        ----------
        progress
            Listener to the files.

        Yields
        ------
        Batch
            One row a play, an item of a playlist, or a track of the library.

        Raises
        ------
        UnreadableFileError, UnsafeArchiveError
            If a file is damaged, or too large.
        """
        kinds = {_ORDER[rank] for rank, _, _ in self._members}
        if "short" in kinds and "extended" not in kinds:
            self.report.notes.append(_ONLY_SHORT)
        told: list[pl.DataFrame] = []
        progress.start("reading the export", len(self._members))
        with closing(self._contents()) as contents:
            for kind, file, content in contents:
                ledger = Ledger(self.report, file)
                artists = None
                if kind == "extended":
                    tracks = read_plays(parse_list(content, file), EXTENDED, ledger)
                    if "short" in kinds:
                        told.append(tracks.select("title", "ms_played", "played_at"))
                elif kind == "short":
                    tracks = self._without(
                        told, read_plays(parse_list(content, file), SHORT, ledger)
                    )
                elif kind == "playlists":
                    tracks = read_playlists(parse_object(content, file), ledger)
                elif kind == "library":
                    library = parse_object(content, file)
                    tracks = read_library(library, ledger)
                    artists = read_banned_artists(library, ledger)
                else:
                    n_rows = len(parse_list(content, file))
                    self.report.read += n_rows
                    self.report.dropped[kind] += n_rows
                    tracks = _NO_ROWS
                progress.advance()
                if tracks.height or artists is not None:
                    yield Batch(tracks, artists, source=INFO.name, only_fills=True)
        progress.finish()

    def _contents(self) -> Generator[tuple[Kind, str, bytes], None, None]:
        """Yield each file of the export: what it holds, its name for people, and its bytes."""
        for place, members in groupby(self._members, key=lambda member: member[1]):
            archive = self._archives[place]
            where = f"{archive.path.name}/" if len(self._archives) > 1 else ""
            kinds = {name: _ORDER[rank] for rank, _, name in members}
            with closing(archive.contents(kinds)) as contents:
                for name, content in contents:
                    yield kinds[name], where + PurePosixPath(name).name, content

    def _without(self, told: Sequence[pl.DataFrame], plays: pl.DataFrame) -> pl.DataFrame:
        if not told:
            return plays
        left = without_told_before(plays, pl.concat(told))
        if left.height < plays.height:
            self.report.dropped["told by the extended history"] += plays.height - left.height
        return left


def _neighbours(archive: Archive) -> list[str]:
    """Note the files of a folder that somebody might have meant, too."""
    others = [name for name in archive.names if not name.lower().endswith((".json", ".pdf"))]
    if not others or not archive.path.is_dir():
        return []
    more = f" and {len(others) - _SHOWN:,} more" if len(others) > _SHOWN else ""
    named = ", ".join(others[:_SHOWN]) + more
    return [f"{archive.path.name} was read as Spotify's data export; not read in it: {named}"]

"""An OpenSubsonic server as a source: all songs, page by page, then the playlists."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Any, Final

import polars as pl

from partsong.errors import (
    ForbiddenError,
    ImportPausedError,
    LoginNeededError,
    ServiceError,
)
from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport
from partsong.sources.http.messages import Request, Sender
from partsong.sources.services.subsonic.endpoints import (
    PAGE,
    Playlist,
    Song,
    album_request,
    albums_request,
    count_request,
    playlist_request,
    playlists_request,
    read_albums,
    read_count,
    read_playlists,
    read_songs,
    songs_request,
    status_of,
)
from partsong.sources.services.subsonic.info import INFO
from partsong.sources.source import ImportPlan
from partsong.sources.tables.convert import convert_tracks
from partsong.sources.tables.layouts.table import TABLE
from partsong.sources.tables.ledger import LINE, Ledger
from partsong.sources.tables.plan import Plan

__all__ = ["SubsonicSource"]

_TYPES: Final[dict[str, pl.DataType]] = {
    LINE: pl.Int64(),
    "title": pl.String(),
    "artists": pl.List(pl.String()),
    "album": pl.String(),
    "release_date": pl.String(),
    "genres": pl.List(pl.String()),
    "duration_s": pl.Float64(),
    "explicit": pl.String(),
    "isrc": pl.String(),
    "mbid": pl.String(),
    "tempo": pl.Float64(),
    "liked": pl.Boolean(),
    "played_at": pl.String(),
    "playlist_id": pl.String(),
    "playlist": pl.String(),
}
_PLAN: Final = Plan(
    TABLE,
    {name: name for name in _TYPES if name != LINE},
    {},
    source=INFO.name,
    analysis=INFO.analysis,
)


class SubsonicSource:
    """The music of a listener's own server.

    Parameters
    ----------
    sender
        Asks the server.
    server
        What to call it in the report.
    user
        The listener's name there; other people's playlists are left alone. None where it is not
        known: then all that the server shows are read.
    playlists
        Whether to read playlists too.

    Attributes
    ----------
    report
        What became of the songs; complete once `batches` is exhausted.
    status_of
        What the server's answers mean; for the client.
    """

    status_of = staticmethod(status_of)

    def __init__(
        self, sender: Sender, *, server: str, user: str | None = None, playlists: bool = True
    ) -> None:
        self.report = ImportReport(files=[server], layout=INFO.name)
        self._sender = sender
        self._user = user
        self._has_playlists = playlists
        self._ledger = Ledger(self.report, server)

    def plan(self) -> ImportPlan:
        """Return what the import will take.

        It asks for how many songs there are, for the page that should be the last, and for the
        list of playlists; the import needs the latter two anyway.
        """
        steps = {"songs": self._plan_library()}
        notes = []
        if self._has_playlists:
            mine, n_others = self._playlists()
            steps["playlists"] = self._n_missing(playlist_request(one.id) for one in mine)
            notes += _others_note(n_others)
        return ImportPlan(sum(steps.values()), steps, tuple(notes))

    def batches(self, progress: Progress = SILENT) -> Iterator[Batch]:
        """Yield all songs, then those of the playlists.

        Parameters
        ----------
        progress
            Listener to the steps, counted in songs.

        Raises
        ------
        ImportPausedError
            If the server stops answering; what arrived was yielded before.
        ServiceError
            If it refuses, or answers in a form that is not known.
        """
        progress.start(f"asking {self.report.files[0]}")
        try:
            for songs in self._library():
                yield self._batch(songs)
                progress.advance(len(songs))
            if self._has_playlists:
                mine, n_others = self._playlists()
                self.report.notes += _others_note(n_others)
                for playlist in mine:
                    answer = self._sender.send(playlist_request(playlist.id))
                    songs = read_songs(answer, "playlist", "entry")
                    yield self._batch(songs, playlist)
                    progress.advance(len(songs))
        finally:
            progress.finish()

    def _library(self) -> Iterator[list[Song]]:
        """Yield the songs page by page, or album by album where an empty search finds nothing."""
        page = 0
        songs = self._first_page()
        if not songs:
            for album in self._albums():
                yield read_songs(self._sender.send(album_request(album)), "album", "song")
        while songs:
            yield songs
            page += 1
            songs = self._songs(page) if len(songs) >= PAGE else []

    def _first_page(self) -> list[Song]:
        try:
            return self._songs(0)
        except (ImportPausedError, LoginNeededError, ForbiddenError):
            raise
        except ServiceError:
            # Servers from before OpenSubsonic may refuse a search for nothing, or any search.
            return []

    def _songs(self, page: int) -> list[Song]:
        return read_songs(self._sender.send(songs_request(page)), "searchResult3", "song")

    def _albums(self) -> list[str]:
        albums: list[str] = []
        while True:
            found = read_albums(self._sender.send(albums_request(len(albums) // PAGE)))
            albums += found
            if len(found) < PAGE:
                return albums

    def _plan_library(self) -> int:
        if not self._first_page():
            return self._n_missing(album_request(album) for album in self._albums())
        last = self._last_page()
        return self._n_missing(songs_request(page) for page in range(last + 1))

    def _last_page(self) -> int:
        """Return the number of the first page that is not full.

        The server's own count says where to look; it may be out of date, or count something else.
        """
        page = self._told_count() // PAGE
        while self._is_full(page):
            page += 1
        if page and not self._songs(page):
            page = bisect_left(range(page), True, key=lambda earlier: not self._is_full(earlier))  # noqa: FBT003 - a value to look for
        return page

    def _told_count(self) -> int:
        try:
            return read_count(self._sender.send(count_request()))
        except ImportPausedError:
            raise
        except ServiceError:
            return 0  # not everybody may ask, and not every server knows the question

    def _is_full(self, page: int) -> bool:
        return len(self._songs(page)) >= PAGE

    def _playlists(self) -> tuple[list[Playlist], int]:
        """Return the listener's playlists that hold songs, and how many are other people's."""
        found = read_playlists(self._sender.send(playlists_request()))
        mine = [one for one in found if self._user is None or one.owner in {None, self._user}]
        return [one for one in mine if one.n_songs], len(found) - len(mine)

    def _n_missing(self, requests: Iterable[Request]) -> int:
        return sum(not self._sender.has_arrived(request) for request in requests)

    def _batch(self, songs: list[Song], playlist: Playlist | None = None) -> Batch:
        rows: list[dict[str, Any]] = []
        for line, song in enumerate(songs, start=self.report.read + 1):
            if song.unwanted:
                self.report.dropped[song.unwanted] += 1
            else:
                rows.append({LINE: line, **song.values})
        self.report.read += len(songs) - len(rows)
        block = pl.DataFrame(rows, schema=_TYPES).with_columns(
            playlist_id=pl.lit(playlist and f"{INFO.name}:{playlist.id}", dtype=pl.String),
            playlist=pl.lit(playlist and playlist.name, dtype=pl.String),
        )
        batch = convert_tracks(block, _PLAN, self._ledger)
        tracks = batch.tracks.with_columns(heard=pl.lit(value=True))
        return Batch(tracks, source=batch.source, analysis=batch.analysis)


def _others_note(n_others: int) -> list[str]:
    if not n_others:
        return []
    many = "One playlist is" if n_others == 1 else f"{n_others:,} playlists are"
    return [f"{many} other people's and left alone."]

"""A Spotify account as a source: its lists page by page, in as few requests as the API allows."""

from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Final

from partsong.errors import ForbiddenError, ServiceMissingError
from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport
from partsong.sources.http.messages import Request, Sender
from partsong.sources.services.spotify.abilities import SpotifyAbilities
from partsong.sources.services.spotify.endpoints import (
    FEATURES_AT_ONCE,
    PAGE,
    PERIODS,
    TRACKS_AT_ONCE,
    features_request,
    read_features,
    read_page,
    read_several,
    recent_request,
    saved_request,
    several_request,
    top_request,
    track_request,
)
from partsong.sources.services.spotify.lists import Lists, Outline
from partsong.sources.services.spotify.tracks import Rows
from partsong.sources.services.spotify.wishes import KnownSpotifySongs, SpotifyWishes
from partsong.sources.source import ImportPlan

__all__ = ["SpotifySource"]

_EVERYTHING: Final = SpotifyWishes()
_NOTHING_KNOWN: Final = KnownSpotifySongs()
_CLOSED_SINCE: Final = (
    "Spotify has refused what this app could ask when it was last tried: find out anew with "
    "--ask-again"
)


class SpotifySource:
    """One Spotify account, ready to be read.

    Lists come in this order: playlists as the account shows them, saved songs, top songs, plays,
    then details and audio features of songs that lack them. The listener knows every song of them,
    but for those of other people's playlists.

    Parameters
    ----------
    sender
        Takes the requests to Spotify.
    abilities
        What the app may ask.
    wishes
        What to read.
    known
        What the catalog has already.
    user
        Id of the account, where it is known; otherwise it is asked for.

    Attributes
    ----------
    report
        What became of the rows; complete once `batches` is exhausted.
    """

    def __init__(
        self,
        sender: Sender,
        abilities: SpotifyAbilities,
        *,
        wishes: SpotifyWishes = _EVERYTHING,
        known: KnownSpotifySongs = _NOTHING_KNOWN,
        user: str = "",
    ) -> None:
        self.report = ImportReport(files=["Spotify account"], layout="spotify")
        self._sender = sender
        self._abilities = abilities
        self._wishes = wishes
        self._known = known
        self._lists = Lists(sender, user=user)
        self._outline: Outline | None = None

    def plan(self) -> ImportPlan:
        """Return what the import will take, after asking how long the lists are.

        Returns
        -------
        ImportPlan
            The number of requests is exact, but for audio features, of which it is the most that
            can be needed: which songs stand in several lists shows only when they are read.
        """
        outline = self._look()
        steps = {title: self._count(asked) for title, asked in self._steps(outline).items()}
        n_songs = sum(one.total or 0 for one in (*outline.mine, *outline.others))
        n_songs += outline.saved.total if outline.saved else 0
        n_songs += PAGE * len([*self._top_requests(), *self._recent_requests()])
        if self._reads_features:
            n_songs += len(self._known.without_features)
            steps["audio features, at most"] = -(-n_songs // FEATURES_AT_ONCE)
        steps = {title: n for title, n in steps.items() if n}
        notes = (*self._abilities.describe_lack(self._wanted), *self._lists.notes)
        return ImportPlan(sum(steps.values()), steps, notes)

    def batches(self, progress: Progress = SILENT) -> Iterator[Batch]:
        """Yield the account page by page.

        Parameters
        ----------
        progress
            Listener to the requests.

        Yields
        ------
        Batch
            Up to 100 rows.

        Raises
        ------
        ImportPausedError
            If Spotify does not answer, or wants to be left alone for longer. What has arrived was
            yielded before.
        LoginNeededError, ServiceError
            If it refuses.
        """
        rows = Rows(self.report)
        try:
            yield from self._batches(rows, progress)
        finally:
            rows.note_remarks()
            self.report.notes += [
                *self._abilities.describe_lack(self._wanted),
                *dict.fromkeys(self._lists.notes),
            ]

    @property
    def _reads_features(self) -> bool:
        return self._abilities.features and self._wishes.reads("features")

    @property
    def _wanted(self) -> set[str]:
        wanted = {kind for kind in ("features", "details") if self._wishes.reads(kind)}
        return wanted | ({"category"} if self._wishes.category is not None else set())

    def _look(self) -> Outline:
        if self._outline is None:
            with_category = self._abilities.categories
            self._outline = self._lists.look(self._wishes, with_category=with_category)
        return self._outline

    def _steps(self, outline: Outline) -> dict[str, list[Request]]:
        """Return what is still to be asked, but for audio features, by what it is for."""
        n_saved = outline.saved.total if outline.saved else 0
        lists = self._lists
        return {
            "your playlists": [one for each in outline.mine for one in lists.requests_for(each)],
            "other playlists": [one for each in outline.others for one in lists.requests_for(each)],
            "saved songs": [saved_request(at) for at in range(PAGE, n_saved, PAGE)],
            "top songs": self._top_requests(),
            "latest plays": self._recent_requests(),
            "details": [request for _, request in self._detail_requests()],
        }

    def _top_requests(self) -> list[Request]:
        return [top_request(period) for period in PERIODS] if self._wishes.reads("top") else []

    def _recent_requests(self) -> list[Request]:
        return [recent_request()] if self._wishes.reads("recent") else []

    def _detail_requests(self) -> list[tuple[list[str], Request]]:
        if not self._wishes.reads("details"):
            return []
        lacking = self._known.without_details
        if self._abilities.several:
            return [(ids, several_request(ids)) for ids in _chunks(lacking, TRACKS_AT_ONCE)]
        return [([one], track_request(one)) for one in lacking]

    def _batches(self, rows: Rows, progress: Progress) -> Generator[Batch, None, None]:
        outline = self._look()
        n_pages = sum(map(len, self._steps(outline).values())) + (outline.saved is not None)
        progress.start("reading Spotify", n_pages)
        arrived: dict[str, None] = {}
        for batch in self._songs(rows, outline):
            arrived |= dict.fromkeys(_ids_in(batch))
            progress.advance()
            yield batch
        for batch in self._details(rows):
            progress.advance()
            yield batch
        progress.finish()
        if self._reads_features:
            yield from self._features(rows, arrived, progress)

    def _songs(self, rows: Rows, outline: Outline) -> Generator[Batch, None, None]:
        lists = self._lists
        for playlists, heard in ((outline.mine, True), (outline.others, None)):
            for one in playlists:
                key = f"spotify:playlist:{one.playlist_id}"
                for page in lists.entries(one, is_mine=heard is not None):
                    yield rows.songs(page.items, heard=heard, playlist=one.name, playlist_id=key)
        if outline.saved is not None:
            yield rows.songs(outline.saved.items, heard=True, liked=True)
            for page in lists.rest(outline.saved, saved_request, "the list of saved songs"):
                yield rows.songs(page.items, heard=True, liked=True)
        for request in (*self._top_requests(), *self._recent_requests()):
            yield rows.songs(read_page(lists.ask(request)).items, heard=True)

    def _details(self, rows: Rows) -> Generator[Batch, None, None]:
        for ids, request in self._detail_requests():
            try:
                answer = self._lists.ask(request)
            except ServiceMissingError:
                songs = [None] * len(ids)
            except ForbiddenError:
                self._lists.notes.append(_CLOSED_SINCE)
                return
            else:
                songs = read_several(answer) if self._abilities.several else [answer]
            # Songs may come back under the id of another release; they are filed as asked for.
            yield rows.songs(songs, spotify_ids=ids, only_known=True)

    def _features(
        self, rows: Rows, arrived: Iterable[str], progress: Progress
    ) -> Generator[Batch, None, None]:
        known = self._known
        wanted = dict.fromkeys(one for one in arrived if one not in known.with_features)
        if self._wishes.playlist is None:
            wanted |= dict.fromkeys(known.without_features)
        chunks = list(_chunks(list(wanted), FEATURES_AT_ONCE))
        progress.start("reading audio features", len(chunks))
        for ids in chunks:
            try:
                found = read_features(self._lists.ask(features_request(ids)))
            except ForbiddenError:
                self._lists.notes.append(_CLOSED_SINCE)
                break
            yield rows.features(ids, found)
            progress.advance()
        progress.finish()

    def _count(self, asked: Iterable[Request]) -> int:
        return sum(not self._sender.has_arrived(request) for request in asked)


def _chunks(ids: Sequence[str], size: int) -> list[list[str]]:
    return [list(ids[at : at + size]) for at in range(0, len(ids), size)]


def _ids_in(batch: Batch) -> list[str]:
    if "spotify_id" not in batch.tracks.columns:
        return []
    return batch.tracks["spotify_id"].drop_nulls().to_list()

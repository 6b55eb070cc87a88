"""Last.fm as a source: scrobbles from the latest back, loved tracks, then similar ones."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, Final

from partsong.errors import ForbiddenError, ServiceMissingError
from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport
from partsong.sources.http.client import Client
from partsong.sources.http.messages import Request
from partsong.sources.services.hearings import Hearing, HearingRows
from partsong.sources.services.lastfm.endpoints import (
    Seed,
    TrackPage,
    loved_request,
    read_loved,
    read_scrobbles,
    read_similar,
    read_top,
    scrobbles_request,
    similar_request,
    status_of,
    top_request,
)
from partsong.sources.services.lastfm.info import API_URL, INFO
from partsong.sources.services.parts_of_history import ALL_PARTS, HistoryPart, part_names
from partsong.sources.source import ImportPlan

__all__ = ["DEFAULT_N_SEEDS", "LastfmSource"]

DEFAULT_N_SEEDS: Final = 25
"""From how many of the most played tracks similar ones are sought."""

_HIDDEN: Final = (
    "If it is your history: on Last.fm, Settings > Privacy, do not hide recent listening "
    "information. Or leave it out: --what feedback,candidates"
)


class LastfmSource:
    """What Last.fm knows of one listener.

    Parameters
    ----------
    client
        Asks Last.fm; made with `status_of`.
    user
        The listener's name there.
    what
        Which parts to read: listens, feedback, candidates.
    since
        Only scrobbles from this time on; all of them by default. Loved and similar tracks are
        always read whole.
    n_seeds
        From how many of the most played tracks similar ones are sought, a request each.

    Attributes
    ----------
    report
        What became of the rows; complete once `batches` is exhausted.
    url
        Last.fm's address.
    status_of
        What an answer of Last.fm's means as an HTTP status.

    Examples
    --------
    >>> client = Client(service="lastfm", url=LastfmSource.url, status_of=LastfmSource.status_of)
    >>> LastfmSource(client, "rj", what=["listens"]).report.files
    ["rj's listens"]
    """

    url: ClassVar = API_URL
    status_of = staticmethod(status_of)

    def __init__(
        self,
        client: Client,
        user: str,
        *,
        what: Collection[HistoryPart] = ALL_PARTS,
        since: datetime | None = None,
        n_seeds: int = DEFAULT_N_SEEDS,
    ) -> None:
        self.report = ImportReport(files=part_names(user, what), layout=INFO.name)
        self._client = client
        self._user = user
        self._what = what
        self._since = None if since is None else int(since.timestamp())
        self._n_seeds = n_seeds
        self._rows = HearingRows(self.report, INFO.name)

    def plan(self) -> ImportPlan:
        """Return what the import will take, with one request a part."""
        requests = {}
        if "listens" in self._what:
            first = self._first_scrobbles()
            requests["listens"] = [
                self._later_scrobbles(first, page) for page in range(2, first.n_pages + 1)
            ]
        if "feedback" in self._what:
            n_pages = read_loved(self._client.send(loved_request(self._user))).n_pages
            requests["feedback"] = [
                loved_request(self._user, page=page) for page in range(2, n_pages + 1)
            ]
        if "candidates" in self._what:
            requests["candidates"] = [similar_request(seed) for seed in self._seeds()]
        steps = {
            name: sum(not self._client.has_arrived(request) for request in asked)
            for name, asked in requests.items()
        }
        return ImportPlan(sum(steps.values()), steps)

    def batches(self, progress: Progress = SILENT) -> Iterator[Batch]:
        """Yield scrobbles from the latest back, then loved tracks, then similar ones.

        Parameters
        ----------
        progress
            Listener to the steps.

        Raises
        ------
        ImportPausedError
            If Last.fm cannot go on now; what has arrived was yielded before.
        ServiceError
            If it refuses, or answers in a form that is not known.
        """
        if "listens" in self._what:
            yield from self._scrobbles(progress)
        if "feedback" in self._what:
            yield from self._loved(progress)
        if "candidates" in self._what:
            yield from self._similar(progress)

    def _first_scrobbles(self) -> TrackPage:
        try:
            answer = self._client.send(scrobbles_request(self._user, since=self._since))
        except ForbiddenError as error:
            raise ForbiddenError(str(error), hint=_HIDDEN) from error
        return read_scrobbles(answer)

    def _scrobbles(self, progress: Progress) -> Iterator[Batch]:
        first = self._first_scrobbles()
        progress.start(f"scrobbles of {self._user}", first.n_total)
        yield from self._batch_of(first, progress)
        number, n_pages = 2, first.n_pages
        while number <= n_pages and first.hearings:
            page = read_scrobbles(self._client.send(self._later_scrobbles(first, number)))
            yield from self._batch_of(page, progress)
            # A page in trouble may call itself the only one.
            number, n_pages = number + 1, max(n_pages, page.n_pages)
        progress.finish()

    def _later_scrobbles(self, first: TrackPage, page: int) -> Request:
        """Return the request for a page after the first, which fixes where counting begins."""
        latest = max((scrobble.played_at or 0 for scrobble in first.hearings), default=0)
        before = latest + 1 if latest else None
        return scrobbles_request(self._user, page=page, since=self._since, before=before)

    def _batch_of(self, page: TrackPage, progress: Progress) -> Iterator[Batch]:
        self._rows.drop("no time of play", page.n_timeless)
        yield self._rows.batch(page.hearings)
        progress.advance(len(page.hearings))

    def _loved(self, progress: Progress) -> Iterator[Batch]:
        progress.start(f"loved tracks of {self._user}")
        number, n_pages = 1, 1
        while number <= n_pages:
            page = read_loved(self._client.send(loved_request(self._user, page=number)))
            yield from self._batch_of(page, progress)
            number, n_pages = number + 1, max(n_pages, page.n_pages)
        progress.finish()

    def _seeds(self) -> list[Seed]:
        if not self._n_seeds:
            return []
        return read_top(self._client.send(top_request(self._user, self._n_seeds)))[: self._n_seeds]

    def _similar(self, progress: Progress) -> Iterator[Batch]:
        """Yield the tracks that are similar to the seeds, scored by the sum over all of them."""
        seeds = self._seeds()
        progress.start("similar tracks", len(seeds))
        found: dict[tuple[str, str], Hearing] = {}
        for seed in seeds:
            for track in self._similar_to(seed):
                key = _key(track.title or "", next(iter(track.artists), ""))
                known = found.get(key)
                found[key] = track if known is None else _sum(known, track)
            progress.advance()
        if seeds and not found:
            self.report.notes.append("Last.fm knows no tracks that are similar to the most played.")
        for seed in seeds:
            found.pop(_key(seed.title, seed.artist), None)
        yield self._rows.batch(sorted(found.values(), key=lambda track: -(track.suggested or 0)))
        progress.finish()

    def _similar_to(self, seed: Seed) -> list[Hearing]:
        try:
            return read_similar(self._client.send(similar_request(seed)))
        except ServiceMissingError:
            return []


def _key(title: str, artist: str) -> tuple[str, str]:
    return title.casefold(), artist.casefold()


def _sum(one: Hearing, other: Hearing) -> Hearing:
    return replace(one, suggested=(one.suggested or 0) + (other.suggested or 0))

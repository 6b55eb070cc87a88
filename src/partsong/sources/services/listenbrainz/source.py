"""ListenBrainz as a source: listens from the latest back, then feedback, then recommendations."""

from collections.abc import Collection, Iterator
from datetime import datetime
from math import ceil
from typing import ClassVar, Final

from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport
from partsong.sources.http.client import Client
from partsong.sources.services.hearings import HearingRows
from partsong.sources.services.listenbrainz.endpoints import (
    METADATA_AT_ONCE,
    PAGE,
    ListensPage,
    count_request,
    feedback_request,
    listens_request,
    metadata_request,
    read_count,
    read_feedback,
    read_listens,
    read_metadata,
    read_recommendations,
    recommendations_request,
)
from partsong.sources.services.listenbrainz.info import API_URL, INFO
from partsong.sources.services.parts_of_history import ALL_PARTS, HistoryPart, part_names
from partsong.sources.source import ImportPlan

__all__ = ["ListenBrainzSource"]

_STEP: Final = PAGE - 1
"""New listens of a page: each begins with what stood last on the one before (see `_listens`)."""


class ListenBrainzSource:
    """What ListenBrainz knows of one listener.

    Parameters
    ----------
    client
        Asks ListenBrainz.
    user
        The listener's name there.
    what
        Which parts to read: listens, feedback, candidates.
    since
        Only listens from this time on; all of them by default. Feedback and recommendations are
        always read whole.

    Attributes
    ----------
    report
        What became of the rows; complete once `batches` is exhausted.
    url
        ListenBrainz' address.

    Examples
    --------
    >>> client = Client(service="listenbrainz", url=ListenBrainzSource.url)
    >>> ListenBrainzSource(client, "rob").report.files
    ["rob's listens", "rob's feedback", "rob's candidates"]
    """

    url: ClassVar = API_URL

    def __init__(
        self,
        client: Client,
        user: str,
        *,
        what: Collection[HistoryPart] = ALL_PARTS,
        since: datetime | None = None,
    ) -> None:
        self.report = ImportReport(files=part_names(user, what), layout=INFO.name)
        self._client = client
        self._user = user
        self._what = what
        self._since = None if since is None else int(since.timestamp())
        self._rows = HearingRows(self.report, INFO.name)

    def plan(self) -> ImportPlan:
        """Return what the import will take, with one request a part at most.

        How many listens there are since a time is not told: with `since`, the number is judged by
        how many the latest page spans.
        """
        steps, notes = {}, []
        if "listens" in self._what:
            steps["listens"] = self._plan_listens()
            if self._since is not None and steps["listens"]:
                notes.append("How many listens are new is an estimate.")
        if "feedback" in self._what:
            n_total = read_feedback(self._client.send(feedback_request(self._user))).n_total
            steps["feedback"] = sum(
                not self._client.has_arrived(feedback_request(self._user, offset=offset))
                for offset in range(PAGE, n_total, PAGE)
            )
        if "candidates" in self._what:
            scores, _ = read_recommendations(self._client.send(recommendations_request(self._user)))
            steps["candidates"] = sum(
                not self._client.has_arrived(metadata_request(mbids)) for mbids in _groups(scores)
            )
            notes += [] if scores else [_no_recommendations(self._user)]
        return ImportPlan(sum(steps.values()), steps, tuple(notes))

    def batches(self, progress: Progress = SILENT) -> Iterator[Batch]:
        """Yield listens from the latest back, then feedback, then recommendations.

        Parameters
        ----------
        progress
            Listener to the steps.

        Raises
        ------
        ImportPausedError
            If ListenBrainz cannot go on now; what has arrived was yielded before.
        ServiceError
            If it refuses, or answers in a form that is not known.
        """
        if "listens" in self._what:
            yield from self._listens(progress)
        if "feedback" in self._what:
            yield from self._feedback(progress)
        if "candidates" in self._what:
            yield from self._candidates(progress)

    def _plan_listens(self) -> int:
        n_kept, before, latest = 0, None, 0
        while self._client.has_arrived(request := listens_request(self._user, before=before)) or (
            self._since is not None and not n_kept
        ):
            page = read_listens(self._client.send(request))
            if self._is_last(page):
                return 0
            n_kept += 1
            latest = latest or page.listens[0].listened_at
            before = _start_of_next(page, before)
        if self._since is None or before is None:
            n_total = read_count(self._client.send(count_request(self._user)))
            return max(1, ceil(n_total / _STEP) - n_kept)
        seconds_a_page = max(latest - before, 1) / n_kept
        return max(1, ceil((before - self._since) / seconds_a_page))

    def _listens(self, progress: Progress) -> Iterator[Batch]:
        """Yield pages of listens, each asked for from the second of the last listen before.

        Several listens may be of one second, so asking only for what is older would lose some.
        What comes twice is told by its time and recording. New listens change nothing: the first
        page fixes where all others begin.
        """
        n_total = None
        if self._since is None:
            n_total = read_count(self._client.send(count_request(self._user)))
        progress.start(f"listens of {self._user}", n_total)
        before: int | None = None
        seen: set[tuple[int, str]] = set()
        while True:
            page = read_listens(self._client.send(listens_request(self._user, before=before)))
            new = [
                one
                for one in page.listens
                if (one.listened_at, one.key) not in seen and one.listened_at >= (self._since or 0)
            ]
            self._rows.drop("no time of play", page.n_told - len(page.listens))
            yield self._rows.batch(one.hearing for one in new)
            progress.advance(len(new))
            if self._is_last(page) or not (new or page.n_told == PAGE):
                break
            oldest = page.listens[-1].listened_at
            seen = {(oldest, one.key) for one in page.listens if one.listened_at == oldest}
            before = _start_of_next(page, before)
        progress.finish()

    def _is_last(self, page: ListensPage) -> bool:
        """Return whether nothing that is wanted comes after a page.

        A page may be short before the end, where nothing was heard for long.
        """
        if not page.listens:
            return True
        oldest = page.listens[-1].listened_at
        is_at_end = page.first_of_all is None or oldest <= page.first_of_all
        return oldest < (self._since or 0) or (page.n_told < PAGE and is_at_end)

    def _feedback(self, progress: Progress) -> Iterator[Batch]:
        progress.start(f"feedback of {self._user}")
        offset, n_total = 0, 1
        while offset < n_total:
            page = read_feedback(self._client.send(feedback_request(self._user, offset=offset)))
            yield self._rows.batch(page.hearings)
            progress.advance(len(page.hearings))
            offset, n_total = offset + PAGE, page.n_total
        progress.finish()

    def _candidates(self, progress: Progress) -> Iterator[Batch]:
        answer = self._client.send(recommendations_request(self._user))
        scores, n_heard = read_recommendations(answer)
        self._rows.drop("recommended, but played already", n_heard)
        if not scores:
            self.report.notes.append(_no_recommendations(self._user))
            return
        progress.start(f"recommendations for {self._user}", len(scores))
        for mbids in _groups(scores):
            asked = {mbid: scores[mbid] for mbid in mbids}
            found = read_metadata(self._client.send(metadata_request(mbids)), asked)
            self._rows.drop("recommended, but not described", len(asked) - len(found))
            yield self._rows.batch(found)
            progress.advance(len(asked))
        progress.finish()


def _groups(scores: dict[str, float]) -> list[list[str]]:
    mbids = list(scores)
    return [
        mbids[start : start + METADATA_AT_ONCE] for start in range(0, len(mbids), METADATA_AT_ONCE)
    ]


def _start_of_next(page: ListensPage, before: int | None) -> int:
    """Return the time before which the next page begins, so that it repeats the last second.

    Of a second that fills a page by itself there is no way to ask for the rest.
    """
    oldest = page.listens[-1].listened_at
    return oldest if oldest + 1 == before else oldest + 1


def _no_recommendations(user: str) -> str:
    return f"ListenBrainz has no recommendations for {user} that are new."

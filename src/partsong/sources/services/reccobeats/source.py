"""ReccoBeats as a source: the features of given tracks, forty at once, each asked for once.

What is answered is kept by track, not by request: later imports lack other tracks and would ask in
other groups of forty. That nothing is known of a track is an answer, too.
"""

import json
from collections.abc import Iterator, Sequence
from math import ceil
from typing import Any, ClassVar, Final

import polars as pl

from partsong.errors import ImportPausedError, ServiceError
from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport
from partsong.sources.http.arrivals import Arrivals
from partsong.sources.http.messages import Response, Sender
from partsong.sources.services.hearings import number
from partsong.sources.services.reccobeats.endpoints import (
    AT_ONCE,
    FEATURES,
    features_request,
    read_features,
)
from partsong.sources.services.reccobeats.info import API_URL, INFO
from partsong.sources.source import ImportPlan
from partsong.sources.tables.convert import convert_tracks
from partsong.sources.tables.layout import FEATURE_COLUMNS, Layout
from partsong.sources.tables.ledger import LINE, Ledger
from partsong.sources.tables.plan import Plan

__all__ = ["ReccoBeatsSource"]

_KEPT_DAYS: Final = 90
_ROWS_OF_A_BATCH: Final = 25 * AT_ONCE
_UNKNOWN: Final = "ReccoBeats does not know it"
_IDS: Final = ("spotify_id", "isrc")
_TYPES: Final[dict[str, pl.DataType]] = {
    LINE: pl.Int64(),
    **dict.fromkeys(_IDS, pl.String()),
    **dict.fromkeys(FEATURES, pl.Float64()),
}
_LAYOUT: Final = Layout(
    name=INFO.name,
    title=INFO.title,
    description=INFO.description,
    licence=INFO.terms,
    required=(),
    columns={**{name: name for name in _IDS}, **FEATURE_COLUMNS},
    analysis=INFO.analysis,
    needs_titles=False,
)
_PLAN: Final = Plan(_LAYOUT, {name: name for name in (*_IDS, *FEATURES)}, {}, only_known=True)


class ReccoBeatsSource:
    """The audio features of some tracks of a catalog.

    Parameters
    ----------
    sender
        Asks ReccoBeats.
    spotify_ids, isrcs
        Which tracks, by Spotify id or, for those that have none, by ISRC; in this order.
    answers
        Where each answer is kept for 90 days.

    Attributes
    ----------
    report
        What became of the tracks; complete once `batches` is exhausted.
    url
        ReccoBeats' address.
    """

    url: ClassVar = API_URL

    def __init__(
        self,
        sender: Sender,
        spotify_ids: Sequence[str],
        isrcs: Sequence[str] = (),
        *,
        answers: Arrivals,
    ) -> None:
        self.report = ImportReport(files=[INFO.title], layout=INFO.name)
        self._sender = sender
        self._wanted = {"spotify_id": spotify_ids, "isrc": isrcs}
        self._answers = answers
        self._ledger = Ledger(self.report, INFO.title)

    def plan(self) -> ImportPlan:
        """Return what the import will take; nothing is asked for this."""
        steps = {
            f"tracks by {words}": ceil(len(self._unanswered(self._wanted[name])) / AT_ONCE)
            for name, words in (("spotify_id", "Spotify id"), ("isrc", "ISRC"))
        }
        return ImportPlan(sum(steps.values()), {step: n for step, n in steps.items() if n})

    def batches(self, progress: Progress = SILENT) -> Iterator[Batch]:
        """Yield the features of those tracks that ReccoBeats knows.

        Parameters
        ----------
        progress
            Listener to the steps, counted in tracks.

        Raises
        ------
        ImportPausedError
            If ReccoBeats stops answering; what arrived was yielded before.
        ServiceError
            If it refuses, or answers in a form that is not known.
        """
        progress.start(f"asking {INFO.title}", sum(map(len, self._wanted.values())))
        try:
            for name, ids in self._wanted.items():
                pause = self._ask(name, ids, progress)
                yield from self._answered(name, ids)
                if pause is not None:
                    raise pause
        finally:
            progress.finish()

    def _ask(self, name: str, ids: Sequence[str], progress: Progress) -> ImportPausedError | None:
        """Ask for what was not answered yet; return what stopped it."""
        unanswered = self._unanswered(ids)
        progress.advance(len(ids) - len(unanswered))
        for group in _groups(unanswered, AT_ONCE):
            try:
                answer = self._sender.send(features_request(group))
            except ImportPausedError as pause:
                return pause
            except ServiceError as refusal:
                if name == "spotify_id":
                    raise
                # Not written down by ReccoBeats, only seen to work: it may end any day.
                self.report.notes.append(f"No tracks by ISRC: {refusal}")
                return None
            known = read_features(answer, group)
            self._answers.put_all(
                [(features_request([one]), _kept(known.get(one))) for one in group],
                scope=INFO.name,
            )
            progress.advance(len(group))
        return None

    def _answered(self, name: str, ids: Sequence[str]) -> Iterator[Batch]:
        for group in _groups(ids, _ROWS_OF_A_BATCH):
            rows: list[dict[str, Any]] = []
            for one in group:
                kept = self._answer(one)
                if kept is None:
                    continue
                told = kept.json()
                if told is None:
                    self.report.read += 1
                    self.report.dropped[_UNKNOWN] += 1
                else:
                    line = self.report.read + len(rows) + 1
                    values = {feature: number(told.get(feature)) for feature in FEATURES}
                    rows.append({LINE: line, name: one, **values})
            if rows:
                yield convert_tracks(pl.DataFrame(rows, schema=_TYPES), _PLAN, self._ledger)

    def _unanswered(self, ids: Sequence[str]) -> list[str]:
        return [one for one in ids if self._answer(one) is None]

    def _answer(self, one: str) -> Response | None:
        return self._answers.get(features_request([one]), scope=INFO.name, days=_KEPT_DAYS)


def _kept(told: dict[str, Any] | None) -> Response:
    return Response(status=200, headers={}, body=json.dumps(told).encode())


def _groups(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (ids[begin : begin + size] for begin in range(0, len(ids), size))

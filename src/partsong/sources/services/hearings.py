"""Rows of what a listener heard, likes, or is recommended, as services that keep listens tell it.

Such services say little of a track but its title and artist, so neither may be missing: a row
without them would be every song of that name, or none.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from partsong.errors import ServiceError
from partsong.rows import Batch, ImportReport
from partsong.sources.tables.convert import convert_tracks
from partsong.sources.tables.layouts.table import TABLE
from partsong.sources.tables.ledger import LINE, Ledger
from partsong.sources.tables.plan import Plan

__all__ = [
    "Hearing",
    "HearingRows",
    "listed",
    "moment",
    "number",
    "record",
    "strange_answer",
    "text",
]

_TYPES: Final[dict[str, pl.DataType]] = {
    LINE: pl.Int64(),
    "title": pl.String(),
    "artists": pl.List(pl.String()),
    "album": pl.String(),
    "release_date": pl.String(),
    "duration_ms": pl.Float64(),
    "isrc": pl.String(),
    "spotify_id": pl.String(),
    "mbid": pl.String(),
    "played_at": pl.Int64(),
    "liked": pl.Boolean(),
    "suggested": pl.Float64(),
}
_CONVERTED: Final = {name: name for name in _TYPES if name not in {LINE, "suggested"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """One time that a service names a track.

    Parameters
    ----------
    title, artists
        What it is called; both must say something.
    album, release_date, duration_ms, isrc, spotify_id, mbid
        What else is known of it, as the service writes it.
    played_at
        When it was played, in seconds since 1970; None where this is no play.
    liked
        Whether the listener likes it; None where nothing was said.
    suggested
        How strongly it is recommended, above 0; None where this is no recommendation.

    Examples
    --------
    >>> Hearing(title="Solas", artists=("Jamie Duffy",), liked=True).played_at is None
    True
    """

    title: str | None
    artists: tuple[str, ...]
    album: str | None = None
    release_date: str | None = None
    duration_ms: float | None = None
    isrc: str | None = None
    spotify_id: str | None = None
    mbid: str | None = None
    played_at: int | None = None
    liked: bool | None = None
    suggested: float | None = None


class HearingRows:
    """Make batches of what a service tells, and keep the report on it.

    Rows are numbered in the order in which they come, over all batches.

    Parameters
    ----------
    report
        Counts what is read, left out and lost.
    source
        Name of the service.

    Examples
    --------
    >>> rows = HearingRows(ImportReport(), "tiny")
    >>> heard = [
    ...     Hearing(title="Solas", artists=("Jamie Duffy",), played_at=1_700_000_000),
    ...     Hearing(title=None, artists=("Jamie Duffy",)),
    ... ]
    >>> rows.batch(heard).tracks.select("title", "artists").rows(), dict(rows.report.dropped)
    ([('Solas', ['Jamie Duffy'])], {'no title': 1})
    """

    def __init__(self, report: ImportReport, source: str) -> None:
        self.report = report
        self._source = source
        self._line = 0

    def batch(self, hearings: Iterable[Hearing]) -> Batch:
        """Return the rows of some hearings.

        Parameters
        ----------
        hearings
            In the order in which the service tells them.
        """
        kept: list[Hearing] = []
        lines: list[int] = []
        for hearing in hearings:
            self._line += 1
            if hearing.title and hearing.artists:
                kept.append(hearing)
                lines.append(self._line)
            else:
                self.drop("no artist" if hearing.title else "no title")
        columns = {name: [getattr(one, name) for one in kept] for name in _TYPES if name != LINE}
        block = pl.DataFrame({LINE: lines, **columns}, schema=_TYPES)
        plan = Plan(TABLE, _CONVERTED, {}, source=self._source)
        batch = convert_tracks(block, plan, Ledger(self.report, self._source))
        suggested = block.select(LINE, "suggested")
        tracks = batch.tracks.join(suggested, on=LINE, how="left", maintain_order="left")
        return Batch(tracks, source=self._source, only_fills=True)

    def drop(self, reason: str, n: int = 1) -> None:
        """Count rows that are left out by a rule.

        Parameters
        ----------
        reason
            The rule, in a few words.
        n
            How many.
        """
        if n:
            self.report.read += n
            self.report.dropped[reason] += n


def text(value: Any) -> str | None:
    """Return a text that says something, None for anything else.

    Examples
    --------
    >>> text(" Solas "), text("  "), text(["Solas"])
    ('Solas', None, None)
    """
    return value.strip() or None if isinstance(value, str) else None


def number(value: Any) -> float | None:
    """Return a number, also one that is written as text; None for anything else.

    Examples
    --------
    >>> number("234"), number(0.5), number(True), number("nan"), number({})
    (234.0, 0.5, None, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        read = float(value)
    except (ValueError, OverflowError):
        return None
    return read if abs(read) < float("inf") else None


def moment(value: Any) -> int | None:
    """Return seconds since 1970, None for anything that cannot be when music was scrobbled.

    Clocks that were never set tell the first days of 1970.

    Examples
    --------
    >>> moment("1700000000"), moment(1), moment("now")
    (1700000000, None, None)
    """
    seconds = number(value)
    return int(seconds) if seconds is not None and 1e8 <= seconds < 1e10 else None


def record(value: Any, *names: str) -> dict[str, Any]:
    """Return the object at the end of a path of names, empty where there is none.

    Examples
    --------
    >>> record({"payload": {"listens": {"count": 2}}}, "payload", "listens")
    {'count': 2}
    >>> record({"payload": None}, "payload", "listens")
    {}
    """
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def listed(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; one that stands by itself is a list of one.

    Examples
    --------
    >>> listed([{"name": "Solas"}, None]), listed({"name": "Solas"}), listed("")
    ([{'name': 'Solas'}], [{'name': 'Solas'}], [])
    """
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, dict)]


def strange_answer(service: str, missing: str) -> ServiceError:
    """Return the error for an answer in which something that belongs there is not.

    Parameters
    ----------
    service
        Name of the service.
    missing
        What is not there.

    Examples
    --------
    >>> print(strange_answer("tiny", "payload"))
    tiny answered without 'payload', in a form that is not known here.
    """
    return ServiceError(
        f"{service} answered without {missing!r}, in a form that is not known here.",
        hint="Check its address, if you have set one; otherwise look for a newer partsong.",
    )

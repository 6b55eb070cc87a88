"""What travels from a source to the catalog: batches of rows, and the report on them."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

__all__ = ["Batch", "ImportReport", "Problem"]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a source in the catalog's columns.

    Parameters
    ----------
    tracks
        Any of the columns of `schema.TRACK_FIELDS` except `track_id`, `artist_ids`,
        `artist_genres`, `release_year` and `in_library`, in the polars type of the schema, missing
        values null; always `line`, the row's place in its file. Optional beside them:
        `artist_keys` (list of Spotify artist ids, parallel to `artists`), `playlist_id` and
        `playlist` (a playlist the row stands in), `liked` (true, false or null), `heard`,
        `hidden` (true: never to be shown), `suggested` (how strongly a service suggests the track,
        a number above 0, higher is stronger), and `played_at` (UTC) and `ms_played`, which make the
        row a play of the track.
    artists
        Any of the columns of `schema.ARTIST_FIELDS`; `artist_id` or `name` is there in every row.
        Beside them `hidden` (true: nothing of this artist is to be shown).
    source
        Name of the source that the rows are of.
    analysis
        Whose measure the audio features are on; values of one track on two measures are compared
        and brought into line before a fit.
    only_known
        Whether the rows only fill what is missing on tracks known before: they make no track and
        replace no value. Those that fit no track are dropped.
    only_fills
        Whether the rows only fill what is missing, as plays do, which name a track but are no news
        of it: they replace no value, but make a track where none is known.
    """

    tracks: pl.DataFrame
    artists: pl.DataFrame | None = None
    source: str = "table"
    analysis: str = "spotify"
    only_known: bool = False
    only_fills: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One value or row that could not be used as it stands.

    Parameters
    ----------
    file, line
        Where: the file's name, and its line (in Parquet, its row), counted from 1.
    column, value
        What; empty when the whole row is meant.
    reason
        Why, in a few words.
    """

    file: str
    line: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class ImportReport:
    """What one import did, row by row and value by value.

    Every row read was kept, merged or dropped: ``read == kept + merged + dropped``.

    Attributes
    ----------
    files, layout
        What was read, and as what.
    read
        Data rows seen.
    kept
        Rows that became a new track.
    merged
        Rows folded into a track known before, from this file or an earlier one.
    dropped
        Rows left out, by reason.
    listens
        Plays that were not known before.
    set_missing
        Values replaced by missing, by ``"column: reason"``.
    changed
        Values of known tracks that a newer row replaced by another value, by column.
    stopped
        Why the import ended before its end, empty where it did not. What had arrived was kept.
    resume_at
        From when on it can go on; None: at once, or it was not stopped.
    notes
        Remarks for the reader, such as columns that were not used.
    problems
        The first rows and values in question, with file and line.

    Examples
    --------
    >>> report = ImportReport(files=["a.csv"], layout="spotify-114k", read=3, kept=2)
    >>> report.dropped["no title"] += 1
    >>> report.to_dict()["dropped"], report.to_dict()["reasons"]
    (1, {'no title': 1})
    """

    files: list[str] = field(default_factory=list)
    layout: str = ""
    read: int = 0
    kept: int = 0
    merged: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    listens: int = 0
    set_missing: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    stopped: str = ""
    resume_at: datetime | None = None
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def to_dict(self) -> dict[str, Any]:
        """Return the report under the stable keys of ``partsong import --json``."""
        return {
            "files": self.files,
            "layout": self.layout,
            "read": self.read,
            "kept": self.kept,
            "merged": self.merged,
            "dropped": self.dropped.total(),
            "reasons": dict(self.dropped),
            "listens": self.listens,
            "set_missing": dict(self.set_missing),
            "changed": dict(self.changed),
            "stopped": self.stopped,
            "resume_at": None if self.resume_at is None else self.resume_at.isoformat(),
            "notes": self.notes,
            "problems": [
                {
                    "file": problem.file,
                    "line": problem.line,
                    "column": problem.column,
                    "value": problem.value,
                    "reason": problem.reason,
                }
                for problem in self.problems
            ],
        }

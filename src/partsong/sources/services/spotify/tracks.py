"""Spotify's songs as rows of the catalog; what is no song is left out and counted."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import polars as pl

from partsong.plain_text import counted
from partsong.rows import Batch, ImportReport
from partsong.schema import AUDIO_FEATURES
from partsong.sources.services.spotify.endpoints import read_entry
from partsong.sources.tables.convert import convert_tracks
from partsong.sources.tables.layouts.table import TABLE
from partsong.sources.tables.ledger import Ledger
from partsong.sources.tables.plan import Plan

__all__ = ["Rows"]

_NAME: Final = "spotify"

_TYPES: Final[dict[str, pl.DataType]] = {
    "spotify_id": pl.String(),
    "title": pl.String(),
    "artists": pl.List(pl.String()),
    "artist_keys": pl.List(pl.String()),
    "album": pl.String(),
    "release_date": pl.String(),
    "isrc": pl.String(),
    "playlist": pl.String(),
    "playlist_id": pl.String(),
    "played_at": pl.String(),
    "explicit": pl.Boolean(),
    "liked": pl.Boolean(),
    "heard": pl.Boolean(),
    "popularity": pl.Float64(),
    "duration_ms": pl.Float64(),
    **dict.fromkeys(AUDIO_FEATURES, pl.Float64()),
}


@dataclass(slots=True)
class Rows:
    """Make batches of what Spotify answers, and keep the report on it.

    Rows are numbered in the order in which they come, over all batches.

    Parameters
    ----------
    report
        Counts what is read, left out and lost.
    remarks
        What was kept by a rule that a listener should know, and how often.

    Examples
    --------
    >>> rows = Rows(ImportReport())
    >>> song = {"type": "track", "name": "Solas", "artists": [{"name": "Jamie Duffy"}], "id": None}
    >>> batch = rows.songs([{"track": song}, {"track": None}], liked=True)
    >>> batch.tracks.select("title", "liked").rows(), dict(rows.report.dropped)
    ([('Solas', True)], {'no longer there': 1})
    """

    report: ImportReport
    remarks: Counter[str] = field(default_factory=Counter)
    _line: int = 0

    def songs(
        self,
        entries: Iterable[Any],
        *,
        spotify_ids: Sequence[str] | None = None,
        only_known: bool = False,
        **marks: Any,
    ) -> Batch:
        """Return the songs among the entries of a list.

        Parameters
        ----------
        entries
            As a page gives them: songs, or songs within `track` or `item`.
        spotify_ids
            The ids asked for, one an entry, where the songs may come back under others.
        only_known
            Whether they only fill what is missing on tracks of the catalog.
        marks
            What holds for all of them: `liked`, `heard`, `playlist` and `playlist_id`.
        """
        rows = []
        for place, entry in enumerate(entries):
            self._line += 1
            song = read_entry(entry)
            reason = _useless(song)
            if reason:
                self._drop(reason)
                continue
            row = _row_of(song) | marks | {"line": self._line}
            if spotify_ids is not None:
                row["spotify_id"] = spotify_ids[place]
            if isinstance(entry, dict) and "played_at" in entry:
                row["played_at"] = _text(entry["played_at"])
            self._remark(song, row)
            rows.append(row)
        return self._batch(rows, only_known=only_known)

    def features(self, spotify_ids: Sequence[str], found: Sequence[Mapping[str, Any]]) -> Batch:
        """Return audio features; they fill what is missing on the songs they belong to.

        Parameters
        ----------
        spotify_ids
            The songs asked for.
        found
            What is known of some of them, in any order.
        """
        by_id = {one["id"]: one for one in found}
        rows = []
        for spotify_id in spotify_ids:
            self._line += 1
            one = by_id.get(spotify_id)
            if one is None:
                self._drop("no audio features at Spotify")
                continue
            values = {name: _number(one.get(name)) for name in AUDIO_FEATURES}
            rows.append({"line": self._line, "spotify_id": spotify_id, **values})
        return self._batch(rows, only_known=True)

    def note_remarks(self) -> None:
        """Put what was kept by a rule into the report's notes."""
        for remark, count in self.remarks.items():
            self.report.notes.append(f"{remark}: {counted(count, 'row')}")

    def _batch(self, rows: list[dict[str, Any]], *, only_known: bool) -> Batch:
        names = [name for name in _TYPES if any(name in row for row in rows)]
        schema = {"line": pl.Int64(), **{name: _TYPES[name] for name in names}}
        block = pl.DataFrame(rows, schema=schema)
        plan = Plan(TABLE, {name: name for name in names}, {})
        read = ImportReport()
        batch = convert_tracks(block, plan, Ledger(read, _NAME))
        # Its problems are left aside: a line of an answer is no place that anybody could look up.
        self.report.read += read.read
        self.report.dropped.update(read.dropped)
        self.report.set_missing.update(read.set_missing)
        return Batch(batch.tracks, None, _NAME, "spotify", only_known)

    def _drop(self, reason: str) -> None:
        self.report.read += 1
        self.report.dropped[reason] += 1

    def _remark(self, song: Mapping[str, Any], row: Mapping[str, Any]) -> None:
        if song.get("is_local") is True:
            self.remarks["files of your own, kept by title, artist and length"] += 1
        elif row["isrc"] is None:
            self.remarks["without an ISRC"] += 1


def _useless(song: Any) -> str:
    """Return why something cannot be a row, or nothing."""
    if not isinstance(song, dict):
        return "no longer there"
    # Apps that do not ask for episodes get them in the shape of songs, with this mark.
    if song.get("type") == "episode" or song.get("episode") is True:
        return "podcast episode"
    if _text(song.get("name")) is None:
        return "no title"
    return ""


def _row_of(song: Mapping[str, Any]) -> dict[str, Any]:
    artists = song.get("artists")
    named = [
        one
        for one in (artists if isinstance(artists, list) else [])
        if isinstance(one, dict) and _text(one.get("name"))
    ]
    keys = [_text(one.get("id")) for one in named]
    album = song.get("album")
    album = album if isinstance(album, dict) else {}
    codes = song.get("external_ids")
    explicit = song.get("explicit")
    return {
        # A file of the listener's own has no id, whatever stands there.
        "spotify_id": None if song.get("is_local") is True else _text(song.get("id")),
        "title": _text(song.get("name")),
        "artists": [one["name"] for one in named] or None,
        "artist_keys": keys if keys and all(keys) else None,
        "album": _text(album.get("name")),
        "release_date": _text(album.get("release_date")),
        "isrc": _text(codes.get("isrc")) if isinstance(codes, dict) else None,
        "explicit": explicit if isinstance(explicit, bool) else None,
        "popularity": None if song.get("is_local") is True else _number(song.get("popularity")),
        "duration_ms": _number(song.get("duration_ms")),
    }


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None

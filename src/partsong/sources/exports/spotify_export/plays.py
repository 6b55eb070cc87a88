"""Plays, as the extended and the short streaming history tell them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from partsong.sources.exports.spotify_export.documents import milliseconds, to_column
from partsong.sources.exports.spotify_export.tracks import drop_by_rule, named_tracks, take_objects
from partsong.sources.tables.ledger import LINE, Ledger
from partsong.sources.tables.texts import read_time

__all__ = ["EXTENDED", "SHORT", "PlayColumns", "read_plays", "without_told_before"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayColumns:
    """What a history calls the things that are taken up from it.

    Parameters
    ----------
    time
        When the play ended, UTC.
    ms_played
        How long it went.
    texts
        Of `title`, `artist`, `album`, `uri`, `episode` and `audiobook` those that it has.
    """

    time: str
    ms_played: str
    texts: Mapping[str, str]


EXTENDED: Final = PlayColumns(
    time="ts",
    ms_played="ms_played",
    texts={
        "title": "master_metadata_track_name",
        "artist": "master_metadata_album_artist_name",
        "album": "master_metadata_album_album_name",
        "uri": "spotify_track_uri",
        "episode": "spotify_episode_uri",
        "audiobook": "audiobook_uri",
    },
)
"""The extended streaming history: the whole life of the account, to the second, with ids."""

SHORT: Final = PlayColumns(
    time="endTime",
    ms_played="msPlayed",
    texts={"title": "trackName", "artist": "artistName"},
)
"""The one among the account data: about a year, to the minute, names only."""

_TEXTS: Final = ("title", "artist", "album", "uri", "episode", "audiobook")
_NO_LENGTH: Final = "not a number of milliseconds"


def read_plays(rows: Sequence[Any], columns: PlayColumns, ledger: Ledger) -> pl.DataFrame:
    """Return the plays of tracks; whatever else was played is counted and left out.

    Parameters
    ----------
    rows
        The rows of one file.
    columns
        What they are called.
    ledger
        Of that file.

    Returns
    -------
    polars.DataFrame
        `line` (the row, from 1), `title`, `artists`, `album`, `spotify_id`, `played_at` (when the
        play ended, UTC) and `ms_played`, missing where it is no number of milliseconds.
    """
    lines, plays = take_objects(rows, ledger, "not a play")
    time = to_column(plays, columns.time)
    frame = pl.DataFrame(
        {LINE: lines, "time": time, "played_at": read_time(time).value}
        | {name: to_column(plays, columns.texts.get(name, "")) for name in _TEXTS}
        | {"ms_played": to_column(plays, columns.ms_played, milliseconds)}
    )
    music = _drop_timeless(drop_by_rule(frame, _why_no_music(), ledger), columns, ledger)
    for line in music.filter(pl.col("ms_played").is_null())[LINE]:
        value = rows[line - 1].get(columns.ms_played)
        if value is not None:
            ledger.report.set_missing[f"ms_played: {_NO_LENGTH}"] += 1
            ledger.show_problem(line, columns.ms_played, str(value), _NO_LENGTH)
    music = music.drop("time", "episode", "audiobook")
    return named_tracks(music, ledger, uri_column=columns.texts.get("uri", ""))


def without_told_before(short: pl.DataFrame, extended: pl.DataFrame) -> pl.DataFrame:
    """Return the plays of a short history that an extended one does not tell.

    The short one knows the end of a play to the minute. So it is the same play if the title is the
    same, the length to the millisecond, and the ends are within a minute: one listener hears one
    thing at a time.

    Parameters
    ----------
    short, extended
        As :func:`read_plays` returns them.
    """
    minute = pl.col("played_at").dt.truncate("1m").alias("minute")
    told = extended.select("title", "ms_played", minute)
    left = short.with_columns(minute)
    for minutes in (-1, 0, 1):
        moved = told.with_columns(pl.col("minute") + pl.duration(minutes=minutes))
        left = left.join(
            moved, on=["title", "ms_played", "minute"], how="anti", maintain_order="left"
        )
    return left.drop("minute")


def _why_no_music() -> pl.Expr:
    is_nameless = pl.col("title").is_null()
    return (
        pl.when(is_nameless & pl.col("episode").is_not_null())
        .then(pl.lit("podcast"))
        .when(is_nameless & pl.col("audiobook").is_not_null())
        .then(pl.lit("audiobook"))
        .when(pl.col("uri").str.starts_with("spotify:local:"))
        .then(pl.lit("local file"))
        # It was on the way, and never sounded.
        .when(pl.col("ms_played") == 0)
        .then(pl.lit("played for 0 ms"))
    )


def _drop_timeless(frame: pl.DataFrame, columns: PlayColumns, ledger: Ledger) -> pl.DataFrame:
    is_timeless = frame["played_at"].is_null()
    for line, time in frame.filter(is_timeless).select(LINE, "time").iter_rows():
        ledger.report.read += 1
        ledger.report.dropped["no time"] += 1
        ledger.show_problem(line, columns.time, time or "", "not a time")
    return frame.filter(~is_timeless)

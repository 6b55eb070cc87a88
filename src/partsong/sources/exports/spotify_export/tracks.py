"""Tracks as the files of the export name them."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from partsong.sources.exports.spotify_export.documents import to_column
from partsong.sources.tables.ledger import LINE, Ledger
from partsong.sources.tables.texts import read_spotify_id

__all__ = ["drop_by_rule", "named_tracks", "read_tracks", "take_objects"]


def take_objects(
    values: Sequence[Any], ledger: Ledger, reason: str
) -> tuple[pl.Series, list[dict[str, Any]]]:
    """Return the JSON objects among values, and the place of each, from 1.

    Parameters
    ----------
    values
        The values of a list.
    ledger
        Hears of those that are no objects.
    reason
        What is said of them.
    """
    objects, lines = [], []
    for line, value in enumerate(values, 1):
        if isinstance(value, dict):
            objects.append(value)
            lines.append(line)
        else:
            ledger.drop_row(line, reason)
    return pl.Series(LINE, lines, dtype=pl.Int64), objects


def drop_by_rule(frame: pl.DataFrame, reason: pl.Expr, ledger: Ledger) -> pl.DataFrame:
    """Take out the rows that have a reason to go; they are counted, and are no problems.

    Parameters
    ----------
    frame
        The rows.
    reason
        Why each is left out, null where it stays.
    ledger
        Of their file.
    """
    reasons = frame.select(reason).to_series()
    for why, count in reasons.drop_nulls().value_counts().iter_rows():
        ledger.report.dropped[why] += count
        ledger.report.read += count
    return frame.filter(reasons.is_null())


def named_tracks(frame: pl.DataFrame, ledger: Ledger, *, uri_column: str) -> pl.DataFrame:
    """Return rows with `title`, `artists`, `album` and `spotify_id`, and count them as read.

    Parameters
    ----------
    frame
        With `line`, `title`, `artist`, `album` and `uri`; other columns stay.
    ledger
        Of their file; it hears of URIs that are none.
    uri_column
        What the file calls `uri`.
    """
    reading = read_spotify_id(frame["uri"])
    ledger.count_losses(
        pl.DataFrame({LINE: frame[LINE], uri_column: frame["uri"]}),
        uri_column,
        "spotify_id",
        reading,
    )
    ledger.report.read += frame.height
    return frame.with_columns(
        artists=pl.when(pl.col("artist").is_not_null()).then(pl.concat_list("artist")),
        spotify_id=reading.value,
    ).drop("artist", "uri")


def read_tracks(values: Sequence[Any], columns: Mapping[str, str], ledger: Ledger) -> pl.DataFrame:
    """Return tracks that are named without a time; local files are left out.

    Parameters
    ----------
    values
        JSON objects.
    columns
        What they call `title`, `artist`, `album` and `uri`; besides, `other` (why this is no track)
        and whatever else is wanted.
    ledger
        Of their file.

    Returns
    -------
    polars.DataFrame
        `line` (the place among `values`, from 1), `title`, `artists`, `album`, `spotify_id`, and
        the other columns.
    """
    lines, objects = take_objects(values, ledger, "not a track")
    frame = pl.DataFrame(
        {LINE: lines} | {name: to_column(objects, key) for name, key in columns.items()}
    )
    is_local = pl.col("uri").str.starts_with("spotify:local:")
    reason: pl.Expr = pl.when(is_local).then(pl.lit("local file"))
    if "other" in columns:
        reason = pl.coalesce("other", reason)
    music = drop_by_rule(frame, reason, ledger).drop("other", strict=False)
    return named_tracks(music, ledger, uri_column=columns["uri"])

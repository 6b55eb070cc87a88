"""Titles, dates, marks and identifiers as files write them."""

from collections.abc import Callable
from typing import Final

import polars as pl

from partsong.schema import track_field
from partsong.sources.tables.reading import Reading, read_with, text_of, without_reasons

__all__ = [
    "ARTIST_ID",
    "READERS",
    "read_date",
    "read_isrc",
    "read_mark",
    "read_mbid",
    "read_spotify_id",
    "read_time",
]

ARTIST_ID: Final = r"\b([0-9A-Za-z]{22})\b"
"""Finds an artist's Spotify id in an id, a URI or a link."""

_YES: Final = ("true", "yes", "1", "1.0", "t", "y")
_NO: Final = ("false", "no", "0", "0.0", "f", "n")
_NO_YEAR: Final = "0000"
_TIME: Final = pl.Datetime("us")


def read_text(raw: pl.Series) -> Reading:
    """Read titles and names: as they are spelt, whatever they say."""
    return without_reasons(text_of(raw))


def read_mark(raw: pl.Series) -> Reading:
    """Read yes and no, in the ways that spreadsheets and programs write them.

    Examples
    --------
    >>> read_mark(pl.Series(["TRUE", "0", "perhaps"])).value.to_list()
    [True, False, None]
    """
    text = text_of(raw).str.to_lowercase()
    column = pl.col("text")
    mark = pl.when(column.is_in(_YES)).then(statement=True)
    return read_with(text, mark.when(column.is_in(_NO)).then(statement=False), "neither yes nor no")


def read_date(raw: pl.Series) -> Reading:
    """Read a year, a month or a day as ISO 8601 writes it, as precise as it is known.

    Examples
    --------
    >>> read_date(pl.Series(["1958", "1958-09-00", "1958-09-16T00:00:00Z", "0000"])).value.to_list()
    ['1958', '1958-09', '1958-09-16', None]
    """
    has_days = isinstance(raw.dtype, (pl.Date, pl.Datetime))
    text = text_of(raw.dt.to_string("%Y-%m-%d") if has_days else raw)
    parts = pl.col("text").str.extract_groups(
        r"^(?<year>\d{4})(?:-(?<month>\d{2})(?:-(?<day>\d{2}))?)?(?:[T ]\d{2}:.*)?(?:\.0)?$"
    )
    frame = pl.DataFrame({"text": text}).select("text", parts.alias("parts")).unnest("parts")
    year, month, day = (pl.col(name) for name in ("year", "month", "day"))
    month = month.replace("00", None)
    day = pl.when(month.is_not_null()).then(day.replace("00", None))
    full = pl.format("{}-{}-{}", year, month.fill_null("01"), day.fill_null("01"))
    years = track_field("release_year")
    frame = frame.with_columns(
        value=pl.concat_str(year, month, day, separator="-", ignore_nulls=True),
        is_day=full.str.to_date("%Y-%m-%d", strict=False).is_not_null(),
        number=year.cast(pl.Int32, strict=False),
    )
    reading = read_with(
        text, pl.lit(frame.select(pl.when("is_day").then("value")).to_series()), "not a date"
    )
    reason = frame.with_columns(reason=reading.reason).select(
        pl.when(year == _NO_YEAR)
        .then(pl.lit("coded as 0000"))
        .when(pl.col("is_day") & ~pl.col("number").is_between(years.low, years.high))
        .then(pl.lit(f"outside {years.low:g} to {years.high:g}"))
        .otherwise("reason")
    )
    usable = reading.value.set(reason.to_series().is_not_null(), None)
    return Reading(usable, reason.to_series())


def read_time(raw: pl.Series) -> Reading:
    """Read moments as ISO 8601 writes them, or as seconds or milliseconds since 1970, in UTC.

    A time without a zone is taken for UTC, a day without a time for its midnight.

    Examples
    --------
    >>> times = read_time(pl.Series(["2026-11-22T15:04:05+01:00", "1795356245", "yesterday"]))
    >>> times.value.dt.to_string("%Y-%m-%d %H:%M:%S").to_list()
    ['2026-11-22 14:04:05', '2026-11-22 14:04:05', None]
    """
    if isinstance(raw.dtype, pl.Datetime):
        zoned = raw.dt.convert_time_zone("UTC") if raw.dtype.time_zone else raw
        return without_reasons(zoned.dt.replace_time_zone(None).cast(_TIME))
    text = text_of(raw)
    parts = pl.col("text").str.extract_groups(
        r"^(?<day>\d{4}-\d{2}-\d{2})(?:[T ](?<clock>\d{2}:\d{2})(?<seconds>:\d{2}(?:\.\d+)?)?"
        r" ?(?:Z|UTC|(?<sign>[+-])(?<hours>\d{2}):?(?<minutes>\d{2}))?)?$"
    )
    frame = pl.DataFrame({"text": text}).select("text", parts.alias("parts")).unnest("parts")
    clock = pl.col("clock").fill_null("00:00") + pl.col("seconds").fill_null(":00")
    written = (pl.col("day") + " " + clock).str.to_datetime(
        "%Y-%m-%d %H:%M:%S%.f", strict=False, time_unit="us"
    )
    ahead = pl.duration(
        hours=pl.col("hours").cast(pl.Int64).fill_null(0),
        minutes=pl.col("minutes").cast(pl.Int64).fill_null(0),
        time_unit="us",
    )
    is_behind = (pl.col("sign") == "-").fill_null(value=False)
    in_utc = pl.when(is_behind).then(written + ahead).otherwise(written - ahead)
    seconds = pl.col("text").str.extract(r"^(\d{9,10})$").cast(pl.Int64) * 1000
    milliseconds = pl.coalesce(seconds, pl.col("text").str.extract(r"^(\d{12,13})$").cast(pl.Int64))
    counted = pl.from_epoch(milliseconds, time_unit="ms").cast(_TIME)
    value = frame.select(value=pl.coalesce(in_utc, counted)).to_series()
    return read_with(text, pl.lit(value), "not a time")


def read_spotify_id(raw: pl.Series) -> Reading:
    """Read the track's id out of an id, a URI or a link."""
    pattern = (
        r"^(?:spotify:track:|https?://open\.spotify\.com/(?:[\w-]+/)*track/)?"
        r"([0-9A-Za-z]{22})(?:[?#].*)?$"
    )
    text = text_of(raw)
    is_other = pl.col("text").str.contains(r"^spotify:(?:local|episode|show):")
    reading = read_with(text, pl.col("text").str.extract(pattern), "no Spotify id")
    reason = pl.DataFrame({"text": text, "reason": reading.reason}).select(
        pl.when(is_other)
        .then(pl.lit("a local file or a podcast, not a track of Spotify's"))
        .otherwise("reason")
    )
    return Reading(reading.value, reason.to_series())


def read_isrc(raw: pl.Series) -> Reading:
    """Read recording codes, with or without hyphens."""
    text = text_of(raw).str.replace_all("-", "", literal=True).str.to_uppercase()
    return read_with(text, pl.col("text").str.extract(r"^([A-Z]{2}[A-Z0-9]{3}\d{7})$"), "no ISRC")


def read_mbid(raw: pl.Series) -> Reading:
    """Read MusicBrainz ids, bare or at the end of a link."""
    pattern = r"(?:^|/)([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$"
    text = text_of(raw).str.to_lowercase()
    return read_with(text, pl.col("text").str.extract(pattern), "no MusicBrainz id")


READERS: Final[dict[str, Callable[[pl.Series], Reading]]] = {
    "release_date": read_date,
    "spotify_id": read_spotify_id,
    "isrc": read_isrc,
    "mbid": read_mbid,
    "explicit": read_mark,
    "liked": read_mark,
    "heard": read_mark,
    "played_at": read_time,
    "title": read_text,
    "album": read_text,
    "path": read_text,
    "source_id": read_text,
    "playlist": read_text,
    "playlist_id": read_text,
    "name": read_text,
}
"""How each field that is neither a number nor a list is read."""

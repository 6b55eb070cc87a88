"""What comes of reading one column: the values, and why some of them became missing.

Words such as `nan` mean missing among numbers, dates and marks, never among titles and names: an
album may be called `NA`.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

__all__ = ["MISSING_WORDS", "NOT_READ", "Reading", "read_with", "text_of", "without_reasons"]

MISSING_WORDS: Final = ("", "nan", "none", "null", "na", "n/a", "<na>")
"""What stands for a missing number, date or mark, in lower case."""

NOT_READ: Final = frozenset(
    {
        "not a number",
        "a comma that may part thousands or decimals",
        "not a date",
        "not a time",
        "neither yes nor no",
        "no Spotify id",
    }
)
"""Reasons that tell of a column of another kind, where they hold for all of its values."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The usable values of one column, and why the others are missing.

    Parameters
    ----------
    value
        The values in the type of the schema, null where missing.
    reason
        Text where a value was there and could not be used, else null.
    """

    value: pl.Series
    reason: pl.Series


def text_of(raw: pl.Series) -> pl.Series:
    """Return the values as text without the space around them, null where there is nothing.

    Examples
    --------
    >>> text_of(pl.Series([" a ", " ", None])).to_list(), text_of(pl.Series([311.0])).to_list()
    (['a', None, None], ['311'])
    """
    if raw.dtype.is_nested() or raw.dtype == pl.Object:
        return pl.repeat(None, len(raw), dtype=pl.String, eager=True)
    if raw.dtype.is_float():
        return raw.fill_nan(None).cast(pl.String).str.replace(r"\.0$", "")
    stripped = raw.cast(pl.String, strict=False).str.strip_chars()
    return stripped.set(stripped == "", None)


def without_reasons(value: pl.Series) -> Reading:
    """Return a reading of which nothing was lost."""
    return Reading(value, pl.repeat(None, len(value), dtype=pl.String, eager=True))


def read_with(text: pl.Series, value: pl.Expr, reason: str) -> Reading:
    """Return what an expression over the column ``"text"`` yields, and `reason` where nothing.

    Examples
    --------
    >>> reading = read_with(pl.Series(["7", "x", "nan"]), pl.col("text").str.extract("(7)"), "no 7")
    >>> reading.value.to_list(), reading.reason.to_list()
    (['7', None, None], [None, 'no 7', None])
    """
    is_lost = (
        pl.col("value").is_null()
        & pl.col("text").is_not_null()
        & ~pl.col("text").str.to_lowercase().is_in(MISSING_WORDS)
    )
    frame = (
        pl.DataFrame({"text": text})
        .with_columns(value=value)
        .with_columns(reason=pl.when(is_lost).then(pl.lit(reason)))
    )
    return Reading(frame["value"], frame["reason"])

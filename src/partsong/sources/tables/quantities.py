"""Numbers as files write them: plain, with a decimal comma, as a word, or coded as missing."""

from typing import Final

import polars as pl

from partsong.schema import Field
from partsong.sources.tables.reading import Reading, read_with, text_of, without_reasons

__all__ = ["FAILED_ANALYSIS", "POLARS_TYPES", "read_number"]

FAILED_ANALYSIS: Final = "failed analysis coded as 0"

POLARS_TYPES: Final = {
    "VARCHAR": pl.String(),
    "VARCHAR[]": pl.List(pl.String()),
    "BOOLEAN": pl.Boolean(),
    "TINYINT": pl.Int8(),
    "SMALLINT": pl.Int16(),
    "INTEGER": pl.Int32(),
    "BIGINT": pl.Int64(),
    "DOUBLE": pl.Float64(),
}
"""The polars type of each type in the schema."""

_PITCHES: Final = (
    ("c",),
    ("c#", "db"),
    ("d",),
    ("d#", "eb"),
    ("e",),
    ("f",),
    ("f#", "gb"),
    ("g",),
    ("g#", "ab"),
    ("a",),
    ("a#", "bb"),
    ("b",),
)
_NUMBER_WORDS: Final = {
    "key": {word: float(key) for key, words in enumerate(_PITCHES) for word in words},
    "mode": {"minor": 0.0, "major": 1.0},
    "time_signature": {f"{beats}/4": float(beats) for beats in range(1, 16)},
}
_CODED_MISSING: Final = {
    "tempo": (0.0, FAILED_ANALYSIS),
    "time_signature": (0.0, FAILED_ANALYSIS),
    "key": (-1.0, "not detected, coded as -1"),
    "duration_ms": (0.0, "coded as 0"),
}


def read_number(raw: pl.Series, field: Field, *, factor: float = 1.0) -> Reading:
    """Read a column of numbers as a field of the schema.

    Parameters
    ----------
    raw
        The column, as text or typed.
    field
        The field, whose type and range the values must fit.
    factor
        What the values are multiplied by, such as 1000 to make seconds milliseconds.

    Returns
    -------
    Reading
        The values in the field's type. Durations are rounded; other whole numbers must be whole.

    Examples
    --------
    >>> from partsong.schema import track_field
    >>> reading = read_number(pl.Series(["120.5", "0", "fast", "nan", "8,00E+01"]), track_field("tempo"))
    >>> reading.value.to_list()
    [120.5, None, None, None, 80.0]
    >>> reading.reason.to_list()
    [None, 'failed analysis coded as 0', 'not a number', None, None]
    """
    if raw.dtype.is_numeric() or raw.dtype == pl.Boolean:
        parsed = without_reasons(raw.cast(pl.Float64).fill_nan(None))
    else:
        text = text_of(raw)
        parsed = without_reasons(text.cast(pl.Float64, strict=False))
        if parsed.value.null_count() > text.null_count():
            parsed = _read_hard_numbers(text, parsed.value, field)
    return _within(parsed.value.fill_nan(None) * factor, parsed.reason, field)


def _read_hard_numbers(text: pl.Series, parsed: pl.Series, field: Field) -> Reading:
    """Read what is no plain number: missing words, words for numbers, decimal commas.

    ``1,234`` is refused where both 1.234 and 1234 are possible; ``120,004`` BPM is not 120004.
    """
    column = pl.col("text")
    thousands = column.str.replace_all(",", "", literal=True).cast(pl.Float64, strict=False)
    is_ambiguous = (
        column.str.contains(r"^[+-]?[1-9]\d{0,2},\d{3}$")
        & (thousands >= _low(field))
        & (thousands <= _high(field))
    )
    with_point = column.str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    words = column.str.to_lowercase().replace_strict(
        _NUMBER_WORDS.get(field.name, {}), default=None, return_dtype=pl.Float64
    )
    value = pl.coalesce(pl.lit(parsed), pl.when(~is_ambiguous).then(with_point), words)
    reading = read_with(text, value, "not a number")
    reason = pl.DataFrame({"text": text, "reason": reading.reason}).select(
        pl.when(pl.col("reason").is_not_null() & is_ambiguous)
        .then(pl.lit("a comma that may part thousands or decimals"))
        .otherwise("reason")
    )
    return Reading(reading.value, reason.to_series())


def _low(field: Field) -> float:
    return float("-inf") if field.low is None else field.low


def _high(field: Field) -> float:
    return float("inf") if field.high is None else field.high


def _within(parsed: pl.Series, reason: pl.Series, field: Field) -> Reading:
    """Make missing what is coded so, out of range, or no whole number where one is due."""
    low, high = _low(field), _high(field)
    dtype = POLARS_TYPES[field.type]
    value = pl.col("value")
    code, meaning = _CODED_MISSING.get(field.name, (None, ""))
    is_fraction = pl.lit(value=False)
    if field.name == "duration_ms":
        value = value.round()
    elif dtype.is_integer():
        is_fraction = value != value.round()
    frame = pl.DataFrame({"value": parsed, "reason": reason}).with_columns(
        reason=pl.when(pl.col("reason").is_not_null())
        .then("reason")
        .when(value == pl.lit(code, dtype=pl.Float64))
        .then(pl.lit(meaning))
        .when((value < low) | (value > high) | value.is_infinite())
        .then(pl.lit(f"outside {low:g} to {high:g}"))
        .when(is_fraction)
        .then(pl.lit("not a whole number"))
    )
    usable = frame.select(pl.when(pl.col("reason").is_null()).then(value)).to_series()
    return Reading(usable.cast(dtype, strict=False), frame["reason"])

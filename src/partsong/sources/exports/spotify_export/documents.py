"""The JSON files of the export, and their values as columns.

A row of the extended history holds the address that it was played from. So a file is parsed and
picked over in one go: nothing but the columns asked for is kept, and no error carries more than a
place in the file.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import polars as pl

from partsong.errors import UnreadableFileError

__all__ = ["listed", "milliseconds", "parse_list", "parse_object", "text", "to_column"]

_MOST_MS: Final = 86_400_000


def parse_list(content: bytes, file: str) -> list[Any]:
    r"""Return a file that holds one JSON array.

    Parameters
    ----------
    content
        The file, in UTF-8 with or without a byte order mark.
    file
        Its name, for errors.

    Raises
    ------
    UnreadableFileError
        If it is no JSON, or something else than an array.

    Examples
    --------
    >>> parse_list(b'\xef\xbb\xbf[1, 2]', "endsong_0.json")
    [1, 2]
    """
    document = _parse(content, file)
    if not isinstance(document, list):
        raise _other_kind(file, "a list of plays")
    return document


def parse_object(content: bytes, file: str) -> dict[str, Any]:
    """Return a file that holds one JSON object; else as :func:`parse_list`.

    Parameters
    ----------
    content, file
        As for :func:`parse_list`.

    Raises
    ------
    UnreadableFileError
        If it is no JSON, or something else than an object.
    """
    document = _parse(content, file)
    if not isinstance(document, dict):
        raise _other_kind(file, "an object with lists of tracks")
    return document


def listed(document: Mapping[str, Any], name: str) -> list[Any]:
    """Return the list of that name, an empty one where there is none.

    Examples
    --------
    >>> listed({"tracks": [7], "albums": None}, "tracks"), listed({"albums": None}, "albums")
    ([7], [])
    """
    values = document.get(name)
    return values if isinstance(values, list) else []


def text(value: Any) -> str | None:
    """Return a value if it is a text that says something.

    Examples
    --------
    >>> text("Solas"), text(" "), text(7)
    ('Solas', None, None)
    """
    return value if type(value) is str and value.strip() else None


def milliseconds(value: Any) -> int | None:
    """Return a value if it is a number of milliseconds within a day.

    Examples
    --------
    >>> milliseconds(201_000), milliseconds(1.5e3), milliseconds("7"), milliseconds(-1)
    (201000, 1500, None, None)
    """
    if type(value) not in {int, float} or not 0 <= value <= _MOST_MS:
        return None
    return int(value)


def to_column(
    rows: Sequence[dict[str, Any]], name: str, read: Callable[[Any], Any] = text
) -> pl.Series:
    """Return what rows say under one name.

    Parameters
    ----------
    rows
        JSON objects.
    name
        The key.
    read
        :func:`text` or :func:`milliseconds`, which makes a column of numbers.

    Examples
    --------
    >>> to_column([{"ts": "2026", "ip_addr": "..."}, {}], "ts").to_list()
    ['2026', None]
    """
    dtype = pl.Int32() if read is milliseconds else pl.String()
    values = [read(row.get(name)) for row in rows]
    try:
        return pl.Series(name, values, dtype=dtype)
    except UnicodeEncodeError:
        # JSON can spell halves of characters, which no text can hold.
        whole = [value and value.encode(errors="replace").decode() for value in values]
        return pl.Series(name, whole, dtype=dtype)


def _parse(content: bytes, file: str) -> Any:
    try:
        return json.loads(content.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, character {error.colno}"
    except UnicodeDecodeError as error:
        place = f"byte {error.start:,}"
    except (ValueError, RecursionError):  # a number of thousands of digits, lists within lists
        place = "a value without end"
    # Not raised above: Python's error carries the whole document, and so the addresses in it.
    raise UnreadableFileError(
        f"{file} is damaged or no JSON: it cannot be read from {place} on.",
        hint="Download the export again, or unpack it and leave this file out.",
    )


def _other_kind(file: str, expected: str) -> UnreadableFileError:
    return UnreadableFileError(
        f"{file} should hold {expected}, and holds something else.",
        hint="Unpack the export and leave this file out, if it is not Spotify's.",
    )

"""Which character separates the fields of a text table."""

import csv
from collections.abc import Collection, Sequence
from typing import Final

from partsong.sources.tables.layout import column_key

__all__ = ["DELIMITERS", "find_delimiter", "split_line"]

DELIMITERS: Final = (",", "\t", ";", "|")


def split_line(line: str, delimiter: str) -> list[str]:
    """Return the fields of one physical line, none if one of them is too long for a table.

    Examples
    --------
    >>> split_line('a;"b;c"', ";")
    ['a', 'b;c']
    """
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def find_delimiter(lines: Sequence[str], known: Collection[str]) -> str:
    r"""Return the delimiter under which the first lines make the best table.

    The header decides: the delimiter that splits it into the most known column names wins, since
    data rows are full of commas, semicolons and bars that separate nothing. Among unknown headers
    the delimiter wins that splits the most rows as it splits the header.

    Parameters
    ----------
    lines
        The header and some lines after it.
    known
        The `column_key` of every column name that means something.

    Examples
    --------
    >>> find_delimiter(["name;tempo\\tlive", "a,b;120"], {"name", "tempo"})
    ';'
    """

    def merit(delimiter: str) -> tuple[int, int, int]:
        header = split_line(lines[0], delimiter)
        named = sum(column_key(name) in known for name in header)
        alike = sum(len(split_line(line, delimiter)) == len(header) for line in lines[1:])
        return named, alike if len(header) > 1 else 0, len(header)

    return max(DELIMITERS, key=merit)

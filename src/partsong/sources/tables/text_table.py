"""Delimited text to blocks of raw values, with every row's physical line.

The standard library's reader does the splitting, since it alone tells where a row began. What it
leaves open is decided here: a row with another number of fields is reported, and a quote that
never closes costs its own line and not the rest of the file.
"""

import csv
from collections import deque
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Final

import polars as pl

from partsong.errors import UnreadableFileError
from partsong.sources.tables.content import read_errors_of
from partsong.sources.tables.delimiter import DELIMITERS, find_delimiter, split_line
from partsong.sources.tables.ledger import LINE, Ledger
from partsong.sources.tables.raw_table import BLOCK_ROWS
from partsong.sources.tables.survey import open_text, survey_text

__all__ = ["TextTable"]

_SAMPLE_LINES: Final = 50
_PIECE_ROWS: Final = 2_000
_MOST_LINES_A_ROW: Final = 1_000
_MOST_LINES_AGAIN: Final = 200_000

_Row = tuple[int, list[str]]


class TextTable:
    """A table in a text file, its delimiter found by the header.

    Parameters
    ----------
    path
        The file, plain or gzipped.
    known
        The `column_key` of every column name that means something; it settles the delimiter.

    Raises
    ------
    UnreadableFileError
        If the text is truncated, or holds no row below its header.
    """

    def __init__(self, path: Path, known: Collection[str]) -> None:
        self.path = path
        self._facts = survey_text(path)
        self.length: int | None = self._facts.lines
        with read_errors_of(path), open_text(path, self._facts.encoding) as stream:
            sample = [line for line in islice(stream, _SAMPLE_LINES) if line.strip()]
        if not sample:
            raise UnreadableFileError(f"{path.name} is empty.", hint="Check how it was written.")
        self._delimiter = find_delimiter(sample, known)
        with read_errors_of(path), open_text(path, self._facts.encoding) as stream:
            rows = _read_rows(stream, self._delimiter, ledger=None)
            self._header = next((row for _, row in rows if any(row)), [])
            has_rows = any(any(row) for _, row in rows)
        if not has_rows:
            raise UnreadableFileError(
                f"{path.name} holds a header and no rows.", hint="Check how it was written."
            )
        names = [name.strip() for name in self._header]
        self._repeated = sorted({name for name in names if name and names.count(name) > 1})
        self._places = {name: place for place, name in reversed([*enumerate(names)]) if name}
        self._last_named = max(self._places.values(), default=0)
        self.columns = tuple(sorted(self._places, key=self._places.__getitem__))

    def blocks(
        self, columns: Collection[str], ledger: Ledger, *, may_stop_before: str | None = None
    ) -> Iterator[pl.DataFrame]:
        """Yield the rows as text, with their first physical lines."""
        for note in self._facts.notes:
            ledger.note(note)
        if self._repeated:
            ledger.note(f"columns that stand twice, the first is used: {', '.join(self._repeated)}")
        places = {column: self._places[column] for column in columns}
        least = self._last_named + 1
        if may_stop_before is not None:
            least = min(least, self._places.get(may_stop_before, least))
        with read_errors_of(self.path), open_text(self.path, self._facts.encoding) as stream:
            pieces = _pieces(self._sound_rows(stream, ledger, least), places)
            while block := list(islice(pieces, BLOCK_ROWS // _PIECE_ROWS)):
                yield pl.concat(block, rechunk=True)

    def _sound_rows(self, stream: Iterator[str], ledger: Ledger, least: int) -> Iterator[_Row]:
        """Yield the rows below the header that have a value, or none, for every column."""
        width = len(self._header)
        header_seen = False
        blank = 0
        for line, row in _read_rows(stream, self._delimiter, ledger, width):
            if not any(row) or (len(row) == 1 and not row[0].strip()):
                blank += 1
                continue
            if not header_seen:
                header_seen = True
                continue
            fault = self._fault(row, least)
            if fault:
                ledger.drop_row(line, fault)
            elif len(row) == width:
                yield line, row
            else:
                yield line, (row + [""] * width)[:width]
        if blank:
            ledger.note(f"{blank:,} blank lines passed over")

    def _fault(self, row: list[str], least: int) -> str:
        """Return what is wrong with a row, or nothing."""
        width = len(self._header)
        if not any(row[1:]) and self._fits_another_delimiter(row[0]):
            return "another delimiter"
        if len(row) < least:
            return "too few fields"
        if any(row[width:]):
            return "too many fields"
        if self._facts.has_nulls and any("\0" in value for value in row):
            return "NUL characters"
        return ""

    def _fits_another_delimiter(self, text: str) -> bool:
        return self._last_named > 0 and any(
            len(split_line(text, delimiter)) > self._last_named
            for delimiter in DELIMITERS
            if delimiter != self._delimiter
        )


def _pieces(rows: Iterator[_Row], places: Mapping[str, int]) -> Iterator[pl.DataFrame]:
    """Yield the rows in frames so small that turning rows into columns stays in the cache."""
    while piece := list(islice(rows, _PIECE_ROWS)):
        lines, fields = zip(*piece, strict=True)
        by_place = list(zip(*fields, strict=True))
        yield pl.DataFrame(
            [
                pl.Series(LINE, lines, dtype=pl.Int64),
                *(
                    pl.Series(column, by_place[place], dtype=pl.String)
                    for column, place in places.items()
                ),
            ]
        )


class _Lines:
    """Physical lines that remember those of the current row, and can be put back."""

    def __init__(self, stream: Iterator[str]) -> None:
        self._stream = stream
        self._waiting: deque[str] = deque()
        self.of_row: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.of_row) >= _MOST_LINES_A_ROW:
            raise StopIteration
        line = self._waiting.popleft() if self._waiting else next(self._stream)
        self.of_row.append(line)
        return line

    def put_back(self, lines: list[str]) -> None:
        self._waiting.extendleft(reversed(lines))


def _read_rows(
    stream: Iterator[str], delimiter: str, ledger: Ledger | None, width: int = 0
) -> Iterator[_Row]:
    """Yield each row with its first line; a line whose quote never closes goes to the ledger."""
    lines = _Lines(stream)
    reader = csv.reader(lines, delimiter=delimiter)
    line = 1
    again = 0
    while True:
        lines.of_row.clear()
        try:
            row = next(reader, None)
        except csv.Error:
            row = []
        taken = len(lines.of_row)
        if row is None or not taken:
            return
        if ledger is not None and taken > 1 and _is_runaway(row, lines.of_row, delimiter, width):
            again += taken
            if again > _MOST_LINES_AGAIN:
                raise UnreadableFileError(
                    f"{ledger.file}: too many quotes never close, the last one in line {line}.",
                    hint="Write the file again with its quotes doubled, or as Parquet.",
                )
            ledger.drop_row(line, "a quote that never closes")
            lines.put_back(lines.of_row[1:])
            taken = 1
            reader = csv.reader(lines, delimiter=delimiter)
        elif row or not lines.of_row[0].strip():
            yield line, row
        elif ledger is not None:
            ledger.drop_row(line, "a field that is too long")
        line += taken


def _is_runaway(row: list[str], lines: list[str], delimiter: str, width: int) -> bool:
    """Tell whether a row of several lines comes from a quote that was never closed.

    It does if it has not the header's number of fields, if its quotes are not where quotes belong,
    or if every line within it is a whole row by itself.
    """
    if len(row) != width:
        return True
    try:
        next(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return True
    within = lines[1:-1]
    return bool(within) and all(len(split_line(line, delimiter)) == width for line in within)

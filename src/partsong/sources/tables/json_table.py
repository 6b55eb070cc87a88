"""JSON to blocks of raw values: a record a line, a list of records, or columns of values.

Every value is handed on as the text that stands in the file, so that numbers, dates and lists go
through the same conversion as those of a text table.
"""

import json
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

import polars as pl

from partsong.errors import UnreadableFileError
from partsong.sources.tables.content import read_errors_of
from partsong.sources.tables.ledger import LINE, Ledger
from partsong.sources.tables.raw_table import BLOCK_ROWS
from partsong.sources.tables.survey import open_text, survey_text

__all__ = ["JsonTable"]

_HEAD_RECORDS: Final = 1_000
_MAX_DOCUMENT_CHARACTERS: Final = 128 * 2**20

_Record = dict[str, Any]


class JsonTable:
    """A table in a JSON file; a row's line is its physical line, or its record's number.

    Parameters
    ----------
    path
        The file, plain or gzipped.

    Raises
    ------
    UnreadableFileError
        If it is no JSON, or JSON that is no table.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._facts = survey_text(path)
        self.length: int | None = None
        self._document = None if self._has_record_a_line() else self._read_document()
        names: dict[str, None] = {}
        for _, record in islice(self._records(None), _HEAD_RECORDS):
            names.update(dict.fromkeys(name for name in record if name))
        if not names:
            raise UnreadableFileError(
                f"{path.name} holds no records.", hint="Check how it was written."
            )
        self.columns = tuple(names)

    def blocks(
        self,
        columns: Collection[str],
        ledger: Ledger,
        *,
        may_stop_before: str | None = None,  # noqa: ARG002 - a record names its values
    ) -> Iterator[pl.DataFrame]:
        """Yield the records as text."""
        for note in self._facts.notes:
            ledger.note(note)
        records = self._records(ledger)
        while block := list(islice(records, BLOCK_ROWS)):
            yield pl.DataFrame(
                [
                    pl.Series(LINE, [line for line, _ in block], dtype=pl.Int64),
                    *(
                        pl.Series(
                            column,
                            [_as_text(record.get(column)) for _, record in block],
                            dtype=pl.String,
                        )
                        for column in columns
                    ),
                ]
            )

    def _has_record_a_line(self) -> bool:
        with read_errors_of(self.path), open_text(self.path, self._facts.encoding) as stream:
            first = _parse(next((line for line in stream if line.strip()), ""))
        return isinstance(first, dict) and not _is_columns(first)

    def _read_document(self) -> list[_Record]:
        with read_errors_of(self.path), open_text(self.path, self._facts.encoding) as stream:
            text = stream.read(_MAX_DOCUMENT_CHARACTERS + 1)
        if len(text) > _MAX_DOCUMENT_CHARACTERS:
            raise UnreadableFileError(
                f"{self.path.name} is too large for JSON in one piece.",
                hint="Write it as JSON lines, one record a line, or as Parquet.",
            )
        document = _parse(text)
        if isinstance(document, list) and all(isinstance(record, dict) for record in document):
            return document
        if isinstance(document, dict) and _is_columns(document):
            keys = dict.fromkeys(key for column in document.values() for key in column)
            return [{name: column.get(key) for name, column in document.items()} for key in keys]
        raise UnreadableFileError(
            f"{self.path.name} is no table in JSON.",
            hint="Give JSON lines (one record a line), a list of records, or columns of values.",
        )

    def _records(self, ledger: Ledger | None) -> Iterator[tuple[int, _Record]]:
        if self._document is not None:
            yield from enumerate(self._document, start=1)
            return
        with read_errors_of(self.path), open_text(self.path, self._facts.encoding) as stream:
            for number, line in enumerate(stream, start=1):
                record = _parse(line)
                if isinstance(record, dict):
                    yield number, record
                elif ledger is not None and line.strip():
                    ledger.drop_row(number, "no JSON record")


def _is_columns(document: _Record) -> bool:
    """Tell whether an object holds columns, each from row key to value."""
    return bool(document) and all(isinstance(column, dict) for column in document.values())


def _parse(text: str) -> Any:
    """Return the JSON value, its numbers as the text they were, or nothing if it is none."""
    try:
        return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None


def _as_text(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")

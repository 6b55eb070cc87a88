"""One quick pass over a text file before its rows are read.

The pass finds out what can only be known from the whole: the encoding, a gzip stream that breaks
off or swells beyond reason, a line without end. So the reading proper needs no second thoughts.
"""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from partsong.errors import UnreadableFileError
from partsong.sources.tables.content import is_gzip, open_bytes, read_errors_of

__all__ = ["FREE_EXPANSION_BYTES", "MAX_EXPANSION", "TextFacts", "open_text", "survey_text"]

MAX_EXPANSION: Final = 200
"""A gzip stream may unpack to this many times its size, or to `FREE_EXPANSION_BYTES`."""

FREE_EXPANSION_BYTES: Final = 64 * 2**20

_MAX_LINE_BYTES: Final = 8 * 2**20
_CHUNK_BYTES: Final = 2**20
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What is known of a text file after the survey.

    Parameters
    ----------
    encoding
        How to decode it.
    lines
        About how many physical lines it has.
    has_nulls
        Whether it may hold NUL characters.
    notes
        Remarks for the report.
    """

    encoding: str
    lines: int
    has_nulls: bool
    notes: tuple[str, ...] = ()


def open_text(path: Path, encoding: str) -> TextIO:
    """Open a surveyed file as text whose line ends are left as they are."""
    return io.TextIOWrapper(open_bytes(path), encoding=encoding, errors="replace", newline="")


def survey_text(path: Path) -> TextFacts:
    """Read the whole file once and return what its reader must know.

    Raises
    ------
    UnreadableFileError
        If a gzip stream is truncated, damaged or swells beyond reason, or a line has no end.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    has_nulls = False
    lines = 0
    encoding = ""
    for chunk in _bounded_chunks(path):
        encoding = encoding or _encoding_by_mark(chunk) or "utf-8"
        lines += chunk.count(b"\n")
        has_nulls = has_nulls or b"\0" in chunk
        is_utf8 = is_utf8 and _decodes(decoder, chunk)
    is_utf8 = is_utf8 and not decoder.getstate()[0]
    if encoding == "utf-8" and not is_utf8:
        return TextFacts("cp1252", lines, has_nulls, ("not UTF-8, so read as Windows-1252",))
    return TextFacts(encoding, lines, has_nulls)


def _encoding_by_mark(head: bytes) -> str:
    """Return the encoding that a byte order mark names, or nothing."""
    return next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "")


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _bounded_chunks(path: Path) -> Iterator[bytes]:
    """Yield the unpacked file piece by piece, and refuse what no honest table does."""
    size = line_size = lines = 0
    with read_errors_of(path), open_bytes(path) as stream:
        allowance = _allowance(path)
        while chunk := _read_piece(stream, path, lines):
            size += len(chunk)
            last = chunk.rfind(b"\n")
            line_size = line_size + len(chunk) if last < 0 else len(chunk) - last
            if line_size > _MAX_LINE_BYTES:
                raise UnreadableFileError(
                    f"{path.name}: line {lines + 1} is longer than {_MAX_LINE_BYTES:,} bytes.",
                    hint="This is no table with a track a line; check how it was written.",
                )
            if size > allowance:
                raise UnreadableFileError(
                    f"{path.name} unpacks to more than {MAX_EXPANSION} times its size.",
                    hint="No table of tracks repeats itself so; if it is yours, unpack it first.",
                )
            lines += chunk.count(b"\n")
            yield chunk


def _allowance(path: Path) -> float:
    if not is_gzip(path):
        return float("inf")
    return max(FREE_EXPANSION_BYTES, MAX_EXPANSION * path.stat().st_size)


def _read_piece(stream: gzip.GzipFile | io.BufferedReader, path: Path, lines: int) -> bytes:
    try:
        return stream.read1(_CHUNK_BYTES)
    except (EOFError, zlib.error) as error:
        raise UnreadableFileError(
            f"{path.name} breaks off after {max(lines - 1, 0):,} rows: its gzip stream is"
            f" truncated or damaged.",
            hint="Download or copy it again.",
        ) from error

"""Bytes of a playlist to lines of text, and text that fits on a line."""

import codecs
import re
from pathlib import Path
from typing import Final

from partsong.errors import UnreadableFileError
from partsong.plain_text import plain_text

__all__ = ["decode_text", "one_line", "split_lines"]

_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEAD: Final = 4096
_CONTROLS: Final = frozenset(range(32)) - {9, 10, 13}
_MOST_CONTROLS: Final = 0.1


def decode_text(data: bytes, path: Path, *, fallback: str | None = None) -> str:
    r"""Return the text of a file, without the mark in front that some programs write.

    Parameters
    ----------
    data
        UTF-8, or UTF-16 with its mark.
    path
        The file, for the message.
    fallback
        The encoding of old files of this kind, for what is no UTF-8.

    Raises
    ------
    UnreadableFileError
        If it is no text, or neither UTF-8 nor in the old encoding.

    Examples
    --------
    >>> decode_text(b"caf\xe9", Path("old.m3u"), fallback="cp1252")
    'café'
    """
    if data.startswith(_UTF16_MARKS):
        return data.decode("utf-16", "replace")
    data = data.removeprefix(codecs.BOM_UTF8)
    head = data[:_HEAD]
    if sum(byte in _CONTROLS for byte in head) > max(8, _MOST_CONTROLS * len(head)):
        raise UnreadableFileError(
            f"{path.name} is a binary file, not a playlist.",
            hint="Give a playlist in one of the formats of docs/reference/playlist-files.md.",
        )
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if fallback is not None:
            return data.decode(fallback, "replace")
        line = len(split_lines(data[: error.start].decode("utf-8")))
        raise UnreadableFileError(
            f"{path.name} is not UTF-8: byte 0x{data[error.start]:02x} in line {line:,}.",
            hint="Save it as UTF-8.",
        ) from error


def split_lines(text: str) -> list[str]:
    r"""Return the lines of a text, whichever of the three line ends it has.

    Unlike `str.splitlines` this leaves rare separators alone, which may stand inside a title.

    Examples
    --------
    >>> split_lines("a\r\nb\x85c\rd")
    ['a', 'b\x85c', 'd']
    """
    return re.split(r"\r\n|\r|\n", text)


def one_line(text: str) -> str:
    r"""Return a text without what would break a line or steer a terminal.

    Examples
    --------
    >>> one_line("two\nlines\x07")
    'two lines'
    """
    return " ".join(plain_text(text).split())

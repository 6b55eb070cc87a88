"""What a file physically is, judged by its first bytes and never by its name."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from partsong.errors import UnreadableFileError

__all__ = ["Content", "is_gzip", "open_bytes", "read_errors_of", "sniff_content"]

Content = Literal["json", "parquet", "text"]

_HEAD_BYTES: Final = 65_536
_MAX_CONTROL_SHARE: Final = 0.02
_TEXT_CONTROLS: Final = frozenset(b"\t\n\r\x0b\x0c\x1b")
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_GZIP: Final = b"\x1f\x8b"

_FOREIGN: Final = (
    (0, b"\x89PNG", "a PNG picture", "Give the table the picture was made from."),
    (0, b"\xff\xd8\xff", "a JPEG picture", "Give the table the picture was made from."),
    (0, b"GIF8", "a GIF picture", "Give the table the picture was made from."),
    (
        0,
        b"SQLite format 3\x00",
        "an SQLite database, and not one of beets",
        "Export its table of tracks as CSV first.",
    ),
    (8, b"DUCK", "a DuckDB database", "Export its table of tracks as CSV or Parquet first."),
    (
        0,
        b"PK\x03\x04",
        "a ZIP archive that is no data export of Spotify's, or an Excel workbook",
        "Unpack it and give the folder, or save the sheet as CSV.",
    ),
    (0, b"%PDF", "a PDF document", "Give the table as CSV or Parquet."),
    (0, b"BZh", "packed with bzip2", "Unpack it first."),
    (0, b"\xfd7zXZ", "packed with xz", "Unpack it first."),
    (0, b"\x28\xb5\x2f\xfd", "packed with zstd", "Unpack it first."),
    (0, b"7z\xbc\xaf", "a 7-Zip archive", "Unpack it and give the files inside."),
    (0, b"ARROW1", "an Arrow file", "Save it as Parquet first."),
    (0, b"\x89HDF", "an HDF5 file", "Save its table as Parquet first."),
    (0, b"ID3", "an audio file", "Give a table of tracks."),
    (0, b"fLaC", "an audio file", "Give a table of tracks."),
    (0, b"OggS", "an audio file", "Give a table of tracks."),
    (257, b"ustar", "a tar archive", "Unpack it and give the files inside."),
    (
        0,
        b"version https://git-lfs",
        "a Git LFS pointer, not the data itself",
        "Fetch the data with `git lfs pull`.",
    ),
    (
        0,
        b"<?xml",
        "XML, but no library of iTunes",
        "If it is an XSPF playlist, let its name end in .xspf.",
    ),
    (0, b"bplist00", "a binary property list", "Write it as XML: plutil -convert xml1 FILE."),
    (0, b"<!doctype", "a web page", "Download the file itself, not the page about it."),
    (0, b"<html", "a web page", "Download the file itself, not the page about it."),
)


def is_gzip(path: Path) -> bool:
    """Tell whether the file is packed with gzip."""
    with path.open("rb") as stream:
        return stream.read(2) == _GZIP


def open_bytes(path: Path) -> gzip.GzipFile | io.BufferedReader:
    """Open a file for reading, through gzip where it is packed."""
    return gzip.GzipFile(path) if is_gzip(path) else path.open("rb")


@contextmanager
def read_errors_of(path: Path) -> Iterator[None]:
    """Turn what reading a file may raise into one error with a hint."""
    try:
        yield
    except FileNotFoundError:
        raise UnreadableFileError(
            f"There is no file {path}.", hint="Check the name and the folder."
        ) from None
    except IsADirectoryError:
        raise UnreadableFileError(
            f"{path} is a folder.", hint=f"Name the files in it, such as {path}/*.csv."
        ) from None
    except PermissionError:
        raise UnreadableFileError(
            f"{path} may not be read.", hint="Change its permissions, or read a copy."
        ) from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableFileError(
            f"{path.name} is damaged: {error}.", hint="Download or copy it again."
        ) from error
    except OSError as error:
        raise UnreadableFileError(
            f"{path} cannot be read: {error.strerror or error}.", hint="Read a copy of it."
        ) from error


def sniff_content(path: Path) -> Content:
    """Return how to read the file.

    Raises
    ------
    UnreadableFileError
        If there is no such file, it may not be read, is empty, or is no table.
    """
    with read_errors_of(path):
        if path.is_dir():
            raise IsADirectoryError
        with open_bytes(path) as stream:
            head = stream.read(_HEAD_BYTES)
        packed = is_gzip(path)
    if not head.strip():
        raise UnreadableFileError(f"{path.name} is empty.", hint="Check how it was written.")
    if head.startswith(b"PAR1"):
        if packed:
            raise UnreadableFileError(
                f"{path.name} is a Parquet file inside gzip.", hint="Unpack it with gunzip first."
            )
        return "parquet"
    _refuse_foreign(path, head)
    if not head.startswith(_UTF16_MARKS):
        _refuse_binary(path, head)
        if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}:
            return "json"
    return "text"


def _refuse_foreign(path: Path, head: bytes) -> None:
    for offset, mark, kind, hint in _FOREIGN:
        found = head[offset : offset + len(mark)]
        if found == mark or (mark.startswith(b"<") and found.lower() == mark):
            raise UnreadableFileError(f"{path.name} is {kind}.", hint=hint)


def _refuse_binary(path: Path, head: bytes) -> None:
    nulls = head.count(0)
    if nulls > len(head) // 4:
        raise UnreadableFileError(
            f"{path.name} looks like UTF-16 text without a byte order mark.",
            hint="Save it as UTF-8.",
        )
    controls = sum(byte < 32 and byte not in _TEXT_CONTROLS for byte in head)
    if controls > max(8, _MAX_CONTROL_SHARE * len(head)):
        raise UnreadableFileError(
            f"{path.name} is a binary file of an unknown kind.",
            hint="Give a CSV, TSV, JSON lines or Parquet file.",
        )

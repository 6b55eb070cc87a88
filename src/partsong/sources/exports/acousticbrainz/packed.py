"""Files of a dump one after another, from folders and from archives of any size.

Nothing is unpacked to disk, and of an archive no more than one small piece is in memory. Names
only say what a file is; they are never used as paths.
"""

import bz2
import gzip
import lzma
import os
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final, Self, TypeAlias, cast

from partsong.errors import MissingExtraError, UnreadableFileError, UnsafeArchiveError
from partsong.progress import Progress

__all__ = ["Visit", "visit_files"]

Visit: TypeAlias = Callable[[str, IO[bytes]], None]
"""Is told a file's name and given its content, a stream that goes forward only."""

_PLAIN: Final = (".json", ".csv")
_LONGEST_READ: Final = 2**23
_CHUNK: Final = 2**20
_FREE_BYTES: Final = 2**26
_RATIO: Final = 250
_DAMAGED: Final = (tarfile.TarError, EOFError, OSError, lzma.LZMAError, zlib.error)


def visit_files(path: Path, visit: Visit, progress: Progress) -> None:
    """Go through the files of a folder, of an archive, or one by itself.

    Parameters
    ----------
    path
        A folder, looked through to its ends, links not followed; a ``.tar``, packed or not; or a
        ``.json`` or ``.csv``.
    visit
        Called with every file that ends in ``.json`` or ``.csv``; it need not read it.
    progress
        Listener to the steps: bytes of a file, files of a folder.

    Raises
    ------
    UnreadableFileError
        If something is missing or damaged, or is no archive.
    UnsafeArchiveError
        If an archive unpacks to far more than such data can.
    MissingExtraError
        If it is packed with Zstandard, and the extra `dumps` is not installed.
    """
    try:
        if path.is_dir():
            progress.start(f"reading {path.name}")
            for found in _files_below(path):
                _visit_file(found, visit, lambda _: None)
                progress.advance()
        else:
            progress.start(f"reading {path.name}", path.stat().st_size)
            _visit_file(path, visit, progress.advance)
    except FileNotFoundError as error:
        raise UnreadableFileError(f"{path} is not there.", hint="Check its path.") from error
    finally:
        progress.finish()


def _files_below(folder: Path) -> Iterator[Path]:
    for place, inner, names in os.walk(folder):
        inner.sort()
        for name in sorted(names):
            found = Path(place) / name
            is_of_use = name.endswith(_PLAIN) or ".tar" in name
            if is_of_use and not found.is_symlink() and found.is_file():
                yield found


def _visit_file(path: Path, visit: Visit, advance: Callable[[float], None]) -> None:
    try:
        if path.name.endswith(_PLAIN):
            with path.open("rb") as file:
                visit(path.name, file)
            advance(path.stat().st_size)
        else:
            with _unpacked(path, advance) as stream:
                _visit_members(stream, visit)
    except FileNotFoundError:
        raise
    except _DAMAGED as error:
        raise UnreadableFileError(
            f"{path.name} cannot be read to its end: {error}",
            hint="It may be damaged, or the download was cut: compare its sum with sha256sums.",
        ) from error


def _visit_members(stream: "_Forward", visit: Visit) -> None:
    # One that goes forward only is enough for tarfile, which asks for a whole file object.
    with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r:") as archive:
        while (member := archive.next()) is not None:
            if member.isreg() and not member.issparse() and member.name.endswith(_PLAIN):
                file = archive.extractfile(member)
                if file is not None:
                    visit(member.name, file)
            # A dump has a million members, and the archive would remember each.
            cast("Any", archive).members.clear()


@contextmanager
def _unpacked(path: Path, advance: Callable[[float], None]) -> Iterator["_Forward"]:
    with path.open("rb") as packed:
        begin = packed.read(6)
        packed.seek(0)
        with _opener(begin, path)(packed) as stream:
            yield _Forward(stream, packed, advance)


def _opener(begin: bytes, path: Path) -> Callable[[IO[bytes]], Any]:
    if begin.startswith(b"\x28\xb5\x2f\xfd"):
        return _zstandard(path)
    if begin.startswith(b"BZh"):
        return bz2.BZ2File
    if begin.startswith(b"\x1f\x8b"):
        return lambda packed: gzip.GzipFile(fileobj=packed)
    if begin.startswith(b"\xfd7zXZ\x00"):
        return lzma.LZMAFile
    return _as_it_is


def _zstandard(path: Path) -> Callable[[IO[bytes]], Any]:
    try:
        import zstandard
    except ImportError as error:
        raise MissingExtraError("dumps", f"Reading {path.name}") from error

    class Stream:
        """Read frames one after another; what is wrong with them is an OSError, as elsewhere."""

        def __init__(self, packed: IO[bytes]) -> None:
            unpacker = zstandard.ZstdDecompressor()
            self._stream: IO[bytes] = unpacker.stream_reader(
                packed, read_across_frames=True, closefd=False
            )

        def read(self, size: int) -> bytes:
            try:
                return self._stream.read(size)
            except zstandard.ZstdError as error:
                raise OSError(str(error)) from error

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            self._stream.close()

    return Stream


@contextmanager
def _as_it_is(packed: IO[bytes]) -> Iterator[IO[bytes]]:
    yield packed


class _Forward:
    """A stream for `tarfile` that goes forward only, in pieces, within bounds."""

    def __init__(self, stream: Any, packed: IO[bytes], advance: Callable[[float], None]) -> None:
        self._stream = stream
        self._packed = packed
        self._advance = advance
        self._at = 0
        self._told = 0

    def read(self, size: int) -> bytes:
        if not 0 <= size <= _LONGEST_READ:
            raise UnsafeArchiveError(
                f"An entry of the archive claims a header of {size:,} bytes.",
                hint="This is no dump of AcousticBrainz; download it again from where it came.",
            )
        pieces = []
        while size and (piece := self._stream.read(min(size, _CHUNK))):
            pieces.append(piece)
            size -= len(piece)
            self._count(len(piece))
        return b"".join(pieces)

    def seek(self, place: int) -> int:
        if place < self._at:
            raise tarfile.StreamError("an archive that goes back")
        while self._at < place and self.read(min(place - self._at, _CHUNK)):
            pass
        return self._at

    def tell(self) -> int:
        return self._at

    def _count(self, n_bytes: int) -> None:
        self._at += n_bytes
        packed = self._packed.tell()
        if self._at > _FREE_BYTES and self._at > packed * _RATIO:
            raise UnsafeArchiveError(
                f"The archive unpacks to more than {_RATIO} times its size.",
                hint="This is no dump of AcousticBrainz; download it again from where it came.",
            )
        if packed > self._told:
            self._advance(packed - self._told)
            self._told = packed

"""An archive as named texts in memory, read within bounds.

An archive comes from outside, so nothing that it says of itself is taken for true: sizes are
counted while it is read, and names that lead out of it refuse the whole of it, although nothing is
ever written to disk. A folder, and a single file, are read by the same rules.
"""

import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable, Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from lzma import LZMAError
from pathlib import Path
from typing import IO, Final

from partsong.errors import UnreadableFileError, UnsafeArchiveError

__all__ = ["Archive", "Bounds", "open_archive"]

_CHUNK: Final = 2**20
_ZIP: Final = b"PK\x03\x04"
_IS_ENCRYPTED: Final = 0x1
_DRIVE: Final = re.compile(r"^[A-Za-z]:")
_DEPTH: Final = 2
"""How many folders deep a folder is looked through: exports lie in it, or one or two below."""

_DAMAGED: Final = (zipfile.BadZipFile, zlib.error, LZMAError, EOFError, OSError, RuntimeError)
"""What a damaged archive, or one packed in an unknown way, raises."""

_OpenMember = Callable[[str], tuple[IO[bytes], int]]
"""Opens a file, and says how many bytes it takes where it lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How large an archive may be.

    Parameters
    ----------
    members
        Most files in it.
    member_bytes
        Most bytes of one file, unpacked.
    total_bytes
        Most bytes of all files that are read, unpacked.
    ratio
        How many times its packed size a file may come to; the first megabyte is free, since small
        files of one repeated row are harmless.
    """

    members: int = 20_000
    member_bytes: int = 128 * 2**20
    total_bytes: int = 4 * 2**30
    ratio: int = 250


_BOUNDS: Final = Bounds()


class Archive:
    """Files of a ZIP, of a folder, or one by itself; made by :func:`open_archive`.

    Attributes
    ----------
    path
        Where it lies.
    names
        Its files, sorted, with ``/`` between folders.
    """

    def __init__(self, path: Path, names: Collection[str], bounds: Bounds) -> None:
        self.path = path
        self.names = tuple(sorted(names))
        self._bounds = bounds

    def contents(self, names: Collection[str]) -> Generator[tuple[str, bytes], None, None]:
        """Yield some of the files, one in memory at a time.

        Parameters
        ----------
        names
            Which, in the order in which they are to come.

        Yields
        ------
        name, content
            A file, unpacked.

        Raises
        ------
        UnsafeArchiveError
            If a file, or all of them together, come to more than the bounds allow.
        UnreadableFileError
            If a file is damaged, encrypted, packed in an unknown way, or gone.
        """
        room = self._bounds.total_bytes
        with self._opened() as open_member:
            for name in names:
                try:
                    file, packed = open_member(name)
                    with file:
                        content = self._read(file, name, packed, room)
                except _DAMAGED as error:
                    raise UnreadableFileError(
                        f"{self.path.name}: {name!r} cannot be read: {error}",
                        hint="The archive may be damaged: download it again.",
                    ) from error
                room -= len(content)
                yield name, content

    @contextmanager
    def _opened(self) -> Iterator[_OpenMember]:
        if self.path.is_dir() or not zipfile.is_zipfile(self.path):
            root = self.path if self.path.is_dir() else self.path.parent
            yield lambda name: _open_file(root / name)
            return
        with zipfile.ZipFile(self.path) as archive:
            members = {_plain(member.filename): member for member in archive.infolist()}
            yield lambda name: self._open_packed(archive, members[name])

    def _open_packed(
        self, archive: zipfile.ZipFile, member: zipfile.ZipInfo
    ) -> tuple[IO[bytes], int]:
        if member.flag_bits & _IS_ENCRYPTED:
            raise UnreadableFileError(
                f"{self.path.name}: {member.filename!r} is encrypted.",
                hint="Unpack the archive with its password, and import the folder.",
            )
        return archive.open(member), member.compress_size

    def _read(self, file: IO[bytes], name: str, packed: int, room: int) -> bytes:
        bounds = self._bounds
        limits = {
            f"one file may come to {bounds.member_bytes:,} bytes": bounds.member_bytes,
            f"all files may come to {bounds.total_bytes:,} bytes": room,
            f"a file may unpack to {bounds.ratio} times its size": max(
                _CHUNK, packed * bounds.ratio
            ),
        }
        rule, most = min(limits.items(), key=lambda item: item[1])
        content = file.read(most + 1)
        if len(content) > most:
            raise UnsafeArchiveError(
                f"{self.path.name}: {name!r} is too large: {rule}.",
                hint="This is no export as it is sent out; download it again from where it came.",
            )
        return content


def open_archive(path: Path, *, bounds: Bounds = _BOUNDS) -> Archive:
    """Look into a ZIP or a folder, or take a single file for an archive of one.

    Hidden files and what macOS adds are passed over; archives within the archive are not opened. A
    folder is looked through two folders deep, and links in it are not followed.

    Parameters
    ----------
    path
        The ZIP, folder or file.
    bounds
        How large it may be.

    Raises
    ------
    UnsafeArchiveError
        If it holds more files than allowed, or one whose name leads out of it, or a link.
    UnreadableFileError
        If it is not there or damaged.

    Examples
    --------
    >>> path = getfixture("tmp_path") / "export.zip"
    >>> with zipfile.ZipFile(path, "w") as archive:
    ...     archive.writestr("MyData/YourLibrary.json", "{}")
    ...     archive.writestr("__MACOSX/MyData/._YourLibrary.json", "")
    >>> export = open_archive(path)
    >>> export.names
    ('MyData/YourLibrary.json',)
    >>> list(export.contents(export.names))
    [('MyData/YourLibrary.json', b'{}')]
    """
    try:
        if path.is_dir():
            names = list(islice(_walk(path), bounds.members + 1))
        elif zipfile.is_zipfile(path):
            names = _packed_names(path)
        else:
            _require_no_torso(path)
            names = [path.name]
    except _DAMAGED as error:
        raise UnreadableFileError(
            f"{path.name} cannot be read: {error}", hint="Check its path, or download it again."
        ) from error
    if len(names) > bounds.members:
        raise UnsafeArchiveError(
            f"{path.name} holds more than {bounds.members:,} files.",
            hint="Name the files themselves, or the folder that they lie in.",
        )
    return Archive(path, [name for name in names if not _is_hidden(name)], bounds)


def _require_no_torso(path: Path) -> None:
    """Refuse a ZIP whose end is missing, as of a download that broke off: there its list stands."""
    with path.open("rb") as file:
        if file.read(len(_ZIP)) == _ZIP:
            raise UnreadableFileError(
                f"{path.name} is a ZIP archive that is not whole: its end is missing.",
                hint="Download it again.",
            )


def _walk(root: Path) -> Iterator[str]:
    for folder, inner, files in os.walk(root):
        place = Path(folder).relative_to(root)
        deeper = len(place.parts) < _DEPTH
        inner[:] = sorted(name for name in inner if deeper and not _is_hidden(name))
        for name in files:
            # What is neither file nor folder, such as a pipe, might never end.
            if stat.S_ISREG((Path(folder) / name).lstat().st_mode):
                yield (place / name).as_posix()


def _packed_names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    for member in members:
        reason = _danger(member)
        if reason:
            raise UnsafeArchiveError(
                f"{path.name} holds {member.filename!r}, {reason}; nothing of it was read.",
                hint="This is no export as it is sent out; download it again from where it came.",
            )
    names = (_plain(member.filename) for member in members)
    return [name for name in names if name and not name.endswith("/")]


def _danger(member: zipfile.ZipInfo) -> str:
    """Say what is wrong with a name; nothing if it stays within the archive."""
    name = _plain(member.filename)
    if name.startswith("/") or _DRIVE.match(name):
        return "which is an absolute path"
    if ".." in name.split("/"):
        return "which leads out of it"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "which is a link"
    return ""


def _plain(name: str) -> str:
    return name.replace("\\", "/")


def _is_hidden(name: str) -> bool:
    return any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))


def _open_file(path: Path) -> tuple[IO[bytes], int]:
    return path.open("rb"), path.stat().st_size

"""Paths as playlist files write them: file URIs, other systems' paths, paths beside the playlist."""

import os
import re
from pathlib import Path, PureWindowsPath
from typing import Final
from urllib.parse import quote, unquote

__all__ = ["is_address", "line_of_path", "path_of_line", "path_of_uri", "uri_of_path"]

_WINDOWS: Final = re.compile(r"[A-Za-z]:[\\/]|\\\\")
_ADDRESS: Final = re.compile(r"(?!file:)[a-z][a-z0-9+.-]+:(?://|\w+:)", re.IGNORECASE)
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def is_address(text: str) -> bool:
    """Tell whether a line is the address of something that is no file, such as a stream.

    Examples
    --------
    >>> [is_address(line) for line in ("https://radio.example/1", "spotify:episode:1")]
    [True, True]
    >>> [is_address(line) for line in ("C:/a.mp3", "Mozart: Requiem.mp3", "file:///a.mp3")]
    [False, False, False]
    """
    return _ADDRESS.match(text) is not None


def path_of_line(line: str, folder: Path) -> str:
    r"""Return the path that a line of an M3U file means.

    Parameters
    ----------
    line
        A path of any system, or a file URI.
    folder
        Folder of the playlist; relative paths start there.

    Examples
    --------
    >>> path_of_line(r"C:\Music\a.mp3", Path("/lists"))
    'C:\\Music\\a.mp3'
    >>> path_of_line(r"..\Old\a.mp3", Path("/music/lists"))
    '/music/Old/a.mp3'
    """
    if line[:5].lower() == "file:":
        return path_of_uri(line, folder)
    if _WINDOWS.match(line):
        return line
    if "\\" in line and "/" not in line:
        line = line.replace("\\", "/")
    return os.path.normpath(folder.absolute() / line)


def path_of_uri(uri: str, folder: Path) -> str:
    """Return the path of a file URI or of a relative one.

    Parameters
    ----------
    uri
        Percent-encoded, absolute or relative.
    folder
        Folder of the playlist; relative URIs start there.

    Examples
    --------
    >>> path_of_uri("file:///music/a%20b.mp3", Path("/lists"))
    '/music/a b.mp3'
    """
    address = uri.partition(":")[2] if uri[:5].lower() == "file:" else uri
    host, path = "", address
    if address.startswith("//"):
        host, slash, rest = address[2:].partition("/")
        path = slash + rest
    path = unquote(path)
    if host and host.lower() != "localhost":
        return str(PureWindowsPath(f"//{unquote(host)}{path}"))
    if _WINDOWS.match(path[1:]) and path.startswith("/"):
        return str(PureWindowsPath(path[1:]))
    if _WINDOWS.match(path):
        return path
    return os.path.normpath(folder.absolute() / path)


def uri_of_path(path: str) -> str:
    r"""Return the file URI of a path of any system; a relative one stays relative.

    Examples
    --------
    >>> uri_of_path("/music/a b.mp3"), uri_of_path(r"C:\Music\ä.mp3")
    ('file:///music/a%20b.mp3', 'file:///C:/Music/%C3%A4.mp3')
    """
    if _WINDOWS.match(path):
        return PureWindowsPath(path).as_uri()
    return f"file://{quote(path)}" if path.startswith("/") else f"./{quote(path)}"


def line_of_path(path: str, folder: Path) -> str:
    """Return the line of an M3U file that stands for a path.

    Files in the playlist's folder, or below it, are named from there, so that the folder can be
    moved as a whole; all others by their whole path.

    Parameters
    ----------
    path
        The audio file.
    folder
        Folder of the playlist.

    Examples
    --------
    >>> line_of_path("/music/#1.mp3", Path("/music")), line_of_path("/a.mp3", Path("/music"))
    ('./#1.mp3', '/a.mp3')
    """
    if _BREAKS.search(path):
        return uri_of_path(path)
    if _WINDOWS.match(path):
        return path
    whole = Path(path)
    if whole.is_absolute() and whole.is_relative_to(folder.absolute()):
        path = str(whole.relative_to(folder.absolute()))
    is_plain = not path.startswith(("#", "file:", " ")) and not is_address(path)
    return path if is_plain else f"./{path}"

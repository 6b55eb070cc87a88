from .entries import PlaylistEntry, PlaylistFile
from .files import FORMATS, read_playlist_file, write_playlist_file

__all__ = [
    "FORMATS",
    "PlaylistEntry",
    "PlaylistFile",
    "read_playlist_file",
    "write_playlist_file",
]

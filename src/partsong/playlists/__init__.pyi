from .entries import PlaylistEntry, PlaylistFile
from .files import FORMATS, check_playlist_path, read_playlist_file, write_playlist_file
from .locations import path_of_uri

__all__ = [
    "FORMATS",
    "PlaylistEntry",
    "PlaylistFile",
    "check_playlist_path",
    "path_of_uri",
    "read_playlist_file",
    "write_playlist_file",
]

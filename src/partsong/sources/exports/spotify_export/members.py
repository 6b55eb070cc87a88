"""Which file of the export is what, told by its name."""

import re
from pathlib import PurePosixPath
from typing import Final, Literal

__all__ = ["Kind", "member_kind"]

Kind = Literal["extended", "short", "playlists", "library", "video", "podcast", "audiobook"]
"""What a file holds; of the last three nothing but the number of rows is of use."""

_NAMES: Final[tuple[tuple[str, Kind], ...]] = (
    (r"Streaming_History_Audio_.*|endsong_\d+", "extended"),
    (r"Streaming_History_Video_.*|endvideo_\d+", "video"),
    (r"StreamingHistory_music_\d+|StreamingHistory\d+", "short"),
    (r"StreamingHistory_podcast_\d+", "podcast"),
    (r"StreamingHistory_audiobook_\d+", "audiobook"),
    (r"Playlist\d*", "playlists"),
    (r"YourLibrary\d*", "library"),
)


def member_kind(name: str) -> Kind | None:
    """Return what a file of the export holds; None if it is of no use here.

    Parameters
    ----------
    name
        Its name, with or without the folders above it.

    Examples
    --------
    >>> member_kind("Spotify Extended Streaming History/Streaming_History_Audio_2019_4.json")
    'extended'
    >>> member_kind("Spotify Account Data/Payments.json") is None
    True
    """
    file = PurePosixPath(name)
    if file.suffix.lower() != ".json":
        return None
    for pattern, kind in _NAMES:
        if re.fullmatch(pattern, file.stem, re.IGNORECASE):
            return kind
    return None

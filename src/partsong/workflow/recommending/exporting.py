"""Lists as playlist files."""

from collections.abc import Sequence
from pathlib import Path

from partsong.workflow.recommending.results import RecommendedTrack

__all__ = ["export_tracks"]


def export_tracks(
    tracks: Sequence[RecommendedTrack], path: Path | str, *, name: str | None = None
) -> None:
    """Write tracks to a playlist file, in the format of its suffix.

    Parameters
    ----------
    tracks
        In the order of the list.
    path
        Of the file; one that is there is replaced as a whole.
    name
        What the playlist is called; by default after the file.

    Raises
    ------
    OutputError
        If the file cannot be written, or its suffix names no format.
    """
    from partsong.playlists import PlaylistEntry, write_playlist_file

    entries = [
        PlaylistEntry(
            title=track.title,
            artists=track.artists,
            album=track.album,
            duration_ms=track.duration_ms,
            track_id=track.track_id,
            **track.ids,
        )
        for track in tracks
    ]
    write_playlist_file(entries, Path(path), name=name)

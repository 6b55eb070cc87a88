"""Lists as playlist files, and as playlists at Spotify."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

from partsong.errors import LoginNeededError, OutputError
from partsong.plain_text import counted
from partsong.workflow.recommending.results import RecommendedTrack

__all__ = ["Export", "Exported", "open_export", "spotify_name"]

_SPOTIFY: Final = "spotify:"
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of a list that was written.

    Attributes
    ----------
    place
        The file, or the page of the playlist at Spotify.
    name
        What the playlist is called.
    n_tracks
        How many tracks it holds.
    left_out
        Tracks that could not go there, since they have no Spotify id.
    """

    place: str
    name: str
    n_tracks: int
    left_out: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What to tell the listener."""
        if not self.place.startswith("https://"):
            return f"Written to {self.place}."
        said = (
            f"{counted(self.n_tracks)} in your new private playlist {self.name!r} at Spotify: "
            f"{self.place}"
        )
        if not self.left_out:
            return said
        named = "; ".join(self.left_out[:_SHOWN])
        more = len(self.left_out) - _SHOWN
        more_text = f" and {more} more" if more > 0 else ""
        return (
            f"{said}\nLeft out, for want of a Spotify id: {counted(len(self.left_out))} "
            f"({named}{more_text})."
        )

    def to_dict(self) -> dict[str, Any]:
        """Return it under the stable keys of ``--json``."""
        return {
            "place": self.place,
            "name": self.name,
            "n_tracks": self.n_tracks,
            "left_out": list(self.left_out),
        }


class Export(Protocol):
    """A place for a list, found fit to be written to."""

    def write(self, tracks: Sequence[RecommendedTrack], *, name: str | None = None) -> Exported:
        """Write the list; `name` is what it is called where its place does not say."""


def open_export(target: Path | str | None) -> Export | None:
    """Check, before anything is asked, that a list can be written where it is wanted.

    Parameters
    ----------
    target
        A playlist file, whose suffix names its format, or ``spotify:NAME`` for a new private
        playlist in the listener's account; None for nowhere.

    Raises
    ------
    OutputError
        If the suffix names no format, the folder cannot be written to, or the name is none.
    SecretsError, MissingExtraError, LoginNeededError
        If the account is not set up, spotipy is not installed, or the listener has not allowed
        partsong to make playlists.
    """
    if target is None:
        return None
    name = spotify_name(target)
    return _FileExport(Path(target)) if name is None else _SpotifyExport(name)


def spotify_name(target: Path | str) -> str | None:
    """Return the name of the playlist that a list is to become at Spotify; None for a file.

    Parameters
    ----------
    target
        As for `open_export`.

    Examples
    --------
    >>> spotify_name("spotify:Slow and quiet"), spotify_name("slow.m3u8")
    ('Slow and quiet', None)
    """
    text = str(target)
    return text.removeprefix(_SPOTIFY) if text.startswith(_SPOTIFY) else None


class _FileExport:
    def __init__(self, path: Path) -> None:
        from partsong.playlists import check_playlist_path

        check_playlist_path(path)
        self._path = path

    def write(self, tracks: Sequence[RecommendedTrack], *, name: str | None = None) -> Exported:
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
        write_playlist_file(entries, self._path, name=name)
        return Exported(str(self._path), name or self._path.stem, len(entries))


class _SpotifyExport:
    def __init__(self, name: str) -> None:
        from partsong.sources import SpotifyAccount, playlist_name

        self._name = playlist_name(name)
        self._account = SpotifyAccount.from_settings()
        if not self._account.may_write:
            raise LoginNeededError(
                "Spotify has not been told yet that partsong may make private playlists for you.",
                hint="Log in with that leave: partsong import spotify --login --may-write",
            )
        self._account.connect().close()  # says so if spotipy is not installed

    def write(self, tracks: Sequence[RecommendedTrack], *, name: str | None = None) -> Exported:  # noqa: ARG002 - the place has a name already
        from partsong.sources import write_playlist

        ids = [track.ids["spotify_id"] for track in tracks if "spotify_id" in track.ids]
        left_out = tuple(track.label for track in tracks if "spotify_id" not in track.ids)
        if not ids:
            raise OutputError(
                f"None of {counted(len(tracks))} has a Spotify id, so no playlist was made.",
                hint="Write the list to a file instead, such as --export list.m3u8.",
            )
        with self._account.connect() as transport:
            written = write_playlist(transport, self._name, ids, user=transport.user)
        return Exported(written.link, written.name, written.n_tracks, left_out)

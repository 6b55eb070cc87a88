"""A list written back to Spotify as a new private playlist."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from partsong.errors import OutputError, ServiceError, ServiceMissingError
from partsong.plain_text import plain_text
from partsong.sources.http.messages import Request, Sender

__all__ = [
    "TRACKS_AT_ONCE",
    "WrittenPlaylist",
    "add_tracks_request",
    "new_playlist_request",
    "playlist_name",
    "write_playlist",
]

TRACKS_AT_ONCE: Final = 100
"""As many as Spotify takes in one request."""

_LONGEST_NAME: Final = 100
_KINDS_OF_URI: Final = ("playlist:", "track:", "album:", "artist:", "user:")


@dataclass(frozen=True, slots=True)
class WrittenPlaylist:
    """A playlist that is at Spotify now.

    Attributes
    ----------
    name
        As it is called there.
    link
        Its page.
    n_tracks
        How many it holds.
    """

    name: str
    link: str
    n_tracks: int


def playlist_name(text: str) -> str:
    r"""Return a name as Spotify takes it: one line, at most 100 letters.

    Parameters
    ----------
    text
        As it was typed.

    Raises
    ------
    OutputError
        If nothing is left of it, or it is the address of a playlist that is there.

    Examples
    --------
    >>> playlist_name(" Slow\n and quiet ")
    'Slow and quiet'
    """
    name = " ".join(plain_text(text).split())
    if not name:
        raise OutputError("The playlist needs a name.", hint="Write it as spotify:NAME.")
    if name.startswith(_KINDS_OF_URI):
        raise OutputError(
            f"spotify:{name} looks like an address at Spotify; what is there is not changed.",
            hint="Name a new playlist, such as spotify:Slow and quiet.",
        )
    return name[:_LONGEST_NAME]


def new_playlist_request(name: str, *, user: str = "") -> Request:
    """Return the request for a new, empty and private playlist.

    Parameters
    ----------
    name
        As `playlist_name` returns it.
    user
        Spotify's id of the listener, for the older route.
    """
    return Request(
        path=f"/users/{quote(user, safe='')}/playlists" if user else "/me/playlists",
        method="POST",
        body={"name": name, "public": False, "description": "Made with partsong."},
    )


def add_tracks_request(playlist: str, track_ids: Sequence[str], *, route: str = "items") -> Request:
    """Return the request that puts tracks at the end of a playlist.

    Parameters
    ----------
    playlist
        Its id.
    track_ids
        Spotify ids, at most 100.
    route
        ``items``, or ``tracks`` as it was called until 2026.
    """
    return Request(
        path=f"/playlists/{quote(playlist, safe='')}/{route}",
        method="POST",
        body={"uris": [f"spotify:track:{track_id}" for track_id in track_ids]},
    )


def write_playlist(
    sender: Sender, name: str, track_ids: Sequence[str], *, user: str = ""
) -> WrittenPlaylist:
    """Make a private playlist of some tracks, in as few requests as Spotify allows.

    Parameters
    ----------
    sender
        Takes the requests.
    name
        As `playlist_name` returns it. A playlist of that name which is there stays as it is.
    track_ids
        Spotify ids, in their order.
    user
        Spotify's id of the listener, for apps that know the older route alone.

    Raises
    ------
    OutputError
        If it stopped halfway; what is there is told.
    ServiceError
        If there is nothing there yet.
    """
    made = _make(sender, name, user)
    playlist = str(made["id"])
    link = f"https://open.spotify.com/playlist/{playlist}"
    route = "items"
    for start in range(0, len(track_ids), TRACKS_AT_ONCE):
        some = track_ids[start : start + TRACKS_AT_ONCE]
        try:
            try:
                sender.send(add_tracks_request(playlist, some, route=route))
            except ServiceMissingError:
                if start or route == "tracks":
                    raise
                route = "tracks"
                sender.send(add_tracks_request(playlist, some, route=route))
        except ServiceError as error:
            raise OutputError(
                f"The playlist {name!r} is at Spotify, but with {start:,} of {len(track_ids):,} "
                f"tracks: {error}",
                hint=f"Remove it there ({link}), and give the command again later.",
            ) from error
    return WrittenPlaylist(name, link, len(track_ids))


def _make(sender: Sender, name: str, user: str) -> dict[str, Any]:
    try:
        answer = sender.send(new_playlist_request(name))
    except ServiceMissingError:
        if not user:
            raise
        answer = sender.send(new_playlist_request(name, user=user))
    made: dict[str, Any] = answer.json()
    return made

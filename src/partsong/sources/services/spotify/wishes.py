"""What to read of an account, and what the catalog has of it already."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from partsong.errors import QueryError, ServiceError, UnknownPlaylistError
from partsong.plain_text import plain_text
from partsong.sources.services.spotify.endpoints import Playlist

__all__ = [
    "SPOTIFY_DEFAULTS",
    "SPOTIFY_KINDS",
    "KnownSpotifySongs",
    "SpotifyWishes",
    "find_playlist",
    "read_link",
]

SPOTIFY_KINDS: Final = {
    "saved": "your saved songs, as liked",
    "playlists": "your playlists, and those you add to with others",
    "followed": "playlists of other people that you follow; you need not know their songs",
    "top": "the songs you listen to most",
    "recent": "your last 50 plays",
    "features": "audio features of songs that have none yet",
    "details": "album, release date, length and ISRC of songs that other sources know by their id",
}
"""What can be read of an account."""

SPOTIFY_DEFAULTS: Final = ("saved", "playlists", "top", "recent", "features")

_LINK: Final = re.compile(
    r"(?:spotify:playlist:|https?://open\.spotify\.com/(?:[\w-]+/)*playlist/)([0-9A-Za-z]+)(?:[?#].*)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotifyWishes:
    """What to read of an account.

    Parameters
    ----------
    what
        Any of `SPOTIFY_KINDS`.
    playlist
        Name or link of the one playlist to read, in place of all that `what` names.
    category
        Id of a category of Spotify's, whose playlists are read beside it, as songs not yet heard.

    Raises
    ------
    ServiceError
        If something in `what` is none of `SPOTIFY_KINDS`.

    Examples
    --------
    >>> SpotifyWishes(playlist="Mornings").reads("saved"), SpotifyWishes(what=("saved",)).reads("saved")
    (False, True)
    """

    what: Sequence[str] = SPOTIFY_DEFAULTS
    playlist: str | None = None
    category: str | None = None

    def __post_init__(self) -> None:
        unknown = [kind for kind in self.what if kind not in SPOTIFY_KINDS]
        if unknown:
            raise ServiceError(
                f"A Spotify account has no {', '.join(map(repr, unknown))} to read.",
                hint=f"Choose from: {', '.join(SPOTIFY_KINDS)}.",
            )

    @property
    def depend_on_the_app(self) -> bool:
        """Whether some of it is open to some apps only."""
        return self.category is not None or self.reads("features") or self.reads("details")

    def reads(self, kind: str) -> bool:
        """Say whether something of this kind is read.

        Parameters
        ----------
        kind
            One of `SPOTIFY_KINDS`.
        """
        is_list = kind not in {"features", "details"}
        return kind in self.what and not (is_list and self.playlist is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSpotifySongs:
    """What the catalog has of Spotify's songs, by their ids.

    Parameters
    ----------
    with_features
        Songs with audio features: they are not asked for again.
    without_features, without_details
        Songs that lack them, in the catalog's order.
    """

    with_features: Collection[str] = frozenset()
    without_features: Sequence[str] = ()
    without_details: Sequence[str] = ()


def read_link(text: str) -> str | None:
    """Return the id in a link to a playlist, None where the text is none.

    Examples
    --------
    >>> read_link("https://open.spotify.com/intl-de/playlist/37i9dQZF1DX4?si=1")
    '37i9dQZF1DX4'
    >>> read_link("Mornings") is None
    True
    """
    match = _LINK.fullmatch(text.strip())
    return match[1] if match else None


def find_playlist(name: str, playlists: Sequence[Playlist]) -> Playlist:
    """Return the one playlist of that name; case and spaces do not matter.

    Parameters
    ----------
    name
        As it is typed.
    playlists
        Those of the account.

    Raises
    ------
    UnknownPlaylistError
        If there is none; the nearest names come along.
    QueryError
        If there are several; their links come along.
    """
    found = [one for one in playlists if _folded(one.name) == _folded(name)]
    if len(found) == 1:
        return found[0]
    if found:
        links = [f"https://open.spotify.com/playlist/{one.playlist_id}" for one in found]
        raise QueryError(
            f"The account has {len(found)} playlists called {name!r}.",
            hint="Give one of the links.",
            candidates=links,
        )
    names = {_folded(one.name): plain_text(one.name) for one in playlists}
    near = get_close_matches(_folded(name), names, n=5, cutoff=0.5)
    raise UnknownPlaylistError(
        f"The account has no playlist called {name!r}.",
        hint="Spell it as Spotify shows it, or give its link.",
        candidates=[names[one] for one in near],
    )


def _folded(name: str) -> str:
    return " ".join(plain_text(name).casefold().split())

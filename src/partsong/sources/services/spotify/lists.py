"""The lists of an account: what there is, which of it is read, and how each page is had."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from partsong.errors import ImportPausedError, LoginNeededError, ServiceError, ServiceMissingError
from partsong.plain_text import counted, plain_text
from partsong.sources.http.messages import Request, Sender
from partsong.sources.services.spotify.endpoints import (
    EntryRoute,
    Page,
    Playlist,
    category_request,
    entries_request,
    me_request,
    my_playlists_request,
    playlist_request,
    read_category,
    read_me,
    read_page,
    read_playlist,
    saved_request,
)
from partsong.sources.services.spotify.wishes import SpotifyWishes, find_playlist, read_link

__all__ = ["Lists", "Outline"]

Way = tuple[EntryRoute, int]
"""Where the entries of a playlist are found, and how many a page holds."""

_WAYS: Final[dict[EntryRoute, tuple[Way, ...]]] = {
    "tracks": (("tracks", 100), ("tracks", 50), ("items", 50)),
    "items": (("items", 50), ("tracks", 100), ("tracks", 50)),
}
"""What to try, by the shape in which the playlist was shown."""

_SHOWN_NAMES: Final = 3


@dataclass(frozen=True, slots=True)
class Outline:
    """What there is to read.

    Parameters
    ----------
    mine
        Playlists that the listener made, or adds to.
    others
        Playlists of other people.
    saved
        The first page of saved songs, if they are read.
    """

    mine: tuple[Playlist, ...] = ()
    others: tuple[Playlist, ...] = ()
    saved: Page | None = None


class Lists:
    """Read the lists of one account.

    Parameters
    ----------
    sender
        Takes the requests to Spotify.
    user
        Id of the account, where it is known; otherwise it is asked for.
    """

    def __init__(self, sender: Sender, *, user: str = "") -> None:
        self._sender = sender
        self._user = user
        self._way: Way | None = None  # the one that worked
        self.notes: list[str] = []

    def ask(self, request: Request) -> Any:
        """Return the answer to a request, as JSON.

        Parameters
        ----------
        request
            What to ask.
        """
        return self._sender.send(request).json()

    def look(self, wishes: SpotifyWishes, *, with_category: bool) -> Outline:
        """Find out how much there is, with a request a kind where one is enough.

        Parameters
        ----------
        wishes
            What is to be read.
        with_category
            Whether the app may read the playlists of a category.
        """
        playlists: list[Playlist] = []
        if wishes.playlist is not None:
            playlists = [self._find(wishes.playlist)]
        elif wishes.reads("playlists") or wishes.reads("followed"):
            playlists = self._my_playlists()
        if playlists and not self._user:
            self._user = read_me(self.ask(me_request()))
        mine = [one for one in playlists if self._is_mine(one)]
        others = [one for one in playlists if not self._is_mine(one)]
        if wishes.playlist is None:
            mine = mine if wishes.reads("playlists") else []
            others = self._open_ones(others, are_read=wishes.reads("followed"))
        if wishes.category is not None and with_category:
            others += self._category(wishes.category)
        return Outline(
            tuple(one for one in mine if one.total != 0),
            tuple(one for one in others if one.total != 0),
            read_page(self.ask(saved_request())) if wishes.reads("saved") else None,
        )

    def requests_for(self, playlist: Playlist) -> list[Request]:
        """Return what reading a playlist takes, as far as is known beforehand.

        Parameters
        ----------
        playlist
            As `look` found it.
        """
        way = self._way or _WAYS[playlist.route][0]
        return [_request(playlist, way, at) for at in range(0, playlist.total or 1, way[1])]

    def entries(self, playlist: Playlist, *, is_mine: bool) -> Iterator[Page]:
        """Yield a playlist page by page; nothing, but for a note, where that is not allowed.

        Parameters
        ----------
        playlist
            As `look` found it.
        is_mine
            Whether it must be open to the app: then other ways are tried.
        """
        ways = (self._way,) if self._way else _WAYS[playlist.route]
        for way in ways if is_mine else ways[:1]:
            try:
                first = read_page(self.ask(_request(playlist, way, 0)))
            except (ImportPausedError, LoginNeededError):
                raise
            except ServiceError:
                continue
            self._way = way
            yield first
            try:
                yield from self.rest(first, partial(_request, playlist, way), playlist.name)
            except (ImportPausedError, LoginNeededError):
                raise
            except ServiceError as error:
                self.notes.append(f"'{plain_text(playlist.name)}' was not read to its end: {error}")
            return
        self.notes.append(_closed_note([playlist]))

    def rest(self, first: Page, request_at: Callable[[int], Request], name: str) -> Iterator[Page]:
        """Yield the pages of a list after the first.

        Parameters
        ----------
        first
            The first page.
        request_at
            Returns the request for the page that begins at a place.
        name
            What the list is called, for a note if it changes meanwhile.
        """
        page = first
        has_changed = False
        while page.next_offset is not None:
            page = read_page(self.ask(request_at(page.next_offset)))
            has_changed |= page.total != first.total
            yield page
        if has_changed:
            self.notes.append(
                f"{plain_text(name)} changed while it was read; import again to have all of it"
            )

    def _is_mine(self, playlist: Playlist) -> bool:
        return playlist.owner == self._user or playlist.is_collaborative

    def _open_ones(self, others: list[Playlist], *, are_read: bool) -> list[Playlist]:
        """Return what is read of the playlists of others, and note what is not."""
        closed = [one for one in others if one.total is None]
        there = [one for one in others if one.total is not None]
        if closed:
            self.notes.append(_closed_note(closed))
        if there and not are_read:
            left = counted(len(there), "playlist")
            self.notes.append(f"{left} of other people left out: see --what followed")
        return there if are_read else []

    def _my_playlists(self) -> list[Playlist]:
        first = read_page(self.ask(my_playlists_request()))
        pages = [first, *self.rest(first, my_playlists_request, "the list of playlists")]
        return _read_playlists(pages)

    def _find(self, text: str) -> Playlist:
        playlist_id = read_link(text)
        if playlist_id is None:
            return find_playlist(text, self._my_playlists())
        playlist = read_playlist(self.ask(playlist_request(playlist_id)))
        if playlist is None:
            raise ServiceMissingError(f"There is no playlist at {text}.", hint="Check the link.")
        return playlist

    def _category(self, category: str) -> list[Playlist]:
        try:
            pages = [read_category(self.ask(category_request(category)))]
        except ServiceMissingError as error:
            raise ServiceMissingError(
                f"Spotify has no category {category!r}.",
                hint="Its id is the end of its address: https://open.spotify.com/genre/ID",
            ) from error
        while (at := pages[-1].next_offset) is not None:
            pages.append(read_category(self.ask(category_request(category, at))))
        return _read_playlists(pages)


def _request(playlist: Playlist, way: Way, offset: int) -> Request:
    route, size = way
    return entries_request(playlist.playlist_id, route, offset, limit=size)


def _read_playlists(pages: Iterable[Page]) -> list[Playlist]:
    found = (read_playlist(item) for page in pages for item in page.items)
    return [one for one in found if one is not None]


def _closed_note(playlists: Sequence[Playlist]) -> str:
    names = ", ".join(f"'{plain_text(one.name)}'" for one in playlists[:_SHOWN_NAMES])
    more = len(playlists) - _SHOWN_NAMES
    return (
        f"{counted(len(playlists), 'playlist')} may not be read by this app ({names}"
        f"{f' and {more} more' if more > 0 else ''}): export them as tables instead, such as with "
        "exportify.net, and import the files"
    )

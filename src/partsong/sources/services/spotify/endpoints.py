"""What Spotify's Web API is asked, and how its answers read, whatever kind of app asks.

Two shapes live side by side. Apps in development mode have had `items` and `item` since February
2026 where apps with extended quota, and everyone before, have `tracks` and `track`; and several
fields are gone for them. Whatever may be absent is read as missing here, so nothing else has to
know of it. Nothing here touches a network.

Source: Spotify, Web API reference; changelogs of February and March 2026; blog of 27 November 2024.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import parse_qs, urlsplit

from partsong.errors import ServiceError
from partsong.sources.http.messages import Request

__all__ = [
    "FEATURES_AT_ONCE",
    "PAGE",
    "PERIODS",
    "TRACKS_AT_ONCE",
    "EntryRoute",
    "Page",
    "Playlist",
    "category_request",
    "entries_request",
    "features_request",
    "me_request",
    "my_playlists_request",
    "playlist_request",
    "read_category",
    "read_entry",
    "read_features",
    "read_me",
    "read_page",
    "read_playlist",
    "read_several",
    "recent_request",
    "saved_request",
    "several_request",
    "top_request",
    "track_request",
]

EntryRoute = Literal["tracks", "items"]
"""Where the entries of a playlist are found: the older way, and today's."""

PAGE: Final = 50
"""Most entries of a page, but for the older way of reading a playlist."""

FEATURES_AT_ONCE: Final = 100
TRACKS_AT_ONCE: Final = 50

PERIODS: Final = ("short_term", "medium_term", "long_term")
"""Four weeks, half a year, about a year."""

_MOST_ENTRIES: Final[Mapping[EntryRoute, int]] = {"tracks": 100, "items": PAGE}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list.

    Parameters
    ----------
    items
        What stands on it, as it came.
    total
        How many the whole list has; as many as came, where nothing is said.
    next_offset
        Place of the first item of the next page; None on the last one.
    """

    items: tuple[Any, ...]
    total: int
    next_offset: int | None


@dataclass(frozen=True, slots=True)
class Playlist:
    """A playlist as a list of playlists shows it.

    Parameters
    ----------
    playlist_id, name
        Its id at Spotify, and what its owner calls it.
    owner
        Id of the account that it belongs to.
    is_collaborative
        Whether others may add to it.
    total
        Entries; None where this app is not told.
    route
        Where its entries are found, as far as the shape tells.
    """

    playlist_id: str
    name: str
    owner: str
    is_collaborative: bool
    total: int | None
    route: EntryRoute


def me_request() -> Request:
    """Ask whose account it is."""
    return Request(path="/me")


def read_me(answer: Any) -> str:
    """Return the account's id.

    Examples
    --------
    >>> read_me({"id": "listener", "type": "user"})
    'listener'
    """
    user = _text(_object(answer).get("id"))
    if user is None:
        raise _strange("no account")
    return user


def my_playlists_request(offset: int = 0) -> Request:
    """Ask for a page of the account's playlists, its own and those it follows."""
    return Request(path="/me/playlists", params={"limit": PAGE, "offset": offset})


def category_request(category: str, offset: int = 0) -> Request:
    """Ask for a page of the playlists of one of Spotify's categories."""
    path = f"/browse/categories/{_segment(category)}/playlists"
    return Request(path=path, params={"limit": PAGE, "offset": offset})


def playlist_request(playlist_id: str) -> Request:
    """Ask whose a playlist is and what it is called, not for its entries."""
    fields = "id,name,collaborative,owner(id),tracks(total),items(total)"
    return Request(path=f"/playlists/{_segment(playlist_id)}", params={"fields": fields})


def entries_request(
    playlist_id: str, route: EntryRoute, offset: int = 0, *, limit: int | None = None
) -> Request:
    """Ask for a page of a playlist's entries, by default as large as it may be.

    Examples
    --------
    >>> entries_request("37i9", "items", 50).path, entries_request("37i9", "tracks").params["limit"]
    ('/playlists/37i9/items', 100)
    """
    size = limit or _MOST_ENTRIES[route]
    return Request(
        path=f"/playlists/{_segment(playlist_id)}/{route}",
        params={"limit": size, "offset": offset},
    )


def saved_request(offset: int = 0) -> Request:
    """Ask for a page of the saved songs, the newest first."""
    return Request(path="/me/tracks", params={"limit": PAGE, "offset": offset})


def top_request(period: str) -> Request:
    """Ask for the fifty songs listened to most in one of `PERIODS`."""
    return Request(path="/me/top/tracks", params={"limit": PAGE, "time_range": period})


def recent_request() -> Request:
    """Ask for the last fifty plays; Spotify tells of no more."""
    return Request(path="/me/player/recently-played", params={"limit": PAGE})


def several_request(spotify_ids: Sequence[str]) -> Request:
    """Ask for up to `TRACKS_AT_ONCE` songs."""
    return Request(path="/tracks", params={"ids": ",".join(spotify_ids)})


def track_request(spotify_id: str) -> Request:
    """Ask for one song."""
    return Request(path=f"/tracks/{_segment(spotify_id)}")


def features_request(spotify_ids: Sequence[str]) -> Request:
    """Ask for the audio features of up to `FEATURES_AT_ONCE` songs."""
    return Request(path="/audio-features", params={"ids": ",".join(spotify_ids)})


def read_page(answer: Any) -> Page:
    """Return what a page of any list holds.

    Examples
    --------
    >>> link = "https://api.spotify.com/v1/me/tracks?offset=50&limit=50"
    >>> page = read_page({"items": [None], "total": 51, "offset": 0, "next": link})
    >>> page.total, page.next_offset
    (51, 50)
    """
    answer = _object(answer)
    items = answer.get("items")
    if not isinstance(items, list):
        raise _strange("no list")
    offset = _whole(answer.get("offset")) or 0
    total = _whole(answer.get("total"))
    following = _offset_of(answer.get("next"))
    return Page(
        tuple(items),
        offset + len(items) if total is None else total,
        # A link that leads back would lead round for ever.
        following if following is not None and following > offset and items else None,
    )


def read_category(answer: Any) -> Page:
    """Return a page of playlists of a category."""
    return read_page(_object(answer).get("playlists"))


def read_playlist(item: Any) -> Playlist | None:
    """Return a playlist; None for the empty place of one that is gone.

    Examples
    --------
    >>> shown = {"id": "37i9", "name": "Mornings", "owner": {"id": "me"}, "items": {"total": 120}}
    >>> playlist = read_playlist(shown)
    >>> playlist.total, playlist.route
    (120, 'items')
    """
    playlist_id = _text(item.get("id")) if isinstance(item, dict) else None
    if playlist_id is None or not _is_id(playlist_id):
        return None
    older, newer = item.get("tracks"), item.get("items")
    # The older way holds twice as much a page, so it is taken where it is still there.
    route: EntryRoute = "tracks" if isinstance(older, dict) else "items"
    counted = older if isinstance(older, dict) else newer
    return Playlist(
        playlist_id,
        _text(item.get("name")) or playlist_id,
        _text(_part(item, "owner").get("id")) or "",
        item.get("collaborative") is True,
        _whole(counted.get("total")) if isinstance(counted, dict) else None,
        route,
    )


def read_entry(entry: Any) -> Any:
    """Return the song within an entry of a list, or the entry itself where it is the song.

    Examples
    --------
    >>> read_entry({"item": {"name": "Solas"}}), read_entry({"track": None, "is_local": False})
    ({'name': 'Solas'}, None)
    """
    if isinstance(entry, dict):
        for name in ("item", "track"):
            # `track` is also a yes or no within a song of a playlist.
            if isinstance(entry.get(name), dict):
                return entry[name]
        if entry.get("type") in {"track", "episode"}:
            return entry
    return None


def read_several(answer: Any) -> list[Any]:
    """Return the songs asked for, in that order, None for those that Spotify has not."""
    songs = _object(answer).get("tracks")
    if not isinstance(songs, list):
        raise _strange("no songs")
    return songs


def read_features(answer: Any) -> list[dict[str, Any]]:
    """Return the features of the songs that have any; each says by `id` whose they are."""
    found = _object(answer).get("audio_features")
    if not isinstance(found, list):
        raise _strange("no audio features")
    return [one for one in found if isinstance(one, dict) and _text(one.get("id"))]


def _object(answer: Any) -> dict[str, Any]:
    if not isinstance(answer, dict):
        raise _strange("no object")
    return answer


def _part(item: Mapping[str, Any], name: str) -> dict[str, Any]:
    part = item.get(name)
    return part if isinstance(part, dict) else {}


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _offset_of(link: Any) -> int | None:
    if not isinstance(link, str):
        return None
    values = parse_qs(urlsplit(link).query).get("offset", [])
    return int(values[-1]) if values and values[-1].isdecimal() else None


def _is_id(text: str) -> bool:
    return text.isascii() and text.replace("_", "").replace("-", "").isalnum()


def _segment(text: str) -> str:
    """Keep an id from reaching into another path."""
    if not _is_id(text):
        raise ServiceError(
            f"{text!r} is no id of Spotify's.",
            hint="Give a link, such as https://open.spotify.com/playlist/37i9dQZF1DX4sWSpwq3LiO.",
        )
    return text


def _strange(what: str) -> ServiceError:
    return ServiceError(
        f"Spotify answered in a way that partsong does not know: {what} in it.",
        hint="Try again later; if it stays, Spotify has changed and partsong must follow.",
    )

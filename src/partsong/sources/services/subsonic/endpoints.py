"""What can be asked of an OpenSubsonic server, and what it answers; nothing here sends anything.

Shapes as in the reference of OpenSubsonic (opensubsonic.netlify.app). Everything is answered with
HTTP status 200; what went wrong stands inside.
"""

from dataclasses import dataclass
from typing import Any, Final

from partsong.errors import ServiceError
from partsong.sources.http.messages import Request, Response
from partsong.sources.services.hearings import listed, number, record, strange_answer, text
from partsong.sources.services.subsonic.info import INFO

__all__ = [
    "PAGE",
    "Playlist",
    "Song",
    "album_request",
    "albums_request",
    "count_request",
    "playlist_request",
    "playlists_request",
    "read_albums",
    "read_count",
    "read_playlists",
    "read_songs",
    "songs_request",
    "status_of",
]

PAGE: Final = 500
"""Most songs, or albums, in one answer: the protocol's bound for albums, and kept by all servers."""

_PROTOCOL: Final[dict[str, str | int]] = {"v": "1.16.1", "c": "partsong", "f": "json"}
_STATUS: Final = {30: 501, 40: 401, 41: 401, 42: 401, 44: 401, 50: 403, 60: 403, 70: 404}
_NO_MUSIC: Final = frozenset({"podcast", "audiobook", "video"})
_EXPLICIT: Final = {"explicit": "true", "clean": "false"}
_LIKED_FROM: Final = 4


@dataclass(frozen=True, slots=True)
class Playlist:
    """A playlist, without its songs.

    Parameters
    ----------
    id
        The server's id of it.
    name
        What it is called.
    owner
        Whose it is; None where the server does not say.
    n_songs
        How many songs it has.

    Examples
    --------
    >>> Playlist("7", "Rain", "joe", 12).name
    'Rain'
    """

    id: str
    name: str
    owner: str | None
    n_songs: int


@dataclass(frozen=True, slots=True)
class Song:
    """A song, as raw values by field of the catalog.

    Parameters
    ----------
    values
        What the server says of it.
    unwanted
        Why it is left out; nothing where it is not.

    Examples
    --------
    >>> Song({"title": "Solas"}).unwanted
    ''
    """

    values: dict[str, Any]
    unwanted: str = ""


def songs_request(page: int) -> Request:
    """Ask for a page of all songs: what an empty search finds.

    Parameters
    ----------
    page
        Number of the page, from 0.

    Examples
    --------
    >>> songs_request(2).params["songOffset"]
    1000
    """
    params: dict[str, str | int] = {
        "query": "",
        "artistCount": 0,
        "albumCount": 0,
        "songCount": PAGE,
        "songOffset": page * PAGE,
    }
    return _request("search3", **params)


def count_request() -> Request:
    """Ask how many songs the server found when it last looked."""
    return _request("getScanStatus")


def albums_request(page: int) -> Request:
    """Ask for a page of albums.

    Parameters
    ----------
    page
        Number of the page, from 0.
    """
    params: dict[str, str | int] = {
        "type": "alphabeticalByName",
        "size": PAGE,
        "offset": page * PAGE,
    }
    return _request("getAlbumList2", **params)


def album_request(album: str) -> Request:
    """Ask for the songs of an album.

    Parameters
    ----------
    album
        The server's id of it.
    """
    return _request("getAlbum", id=album)


def playlists_request() -> Request:
    """Ask for the playlists that the listener may play."""
    return _request("getPlaylists")


def playlist_request(playlist: str) -> Request:
    """Ask for the songs of a playlist.

    Parameters
    ----------
    playlist
        The server's id of it.
    """
    return _request("getPlaylist", id=playlist)


def status_of(response: Response) -> int:
    """Return what an answer means as an HTTP status.

    Parameters
    ----------
    response
        The answer; its own status is 200 whatever it says.

    Examples
    --------
    >>> failed = b'{"subsonic-response": {"status": "failed", "error": {"code": 40}}}'
    >>> status_of(Response(status=200, headers={}, body=failed))
    401
    """
    if response.status != 200:
        return response.status
    said = record(response.json(), "subsonic-response")
    if not said:
        raise ServiceError(
            "subsonic's address answers, but not as a Subsonic server does.",
            hint="Check the address: partsong sources subsonic --set-up",
        )
    if said.get("status") != "failed":
        return 200
    return _STATUS.get(int(number(record(said, "error").get("code")) or 0), 400)


def read_songs(answer: Response, *path: str) -> list[Song]:
    """Return the songs that an answer lists.

    Parameters
    ----------
    answer
        To any of the requests for songs.
    path
        Where they are listed: ``"searchResult3", "song"``, ``"album", "song"`` or
        ``"playlist", "entry"``.

    Raises
    ------
    ServiceError
        If there is nothing of the kind.
    """
    return [_read_song(told) for told in _listing(answer, *path)]


def read_count(answer: Response) -> int:
    """Return how many songs the server says it has; 0 where it does not say.

    Parameters
    ----------
    answer
        To the request for the count.
    """
    told = number(record(answer.json(), "subsonic-response", "scanStatus").get("count"))
    return max(int(told or 0), 0)


def read_albums(answer: Response) -> list[str]:
    """Return the ids of a page of albums.

    Parameters
    ----------
    answer
        To the request for albums.
    """
    return [album for one in _listing(answer, "albumList2", "album") if (album := _id(one))]


def read_playlists(answer: Response) -> list[Playlist]:
    """Return the playlists.

    Parameters
    ----------
    answer
        To the request for playlists.
    """
    return [
        Playlist(one, text(told.get("name")) or one, text(told.get("owner")), _size(told))
        for told in _listing(answer, "playlists", "playlist")
        if (one := _id(told))
    ]


def _request(method: str, **params: str | int) -> Request:
    return Request(path=f"/rest/{method}.view", params={**_PROTOCOL, **params})


def _listing(answer: Response, holder: str, items: str) -> list[dict[str, Any]]:
    said = record(answer.json(), "subsonic-response")
    if not isinstance(said.get(holder), dict):
        raise strange_answer(INFO.name, holder)
    return listed(said[holder].get(items))


def _id(told: dict[str, Any]) -> str | None:
    """Return an id as text; some servers count theirs."""
    found = told.get("id")
    return str(found) if isinstance(found, int) else text(found)


def _size(told: dict[str, Any]) -> int:
    count = number(told.get("songCount"))
    return 1 if count is None else int(count)


def _read_song(told: dict[str, Any]) -> Song:
    values = {
        "title": text(told.get("title")),
        "artists": _artists(told),
        "album": text(told.get("album")),
        "release_date": _year(told),
        "genres": _genres(told),
        "duration_s": number(told.get("duration")),
        "explicit": _EXPLICIT.get(text(told.get("explicitStatus")) or ""),
        "isrc": _isrc(told),
        "mbid": text(told.get("musicBrainzId")) if _is_song(told) else None,
        "tempo": number(told.get("bpm")) or None,
        "liked": _liked(told),
        "played_at": text(told.get("played")),
    }
    return Song(values, _unwanted(told, values))


def _unwanted(told: dict[str, Any], values: dict[str, Any]) -> str:
    kind = text(told.get("type"))
    if kind in _NO_MUSIC or told.get("isVideo") is True:
        return f"a {kind if kind in _NO_MUSIC else 'video'}, not a song"
    if told.get("isDir") is True:
        return "a folder, not a song"
    if not values["title"]:
        return "no title"
    return "" if values["artists"] else "no artist"


def _is_song(told: dict[str, Any]) -> bool:
    """Tell whether the MusicBrainz id can be a recording's; of an album it would be another's."""
    return told.get("mediaType") in {None, "", "song"}


def _artists(told: dict[str, Any]) -> list[str] | None:
    names = [name for one in listed(told.get("artists")) if (name := text(one.get("name")))]
    artist = text(told.get("artist"))
    return names or ([artist] if artist else None)


def _genres(told: dict[str, Any]) -> list[str] | None:
    names = [name for one in listed(told.get("genres")) if (name := text(one.get("name")))]
    genre = text(told.get("genre"))
    return names or ([genre] if genre else None)


def _year(told: dict[str, Any]) -> str | None:
    year = number(told.get("year"))
    return f"{int(year):04d}" if year else None


def _isrc(told: dict[str, Any]) -> str | None:
    """Return the first recording code; a list of several is of several issues of one recording."""
    codes = told.get("isrc")
    codes = codes if isinstance(codes, list) else [codes]
    return next((code for one in codes if (code := text(one))), None)


def _liked(told: dict[str, Any]) -> bool | None:
    """Return what star and rating say: one star of five is a dislike, unless there is a star."""
    rating = number(told.get("userRating"))
    if told.get("starred") or (rating and rating >= _LIKED_FROM):
        return True
    return False if rating == 1 else None

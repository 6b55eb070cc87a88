"""Spotify's Web API as three kinds of app find it, with one listener's 2,000 songs and more.

``new``: an app in development mode today (since February 2026); ``old``: one in development mode
until March 2026; ``extended``: one with extended quota from before November 2024. Shapes, limits
and refusals are those of Spotify's reference and of its changelogs.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from fake_server import Answer, FakeServer, Seen

LISTENER = "listener"
TOKEN = "a-token"
HOSTILE_NAME = "\x1b[2JQuiet <b>nights</b>"
SECOND = 1_000

_MOST_ENTRIES = {"tracks": 100, "items": 50}


def song_id(number: int) -> str:
    return f"{number:04}Song".ljust(22, "x")


def artist_id(number: int) -> str:
    return f"{number:03}Artist".ljust(22, "x")


def isrc(number: int) -> str | None:
    return None if number % 50 == 49 else f"GBAAA{number:07}"


def song(number: int, kind: str = "extended") -> dict[str, Any]:
    """A whole track; some have no ISRC, some two artists, some a title that plays tricks."""
    title = {13: "\x1b[31mRed\x07", 14: "<script>alert(1)</script>"}.get(number, f"Song {number}")
    artists = [number % 300, *([number % 7 + 300] if number % 5 == 0 else [])]
    date, precision = [("1987", "year"), ("1999-04", "month"), ("2011-06-30", "day")][number % 3]
    code = isrc(number)
    track = {
        "album": {
            "album_type": "album",
            "artists": [],
            "id": f"{number % 400:03}Album".ljust(22, "x"),
            "images": [],
            "name": f"Album {number % 400}",
            "release_date": date,
            "release_date_precision": precision,
            "total_tracks": 12,
            "type": "album",
        },
        "artists": [
            {"id": artist_id(one), "name": f"Artist {one}", "type": "artist"} for one in artists
        ],
        "disc_number": 1,
        "duration_ms": (150 + number % 200) * SECOND,
        "explicit": number % 9 == 0,
        "external_ids": {} if code is None else {"isrc": code},
        "external_urls": {"spotify": f"https://open.spotify.com/track/{song_id(number)}"},
        "href": f"https://api.spotify.com/v1/tracks/{song_id(number)}",
        "id": song_id(number),
        "is_local": False,
        "name": title,
        "track_number": 1,
        "type": "track",
        "uri": f"spotify:track:{song_id(number)}",
    }
    if kind != "new":
        track |= {"available_markets": ["DE", "US"], "popularity": number % 101}
    if kind == "extended":
        track["preview_url"] = None
    return track


def features(number: int) -> dict[str, Any] | None:
    """What the analysis says; of some tracks nothing, of some only zeros."""
    if number % 97 == 5:
        return None
    has_failed = number % 89 == 3
    return {
        "type": "audio_features",
        "id": song_id(number),
        "uri": f"spotify:track:{song_id(number)}",
        "danceability": 0 if has_failed else round(0.2 + number % 70 / 100, 3),
        "energy": 0.0 if has_failed else round(0.1 + number % 80 / 100, 3),
        "key": number % 12,
        "loudness": -60.0 if has_failed else -5 - number % 20,
        "mode": number % 2,
        "speechiness": 0 if has_failed else 0.05,
        "acousticness": 0.3,
        "instrumentalness": 0.0,
        "liveness": 0.1,
        "valence": 0 if has_failed else 0.5,
        "tempo": 0 if has_failed else 90 + number % 80,
        "duration_ms": (150 + number % 200) * SECOND,
        "time_signature": 0 if has_failed else 4,
    }


LOCAL_FILE = {
    "album": {"name": "Tapes", "release_date": None, "type": "album"},
    "artists": [{"id": None, "name": "My Band", "type": "artist"}],
    "duration_ms": 200 * SECOND,
    "explicit": False,
    "external_ids": {},
    "id": None,
    "is_local": True,
    "name": "Demo",
    "popularity": 0,
    "type": "track",
    "uri": "spotify:local:My+Band:Tapes:Demo:200",
}
EPISODE = {
    "id": "0000Episodexxxxxxxxxxx",
    "name": "All about songs",
    "type": "episode",
    "duration_ms": 3_600_000,
    "show": {"name": "A podcast"},
    "uri": "spotify:episode:0000Episodexxxxxxxxxxx",
}
SPECIAL = {3: None, 7: LOCAL_FILE, 11: EPISODE}
"""What stands at some places of the first playlist in place of a song."""


@dataclass
class List:
    """A playlist: numbers of songs, or whole entries."""

    name: str
    songs: list[Any]
    owner: str = LISTENER
    is_collaborative: bool = False
    id: str = ""
    uris: list[str] = field(default_factory=list)  # what was written, if it was made here

    def is_open(self, kind: str) -> bool:
        return kind != "new" or self.owner == LISTENER or self.is_collaborative

    @property
    def n_entries(self) -> int:
        return len(self.songs) + len(self.uris)


def default_lists() -> list[List]:
    mornings: list[Any] = list(range(1450, 1900))
    for place, entry in SPECIAL.items():
        mornings[place] = entry
    lists = [
        List("Mornings", mornings),
        List(HOSTILE_NAME, [*range(1979, 1899, -1), 1979]),
        List("Ours", list(range(1980, 2020)), owner="friend", is_collaborative=True),
        List("Top 50", list(range(2500, 2550)), owner="spotify"),
        List("Empty", []),
    ]
    for number, one in enumerate(lists):
        one.id = f"{number}Playlist".ljust(22, "x")
    return lists


class FakeSpotify:
    """Use as a context manager; `url` is what to ask instead of https://api.spotify.com/v1."""

    def __init__(
        self, kind: Literal["new", "old", "extended"] = "new", *, n_saved: int = 1500
    ) -> None:
        self.kind = kind
        self.saved = list(range(n_saved))
        self.lists = default_lists()
        self.top = {
            "short_term": list(range(50)),
            "medium_term": list(range(2000, 2050)),
            "long_term": list(range(20)),
        }
        self.recent = [*range(2030, 2060), *range(20)]
        self.category = list(range(2550, 2580))  # the songs of the one playlist of "dinner"
        self.tokens: set[str] | None = None  # None: every token is good
        self.server = FakeServer(self._routes())
        self.url = f"{self.server.url}/v1"
        self.fail = self.server.fail
        self.count = self.server.count

    def __enter__(self) -> Self:
        self.server.__enter__()
        return self

    def __exit__(self, *about: object) -> None:
        self.server.__exit__(*about)

    def _routes(self) -> list[Any]:
        routes = [
            ("GET", "me/?", self._me),
            ("GET", "me/playlists", self._my_playlists),
            ("GET", "me/tracks", self._saved),
            ("GET", "me/top/tracks", self._top),
            ("GET", "me/player/recently-played", self._recent),
            ("GET", "playlists/(?P<id>[^/]+)", self._playlist),
            ("GET", "playlists/(?P<id>[^/]+)/(?P<route>tracks|items)", self._entries),
            ("GET", "tracks/?", self._several),
            ("GET", "tracks/(?P<id>[^/]+)", self._one),
            ("GET", "audio-features/?", self._features),
            ("GET", "browse/categories/(?P<id>[^/]+)/playlists", self._category),
            ("POST", "me/playlists", self._create),
            ("POST", "users/(?P<user>[^/]+)/playlists", self._create),
            ("POST", "playlists/(?P<id>[^/]+)/(?P<route>tracks|items)", self._add),
        ]
        return [(verb, f"/v1/{path}", self._signed(answer)) for verb, path, answer in routes]

    def _signed(self, answer: Any) -> Any:
        def check(seen: Seen) -> Answer:
            scheme, _, token = seen.headers.get("authorization", "").partition(" ")
            if scheme != "Bearer" or not token:
                return _error(401, "No token provided")
            if self.tokens is not None and token not in self.tokens:
                return _error(401, "The access token expired")
            return answer(seen)

        return check

    def _me(self, _: Seen) -> Answer:
        me = {"display_name": "A Listener", "id": LISTENER, "type": "user"}
        if self.kind != "new":
            me |= {"country": "DE", "followers": {"total": 3}, "product": "premium"}
        return Answer(me)

    def _my_playlists(self, seen: Seen) -> Answer:
        lists: list[List | None] = [*self.lists]
        lists.insert(2, None)  # the place of a playlist that is gone
        return _page(seen, lists, lambda one: one and self._simple(one), most=50)

    def _simple(self, one: List) -> dict[str, Any]:
        shown = {
            "collaborative": one.is_collaborative,
            "description": "",
            "id": one.id,
            "name": one.name,
            "owner": {"id": one.owner, "type": "user"},
            "public": False,
            "snapshot_id": "AAAA",
            "type": "playlist",
            "uri": f"spotify:playlist:{one.id}",
        }
        total = {"href": f"https://api.spotify.com/v1/playlists/{one.id}", "total": one.n_entries}
        if self.kind != "new":
            shown["tracks"] = total
        elif one.is_open(self.kind):
            shown["items"] = total
        return shown

    def _find(self, seen: Seen) -> List | None:
        return next((one for one in self.lists if one.id == seen.match["id"]), None)

    def _playlist(self, seen: Seen) -> Answer:
        one = self._find(seen)
        return _error(404, "Resource not found") if one is None else Answer(self._simple(one))

    def _entries(self, seen: Seen) -> Answer:
        route = seen.match["route"]
        if self.kind == "new" and route == "tracks":
            return _error(403, "Forbidden")
        if self.kind == "old" and route == "items":
            return _error(404, "Service not found")
        one = self._find(seen)
        if one is None:
            return _error(404, "Resource not found")
        if not one.is_open(self.kind):
            return _error(403, "Forbidden")
        name = "track" if route == "tracks" else "item"
        numbers = [int(uri.rpartition(":")[2][:4]) for uri in one.uris]
        entries = [*one.songs, *numbers]
        most = _MOST_ENTRIES[route]
        return _page(seen, entries, lambda entry: self._entry(entry, name), most=most)

    def _entry(self, entry: Any, name: str) -> dict[str, Any]:
        whole = song(entry, self.kind) if isinstance(entry, int) else entry
        return {
            "added_at": "2024-05-01T10:00:00Z",
            "added_by": {"id": LISTENER, "type": "user"},
            "is_local": bool(whole and whole.get("is_local")),
            name: whole,
        }

    def _saved(self, seen: Seen) -> Answer:
        return _page(seen, self.saved, self._saved_entry, most=50)

    def _saved_entry(self, number: int) -> dict[str, Any]:
        return {"added_at": "2024-05-01T10:00:00Z", "track": song(number, self.kind)}

    def _top(self, seen: Seen) -> Answer:
        numbers = self.top[seen.params.get("time_range", "medium_term")]
        return _page(seen, numbers, lambda number: song(number, self.kind), most=50)

    def _recent(self, seen: Seen) -> Answer:
        limit = int(seen.params.get("limit", 20))
        if not 1 <= limit <= 50:
            return _error(400, "Invalid limit")
        played = [
            {
                "context": None,
                "played_at": f"2026-11-20T{20 - place // 6:02}:{55 - place % 6 * 5:02}:30.250Z",
                "track": song(number, self.kind),
            }
            for place, number in enumerate(self.recent)
        ]
        return Answer({"cursors": None, "items": played[:limit], "limit": limit, "next": None})

    def _several(self, seen: Seen) -> Answer:
        if self.kind == "new":
            return _error(403, "Forbidden")
        ids = seen.params.get("ids", "").split(",")
        if len(ids) > 50:
            return _error(400, "Too many ids requested")
        return Answer({"tracks": [self._by_id(one) for one in ids]})

    def _one(self, seen: Seen) -> Answer:
        track = self._by_id(seen.match["id"])
        return _error(404, "Resource not found") if track is None else Answer(track)

    def _by_id(self, text: str) -> dict[str, Any] | None:
        is_ours = text[:4].isdigit() and text == song_id(int(text[:4]))
        return song(int(text[:4]), self.kind) if is_ours else None

    def _features(self, seen: Seen) -> Answer:
        if self.kind != "extended":
            return _error(403, "")
        ids = seen.params.get("ids", "").split(",")
        if len(ids) > 100:
            return _error(400, "Too many ids requested")
        found = [features(int(one[:4])) if self._by_id(one) else None for one in ids]
        return Answer({"audio_features": found})

    def _category(self, seen: Seen) -> Answer:
        if self.kind != "extended" or seen.match["id"] != "dinner":
            return _error(404, "Resource not found")
        one = List("Dinner with friends", self.category, owner="spotify")
        one.id = "9Playlist".ljust(22, "x")
        if one.id not in [known.id for known in self.lists]:
            self.lists.append(one)
        offset, limit = int(seen.params.get("offset", 0)), int(seen.params.get("limit", 20))
        shown = [self._simple(one)][offset : offset + limit]
        page = {"items": shown, "limit": limit, "next": None, "offset": offset, "total": 1}
        return Answer({"playlists": page})

    def _create(self, seen: Seen) -> Answer:
        user = seen.match.groupdict().get("user")
        if user and (self.kind == "new" or user != LISTENER):
            return _error(403, "Forbidden")
        wish = seen.json()
        if not wish.get("name"):
            return _error(400, "Missing required field: name")
        one = List(wish["name"], [], id=f"{len(self.lists)}Written".ljust(22, "x"))
        self.lists.append(one)
        return Answer({**self._simple(one), "public": wish.get("public", True)}, 201)

    def _add(self, seen: Seen) -> Answer:
        route = seen.match["route"]
        if (self.kind, route) == ("new", "tracks"):
            return _error(403, "Forbidden")
        if (self.kind, route) == ("old", "items"):
            return _error(404, "Service not found")
        one = self._find(seen)
        if one is None:
            return _error(404, "Resource not found")
        if one.owner != LISTENER and not one.is_collaborative:
            return _error(403, "You cannot add tracks to a playlist you don't own.")
        uris = seen.json().get("uris", [])
        if not 1 <= len(uris) <= 100:
            return _error(400, "You can add a maximum of 100 tracks per request.")
        one.uris += uris
        return Answer({"snapshot_id": f"snapshot-{len(one.uris)}"}, 201)


def _error(status: int, message: str) -> Answer:
    return Answer({"error": {"status": status, "message": message}}, status)


def too_many_requests(retry_after: str | None = None, *, is_quota: bool = False) -> Answer:
    """An answer 429 in one of its forms."""
    error: dict[str, Any] = {"status": 429, "message": "API rate limit exceeded"}
    if is_quota:
        error |= {"message": "Quota exceeded", "reason": "QUOTA_EXCEEDED"}
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Answer({"error": error}, 429, headers)


def _page(seen: Seen, everything: list[Any], shown: Callable[[Any], Any], *, most: int) -> Answer:
    offset, limit = int(seen.params.get("offset", 0)), int(seen.params.get("limit", 20))
    if not 1 <= limit <= most:
        return _error(400, "Invalid limit")
    items = [shown(one) for one in everything[offset : offset + limit]]
    following = offset + limit
    link = f"https://api.spotify.com{seen.path}?offset={following}&limit={limit}"
    return Answer(
        {
            "href": f"https://api.spotify.com{seen.path}",
            "items": items,
            "limit": limit,
            "next": link if following < len(everything) else None,
            "offset": offset,
            "previous": None,
            "total": len(everything),
        }
    )


def keep_login(client_id: str = "an-app") -> None:
    """Leave in the folder of settings what a login leaves."""
    from partsong.sources.services.spotify.login import READ_SCOPES
    from partsong.sources.services.spotify.token_file import Token, write_token

    now = time.time()
    token = Token(
        client_id=client_id,
        access=TOKEN,
        refresh="a-refresh-token",
        expires_at=now + 3600,
        scopes=READ_SCOPES,
        since=now,
        user=LISTENER,
    )
    write_token(token)


def settings_of(fake: FakeSpotify, client_id: str = "an-app") -> dict[str, str]:
    """The environment in which partsong finds the fake account."""
    return {
        "PARTSONG_SPOTIFY_CLIENT_ID": client_id,
        "PARTSONG_SPOTIFY_URL": fake.url,
        "PARTSONG_SPOTIFY_ACCOUNTS_URL": fake.server.url,
    }

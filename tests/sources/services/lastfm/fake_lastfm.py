"""Last.fm as it answers: JSON made from XML, with all that comes of it, for a listener made up."""

from math import ceil

from fake_server import Answer

T0 = 1_760_000_000  # the latest scrobble
USER = "rj"
KEY = "0123456789abcdef0123456789abcdef"


def mbid(n, version=4):
    return f"{n:08x}-0000-{version}000-8000-000000000000"


def scrobble(n, *, at):
    """Scrobble song `n`; every third has no id, every fourth that of a track on a release."""
    recording = "" if n % 3 == 0 else mbid(n, version=3 if n % 4 == 0 else 4)
    return {
        "artist": {"mbid": "", "#text": f"Band {n % 50}"},
        "streamable": "0",
        "image": [{"size": "small", "#text": ""}],
        "mbid": recording,
        "album": {"mbid": "", "#text": f"Album {n % 10}" if n % 5 else ""},
        "name": f"Song {n}",
        "url": "https://www.last.fm/music/Band/_/Song",
        "date": {"uts": str(at), "#text": "09 Oct 2025, 08:53"},
    }


def playing_now():
    track = scrobble(1, at=T0) | {"@attr": {"nowplaying": "true"}}
    del track["date"]
    return track


def loved(n):
    return {
        "artist": {"url": "", "name": f"Band {n % 50}", "mbid": ""},
        "mbid": "",
        "date": {"uts": str(T0 - n), "#text": ""},
        "url": "",
        "image": [],
        "name": f"Song {n}",
        "streamable": {"fulltrack": "0", "#text": "0"},
    }


def similar(title, artist, match):
    return {
        "name": title,
        "playcount": 8066450,
        "mbid": "",
        "match": match,
        "url": "",
        "streamable": {"#text": "0", "fulltrack": "0"},
        "duration": 278,
        "artist": {"name": artist, "mbid": "", "url": ""},
        "image": [],
    }


def as_xml_would(items):
    """One is no list."""
    return items[0] if len(items) == 1 else items


def history(n, *, songs=300, seconds=200):
    return [scrobble(i * 7 % songs, at=T0 - i * seconds) for i in range(n)]


class FakeLastfm:
    """One address for everything; the data behind it may be changed by a test."""

    def __init__(self, *, scrobbles=(), loved_tracks=(), top=(), is_playing=False):
        self.scrobbles = list(scrobbles)
        self.loved_tracks = list(loved_tracks)
        self.top = list(top)  # (title, artist)
        self.alike = {}  # (title, artist) of a seed: similar tracks
        self.is_playing = is_playing
        self.is_hidden = False

    def routes(self):
        return [("GET", r"/2\.0/", self._answer)]

    def _answer(self, seen):
        params = seen.params
        if params.get("api_key") != KEY:
            said = "Invalid API key - You must be granted a valid key by last.fm"
            return Answer({"error": 10, "message": said, "links": []}, 403)
        assert params["format"] == "json"
        method = params["method"].lower()
        if method == "track.getsimilar":
            return self._similar(params)
        if params["user"] != USER:
            return Answer({"message": "User not found", "error": 6}, 404)
        return {
            "user.getrecenttracks": self._recent,
            "user.getlovedtracks": self._loved,
            "user.gettoptracks": self._top,
        }[method](params)

    def _recent(self, params):
        if self.is_hidden:
            return Answer({"error": 17, "message": "Login: User required to be logged in"}, 403)
        assert int(params["limit"]) <= 200
        since, before = int(params.get("from", 0)), int(params.get("to", 2 * T0))
        chosen = [one for one in self.scrobbles if since <= int(one["date"]["uts"]) < before]
        page = self._page("recenttracks", chosen, params)
        if self.is_playing:
            tracks = page["recenttracks"]["track"]
            tracks = tracks if isinstance(tracks, list) else [tracks]
            page["recenttracks"]["track"] = as_xml_would([playing_now(), *tracks])
        return Answer(page)

    def _loved(self, params):
        assert int(params["limit"]) <= 1000
        return Answer(self._page("lovedtracks", self.loved_tracks, params))

    def _top(self, params):
        tracks = [
            {"@attr": {"rank": str(rank)}, "name": title, "artist": {"name": artist}}
            for rank, (title, artist) in enumerate(self.top[: int(params["limit"])], 1)
        ]
        return Answer({"toptracks": {"track": as_xml_would(tracks), "@attr": {"user": USER}}})

    def _similar(self, params):
        found = self.alike.get((params["track"], params["artist"]))
        if found is None:
            return Answer({"error": 6, "message": "Track not found", "links": []})
        found = found[: int(params["limit"])]
        about = {"artist": params["artist"]}
        return Answer({"similartracks": {"track": as_xml_would(found), "@attr": about}})

    def _page(self, name, items, params):
        size, page = int(params["limit"]), int(params["page"])
        return {
            name: {
                "track": as_xml_would(items[(page - 1) * size : page * size]),
                "@attr": {
                    "user": USER,
                    "totalPages": str(ceil(len(items) / size)),
                    "page": str(page),
                    "perPage": str(size),
                    "total": str(len(items)),
                },
            }
        }

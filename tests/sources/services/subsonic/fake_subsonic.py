"""A music server on loopback that speaks OpenSubsonic, as Navidrome does."""

import hashlib

from fake_server import Answer, FakeServer

USER, PASSWORD, API_KEY = "joe", "sesame-and-poppy", "key-0123456789"


def song(number, **more):
    """A song as in the reference of OpenSubsonic, with all that its servers add."""
    return {
        "id": f"song-{number}",
        "parent": f"album-{number // 10}",
        "isDir": False,
        "title": f"Song {number}",
        "album": f"Album {number // 10}",
        "artist": f"Artist {number % 7}",
        "track": number % 10,
        "year": 1990 + number % 30,
        "genre": "Jazz",
        "size": 19866778,
        "contentType": "audio/flac",
        "suffix": "flac",
        "duration": 120 + number,
        "bitRate": 880,
        "path": f"Artist {number % 7}/Album {number // 10}/{number}.flac",
        "playCount": number % 3,
        "created": "2023-03-14T17:51:22.112827504Z",
        "type": "music",
        "mediaType": "song",
        "isVideo": False,
        "bpm": 0,
        "comment": "",
        "sortName": "",
        "musicBrainzId": "",
        "isrc": [],
        "genres": [{"name": "Jazz"}, {"name": "Hard Bop"}],
        "artists": [{"id": f"artist-{number % 7}", "name": f"Artist {number % 7}"}],
        "displayArtist": f"Artist {number % 7}",
        "explicitStatus": "",
        **({"played": "2023-03-26T22:27:46.5Z"} if number % 3 else {}),
        **more,
    }


def ok(**said):
    head = {"status": "ok", "version": "1.16.1", "type": "navidrome", "openSubsonic": True}
    return Answer({"subsonic-response": {**head, **said}})


def failed(code, message):
    error = {"code": code, "message": message}
    return Answer({"subsonic-response": {"status": "failed", "version": "1.16.1", "error": error}})


class FakeSubsonic(FakeServer):
    """What it says can be changed; an empty search finds everything unless it `is_old`."""

    def __init__(self, n_songs=1203, *, is_old=False):
        methods = ("search3", "getScanStatus", "getAlbumList2", "getAlbum")
        methods += ("getPlaylists", "getPlaylist")
        super().__init__(
            [("GET", f"/rest/{method}.view", self._checked(method)) for method in methods]
        )
        self.songs = [song(number) for number in range(n_songs)]
        self.playlists = {"p3": ("Empty", USER, [])}
        if n_songs > 3:
            self.playlists |= {"p1": ("Rain", USER, [3, 1, 3]), "p2": ("Theirs", "ann", [2])}
        self.told_count = n_songs
        self.is_old = is_old
        self.salts = []

    def _checked(self, method):
        def answer(seen):
            refused = self._refusal(seen.params)
            return refused or getattr(self, f"_{method}")(seen.params)

        return answer

    def _refusal(self, params):
        if params.get("apiKey"):
            if "u" in params:
                return failed(43, "Multiple conflicting authentication mechanisms provided")
            return None if params["apiKey"] == API_KEY else failed(44, "Invalid API key")
        self.salts.append(params["s"])
        token = hashlib.md5((PASSWORD + params["s"]).encode()).hexdigest()
        if (params["u"], params["t"]) != (USER, token):
            return failed(40, "Wrong username or password")
        return None if params["f"] == "json" and params["c"] and params["v"] else failed(10, "?")

    def _search3(self, params):
        if self.is_old and not params.get("query"):
            return failed(10, "Required parameter is missing.")
        begin, size = int(params["songOffset"]), int(params["songCount"])
        shown = self.songs[begin : begin + size]
        return ok(searchResult3={"song": shown} if shown else {})

    def _getScanStatus(self, _):  # noqa: N802 - the protocol's own spelling
        return ok(scanStatus={"scanning": False, "count": self.told_count})

    def _getAlbumList2(self, params):  # noqa: N802 - the protocol's own spelling
        albums = [{"id": name} for name in dict.fromkeys(one["parent"] for one in self.songs)]
        begin = int(params["offset"])
        return ok(albumList2={"album": albums[begin : begin + int(params["size"])]})

    def _getAlbum(self, params):  # noqa: N802 - the protocol's own spelling
        songs = [one for one in self.songs if one["parent"] == params["id"]]
        return ok(album={"id": params["id"], "song": songs})

    def _getPlaylists(self, _):  # noqa: N802 - the protocol's own spelling
        told = [
            {"id": one, "name": name, "owner": owner, "songCount": len(songs)}
            for one, (name, owner, songs) in self.playlists.items()
        ]
        return ok(playlists={"playlist": told} if told else {})

    def _getPlaylist(self, params):  # noqa: N802 - the protocol's own spelling
        if params["id"] not in self.playlists:
            return failed(70, "The requested data was not found.")
        _, _, songs = self.playlists[params["id"]]
        return ok(playlist={"id": params["id"], "entry": [self.songs[one] for one in songs]})

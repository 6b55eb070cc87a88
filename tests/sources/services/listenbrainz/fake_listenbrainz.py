"""ListenBrainz as its server answers: the same shapes, bounds and rules, for a listener made up."""

from urllib.parse import unquote

from fake_server import Answer

T0 = 1_760_000_000  # the latest listen
USER = "rob"


def mbid(n):
    return f"{n:08x}-0000-4000-8000-000000000000"


def msid(n):
    return f"{n:08x}-1111-4111-8111-111111111111"


def listen(n, *, at, mapped=True, **extra):
    """Listen to song `n`; every third one has no mapping, every second one Spotify's link."""
    info = {
        "submission_client": "navidrome",
        "duration_ms": 180_000 + n,
        "recording_msid": msid(n),
        "artist_msid": msid(n + 1),
    }
    if n % 2:
        info["spotify_id"] = f"https://open.spotify.com/track/{n:022d}"
        info["origin_url"] = f"https://open.spotify.com/track/{n:022d}"
    else:
        info["origin_url"] = "https://music.youtube.com/watch?v=abc"
    mapping = {
        "artist_mbids": [mbid(9_000_000 + n % 50)],
        "artists": [
            {
                "artist_credit_name": f"Band {n % 50}",
                "artist_mbid": mbid(9_000_000 + n % 50),
                "join_phrase": "",
            }
        ],
        "caa_id": None,
        "caa_release_mbid": None,
        "recording_mbid": mbid(n),
        "recording_name": f"Song {n}",
        "release_mbid": mbid(8_000_000 + n),
    }
    metadata = {
        "additional_info": info | extra,
        "artist_name": f"Band {n % 50}",
        "release_name": f"Album {n % 10}",
        "track_name": f"Song {n}",
    }
    if mapped and n % 3:
        metadata["mbid_mapping"] = mapping
    return {
        "inserted_at": at + 60,
        "listened_at": at,
        "recording_msid": msid(n),
        "track_metadata": metadata,
        "user_name": USER,
    }


def verdict(n, score):
    return {
        "created": T0 - n,
        "recording_mbid": mbid(n) if n % 3 else None,
        "recording_msid": msid(n),
        "score": score,
        "track_metadata": listen(n, at=T0)["track_metadata"],
        "user_id": USER,
    }


def recommendation(n, *, heard=False):
    return {
        "latest_listened_at": "2026-10-01T10:00:00Z" if heard else None,
        "recording_mbid": mbid(n),
        "score": 1.5 - n / 1_000_000,
    }


def metadata(n):
    return {
        "artist": {
            "artist_credit_id": n,
            "artists": [
                {"artist_mbid": mbid(7_000_000 + n), "join_phrase": " & ", "name": f"Guest {n}"},
                {"artist_mbid": mbid(7_500_000), "join_phrase": "", "name": "The Choir"},
            ],
            "name": f"Guest {n} & The Choir",
        },
        "recording": {"length": 200_000, "name": f"New Song {n}", "rels": []},
        "release": {"mbid": mbid(8_000_000 + n), "name": "New Album", "year": 2020},
    }


class FakeListenBrainz:
    """The routes of a server, and the data behind them, which a test may change."""

    def __init__(self, *, listens=(), feedback=(), recommended=(), nameless=()):
        self.listens = sorted(listens, key=lambda one: -one["listened_at"])
        self.feedback = list(feedback)
        self.recommended = list(recommended)
        self.nameless = set(nameless)
        self.token = None

    def routes(self):
        user = r"/user/(?P<user>[^/]+)"
        return [
            ("GET", rf"/1{user}/listens", self._guard(self._listens)),
            ("GET", rf"/1{user}/listen-count", self._guard(self._count)),
            ("GET", rf"/1/feedback{user}/get-feedback", self._guard(self._feedback)),
            ("GET", rf"/1/cf/recommendation{user}/recording", self._guard(self._recommended)),
            ("GET", r"/1/metadata/recording/", self._metadata),
        ]

    def _guard(self, answer):
        def guarded(seen):
            if self.token and seen.headers.get("authorization") != f"Token {self.token}":
                return Answer({"code": 401, "error": "Invalid authorization token."}, 401)
            if unquote(seen.match["user"]) != USER:
                name = unquote(seen.match["user"])
                return Answer({"code": 404, "error": f"Cannot find user: {name}"}, 404)
            return answer(seen)

        return guarded

    def _listens(self, seen):
        assert not {"max_ts", "min_ts"} <= set(seen.params), "one of them only"
        before = int(seen.params.get("max_ts", T0 * 2))
        count = min(int(seen.params.get("count", 25)), 1000)
        page = [one for one in self.listens if one["listened_at"] < before][:count]
        times = [one["listened_at"] for one in self.listens] or [0]
        return Answer(
            {
                "payload": {
                    "count": len(page),
                    "latest_listen_ts": times[0],
                    "listens": page,
                    "oldest_listen_ts": times[-1],
                    "user_id": USER,
                }
            },
            headers={"X-RateLimit-Limit": "30", "X-RateLimit-Remaining": "29"},
        )

    def _count(self, _):
        return Answer({"payload": {"count": len(self.listens)}})

    def _feedback(self, seen):
        assert seen.params["metadata"] == "true"
        offset, count = int(seen.params.get("offset", 0)), min(int(seen.params["count"]), 1000)
        page = self.feedback[offset : offset + count]
        return Answer(
            {
                "count": len(page),
                "feedback": page,
                "offset": offset,
                "total_count": len(self.feedback),
            }
        )

    def _recommended(self, seen):
        if not self.recommended:
            return Answer(b"", 204)
        return Answer(
            {
                "payload": {
                    "count": len(self.recommended),
                    "entity": "recording",
                    "last_updated": T0,
                    "mbids": self.recommended[: int(seen.params["count"])],
                    "offset": 0,
                    "total_mbid_count": len(self.recommended),
                    "type": "raw",
                    "user_name": USER,
                }
            }
        )

    def _metadata(self, seen):
        asked = seen.params["recording_mbids"].split(",")
        known = {mbid(n): metadata(n) for n in range(20_000, 21_000) if n not in self.nameless}
        assert len(seen.params["recording_mbids"]) < 6000, "the address would be too long"
        # In another order than asked for, and without what is not known.
        return Answer({one: known[one] for one in sorted(asked, reverse=True) if one in known})


def history(n, *, songs=700, seconds=200):
    """Return `n` listens, the latest first, over and over the same songs."""
    return [listen(i * 7 % songs, at=T0 - i * seconds) for i in range(n)]

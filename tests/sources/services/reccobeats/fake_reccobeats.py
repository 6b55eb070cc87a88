"""ReccoBeats on loopback: it knows some tracks, answers in an order of its own, and no misses."""

from fake_server import Answer, FakeServer

AT_ONCE = 40


def spotify_id(number):
    return f"{number:022d}"


def isrc(number):
    return f"USUM7{number:07d}"


def features(number, **more):
    """One track as the service answers it (shape seen in July 2026)."""
    return {
        "id": f"70b85474-5c5e-4430-a309-{number:012d}",
        "href": f"https://open.spotify.com/track/{spotify_id(number)}",
        "isrc": isrc(number),
        "acousticness": 0.817,
        "danceability": 0.606,
        "energy": number % 100 / 100,
        "instrumentalness": 0.0,
        "key": number % 12,
        "liveness": 0.154,
        "loudness": -9.455,
        "mode": 1,
        "speechiness": 0.0275,
        "tempo": 101.96,
        "valence": 0.446,
        **more,
    }


class FakeReccoBeats(FakeServer):
    def __init__(self, known, *, takes_isrcs=True):
        super().__init__([("GET", "/v1/audio-features", self._answer)])
        self.known = {number: features(number) for number in known}
        self.takes_isrcs = takes_isrcs

    @property
    def asked(self):
        return [one for seen in self.seen for one in seen.params["ids"].split(",")]

    def _answer(self, seen):
        ids = set(seen.params["ids"].split(","))
        is_wrong = not self.takes_isrcs and any(len(one) == 12 for one in ids)
        if len(ids) > AT_ONCE or is_wrong:
            said = {"status": 4004, "errors": [{"message": "size must be between 1 and 40"}]}
            return Answer(said, 400)
        content = [
            told for number, told in self.known.items() if {spotify_id(number), isrc(number)} & ids
        ]
        return Answer({"content": content[::-1]})

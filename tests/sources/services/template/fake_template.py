"""The made-up service on loopback: 250 songs in three pages, for whoever has the key."""

from fake_server import Answer, FakeServer

KEY = "a-key-that-nobody-may-see"


def song(number):
    return {
        "title": f"Song {number}",
        "artist": f"Artist {number % 20}",
        "seconds": 180.5 + number % 60,
        "liked": number % 5 == 0 or None,
        "last_played": 1_767_225_600 + 600 * number,
    }


def songs(seen):
    if seen.params.get("key") != KEY:
        return Answer({"error": {"message": f"No account for {seen.params.get('key')}"}}, 401)
    page = int(seen.params["page"])
    shown = [song(number) for number in range(250)][100 * (page - 1) : 100 * page]
    return Answer({"pages": 3, "total": 250, "songs": shown})


def fake_template():
    return FakeServer([("GET", "/songs", songs)])

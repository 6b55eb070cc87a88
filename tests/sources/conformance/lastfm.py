"""Last.fm for the conformance suite: four pages of scrobbles, loved tracks, similar ones."""

from contextlib import contextmanager

from fake_server import Answer, FakeServer
from lastfm.fake_lastfm import KEY, USER, FakeLastfm, history, loved, similar

from partsong.sources import Arrivals, Client, LastfmSource

NAME = "lastfm"


@contextmanager
def serving(folder):
    fake = FakeLastfm(
        scrobbles=history(700, songs=60),
        loved_tracks=[loved(n) for n in range(30)],
        top=[(f"Song {n}", f"Band {n % 50}") for n in range(8)],
        is_playing=True,
    )
    fake.alike = {
        seed: [similar(f"New {n}", f"Group {n % 7}", 1 - n / 100) for n in range(first, first + 20)]
        for first, seed in enumerate(fake.top)
    }
    clients = []
    with (
        FakeServer(fake.routes()) as server,
        Arrivals(folder / "lastfm.sqlite") as arrivals,
        Arrivals(folder / "answers.sqlite") as answers,
    ):

        def open_again():
            clients.append(
                Client(
                    service=NAME,
                    url=server.url,
                    params={"api_key": KEY},
                    arrivals=arrivals,
                    answers=answers,
                    status_of=LastfmSource.status_of,
                    tries=2,
                    sleep=lambda _: None,
                )
            )
            return LastfmSource(clients[-1], USER)

        try:
            yield server, open_again
        finally:
            for client in clients:
                client.close()


@contextmanager
def example(folder):
    with serving(folder) as (_, open_again):
        yield open_again


@contextmanager
def broken(folder):
    with serving(folder) as (server, open_again):
        said = {"error": 26, "message": "Suspended API key"}
        server.fail("answer", "page=3", times=99, answer=Answer(said))
        yield open_again


@contextmanager
def cut(folder):
    with serving(folder) as (server, open_again):
        server.fail("cut", "page=3", times=2)
        yield open_again

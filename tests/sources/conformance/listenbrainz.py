"""ListenBrainz for the conformance suite: three pages of listens, feedback, recommendations."""

from contextlib import contextmanager

from fake_server import Answer, FakeServer
from listenbrainz.fake_listenbrainz import (
    USER,
    FakeListenBrainz,
    history,
    recommendation,
    verdict,
)

from partsong.sources import Arrivals, Client, ListenBrainzSource

NAME = "listenbrainz"


@contextmanager
def serving(folder):
    fake = FakeListenBrainz(
        listens=history(2100, songs=90),
        feedback=[verdict(n, 1 if n % 4 else -1) for n in range(40)],
        recommended=[recommendation(n, heard=n % 5 == 0) for n in range(20_000, 20_130)],
        nameless=[20_001],
    )
    clients = []
    with FakeServer(fake.routes()) as server, Arrivals(folder / "lb.sqlite") as arrivals:

        def open_again():
            clients.append(
                Client(
                    service=NAME,
                    url=server.url,
                    arrivals=arrivals,
                    tries=2,
                    sleep=lambda _: None,
                )
            )
            return ListenBrainzSource(clients[-1], USER)

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
        server.fail("answer", "max_ts", times=99, answer=Answer({"payload": {"listens": None}}))
        yield open_again


@contextmanager
def cut(folder):
    with serving(folder) as (server, open_again):
        server.fail("cut", "max_ts", times=2)
        yield open_again

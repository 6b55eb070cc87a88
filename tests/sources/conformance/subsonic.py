"""A music server for the conformance suite: three pages of songs, and a playlist."""

from contextlib import contextmanager

from fake_server import Answer
from subsonic.fake_subsonic import PASSWORD, USER, FakeSubsonic

from partsong.sources import Arrivals, Client, SubsonicSource, subsonic_login

NAME = "subsonic"


@contextmanager
def serving(folder):
    clients = []
    with FakeSubsonic(1203) as server, Arrivals(folder / "subsonic.sqlite") as arrivals:

        def open_again():
            clients.append(
                Client(
                    service=NAME,
                    url=server.url,
                    params=subsonic_login(user=USER, password=PASSWORD),
                    arrivals=arrivals,
                    status_of=SubsonicSource.status_of,
                    tries=2,
                    sleep=lambda _: None,
                )
            )
            return SubsonicSource(clients[-1], server="nas", user=USER)

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
        server.fail("answer", "songOffset=1000", times=99, answer=Answer({"songs": "none"}))
        yield open_again


@contextmanager
def cut(folder):
    with serving(folder) as (server, open_again):
        server.fail("cut", "songOffset=1000", times=2)
        yield open_again

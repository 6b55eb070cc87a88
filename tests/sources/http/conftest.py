"""A service of one route, and a clock that only sleeping moves."""

import pytest
from fake_server import Answer

from partsong.sources import Client


class Clock:
    def __init__(self):
        self.now = 1_767_225_600.0
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    @property
    def waited(self):
        return sum(self.slept)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def server(fake_server):
    return fake_server(
        [
            (
                method,
                r"/v1/(songs|playlists)",
                lambda seen: Answer({"page": seen.params.get("page")}),
            )
            for method in ("GET", "POST", "PUT")
        ]
    )


@pytest.fixture
def new_client(server, clock):
    """Return what makes a client of the service; each is hung up at the end."""
    clients = []

    def make(**options):
        client = Client(
            **{
                "service": "tiny",
                "url": f"{server.url}/v1",
                "sleep": clock.sleep,
                "clock": clock,
                **options,
            }
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        client.close()

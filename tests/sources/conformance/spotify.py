"""A Spotify account for the conformance suite, as most apps find it: without audio features."""

from contextlib import ExitStack, contextmanager

from fake_server import Answer
from spotify.fake_api import FakeSpotify

from partsong.sources import Arrivals, Client, SpotifyAbilities, SpotifySource

NAME = "spotify"

NEW = SpotifyAbilities(features=False, several=False, categories=False, asked_on="2026-11-22")


@contextmanager
def serving(folder):
    with FakeSpotify("new", n_saved=120) as fake, ExitStack() as opened:
        fake.lists[0].songs = fake.lists[0].songs[:30]
        arrivals = opened.enter_context(Arrivals(folder / "spotify.sqlite"))

        def open_again():
            client = Client(
                service=NAME,
                url=fake.url,
                headers={"Authorization": "Bearer a-token"},
                arrivals=arrivals,
                tries=2,
                sleep=lambda _: None,
            )
            return SpotifySource(opened.enter_context(client), NEW)

        yield fake, open_again


@contextmanager
def example(folder):
    with serving(folder) as (_, open_again):
        yield open_again


@contextmanager
def broken(folder):
    with serving(folder) as (fake, open_again):
        fake.fail("answer", "me/tracks", times=99, answer=Answer({"items": "none"}))
        yield open_again


@contextmanager
def cut(folder):
    with serving(folder) as (fake, open_again):
        fake.fail("cut", "me/tracks.*offset=100", times=2)
        yield open_again

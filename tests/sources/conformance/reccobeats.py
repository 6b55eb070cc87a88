"""ReccoBeats for the conformance suite: 100 tracks of a catalog, of which it knows four in five."""

from contextlib import contextmanager

import polars as pl
from fake_server import Answer
from reccobeats.fake_reccobeats import FakeReccoBeats, isrc, spotify_id

from partsong.sources import Arrivals, Client, ReccoBeatsSource

NAME = "reccobeats"
N_TRACKS = 100
KNOWN = pl.DataFrame(
    {
        "line": range(1, N_TRACKS + 1),
        "spotify_id": [spotify_id(one) if one < 90 else None for one in range(N_TRACKS)],
        "isrc": [None if one < 90 else isrc(one) for one in range(N_TRACKS)],
        "title": [f"Song {one}" for one in range(N_TRACKS)],
    },
    schema={"line": pl.Int64, "spotify_id": pl.String, "isrc": pl.String, "title": pl.String},
)


@contextmanager
def serving(folder):
    clients = []
    known = [one for one in range(N_TRACKS) if one % 5]
    with (
        FakeReccoBeats(known) as server,
        Arrivals(folder / "answers.sqlite") as answers,
    ):

        def open_again():
            clients.append(Client(service=NAME, url=server.url, tries=2, sleep=lambda _: None))
            return ReccoBeatsSource(
                clients[-1],
                KNOWN["spotify_id"].drop_nulls().to_list(),
                KNOWN["isrc"].drop_nulls().to_list(),
                answers=answers,
            )

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
        server.fail("answer", at=2, times=99, answer=Answer({"content": "none"}))
        yield open_again


@contextmanager
def cut(folder):
    with serving(folder) as (server, open_again):
        server.fail("cut", at=2, times=2)
        yield open_again

"""Features are given to the tracks they are of, and each track is asked for once."""

from contextlib import ExitStack

import polars as pl
import pytest
from fake_server import Answer
from reccobeats.fake_reccobeats import FakeReccoBeats, features, isrc, spotify_id

from partsong.errors import ImportPausedError, ServiceError
from partsong.sources import Arrivals, Client, ReccoBeatsSource

DAY = 86_400


class Clock:
    now = 1_800_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def source_of(tmp_path, clock):
    with ExitStack() as running:
        answers = running.enter_context(Arrivals(tmp_path / "answers.sqlite", clock=clock))

        def open_source(server, numbers, isrcs=()):
            client = Client(
                service="reccobeats", url=server.url, tries=2, sleep=lambda _: None, clock=clock
            )
            return ReccoBeatsSource(
                running.enter_context(client),
                [spotify_id(number) for number in numbers],
                [isrc(number) for number in isrcs],
                answers=answers,
            )

        yield open_source


def read(source):
    return pl.concat([batch.tracks for batch in source.batches()])


def test_each_track_gets_its_own_features_whatever_the_order_of_the_answer(source_of):
    with FakeReccoBeats(range(0, 60, 2)) as server:
        source = source_of(server, range(60))
        (batch,) = source.batches()
    assert batch.tracks["spotify_id"].to_list() == [spotify_id(one) for one in range(0, 60, 2)]
    assert batch.tracks["energy"].to_list() == [one / 100 for one in range(0, 60, 2)]
    assert batch.tracks["key"].to_list() == [one % 12 for one in range(0, 60, 2)]
    assert (batch.source, batch.analysis, batch.only_known) == ("reccobeats", "reccobeats", True)
    assert "time_signature" not in batch.tracks.columns
    assert source.report.read == 60
    assert dict(source.report.dropped) == {"ReccoBeats does not know it": 30}


def test_forty_at_once_and_no_more(source_of):
    with FakeReccoBeats(range(90)) as server:
        source = source_of(server, range(90))
        assert source.plan().n_requests == 3
        assert read(source).height == 90
        assert len(server.seen) == 3


def test_tracks_without_a_spotify_id_are_asked_for_by_isrc(source_of):
    with FakeReccoBeats([1, 2, 3]) as server:
        source = source_of(server, [1], isrcs=[2, 9])
        assert source.plan().steps == {"tracks by Spotify id": 1, "tracks by ISRC": 1}
        rows = read(source)
    assert rows["spotify_id"].to_list() == [spotify_id(1), None]
    assert rows["isrc"].to_list() == [None, isrc(2)]


def test_without_isrcs_it_still_gives_what_it_has(source_of):
    with FakeReccoBeats([1, 2], takes_isrcs=False) as server:
        source = source_of(server, [1], isrcs=[2])
        assert read(source)["spotify_id"].to_list() == [spotify_id(1)]
    assert "No tracks by ISRC" in source.report.notes[0]


def test_values_that_cannot_be_are_missing_and_counted(source_of):
    with FakeReccoBeats([1]) as server:
        server.known[1] |= {"energy": 1.7, "tempo": "fast", "key": -1, "valence": None}
        server.known[1] |= {"danceability": {"value": 1}, "loudness": "-7.5"}
        source = source_of(server, [1])
        row = read(source).row(0, named=True)
    for name in ("energy", "tempo", "key", "valence", "danceability"):
        assert row[name] is None
    assert row["loudness"] == -7.5
    assert set(source.report.set_missing) == {
        "energy: outside 0 to 1",
        "key: not detected, coded as -1",
    }


def test_an_answer_for_another_track_is_nobody_s(source_of):
    with FakeReccoBeats([1]) as server:
        server.known[1] = features(1, href="https://open.spotify.com/track/" + spotify_id(7))
        source = source_of(server, [1])
        assert list(source.batches()) == []
    assert dict(source.report.dropped) == {"ReccoBeats does not know it": 1}


def test_hits_and_misses_are_not_asked_for_again_within_ninety_days(source_of, clock):
    with FakeReccoBeats([1, 2]) as server:
        read(source_of(server, [1, 5]))
        assert source_of(server, [1, 5]).plan().n_requests == 0
        clock.now += 89 * DAY
        rows = read(source_of(server, [1, 2, 5]))
        assert rows["spotify_id"].to_list() == [spotify_id(1), spotify_id(2)]
        assert server.asked == [spotify_id(1), spotify_id(5), spotify_id(2)]
        clock.now += 2 * DAY
        read(source_of(server, [1, 2, 5]))
        assert server.asked[3:] == [spotify_id(1), spotify_id(5)]


def test_what_arrived_before_a_stop_is_yielded_then_and_not_asked_for_again(source_of):
    with FakeReccoBeats(range(100)) as server:
        server.fail(
            "answer", at=2, times=1, answer=Answer(status=429, headers={"Retry-After": "3600"})
        )
        source = source_of(server, range(100))
        batches = source.batches()
        assert next(batches).tracks.height == 40
        with pytest.raises(ImportPausedError) as pause:
            next(batches)
        assert pause.value.resume_at is not None
        assert source.report.read == 40
        assert read(source_of(server, range(100))).height == 100
        assert len(server.answered) == 3


@pytest.mark.parametrize("said", [{"content": None}, {"features": []}, [], {"content": {}}])
def test_an_answer_of_another_form_is_refused(source_of, said):
    with FakeReccoBeats([1]) as server:
        server.fail("answer", times=9, answer=Answer(said))
        with pytest.raises(ServiceError, match="'content'"):
            list(source_of(server, [1]).batches())

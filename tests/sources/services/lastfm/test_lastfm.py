"""Last.fm: what becomes of its JSON and its errors, and that pages stand still while it goes on."""

from datetime import UTC, datetime

import polars as pl
import pytest
from direct_client import DirectClient
from fake_server import Answer
from lastfm.fake_lastfm import (
    KEY,
    T0,
    USER,
    FakeLastfm,
    history,
    loved,
    mbid,
    scrobble,
    similar,
)

from partsong.errors import (
    ForbiddenError,
    ImportPausedError,
    LoginNeededError,
    ServiceError,
    ServiceMissingError,
)
from partsong.sources import Client, LastfmSource, Response
from partsong.sources.services.lastfm.endpoints import status_of


class Direct(DirectClient):
    """Without the network, with the key."""

    def __init__(self, fake):
        super().__init__(
            [
                (method, pattern, lambda seen, answer=answer: answer(with_key(seen)))
                for method, pattern, answer in fake.routes()
            ],
            status_of=LastfmSource.status_of,
        )


def with_key(seen):
    seen.params["api_key"] = KEY
    return seen


def opened(fake, **options):
    return LastfmSource(Direct(fake), USER, **options)


def rows_of(lastfm):
    batches = [batch.tracks for batch in lastfm.batches()]
    return pl.concat(batches)


def test_a_scrobble_becomes_a_play():
    lastfm = opened(FakeLastfm(scrobbles=[scrobble(1, at=T0)]), what=["listens"])
    (row,) = rows_of(lastfm).rows(named=True)
    assert (row["title"], row["artists"], row["album"]) == ("Song 1", ["Band 1"], "Album 1")
    assert row["mbid"] == mbid(1)
    assert row["played_at"] == datetime.fromtimestamp(T0, tz=UTC).replace(tzinfo=None)


def test_empty_texts_are_missing_values():
    lastfm = opened(FakeLastfm(scrobbles=[scrobble(15, at=T0)]), what=["listens"])
    (row,) = rows_of(lastfm).rows(named=True)
    assert row["album"] is None
    assert row["mbid"] is None
    assert not lastfm.report.set_missing


def test_an_id_of_a_track_on_a_release_is_none_of_a_recording():
    one = scrobble(1, at=T0) | {"mbid": mbid(1, version=3)}
    lastfm = opened(FakeLastfm(scrobbles=[one]), what=["listens"])
    assert rows_of(lastfm)["mbid"].to_list() == [None]


@pytest.mark.parametrize("n", [0, 1, 2])
def test_what_plays_just_now_is_no_play_yet(n):
    lastfm = opened(FakeLastfm(scrobbles=history(n), is_playing=True), what=["listens"])
    assert len(rows_of(lastfm)) == n
    assert lastfm.report.read == n


def test_scrobbles_with_a_clock_that_was_never_set_are_left_out_and_counted():
    unset = scrobble(1, at=T0) | {"date": {"uts": "1", "#text": "01 Jan 1970, 00:00"}}
    nameless = scrobble(2, at=T0 - 1) | {"name": ""}
    fake = FakeLastfm(scrobbles=[scrobble(3, at=T0), nameless])
    fake._page = lambda name, *_: {name: {"track": [scrobble(3, at=T0), nameless, unset]}}
    lastfm = opened(fake, what=["listens"])
    assert rows_of(lastfm)["title"].to_list() == ["Song 3"]
    assert lastfm.report.dropped == {"no time of play": 1, "no title": 1}


def test_names_come_with_or_without_more_on_the_artist():
    extended = scrobble(1, at=T0) | {"artist": {"name": "Tame Impala", "url": "", "mbid": ""}}
    fake = FakeLastfm(scrobbles=[extended, scrobble(2, at=T0 - 1)])
    rows = rows_of(opened(fake, what=["listens"]))
    assert rows["artists"].to_list() == [["Tame Impala"], ["Band 2"]]


def test_pages_stand_still_while_new_scrobbles_come_in():
    fake = FakeLastfm(scrobbles=history(700))
    expected = [int(one["date"]["uts"]) for one in fake.scrobbles]
    got = []
    for batch in opened(fake, what=["listens"]).batches():
        got += batch.tracks["played_at"].dt.epoch("s").to_list()
        fake.scrobbles.insert(0, scrobble(1, at=T0 + len(got)))
    assert got == expected


def test_only_scrobbles_since_a_time_are_asked_for():
    fake = FakeLastfm(scrobbles=history(700, seconds=3600))
    since = datetime.fromtimestamp(T0 - 300 * 3600, tz=UTC)
    lastfm = opened(fake, what=["listens"], since=since)
    assert len(rows_of(lastfm)) == 301
    assert len(lastfm._client.asked) == 2


def test_loved_tracks_are_liked_and_are_no_plays():
    rows = rows_of(opened(FakeLastfm(loved_tracks=[loved(1)]), what=["feedback"]))
    assert rows.select("title", "liked", "played_at").rows() == [("Song 1", True, None)]


def test_similar_tracks_are_scored_by_all_seeds_and_seeds_are_none_of_them():
    fake = FakeLastfm(top=[("A", "Band"), ("B", "Band"), ("Unknown", "Nobody"), ("C", "Band")])
    fake.alike = {
        ("A", "Band"): [
            similar("X", "New", 1),
            similar("B", "Band", "0.9"),
            similar("Y", "New", 0.3),
        ],
        ("B", "Band"): [similar("y", "NEW", "0.8"), similar("Z", "New", 0)],
        ("C", "Band"): [similar("W", "New", 1)],
    }
    lastfm = opened(fake, what=["candidates"], n_seeds=3)
    rows = rows_of(lastfm)
    assert rows.select("title", "suggested").rows() == [("Y", pytest.approx(1.1)), ("X", 1.0)]
    assert rows["duration_ms"].to_list() == [278_000, 278_000]
    assert len(lastfm._client.asked) == 4, "the most played, and three seeds"


def test_nothing_similar_is_said():
    lastfm = opened(FakeLastfm(top=[("Unknown", "Nobody")]), what=["candidates"])
    assert not len(rows_of(lastfm))
    assert "no tracks that are similar" in lastfm.report.notes[0]


def test_no_seeds_are_no_requests():
    lastfm = opened(FakeLastfm(top=[("A", "Band")]), what=["candidates"], n_seeds=0)
    assert not len(rows_of(lastfm))
    assert not lastfm._client.asked


@pytest.mark.parametrize("n_scrobbles", [0, 1, 199, 200, 201, 1000])
@pytest.mark.parametrize("n_loved", [0, 1000, 1001])
def test_the_plan_is_the_number_of_requests(n_scrobbles, n_loved):
    fake = FakeLastfm(
        scrobbles=history(n_scrobbles),
        loved_tracks=[loved(n) for n in range(n_loved)],
        top=[(f"Song {n}", "Band") for n in range(5)],
    )
    fake.alike = {seed: [similar("X", "New", 1)] for seed in fake.top}
    lastfm = opened(fake)
    planned = lastfm.plan()
    n_asked = len(lastfm._client.asked)
    assert n_asked == 3
    rows_of(lastfm)
    assert len(lastfm._client.asked) - n_asked == planned.n_requests
    assert lastfm.plan().n_requests == 0, "everything has arrived"


@pytest.mark.parametrize(
    ("code", "http", "meant"),
    [
        (6, 200, 404),
        (8, 200, 500),
        (10, 403, 401),
        (11, 400, 503),
        (16, 200, 503),
        (17, 200, 403),
        (26, 403, 401),
        (29, 200, 429),
        (29, 429, 429),
        (3, 200, 400),
    ],
)
def test_errors_mean_what_their_number_says(code, http, meant):
    body = b'{"error": %d, "message": "Said."}' % code
    assert status_of(Response(status=http, headers={}, body=body)) == meant


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error": "no number"}'])
def test_what_is_no_error_of_last_fms_means_what_http_says(body):
    assert status_of(Response(status=502, headers={}, body=body)) == 502


class TestOverHttp:
    """Faults of a server."""

    @pytest.fixture
    def waits(self):
        return []

    @pytest.fixture
    def served(self, fake_server, waits):
        clients = []

        def serve(fake, *, key=KEY, **options):
            server = fake_server(fake.routes())
            client = Client(
                service="lastfm",
                url=server.url,
                params={"api_key": key},
                status_of=LastfmSource.status_of,
                sleep=waits.append,
                clock=lambda: 1_000.0 + sum(waits),
                timeout=2,
            )
            clients.append(client)
            return server, LastfmSource(client, USER, **options)

        yield serve
        for client in clients:
            client.close()

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "answer"},  # 500, then fine
            {"kind": "answer", "answer": Answer({"error": 29, "message": "Rate limit"}, 200)},
            {"kind": "answer", "answer": Answer({"error": 29, "message": "Rate limit"}, 429)},
            {"kind": "answer", "answer": Answer({"error": 8, "message": "Operation failed"}, 200)},
            {"kind": "answer", "answer": Answer({"error": 16, "message": "Try again"}, 503)},
            {"kind": "truncated"},
            {"kind": "cut"},
        ],
    )
    def test_what_passes_is_waited_for(self, served, waits, fault):
        server, lastfm = served(FakeLastfm(scrobbles=history(450)), what=["listens"])
        server.fail(pattern="page=2", times=2, **fault)
        assert len(rows_of(lastfm)) == 450
        assert waits

    def test_a_long_outage_stops_the_import_and_tells_why(self, served):
        server, lastfm = served(FakeLastfm(scrobbles=history(450)), what=["listens"])
        offline = Answer({"error": 11, "message": "Service Offline"}, 200)
        server.fail("answer", "page=2", times=99, answer=offline)
        with pytest.raises(ImportPausedError, match="Service Offline"):
            rows_of(lastfm)

    @pytest.mark.parametrize(
        ("key", "hidden", "user", "error", "said"),
        [
            ("f" * 32, False, USER, LoginNeededError, "Invalid API key"),
            (KEY, True, USER, ForbiddenError, "required to be logged in"),
            (KEY, False, "nobody", ServiceMissingError, "User not found"),
        ],
    )
    def test_a_refusal_is_told_without_the_key(self, served, key, hidden, user, error, said):
        fake = FakeLastfm(scrobbles=history(3))
        fake.is_hidden = hidden
        _, lastfm = served(fake, key=key)
        lastfm._user = user
        with pytest.raises(error, match=said) as told:
            rows_of(lastfm)
        assert key not in str(told.value) + told.value.hint
        assert ("Privacy" in told.value.hint) == hidden

    def test_an_answer_of_another_kind_is_told(self, served):
        server, lastfm = served(FakeLastfm())
        server.fail("answer", answer=Answer({"lovedtracks": {}}, 200))
        with pytest.raises(ServiceError, match="without 'recenttracks'"):
            rows_of(lastfm)

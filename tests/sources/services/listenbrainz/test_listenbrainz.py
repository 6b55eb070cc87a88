"""ListenBrainz: what becomes of its answers, and that nothing of a history is lost or asked twice."""

from datetime import UTC, datetime

import polars as pl
import pytest
from direct_client import DirectClient
from fake_server import Answer
from hypothesis import given, settings
from hypothesis import strategies as st
from listenbrainz.fake_listenbrainz import (
    T0,
    USER,
    FakeListenBrainz,
    history,
    listen,
    mbid,
    recommendation,
    verdict,
)

from partsong.errors import LoginNeededError, ServiceError, ServiceMissingError
from partsong.sources import Client, ListenBrainzSource
from partsong.sources.services.listenbrainz import endpoints, source

SMALL = 20


@pytest.fixture(scope="module", autouse=True)
def small_pages():
    """Pages of 20 instead of 1,000: the rules are the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(endpoints, "PAGE", SMALL)
        patch.setattr(source, "PAGE", SMALL)
        patch.setattr(source, "_STEP", SMALL - 1)
        yield


def opened(fake, **options):
    return ListenBrainzSource(DirectClient(fake.routes()), USER, **options)


def rows_of(listenbrainz):
    return pl.concat([batch.tracks for batch in listenbrainz.batches()])


def heard(listens, **options):
    listenbrainz = opened(FakeListenBrainz(listens=listens), what=["listens"], **options)
    return rows_of(listenbrainz), listenbrainz.report


def epochs(rows):
    return rows["played_at"].dt.epoch("s").to_list()


def test_a_listen_becomes_a_play_with_all_ids():
    rows, report = heard([listen(1, at=T0, isrc="us-um7-12-00001", recording_mbid=mbid(77))])
    (row,) = rows.rows(named=True)
    assert row["title"] == "Song 1"
    assert row["artists"] == ["Band 1"]
    assert row["album"] == "Album 1"
    assert row["duration_ms"] == 180_001
    assert row["spotify_id"] == f"{1:022d}"
    assert row["isrc"] == "USUM71200001"
    assert row["mbid"] == mbid(77), "what was submitted goes before what was mapped"
    assert row["played_at"] == datetime.fromtimestamp(T0, tz=UTC).replace(tzinfo=None)
    assert not report.set_missing


def test_artists_of_a_credit_are_told_apart_where_musicbrainz_knows_them():
    one = listen(1, at=T0)
    one["track_metadata"]["artist_name"] = "All Time Low ft. Demi Lovato"
    other = {"artist_credit_name": "Demi Lovato", "join_phrase": "", "artist_mbid": mbid(5)}
    one["track_metadata"]["mbid_mapping"]["artists"].append(other)
    unmapped = listen(3, at=T0 - 1)
    unmapped["track_metadata"]["artist_name"] = "All Time Low ft. Demi Lovato"
    rows, _ = heard([one, unmapped])
    assert rows["artists"].to_list() == [
        ["Band 1", "Demi Lovato"],
        ["All Time Low ft. Demi Lovato"],
    ]


def test_another_services_address_is_no_spotify_id():
    rows, report = heard([listen(2, at=T0)])
    assert rows["spotify_id"].to_list() == [None]
    assert not report.set_missing


def test_a_length_in_seconds_counts_where_there_is_none_in_milliseconds():
    one = listen(1, at=T0, duration=362)
    del one["track_metadata"]["additional_info"]["duration_ms"]
    rows, _ = heard([one])
    assert rows["duration_ms"].to_list() == [362_000]


def test_what_cannot_be_found_again_is_left_out_and_counted():
    titleless, nobody, timeless = (listen(n, at=T0 - n) for n in (3, 6, 9))
    titleless["track_metadata"]["track_name"] = "  "
    nobody["track_metadata"]["artist_name"] = ""
    timeless["listened_at"] = None
    bare = {"listened_at": T0 - 20, "track_metadata": None}
    fake = FakeListenBrainz()
    fake.listens = [listen(1, at=T0), titleless, nobody, bare, timeless]
    fake._listens = lambda _: Answer({"payload": {"listens": fake.listens}})
    listenbrainz = opened(fake, what=["listens"])
    rows = rows_of(listenbrainz)
    assert rows["title"].to_list() == ["Song 1"]
    assert listenbrainz.report.dropped == {"no title": 2, "no artist": 1, "no time of play": 1}
    assert listenbrainz.report.read == 5


def test_ids_that_are_none_become_missing_and_are_counted():
    one = listen(3, at=T0, isrc="unknown", recording_mbid="not-an-id", spotify_id="1234")
    rows, report = heard([one])
    assert rows.select("isrc", "mbid", "spotify_id").row(0) == (None, None, None)
    assert sum(report.set_missing.values()) == 3


@settings(max_examples=30)
@given(
    # Several plays in one second, also where one page ends and the next begins.
    counts=st.lists(st.integers(1, SMALL - 1), max_size=12),
    gaps=st.lists(st.integers(1, 400), min_size=12, max_size=12),
)
def test_every_listen_comes_once_however_many_are_of_one_second(counts, gaps):
    at, listens = T0, []
    for count, gap in zip(counts, gaps, strict=False):
        listens += [listen(n, at=at) for n in range(count)]
        at -= gap
    rows, report = heard(listens)
    got = sorted(zip(epochs(rows), rows["title"], strict=True))
    assert got == sorted(
        (one["listened_at"], one["track_metadata"]["track_name"]) for one in listens
    )
    assert report.read == len(listens)


def test_a_second_that_fills_pages_does_not_stop_an_import():
    rows, _ = heard([*(listen(n, at=T0) for n in range(50)), listen(99, at=T0 - 5)])
    assert "Song 99" in rows["title"].to_list()


def test_a_page_that_is_short_before_the_end_does_not_end_the_history():
    fake = FakeListenBrainz(listens=history(45))
    whole = fake._listens

    def first_is_short(seen):
        told = whole(seen)
        if "max_ts" not in seen.params:
            del told.body["payload"]["listens"][7:]
        return told

    fake._listens = first_is_short
    assert len(rows_of(opened(fake, what=["listens"]))) == 45


def test_listens_that_come_in_meanwhile_wait_for_the_next_import():
    fake = FakeListenBrainz(listens=history(45))
    expected = [one["listened_at"] for one in fake.listens]
    listenbrainz = opened(fake, what=["listens"])
    got = []
    for batch in listenbrainz.batches():
        got += epochs(batch.tracks)
        fake.listens.insert(0, listen(1, at=T0 + len(got)))
    assert got == expected


def test_only_listens_since_a_time_are_asked_for():
    fake = FakeListenBrainz(listens=history(100, seconds=3600))
    since = datetime.fromtimestamp(T0 - 25 * 3600, tz=UTC)
    listenbrainz = opened(fake, what=["listens"], since=since)
    assert len(rows_of(listenbrainz)) == 26
    assert len(listenbrainz._client.asked) == 2
    assert listenbrainz.report.read == 26


def test_loves_hates_and_recommendations_are_told_apart_from_plays():
    fake = FakeListenBrainz(
        feedback=[verdict(1, 1), verdict(2, -1), verdict(4, 0)],
        recommended=[recommendation(n, heard=n == 20_002) for n in (20_003, 20_002, 20_001)],
        nameless=[20_001],
    )
    listenbrainz = opened(fake)
    rows = rows_of(listenbrainz)
    assert rows.select("title", "liked", "suggested").rows() == [
        ("Song 1", True, None),
        ("Song 2", False, None),
        ("Song 4", None, None),
        ("New Song 20003", None, 1.5 - 20_003 / 1_000_000),
    ]
    assert rows["played_at"].null_count() == 4
    (row,) = rows.filter(pl.col("suggested").is_not_null()).rows(named=True)
    assert row["artists"] == ["Guest 20003", "The Choir"]
    assert (row["mbid"], row["duration_ms"]) == (mbid(20_003), 200_000)
    assert (row["album"], row["release_date"]) == ("New Album", "2020")
    assert listenbrainz.report.dropped == {
        "recommended, but played already": 1,
        "recommended, but not described": 1,
    }


def test_no_recommendations_are_no_fault():
    listenbrainz = opened(FakeListenBrainz(listens=history(3)))
    assert len(rows_of(listenbrainz)) == 3
    assert "no recommendations" in listenbrainz.report.notes[0]
    assert "no recommendations" in opened(FakeListenBrainz()).plan().notes[0]


@pytest.mark.parametrize("n_listens", [0, 1, SMALL - 1, SMALL, 2 * SMALL - 2, 2 * SMALL - 1, 200])
@pytest.mark.parametrize("n_feedback", [0, SMALL, SMALL + 1])
def test_the_plan_is_the_number_of_requests(n_listens, n_feedback):
    fake = FakeListenBrainz(
        listens=history(n_listens),
        feedback=[verdict(n, 1) for n in range(n_feedback)],
        recommended=[recommendation(n) for n in range(20_000, 20_000 + n_feedback * 11)],
    )
    listenbrainz = opened(fake)
    planned = listenbrainz.plan()
    n_asked = len(listenbrainz._client.asked)
    assert n_asked <= 3
    rows_of(listenbrainz)
    assert len(listenbrainz._client.asked) - n_asked == planned.n_requests
    assert listenbrainz.plan().n_requests == 0, "everything has arrived"


def test_the_plan_of_what_is_new_is_near():
    fake = FakeListenBrainz(listens=history(1000, seconds=600))
    since = datetime.fromtimestamp(T0 - 300 * 600, tz=UTC)
    listenbrainz = opened(fake, what=["listens"], since=since)
    planned = listenbrainz.plan()
    assert "estimate" in planned.notes[0]
    rows_of(listenbrainz)
    assert abs(len(listenbrainz._client.asked) - 1 - planned.n_requests) <= 1


class TestOverHttp:
    """Faults of a server."""

    @pytest.fixture
    def waits(self):
        return []

    @pytest.fixture
    def served(self, fake_server, waits):
        clients = []

        def serve(fake, *, token=None, **options):
            server = fake_server(fake.routes())
            client = Client(
                service="listenbrainz",
                url=server.url,
                headers={"Authorization": f"Token {token}"} if token else {},
                sleep=waits.append,
                clock=lambda: 1_000.0 + sum(waits),
                timeout=2,
            )
            clients.append(client)
            return server, ListenBrainzSource(client, USER, **options)

        yield serve
        for client in clients:
            client.close()

    @pytest.mark.parametrize(
        "fault",
        [
            {"kind": "answer"},  # 500, then fine
            {"kind": "answer", "times": 3, "answer": Answer(b"<html>Bad Gateway</html>", 502)},
            {"kind": "answer", "answer": Answer({"code": 429, "error": "Slow down"}, 429)},
            {"kind": "truncated"},
            {"kind": "cut"},
        ],
    )
    def test_what_passes_is_waited_for(self, served, waits, fault):
        server, listenbrainz = served(FakeListenBrainz(listens=history(50)))
        server.fail(pattern="max_ts", **fault)
        assert len(rows_of(listenbrainz)) == 50
        assert waits

    def test_its_rate_limit_is_obeyed(self, served, waits):
        fake = FakeListenBrainz(listens=history(50))
        server, listenbrainz = served(fake, what=["listens"])
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-In": "7"}
        body = {"payload": {"count": 50}}
        server.fail("answer", "listen-count", answer=Answer(body, 200, headers))
        limited = Answer({"code": 429, "error": "Too many"}, 429, headers)
        server.fail("answer", "max_ts", answer=limited)
        assert len(rows_of(listenbrainz)) == 50
        assert sum(waits) >= 14

    def test_a_wrong_token_is_named_and_not_shown(self, served):
        fake = FakeListenBrainz()
        fake.token = "right"
        _, listenbrainz = served(fake, token="a-secret-token")
        with pytest.raises(LoginNeededError, match="Invalid authorization token") as told:
            rows_of(listenbrainz)
        assert "a-secret-token" not in str(told.value) + told.value.hint

    def test_an_unknown_listener_is_named(self, served):
        _, listenbrainz = served(FakeListenBrainz())
        listenbrainz._user = "nobody/else?"
        with pytest.raises(ServiceMissingError, match="Cannot find user: nobody/else"):
            rows_of(listenbrainz)

    def test_an_answer_of_another_kind_is_told(self, served):
        server, listenbrainz = served(FakeListenBrainz())
        server.fail("answer", "/listens", answer=Answer({"payload": ["?"]}, 200))
        with pytest.raises(ServiceError, match="without 'listens'"):
            rows_of(listenbrainz)

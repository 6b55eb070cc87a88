"""ListenBrainz into a catalog: whole, in two runs, again later, and without a word too many."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest
from fake_server import Answer
from listenbrainz.fake_listenbrainz import (
    T0,
    USER,
    FakeListenBrainz,
    history,
    listen,
    recommendation,
    verdict,
)

from partsong.errors import SecretsError
from partsong.sources.services.listenbrainz import endpoints, source
from partsong.workflow import import_listenbrainz, open_catalog, plan_listenbrainz, track_conditions

SMALL = 50


@pytest.fixture(autouse=True)
def served(own_folders, fake_server, monkeypatch):
    """Start a server that the settings lead to; pages of 50, and no waiting."""
    monkeypatch.setenv("HOME", str(own_folders))
    monkeypatch.setattr(endpoints, "PAGE", SMALL)
    monkeypatch.setattr(source, "PAGE", SMALL)
    monkeypatch.setattr(source, "_STEP", SMALL - 1)
    monkeypatch.setattr("partsong.sources.http.pacing._LONGEST_BACK_OFF", 0.01)

    def serve(fake):
        server = fake_server(fake.routes())
        monkeypatch.setenv("PARTSONG_LISTENBRAINZ_URL", server.url)
        return server

    return serve


def contents(catalog):
    store = open_catalog(catalog)
    tracks = store.read_tracks().sort("track_id")
    return tracks, store.read_listens(), store.read_feedback().drop("said_at").sort("track_id")


def same(one, other):
    return all(first.equals(second) for first, second in zip(one, other, strict=True))


def test_plays_verdicts_and_candidates_land_where_they_belong(served):
    served(
        FakeListenBrainz(
            listens=history(120, songs=30),
            feedback=[verdict(1, 1), verdict(2, -1)],
            recommended=[recommendation(20_001), recommendation(20_002)],
        )
    )
    report = import_listenbrainz(USER)
    assert report.listens == 120
    assert not report.stopped
    store = open_catalog()
    assert store.count_tracks("in_library") == 30
    assert store.status().feedback == {"like": 1, "dislike": 1}
    suggested = store.read_tracks(["title", "in_library"], where=track_conditions(suggested=True))
    assert suggested.drop("track_id").rows() == [
        ("New Song 20001", False),
        ("New Song 20002", False),
    ]


def test_an_import_cut_on_page_seven_goes_on_there(served, tmp_path):
    fake = FakeListenBrainz(listens=history(400, songs=90), feedback=[verdict(3, 1)])
    served(fake)
    import_listenbrainz(USER, catalog=tmp_path / "undisturbed.duckdb")

    server = served(fake)
    server.fail("cut", "/listens", at=7, times=5)
    catalog = tmp_path / "cut.duckdb"
    first = import_listenbrainz(USER, catalog=catalog)
    assert first.stopped
    assert first.listens == 6 * (SMALL - 1) + 1, "six pages, each with one listen of the one before"
    n_answered = len(server.answered)
    planned = plan_listenbrainz(USER, catalog=catalog)
    n_seen = len(server.seen)
    second = import_listenbrainz(USER, catalog=catalog)
    assert not second.stopped
    assert len(server.seen) - n_seen == planned.n_requests
    asked = [(seen.path, *sorted(seen.params.items())) for seen in server.answered]
    assert len(set(asked)) == len(asked) > n_answered, "nothing is answered twice"
    assert same(contents(catalog), contents(tmp_path / "undisturbed.duckdb"))
    assert not catalog.with_suffix(".arrivals").exists(), "what arrived is forgotten in the end"


def test_a_second_import_asks_only_for_what_may_be_new(served):
    now = int(datetime.now(UTC).timestamp())
    old = [listen(n, at=now - 86_400 * (20 + n)) for n in range(200)]
    fake = FakeListenBrainz(listens=[listen(1, at=now - 3600), *old])
    server = served(fake)
    assert import_listenbrainz(USER, what=["listens"]).listens == 201
    n_seen = len(server.seen)
    # One of today, and one that a player without a network sent late.
    fake.listens.insert(0, listen(2, at=now - 60))
    fake.listens.insert(2, listen(3, at=now - 86_400 * 10))
    report = import_listenbrainz(USER, what=["listens"])
    assert report.listens == 2
    assert report.read == 3
    assert len(server.seen) - n_seen == 1
    assert "--all" in report.notes[0]
    fake.listens.append(listen(4, at=now - 86_400 * 3000))
    assert import_listenbrainz(USER, what=["listens"]).listens == 0
    assert import_listenbrainz(USER, what=["listens"], everything=True).listens == 1


def test_an_import_of_something_else_or_of_someone_else_makes_no_listens_old(served):
    fake = FakeListenBrainz(listens=history(60), feedback=[verdict(1, 1)])
    served(fake)
    import_listenbrainz(USER, what=["feedback"])
    fake_user = open_catalog().imports()[0].files
    assert fake_user == [f"{USER}'s feedback"]
    assert import_listenbrainz(USER, what=["listens"]).listens == 60


def test_an_import_that_stopped_makes_no_listens_old(served):
    server = served(FakeListenBrainz(listens=history(120)))
    server.fail("cut", "max_ts", times=5)
    assert import_listenbrainz(USER, what=["listens"]).stopped
    assert import_listenbrainz(USER, what=["listens"]).listens == 120 - SMALL


def test_a_day_can_be_named(served):
    served(FakeListenBrainz(listens=history(120, seconds=3600)))
    since = datetime.fromtimestamp(T0, tz=UTC) - timedelta(hours=10)
    assert import_listenbrainz(USER, what=["listens"], since=since).listens == 11


def test_the_name_may_be_set_up_and_must_be_known(served, monkeypatch):
    served(FakeListenBrainz(listens=history(1)))
    with pytest.raises(SecretsError, match="user") as told:
        import_listenbrainz()
    assert "PARTSONG_LISTENBRAINZ_USER" in told.value.hint
    monkeypatch.setenv("PARTSONG_LISTENBRAINZ_USER", USER)
    assert import_listenbrainz().listens == 1


def test_the_token_is_sent_and_kept_nowhere(served, monkeypatch, tmp_path):
    fake = FakeListenBrainz(listens=history(60))
    fake.token = "1b3a5c7e-token"
    server = served(fake)
    monkeypatch.setenv("PARTSONG_LISTENBRAINZ_TOKEN", fake.token)
    server.fail("answer", "get-feedback", times=9, answer=Answer({"error": fake.token}, 503))
    report = import_listenbrainz(USER)
    assert report.listens == 60
    assert report.stopped
    assert fake.token not in str(report.to_dict())
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".sqlite" for path in kept)
    assert all(fake.token.encode() not in path.read_bytes() for path in kept)


def test_titles_are_kept_as_they_are_whatever_they_say(served):
    hostile = ["'; DROP TABLE tracks; --", "\x1b[2J<script>alert(1)</script>", "=cmd()", "日本語"]
    listens = []
    for n, title in enumerate(hostile):
        one = listen(3 * n, at=T0 - n)
        one["track_metadata"]["track_name"] = title
        listens.append(one)
    served(FakeListenBrainz(listens=listens))
    import_listenbrainz(USER)
    assert open_catalog().read_tracks(["title"])["title"].to_list() == hostile
    assert isinstance(open_catalog().read_listens(), pl.DataFrame)

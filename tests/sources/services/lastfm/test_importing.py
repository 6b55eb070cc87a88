"""Last.fm into a catalog: whole, in two runs, and again later."""

from datetime import UTC, datetime

import pytest
from lastfm.fake_lastfm import KEY, USER, FakeLastfm, history, loved, scrobble, similar

from partsong.errors import LoginNeededError, SecretsError
from partsong.sources.services.lastfm import endpoints
from partsong.workflow import import_lastfm, open_catalog, plan_lastfm, track_conditions


@pytest.fixture(autouse=True)
def served(own_folders, fake_server, monkeypatch):
    """Start a server that the settings lead to; pages of 50, and no waiting."""
    monkeypatch.setenv("HOME", str(own_folders))
    monkeypatch.setattr(endpoints, "PAGE", 50)
    monkeypatch.setattr("partsong.sources.http.pacing._LONGEST_BACK_OFF", 0.01)
    monkeypatch.setenv("PARTSONG_LASTFM_API_KEY", KEY)

    def serve(fake):
        server = fake_server(fake.routes())
        monkeypatch.setenv("PARTSONG_LASTFM_URL", server.url)
        return server

    return serve


def contents(catalog):
    store = open_catalog(catalog)
    suggested = store.read_tracks(where=track_conditions(suggested=True)).sort("track_id")
    tracks = store.read_tracks().sort("track_id")
    likes = store.read_feedback().drop("said_at").sort("track_id")
    return tracks, store.read_listens(), likes, suggested


def filled(n_scrobbles, n_seeds=3):
    top = [(f"Song {n}", f"Band {n}") for n in range(n_seeds)]
    fake = FakeLastfm(
        scrobbles=history(n_scrobbles, songs=60),
        loved_tracks=[loved(1)],
        top=top,
        is_playing=True,
    )
    fake.alike = {seed: [similar("X", "New", 1), similar("Y", "New", 0.5)] for seed in top}
    return fake


def test_plays_likes_and_candidates_land_where_they_belong(served):
    served(filled(120))
    report = import_lastfm(USER)
    assert report.listens == 120
    store = open_catalog()
    assert store.count_tracks("in_library") == 60
    assert store.status().feedback == {"like": 1}
    suggested = store.read_tracks(["title", "in_library"], where=track_conditions(suggested=True))
    assert suggested.drop("track_id").rows() == [("X", False), ("Y", False)]


def test_an_import_cut_on_page_seven_goes_on_there(served, tmp_path, monkeypatch):
    fake = filled(400)
    served(fake)
    import_lastfm(USER, catalog=tmp_path / "undisturbed.duckdb")
    monkeypatch.setenv("PARTSONG_CACHE", str(tmp_path / "another"))
    server = served(fake)
    server.fail("cut", "page=7", times=5)
    catalog = tmp_path / "cut.duckdb"
    first = import_lastfm(USER, catalog=catalog)
    assert first.stopped
    assert first.listens == 300
    fake.scrobbles.insert(0, scrobble(1, at=int(datetime.now(UTC).timestamp())))
    planned = plan_lastfm(USER, catalog=catalog)
    n_seen = len(server.seen)
    second = import_lastfm(USER, catalog=catalog)
    assert not second.stopped
    assert len(server.seen) - n_seen == planned.n_requests
    asked = [tuple(sorted(seen.params.items())) for seen in server.answered]
    assert len(set(asked)) == len(asked), "nothing is answered twice"
    for one, other in zip(
        contents(catalog), contents(tmp_path / "undisturbed.duckdb"), strict=True
    ):
        assert one.equals(other)


def test_similar_tracks_are_good_for_a_month(served):
    server = served(filled(10))
    import_lastfm(USER)
    assert plan_lastfm(USER).steps["candidates"] == 0
    n_seen = len(server.seen)
    import_lastfm(USER)
    asked = [seen.params["method"] for seen in server.seen[n_seen:]]
    assert "track.getSimilar" not in asked


def test_a_second_import_asks_only_for_what_may_be_new(served):
    now = int(datetime.now(UTC).timestamp())
    fake = FakeLastfm(scrobbles=[scrobble(n % 9, at=now - 86_400 * (20 + n)) for n in range(120)])
    server = served(fake)
    assert import_lastfm(USER, what=["listens"]).listens == 120
    n_seen = len(server.seen)
    fake.scrobbles.insert(0, scrobble(2, at=now - 86_400 * 10))
    report = import_lastfm(USER, what=["listens"])
    assert (report.listens, report.read) == (1, 1)
    assert len(server.seen) - n_seen == 1
    assert import_lastfm(USER, what=["listens"], everything=True).read == 121


def test_a_key_is_needed_and_a_wrong_one_changes_nothing(served, monkeypatch):
    served(filled(10))
    monkeypatch.setenv("PARTSONG_LASTFM_API_KEY", "f" * 32)
    with pytest.raises(LoginNeededError, match="Invalid API key"):
        import_lastfm(USER)
    assert not open_catalog().path.exists()
    monkeypatch.delenv("PARTSONG_LASTFM_API_KEY")
    with pytest.raises(SecretsError, match=r"last\.fm/api/account/create"):
        import_lastfm(USER)


def test_the_key_is_kept_nowhere(served, tmp_path):
    server = served(filled(120))
    server.fail("cut", "page=2", times=5)
    assert import_lastfm(USER).stopped
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".sqlite" for path in kept)
    assert all(KEY.encode() not in path.read_bytes() for path in kept)

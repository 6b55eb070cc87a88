"""`partsong import listenbrainz`."""

import pytest
from listenbrainz.fake_listenbrainz import USER, FakeListenBrainz, history, verdict


@pytest.fixture
def fake(partsong, fake_server):
    fake = FakeListenBrainz(listens=history(30), feedback=[verdict(1, 1)])
    fake.server = fake_server(fake.routes())
    partsong.environment["PARTSONG_LISTENBRAINZ_URL"] = fake.server.url
    return fake


@pytest.mark.usefixtures("fake")
def test_a_name_is_all_it_needs(partsong):
    text = partsong("import", "listenbrainz", USER, "--dry-run")
    assert "1 request" in text
    text = partsong("import", "listenbrainz", USER)
    assert "no recommendations" in text
    assert all(len(line) <= 80 for line in text.splitlines())
    status = partsong.json("status")
    assert (status["listens"], status["feedback"]) == (30, {"like": 1})


def test_without_a_name_it_says_where_to_put_one(partsong, fake):
    error = partsong("import", "listenbrainz", exit_code=1)
    assert "partsong sources listenbrainz --set-up" in error
    assert not fake.server.seen


@pytest.mark.usefixtures("fake")
def test_an_unknown_name_is_told(partsong):
    error = partsong("import", "listenbrainz", "nobody", exit_code=1)
    assert "Cannot find user: nobody" in error
    assert not (partsong.folder / "music.duckdb").exists()

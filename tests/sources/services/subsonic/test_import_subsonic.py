"""From a music server to a library, as `partsong import subsonic` does it."""

import pytest
from subsonic.fake_subsonic import API_KEY, PASSWORD, USER, FakeSubsonic, song

from partsong.errors import LoginNeededError, SecretsError
from partsong.workflow import import_subsonic, open_catalog, plan_subsonic


@pytest.fixture
def server(own_folders, monkeypatch):  # noqa: ARG001 - settings and catalog of the test's own
    with FakeSubsonic(620) as running:
        running.songs[5] = song(5, starred="2026-01-01T00:00:00Z", bpm=120)
        running.songs[6] = song(6, userRating=1)
        monkeypatch.setenv("PARTSONG_SUBSONIC_URL", f"{running.url}/rest/")
        monkeypatch.setenv("PARTSONG_SUBSONIC_USER", USER)
        monkeypatch.setenv("PARTSONG_SUBSONIC_PASSWORD", PASSWORD)
        yield running


def test_a_plan_makes_no_catalog_and_what_it_asked_is_not_asked_again(server, own_folders):
    planned = plan_subsonic()
    assert planned.steps == {"songs": 0, "playlists": 1}
    assert planned.notes == ("One playlist is other people's and left alone.",)
    assert not (own_folders / "music.duckdb").exists()
    n_seen = len(server.seen)
    report = import_subsonic()
    assert len(server.seen) - n_seen == 1
    assert (report.read, report.kept, report.merged) == (623, 620, 3)
    assert not (own_folders / "music.arrivals").exists()


def test_what_the_server_knows_is_in_the_catalog(server):
    import_subsonic(playlists=False)
    assert server.count("laylist") == 0
    status = open_catalog().status()
    assert (status.tracks, status.library, status.playlists) == (620, 620, 0)
    assert status.listens == sum(1 for one in server.songs if "played" in one)
    assert status.feedback == {"like": 1, "dislike": 1}
    assert import_subsonic(playlists=False).listens == 0


def test_an_api_key_stands_for_name_and_password(server, monkeypatch):
    monkeypatch.delenv("PARTSONG_SUBSONIC_USER")
    monkeypatch.delenv("PARTSONG_SUBSONIC_PASSWORD")
    with pytest.raises(SecretsError, match="'user'") as told:
        import_subsonic()
    assert "partsong sources subsonic --set-up" in told.value.hint
    monkeypatch.setenv("PARTSONG_SUBSONIC_API_KEY", API_KEY)
    assert import_subsonic().kept == 620
    assert all("u" not in seen.params for seen in server.seen)


def test_a_wrong_password_is_told_and_never_shown(server, monkeypatch):
    monkeypatch.setenv("PARTSONG_SUBSONIC_PASSWORD", "not-the-password")
    with pytest.raises(LoginNeededError, match="Wrong username or password") as told:
        import_subsonic()
    assert "not-the-password" not in str(told.value) + told.value.hint
    assert len(server.seen) == 1


@pytest.mark.usefixtures("server")
def test_a_line_that_others_can_listen_to_is_said(monkeypatch):
    assert not any("encrypted" in note for note in plan_subsonic().notes)
    # Nobody listens there, so the plan fails, but only once the address was accepted.
    monkeypatch.setenv("PARTSONG_SUBSONIC_URL", "http://nas.invalid:4533")
    source, notes = opened_source()
    assert source.report.files == ["nas.invalid:4533"]
    assert "The line to nas.invalid:4533 is not encrypted" in notes[0]


def opened_source():
    from partsong.workflow.importing.subsonic import open_subsonic

    with open_subsonic(None, playlists=True) as opened:
        return opened

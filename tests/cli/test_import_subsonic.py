"""`partsong import subsonic` at the prompt."""

import pytest
from subsonic.fake_subsonic import PASSWORD, USER, FakeSubsonic


@pytest.fixture
def server(partsong):
    with FakeSubsonic(20) as running:
        partsong.environment |= {
            "PARTSONG_SUBSONIC_URL": running.url,
            "PARTSONG_SUBSONIC_USER": USER,
            "PARTSONG_SUBSONIC_PASSWORD": PASSWORD,
        }
        yield running


def test_the_report_names_the_server_and_fits_the_terminal(partsong, server):
    text = partsong("import", "subsonic")
    assert all(len(line) <= 80 for line in text.splitlines())
    assert f"{server.url.removeprefix('http://')}: read as subsonic" in text
    assert "Your library: 20 tracks" in text


def test_a_dry_run_counts_the_requests(partsong, server):
    planned = partsong.json("import", "subsonic", "--no-playlists", "--dry-run")
    assert planned == {"n_requests": 0, "steps": {"songs": 0}, "notes": []}
    assert not server.count("laylist")

"""`partsong import lastfm`, from scrobbles to a list of candidates."""

import pytest
from lastfm.fake_lastfm import KEY, USER, FakeLastfm, history, loved, similar


@pytest.fixture
def fake(partsong, fake_server):
    fake = FakeLastfm(
        scrobbles=history(250, songs=40),
        loved_tracks=[loved(1)],
        top=[("Song 1", "Band 1"), ("Song 2", "Band 2")],
    )
    fake.alike = {("Song 1", "Band 1"): [similar("Hush Song 9", "Hush Artist 9", 0.9)]}
    fake.server = fake_server(fake.routes())
    partsong.environment |= {
        "PARTSONG_LASTFM_API_KEY": KEY,
        "PARTSONG_LASTFM_URL": fake.server.url,
        "PARTSONG_LASTFM_USER": USER,
    }
    return fake


def test_a_dry_run_counts_and_imports_nothing(partsong, fake):
    planned = partsong.json("import", "lastfm", "--dry-run")
    assert planned == {
        "n_requests": 3,
        "steps": {"listens": 1, "feedback": 0, "candidates": 2},
        "notes": [],
    }
    assert not (partsong.folder / "music.duckdb").exists()
    n_seen = len(fake.server.seen)
    assert partsong.json("import", "lastfm")["listens"] == 250
    assert len(fake.server.seen) - n_seen == 3


@pytest.mark.slow
@pytest.mark.usefixtures("fake")
def test_what_a_service_suggests_can_be_asked_for(partsong, planted_tracks):
    planted_tracks.write_csv(partsong.folder / "planted.csv")
    partsong("import", "planted.csv")
    text = partsong("import", "lastfm", "--what", "candidates", "--similar", "1")
    assert all(len(line) <= 80 for line in text.splitlines())
    partsong("fit", "-k", "3")
    found = partsong.json("recommend", "Hush Song 1", "--suggested", "-n", "5")
    assert [track["title"] for track in found["recommendations"]] == ["Hush Song 9"]


def test_an_import_that_stops_says_how_to_go_on(partsong, fake):
    fake.server.fail("answer", "page=2", times=99, answer=pause())
    done = partsong.start("import", "lastfm")
    out, err = done.communicate(timeout=60)
    assert done.returncode == 1, err
    assert "Stopped:" in out
    assert "partsong import lastfm" in out
    assert "200" in out


def pause():
    from fake_server import Answer

    return Answer({"error": 29, "message": "Rate limit exceeded"}, 429, {"Retry-After": "86400"})


@pytest.mark.parametrize(
    "arguments",
    [
        ("--what", "songs"),
        ("--what", ","),
        ("--since", "yesterday"),
        ("--since", "2026-01-01", "--all"),
    ],
)
def test_what_nobody_can_mean_is_refused(partsong, fake, arguments):
    partsong("import", "lastfm", *arguments, exit_code=2)
    assert not fake.server.seen

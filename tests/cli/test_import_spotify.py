"""A Spotify account at the command line: the plan, a stop, the way on, and words that help."""

import os
import signal
import subprocess
import sys
import time

import pytest
from spotify.fake_api import FakeSpotify, keep_login, settings_of, too_many_requests
from typer.testing import CliRunner

from partsong.catalog import Catalog
from partsong.cli.app import app


@pytest.fixture
def fake(own_folders, monkeypatch):  # noqa: ARG001 - only that there are such folders
    """A fake account with few songs, which the settings name and somebody is logged in to."""
    monkeypatch.setenv("COLUMNS", "80")
    with FakeSpotify(n_saved=320) as fake:
        fake.lists[0].songs = fake.lists[0].songs[:30]
        for name, value in settings_of(fake).items():
            monkeypatch.setenv(name, value)
        keep_login()
        yield fake


def run(*words, exit_code=0):
    done = CliRunner().invoke(app, ["import", "spotify", *words])
    assert done.exit_code == exit_code, done.output
    return " ".join(done.output.split())


def test_a_dry_run_says_what_an_import_then_does(fake, own_folders):
    said = run("--dry-run")
    n_asked = fake.count()
    assert "This import will make 14 requests." in said
    assert "saved songs 6" in said
    assert "partsong import reccobeats" in said
    assert not (own_folders / "music.duckdb").exists()
    run("--may-not-train")
    run()
    assert fake.count() - n_asked == 14


def test_a_stop_is_told_with_the_way_on(fake, own_folders):
    fake.fail("answer", "me/tracks.*offset=300", answer=too_many_requests("86400"))
    run("--may-not-train")
    said = run(exit_code=1)
    assert "Stopped: " in said
    assert "What arrived is kept. Go on after 20" in said
    n_asked = fake.count()
    said = run()
    assert "Stopped" not in said
    assert fake.count() - n_asked == 1 + 3 + 1
    assert Catalog(own_folders / "music.duckdb").status().feedback == {"like": 320}


def test_parts_are_named_with_commas(fake):
    run("--what", " top, recent", "--json")
    assert fake.count("me/tracks") == 0
    assert fake.count("me/top") == 3
    assert "albums is none of saved" in run("--what", "saved,albums", exit_code=2)
    assert run("--what", ",", exit_code=2)


def test_a_playlist_is_looked_for_anew_each_time(fake):
    words = ("--playlist", "Mourning", "--json")
    said = run(*words, exit_code=1)
    assert "no playlist called 'Mourning'. Mornings" in said
    fake.lists[0].name = "Mourning"
    run(*words)


def test_who_is_not_logged_in_is_told_how(fake):
    run("--logout")
    said = run(exit_code=1)
    assert "not logged in" in said
    assert "partsong import spotify --login" in said
    assert fake.count() == 0


def start():
    return subprocess.Popen(
        [sys.executable, "-m", "partsong", "import", "spotify", "--json"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
def test_whoever_is_killed_goes_on_where_it_was(fake, own_folders, how):
    fake.fail("slow", "me/tracks.*offset=300", seconds=5)
    first = start()
    for _ in range(600):
        if fake.count("me/tracks") == 7:
            break
        time.sleep(0.05)
    os.kill(first.pid, getattr(signal, how))
    out, err = first.communicate(timeout=30)
    assert first.returncode != 0
    assert not out
    assert ("nothing was changed" in err) == (how == "SIGINT")
    n_asked = fake.count()
    second = start()
    out, err = second.communicate(timeout=60)
    assert second.returncode == 0, err
    assert fake.count() - n_asked == 1 + 3 + 1  # page seven and what comes after it
    assert Catalog(own_folders / "music.duckdb").status().feedback == {"like": 320}

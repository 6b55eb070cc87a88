"""What an app may ask: found out once, remembered, and said to the listener."""

import json
import os
from datetime import date, timedelta

import pytest
from fake_server import Answer
from spotify.fake_api import FakeSpotify, too_many_requests

from partsong.errors import ForbiddenError, ImportPausedError, LoginNeededError
from partsong.sources import Client
from partsong.sources.services.spotify.abilities import (
    N_QUESTIONS,
    ask_abilities,
    find_spotify_abilities,
)

pytestmark = pytest.mark.usefixtures("own_folders")

TODAY = date(2026, 11, 22)


def ask(fake, **options):
    headers = options.pop("headers", {"Authorization": "Bearer a-token"})
    with Client(service="spotify", url=fake.url, headers=headers) as client:
        return find_spotify_abilities(client, "an-app", today=TODAY, **options)


@pytest.mark.parametrize(
    ("kind", "features", "several", "categories"),
    [
        ("new", False, False, False),
        ("old", False, True, False),
        ("extended", True, True, True),
    ],
)
def test_each_kind_of_app_is_known_by_what_it_is_refused(kind, features, several, categories):
    with FakeSpotify(kind) as fake:
        app = ask(fake)
        assert (app.features, app.several, app.categories) == (features, several, categories)
        assert fake.count() == N_QUESTIONS + (kind == "new")  # is it the app that is refused?


def test_an_app_is_asked_once_a_month():
    with FakeSpotify("old") as fake, Client(service="spotify", url=fake.url) as nobody:
        first = ask(fake)
        for days in (0, 1, 30):
            day = TODAY + timedelta(days=days)
            assert find_spotify_abilities(nobody, "an-app", today=day) == first
        with pytest.raises(LoginNeededError):  # so it did ask
            find_spotify_abilities(nobody, "an-app", today=TODAY + timedelta(days=31))
        with pytest.raises(LoginNeededError):
            find_spotify_abilities(nobody, "another-app", today=TODAY)


def test_one_can_ask_again():
    with FakeSpotify("old") as fake:
        assert not ask(fake).features
        fake.kind = "extended"
        assert not ask(fake).features
        assert ask(fake, ask_again=True).features
        assert ask(fake).features


def test_apps_are_remembered_side_by_side():
    with FakeSpotify("new") as fake:
        headers = {"Authorization": "Bearer a-token"}
        with Client(service="spotify", url=fake.url, headers=headers) as client:
            for name in ("one", "two", "one", "two"):
                find_spotify_abilities(client, name, today=TODAY)
        assert fake.count() == 2 * (N_QUESTIONS + 1)


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"an-app": 3}', '{"an-app": {"features": true}}']
)
def test_a_damaged_memory_is_none(own_folders, content):
    with FakeSpotify("new") as fake:
        ask(fake)
        (own_folders / "config" / "spotify-abilities.json").write_text(content)
        assert not ask(fake).features
        assert fake.count() == 2 * (N_QUESTIONS + 1)


def test_what_is_remembered_is_for_its_owner(own_folders):
    with FakeSpotify("new") as fake:
        ask(fake)
    path = own_folders / "config" / "spotify-abilities.json"
    assert json.loads(path.read_text())["an-app"]["asked_on"] == "2026-11-22"
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("answer", "error"),
    [(too_many_requests("86400"), ImportPausedError), (None, LoginNeededError)],
)
def test_no_answer_is_not_taken_for_a_refusal(answer, error):
    with FakeSpotify("extended") as fake:
        if answer is not None:
            fake.fail("answer", "audio-features", answer=answer)
        else:
            fake.tokens = set()
        with pytest.raises(error):
            ask(fake)
        fake.tokens = None
        assert ask(fake).features


def test_what_is_missing_is_said_with_what_to_use_instead():
    with FakeSpotify("new") as fake:
        app = ask(fake)
    assert app.describe_lack(set()) == ()
    features, category, details = app.describe_lack({"features", "category", "details"})
    assert "partsong import reccobeats" in features
    assert "partsong import FILE" in category
    assert "one by one" in details


def test_an_app_that_may_do_everything_lacks_nothing():
    with FakeSpotify("extended") as fake:
        headers = {"Authorization": "Bearer a-token"}
        with Client(service="spotify", url=fake.url, headers=headers) as client:
            app = ask_abilities(client)
    assert app.describe_lack({"features", "category", "details"}) == ()


def test_an_app_that_is_refused_everything_is_not_taken_for_a_new_one():
    with FakeSpotify("extended") as fake:
        refused = {"error": {"status": 403, "message": "User not registered"}}
        fake.fail("answer", times=4, answer=Answer(refused, 403))
        with pytest.raises(ForbiddenError, match="User not registered"):
            ask(fake)
        assert ask(fake).features

"""A login in use: tokens that end, two programs at once, and Spotify's ways of saying no."""

import logging
from datetime import UTC, datetime

import pytest
from fake_server import Answer
from spotify.fake_accounts import CLIENT_ID, FakeAccounts

from partsong.errors import (
    ForbiddenError,
    ImportPausedError,
    LoginNeededError,
    MissingExtraError,
    ServiceError,
    ServiceMissingError,
)
from partsong.sources.http.arrivals import Arrivals
from partsong.sources.http.messages import Request
from partsong.sources.services.spotify.accounts import Accounts
from partsong.sources.services.spotify.session import Session
from partsong.sources.services.spotify.token_file import Token, read_token, write_token
from partsong.sources.services.spotify.transport import SpotifyTransport

NOW = 1_800_000_000.0
ME = Request(path="/me", params={"fields": "id"})


class Clock:
    """A time of day that moves only when somebody sleeps."""

    def __init__(self):
        self.now = NOW
        self.slept = []

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def service():
    return FakeAccounts()


@pytest.fixture
def server(fake_server, service):
    def me(seen):
        if not service.knows(seen):
            return Answer({"error": {"status": 401, "message": "The access token expired"}}, 401)
        return Answer({"id": "mo", "asked": dict(seen.params)})

    def added(seen):
        return Answer({"snapshot_id": "1", "uris": seen.json()["uris"]}, 201)

    return fake_server(
        [
            *service.routes,
            ("GET", "/v1/me", me),
            ("POST", "/v1/playlists/p1/items", added),
        ]
    )


@pytest.fixture
def token(service, own_folders):  # noqa: ARG001 - the token lies there
    """Somebody is logged in, and has a good hour before them."""
    service.access["BQ-kept"] = service.refresh["AQ-kept"] = "user-library-read"
    token = Token(
        client_id=CLIENT_ID,
        access="BQ-kept",
        refresh="AQ-kept",
        expires_at=NOW + 3600,
        scopes=("user-library-read",),
        since=NOW - 86_400,
        user="mo",
    )
    write_token(token)
    return token


@pytest.fixture
def session(server, token, clock):  # noqa: ARG001 - somebody is logged in
    return Session(Accounts(CLIENT_ID, server.url, clock))


@pytest.fixture
def transport(server, session, clock):
    with SpotifyTransport(
        session, url=f"{server.url}/v1", timeout=0.5, sleep=clock.sleep, clock=clock
    ) as transport:
        yield transport


def test_a_request_carries_the_token_and_its_parameters(transport, server):
    assert transport.send(ME).json() == {"id": "mo", "asked": {"fields": "id"}}
    assert server.seen[-1].headers["authorization"] == "Bearer BQ-kept"
    assert server.seen[-1].headers["user-agent"].startswith("partsong/")
    assert transport.n_sent == 1


def test_an_hour_later_the_token_is_renewed_and_kept(transport, clock, service, server):
    clock.now += 3_590  # ten seconds before its end: too late for a request on its way

    transport.send(ME)

    assert server.count("POST /api/token") == 1
    assert read_token().access in service.access
    assert read_token().access != "BQ-kept"
    assert read_token().since == NOW - 86_400  # the six months go on from the login
    assert read_token().user == "mo"


def test_without_a_new_refresh_token_the_old_one_stays(transport, clock, service):
    service.rotates = False
    clock.now += 4_000

    transport.send(ME)

    assert read_token().refresh == "AQ-kept"
    assert read_token().scopes == ("user-library-read",)


def test_a_token_that_ended_early_is_renewed_and_the_request_sent_again(transport, service, server):
    del service.access["BQ-kept"]

    assert transport.send(ME).json()["id"] == "mo"
    assert server.count("GET /v1/me") == transport.n_sent == 2


def test_a_token_that_is_refused_twice_is_no_login(transport, server):
    server.fail("answer", "GET /v1/me", times=2, answer=Answer({"error": {"status": 401}}, 401))

    with pytest.raises(LoginNeededError) as caught:
        transport.send(ME)

    assert "partsong import spotify --login" in caught.value.hint
    assert transport.n_sent == 2


def test_after_six_months_one_logs_in_again(transport, clock, service):
    service.refresh.clear()
    clock.now += 200 * 86_400

    with pytest.raises(LoginNeededError, match="six months") as caught:
        transport.send(ME)

    assert "partsong import spotify --login" in caught.value.hint
    assert read_token() is None  # a dead token is not tried a second time


def test_another_program_may_have_renewed_the_token(session, server, clock):
    """Each refresh token can be used once; who comes second uses what the first has kept."""
    other = Session(Accounts(CLIENT_ID, server.url, clock))
    other.renew()

    session.renew()

    assert session.access_token() == other.access_token()
    assert server.count("POST /api/token") == 1


def test_a_program_that_loses_the_race_uses_what_the_other_has_kept(
    fake_server, session, service, server, clock
):
    """The other program renews the token while this one is asking for the same."""
    winner = session

    def after_the_winner(seen):
        winner.renew()
        return service.token(seen)

    slow_server = fake_server([("POST", "/api/token", after_the_winner)])
    loser = Session(Accounts(CLIENT_ID, slow_server.url, clock))
    loser.renew()

    assert loser.access_token() == winner.access_token() == read_token().access
    assert server.count("POST /api/token") == 1


@pytest.mark.usefixtures("token")
def test_a_login_of_another_app_is_none(server, clock):
    session = Session(Accounts("another-app", server.url, clock))

    assert session.token is None
    with pytest.raises(LoginNeededError, match="not logged in"):
        session.access_token()


def test_what_was_allowed_is_known(session):
    assert session.allows(["user-library-read"])
    assert not session.allows(["user-library-read", "playlist-modify-private"])


def test_a_login_service_that_is_down_pauses_the_import(transport, clock, server):
    clock.now += 4_000
    server.fail("answer", "POST /api/token", times=9)

    with pytest.raises(ImportPausedError, match="login service"):
        transport.send(ME)


@pytest.mark.parametrize(
    ("status", "error"), [(403, ForbiddenError), (404, ServiceMissingError), (400, ServiceError)]
)
def test_a_refusal_is_told_in_spotifys_words(transport, server, status, error):
    told = {"error": {"status": status, "message": "Insufficient client scope BQ-kept"}}
    server.fail("answer", "GET /v1/me", answer=Answer(told, status))

    with pytest.raises(error, match="Insufficient client scope") as caught:
        transport.send(ME)

    assert "BQ-kept" not in str(caught.value)
    assert transport.n_sent == 1


def test_a_short_wait_is_waited_out(transport, server, clock):
    server.fail("answer", "/v1/me", answer=Answer(None, 429, {"Retry-After": "3"}))

    assert transport.send(ME).json()["id"] == "mo"
    assert sum(clock.slept) == pytest.approx(3)
    assert transport.n_sent == 2


def test_without_a_stated_wait_it_backs_off(transport, server, clock):
    server.fail("answer", "/v1/me", times=3, answer=Answer(None, 429))

    assert transport.send(ME).json()["id"] == "mo"
    assert 1 < sum(clock.slept) < 10
    assert transport.n_sent == 4


def test_a_day_long_wait_is_not_slept_through(transport, server, clock):
    server.fail("answer", "/v1/me", answer=Answer(None, 429, {"Retry-After": "80000"}))

    with pytest.raises(ImportPausedError) as caught:
        transport.send(ME)

    assert caught.value.resume_at == datetime.fromtimestamp(NOW + 80_000, tz=UTC)
    assert not clock.slept
    assert transport.n_sent == 1


@pytest.mark.parametrize(("headers", "wait"), [({}, 86_400), ({"Retry-After": "30"}, 30)])
def test_a_quota_that_is_used_up_stops_at_once(transport, server, headers, wait):
    told = {"error": {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}}
    server.fail("answer", "/v1/me", answer=Answer(told, 429, headers))

    with pytest.raises(ImportPausedError, match="quota") as caught:
        transport.send(ME)

    assert caught.value.resume_at == datetime.fromtimestamp(NOW + wait, tz=UTC)
    assert transport.n_sent == 1


@pytest.mark.parametrize("fault", ["answer", "cut", "truncated", "slow"])
def test_a_fault_that_passes_is_not_noticed(transport, server, fault):
    server.fail(fault, "/v1/me", seconds=0.6)

    assert transport.send(ME).json()["id"] == "mo"
    assert transport.n_sent == 2


def test_what_is_written_is_not_written_twice(transport, server):
    """Spotify may have added the tracks before the line was cut."""
    server.fail("cut", "POST")
    request = Request(path="/playlists/p1/items", method="POST", body={"uris": ["spotify:track:1"]})

    with pytest.raises(ServiceError, match="did not say whether"):
        transport.send(request)

    assert server.count("POST /v1/playlists") == 1
    assert transport.send(request).json()["uris"] == ["spotify:track:1"]


def test_what_has_arrived_is_not_asked_again(server, session, clock, tmp_path):
    for _ in range(2):
        with (
            Arrivals(tmp_path / "arrived.sqlite", clock=clock) as arrivals,
            SpotifyTransport(
                session, url=f"{server.url}/v1", arrivals=arrivals, clock=clock
            ) as transport,
        ):
            assert transport.send(ME).json()["id"] == "mo"

    assert server.count("GET /v1/me") == 1
    assert b"BQ-kept" not in (tmp_path / "arrived.sqlite").read_bytes()


def test_a_whole_address_is_opened_only_at_spotify(transport, server):
    assert transport.send(Request(path=f"{server.url}/v1/me")).json()["id"] == "mo"
    for other in ("http://elsewhere.example/v1/me", f"{server.url}.example/v1/me"):
        with pytest.raises(ServiceError, match="not its own"):
            transport.send(Request(path=other))

    assert transport.n_sent == 1 + 2  # counted, yet never sent
    assert server.count() == 1


def test_tokens_stand_in_no_log_and_errors_are_told_once(transport, server, clock, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    clock.now += 4_000
    server.fail("answer", "/v1/me", answer=Answer({"error": {"message": "no"}}, 403))

    with pytest.raises(ForbiddenError):
        transport.send(ME)

    written = caplog.text + "".join(capfd.readouterr())
    assert "BQ-" not in written
    assert "AQ-" not in written


def test_without_the_extra_one_is_told_what_to_install(session, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(MissingExtraError) as caught:
        SpotifyTransport(session)

    assert "partsong[spotify]" in caught.value.hint

"""What a service may do wrong, over a real socket, and what a client makes of it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from fake_server import Answer

from partsong.errors import (
    ForbiddenError,
    ImportPausedError,
    LoginNeededError,
    SecretsError,
    ServiceError,
    ServiceMissingError,
)
from partsong.sources import Arrivals, Client, Request

SONGS = Request(path="/songs", params={"page": 1})


def too_many(**headers):
    return Answer(
        {"error": "slow down"},
        429,
        {name.replace("_", "-"): text for name, text in headers.items()},
    )


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, ServiceError),
        (401, LoginNeededError),
        (403, ForbiddenError),
        (404, ServiceMissingError),
        (410, ServiceError),
    ],
)
def test_a_refusal_is_told_at_once_in_the_services_own_words(
    server, new_client, clock, status, error
):
    server.fail("answer", answer=Answer({"error": {"message": "Not for you."}}, status))
    client = new_client()
    with pytest.raises(error, match=r"tiny .*Not for you\.") as told:
        client.send(SONGS)
    assert type(told.value) is error
    assert told.value.hint
    assert client.n_sent == 1
    assert not clock.slept


@pytest.mark.parametrize("body", [b"<html>Bad Gateway</html>", b"", b'["so"]', b'{"error": null}'])
def test_a_refusal_without_words_is_told_too(server, new_client, body):
    server.fail("answer", answer=Answer(body, 418))
    with pytest.raises(ServiceError, match=r"refuses the request \(418\)\."):
        new_client().send(SONGS)


def test_a_services_words_cannot_steer_the_terminal_and_are_short(server, new_client):
    hostile = "\x1b[31m" + "Red " * 200
    server.fail("answer", answer=Answer({"message": hostile}, 400))
    with pytest.raises(ServiceError) as told:
        new_client().send(SONGS)
    assert "\x1b" not in str(told.value)
    assert len(str(told.value)) < 300


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_fault_of_the_service_is_passed_over(server, new_client, clock, status):
    server.fail("answer", times=2, answer=Answer({"error": "oh"}, status))
    client = new_client()
    assert client.send(SONGS).json() == {"page": "1"}
    assert client.n_sent == 3
    assert 0.5 <= clock.slept[0] <= 1
    assert clock.waited <= 3


@pytest.mark.parametrize("fault", ["cut", "truncated"])
def test_half_an_answer_is_asked_for_again(server, new_client, fault):
    server.fail(fault, times=2)
    client = new_client()
    assert client.send(SONGS).json() == {"page": "1"}
    assert client.n_sent == 3


def test_a_slow_service_is_not_waited_for(server, new_client):
    server.fail("slow", seconds=0.5)
    client = new_client(timeout=0.1)
    assert client.send(SONGS).json() == {"page": "1"}
    assert client.n_sent == 2


@pytest.mark.parametrize("fault", ["cut", "truncated"])
def test_what_never_comes_pauses_the_import(server, new_client, clock, fault):
    server.fail(fault, times=99)
    client = new_client(tries=3)
    with pytest.raises(ImportPausedError, match="did not answer 3 times"):
        client.send(SONGS)
    assert client.n_sent == 3
    assert clock.waited <= 3


def test_nobody_there(new_client):
    client = new_client(url="http://127.0.0.1:9", tries=2)
    with pytest.raises(ImportPausedError, match="no connection"):
        client.send(SONGS)


def test_the_wait_that_is_asked_for_in_seconds(server, new_client, clock):
    server.fail("answer", answer=too_many(Retry_After="7"))
    assert new_client().send(SONGS).json() == {"page": "1"}
    assert clock.waited == pytest.approx(7)


def test_the_wait_that_is_asked_for_as_a_date(server, new_client, clock):
    then = datetime.fromtimestamp(clock.now + 12, UTC)
    server.fail("answer", answer=too_many(Retry_After=format_datetime(then, usegmt=True)))
    new_client().send(SONGS)
    assert clock.waited == pytest.approx(12)


@pytest.mark.parametrize(
    "headers", [{}, {"Retry_After": "soon"}, {"Retry_After": "0"}, {"Retry_After": "-5"}]
)
def test_a_limit_without_a_usable_wait_backs_off(server, new_client, clock, headers):
    server.fail("answer", times=3, answer=too_many(**headers))
    client = new_client()
    client.send(SONGS)
    assert client.n_sent == 4
    assert 3.5 <= clock.waited <= 7


def test_a_limit_of_a_day_is_not_slept_through(server, new_client, clock):
    server.fail("answer", times=9, answer=too_many(Retry_After="86400"))
    client = new_client()
    with pytest.raises(ImportPausedError, match="slow down") as pause:
        client.send(SONGS)
    assert client.n_sent == 1
    assert not clock.slept
    assert pause.value.resume_at == datetime.fromtimestamp(clock.now + 86_400, UTC)
    assert "kept" in pause.value.hint


def test_an_allowance_that_is_used_up_is_waited_for_before_the_next_request(
    server, new_client, clock
):
    used_up = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset-In": "4"}
    server.fail("answer", answer=Answer({"page": "1"}, 200, used_up))
    client = new_client()
    client.send(SONGS)
    assert not clock.slept
    client.send(Request(path="/songs", params={"page": 2}))
    assert clock.waited == pytest.approx(4)
    client.send(Request(path="/songs", params={"page": 3}))
    assert clock.waited == pytest.approx(4)


def test_a_limit_that_says_when_it_is_over(server, new_client, clock):
    server.fail("answer", answer=Answer({"code": 429}, 429, {"X-RateLimit-Reset-In": "3"}))
    new_client().send(SONGS)
    assert clock.waited == pytest.approx(3)


def test_requests_keep_their_distance(new_client, clock):
    client = new_client(min_interval=0.25)
    for page in range(5):
        client.send(Request(path="/songs", params={"page": page}))
    assert clock.waited == pytest.approx(1)


def test_a_long_wait_is_counted_down(server, new_client):
    server.fail("answer", answer=too_many(Retry_After="3.5"))
    told = []

    class Listener:
        def start(self, task, total=None):
            told.append((task, total))

        def advance(self, amount=1):
            told.append(amount)

        def finish(self):
            told.append("done")

    new_client(progress=Listener()).send(SONGS)
    assert told == [("waiting for tiny", 3), 1, 1, 1, "done"]


def test_a_service_that_says_all_with_status_200_is_understood(server, new_client, clock):
    server.fail("answer", answer=Answer({"error": 29, "message": "Rate limit"}))
    client = new_client(
        status_of=lambda response: 429 if "error" in response.json() else response.status
    )
    assert client.send(SONGS).json() == {"page": "1"}
    assert clock.slept


class TestWriting:
    """Nothing is written twice."""

    playlist = Request(path="/playlists", method="POST", body={"name": "Solas"})

    def test_what_is_sent_along_arrives(self, server, new_client):
        new_client().send(self.playlist)
        assert server.seen[0].json() == {"name": "Solas"}

    @pytest.mark.parametrize("fault", ["cut", "truncated", "answer"])
    def test_whether_it_was_done_is_asked_and_not_guessed(self, server, new_client, fault):
        server.fail(fault)
        with pytest.raises(ServiceError, match="whether it has done") as told:
            new_client().send(self.playlist)
        assert not isinstance(told.value, ImportPausedError)
        assert len(server.seen) == 1

    def test_a_limit_says_that_it_was_not_done(self, server, new_client):
        server.fail("answer", answer=too_many(Retry_After="1"))
        new_client().send(self.playlist)
        assert len(server.seen) == 2

    def test_what_may_be_said_twice_is(self, server, new_client):
        server.fail("cut")
        new_client().send(Request(path="/playlists", method="PUT", body=[]))
        assert len(server.seen) == 2

    def test_it_is_never_taken_from_what_arrived(self, server, new_client, tmp_path):
        with Arrivals(tmp_path / "tiny.sqlite") as arrivals:
            client = new_client(arrivals=arrivals)
            client.send(self.playlist)
            client.send(self.playlist)
        assert len(server.seen) == 2


class TestArrivals:
    """An answer is asked for once."""

    def test_what_arrived_is_not_asked_for_again_by_the_next_client(
        self, server, new_client, tmp_path
    ):
        with Arrivals(tmp_path / "tiny.sqlite") as arrivals:
            first = new_client(arrivals=arrivals)
            assert not first.has_arrived(SONGS)
            answer = first.send(SONGS)
            assert first.has_arrived(SONGS)
        with Arrivals(tmp_path / "tiny.sqlite") as arrivals:
            second = new_client(arrivals=arrivals)
            assert second.send(SONGS).body == answer.body
            assert second.n_sent == 0
            second.send(Request(path="/songs", params={"page": 2}))
            assert second.n_sent == 1
        assert len(server.seen) == 2

    def test_a_refusal_is_not_kept(self, server, new_client, tmp_path):
        server.fail("answer", answer=Answer({"message": "gone"}, 404))
        with Arrivals(tmp_path / "tiny.sqlite") as arrivals:
            client = new_client(arrivals=arrivals)
            with pytest.raises(ServiceMissingError):
                client.send(SONGS)
            assert client.send(SONGS).json() == {"page": "1"}

    def test_accounts_and_addresses_are_told_apart(self, server, new_client, tmp_path):
        with Arrivals(tmp_path / "tiny.sqlite") as arrivals:
            for options in (
                {"account": "rob"},
                {"account": "eve"},
                {"account": "eve", "url": f"{server.url.replace('127.0.0.1', 'localhost')}/v1"},
            ):
                client = new_client(arrivals=arrivals, **options)
                client.send(SONGS)
                assert client.n_sent == 1

    def test_pages_of_another_week_are_asked_for_anew(self, new_client, clock, tmp_path):
        with Arrivals(tmp_path / "tiny.sqlite", clock=clock) as arrivals:
            client = new_client(arrivals=arrivals)
            client.send(SONGS)
            clock.now += 6 * 86_400
            client.send(SONGS)
            assert client.n_sent == 1
            clock.now += 2 * 86_400
            client.send(SONGS)
            assert client.n_sent == 2

    def test_lasting_answers_last_as_long_as_they_may(self, new_client, clock, tmp_path):
        lasting = Request(path="/songs", params={"page": 1}, keep_days=30)
        with (
            Arrivals(tmp_path / "arrivals.sqlite", clock=clock) as arrivals,
            Arrivals(tmp_path / "answers.sqlite", clock=clock) as answers,
        ):
            client = new_client(arrivals=arrivals, answers=answers)
            client.send(lasting)
            arrivals.clear()
            clock.now += 29 * 86_400
            client.send(lasting)
            assert client.n_sent == 1
            clock.now += 2 * 86_400
            client.send(lasting)
            assert client.n_sent == 2


class TestAddresses:
    """Keys go to the service and to nobody else."""

    key = "a-key-that-nobody-may-see"

    def test_a_redirect_at_the_same_place_is_followed(self, server, new_client):
        server.fail("answer", answer=Answer(None, 302, {"Location": "/v1/songs?page=7"}))
        answer = new_client(params={"key": self.key}).send(SONGS)
        assert answer.json() == {"page": "7"}
        assert server.seen[-1].params == {"page": "7", "key": self.key}

    def test_a_redirect_elsewhere_is_not(self, server, fake_server, new_client):
        thief = fake_server([("GET", ".*", lambda _: Answer({}))])
        elsewhere = f"{thief.url}/v1/songs?key={self.key}"
        server.fail("answer", times=9, answer=Answer(None, 302, {"Location": elsewhere}))
        client = new_client(params={"key": self.key}, headers={"X-Key": self.key})
        with pytest.raises(ServiceError, match="leads to 127") as told:
            client.send(SONGS)
        assert not thief.seen
        assert self.key not in f"{told.value} {told.value.hint}"

    def test_a_next_page_elsewhere_is_not_opened(self, fake_server, new_client):
        thief = fake_server([("GET", ".*", lambda _: Answer({}))])
        with pytest.raises(ServiceError, match="leads to"):
            new_client(params={"key": self.key}).send(Request(path=f"{thief.url}/v1/songs"))
        assert not thief.seen

    def test_a_next_page_at_the_same_place_is_opened_as_it_stands(self, server, new_client):
        client = new_client(params={"key": self.key})
        client.send(Request(path=f"{server.url}/v1/songs?page=3&after=a%2Fb", params={"limit": 5}))
        assert server.seen[0].params == {
            "page": "3",
            "after": "a/b",
            "limit": "5",
            "key": self.key,
        }

    def test_a_circle_ends(self, server, new_client):
        server.fail("answer", times=99, answer=Answer(None, 302, {"Location": "/v1/songs"}))
        with pytest.raises(ServiceError, match="circle"):
            new_client().send(SONGS)
        assert len(server.seen) < 10

    def test_keys_do_not_go_over_an_open_line_unless_told(self):
        with pytest.raises(SecretsError, match="in the open"):
            Client(service="tiny", url="http://music.example", params={"key": self.key})
        Client(service="tiny", url="http://music.example", headers={}).close()
        Client(
            service="tiny", url="http://music.example", params={"k": self.key}, plain_http=True
        ).close()

    @pytest.mark.parametrize(
        "url",
        [
            "music.example",
            "ftp://music.example",
            "https://",
            "https://music.example:lots",
            "https://rob:a-key-that-nobody-may-see@music.example",
            "https://music.example/?key=a-key-that-nobody-may-see",
        ],
    )
    def test_what_is_no_address_is_refused(self, url):
        with pytest.raises(ServiceError, match="address") as told:
            Client(service="tiny", url=url)
        assert self.key not in str(told.value)


def test_who_asks_says_so(server, new_client):
    new_client().send(SONGS)
    assert server.seen[0].headers["user-agent"].startswith("partsong/")


def test_fresh_values_for_each_request(server, new_client):
    class Salt(Mapping):
        def __iter__(self):
            return iter(["salt"])

        def __len__(self):
            return 1

        def __getitem__(self, _):
            return f"salt-{len(server.seen)}"

    client = new_client(params=Salt())
    client.send(SONGS)
    client.send(SONGS)
    assert [seen.params["salt"] for seen in server.seen] == ["salt-0", "salt-1"]


def test_a_page_for_people_says_that_the_address_is_wrong(server, new_client):
    page = Answer(b"<!doctype html>", 200, {"Content-Type": "text/html; charset=utf-8"})
    server.fail("answer", answer=page)
    client = new_client()
    with pytest.raises(ServiceError, match="page for people"):
        client.send(SONGS)
    assert client.n_sent == 1


def test_an_answer_without_an_end_is_given_up(server, new_client, monkeypatch):
    from partsong.sources.http import transport

    monkeypatch.setattr(transport, "_MOST_BYTES", 1000)
    server.fail("answer", answer=Answer({"songs": "x" * 2000}))
    with pytest.raises(ServiceError, match="more than 1,000 bytes"):
        new_client().send(SONGS)

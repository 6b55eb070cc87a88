"""The login as a listener meets it: the page, the way back, what is refused, what is kept."""

import json
import stat
import threading
import time
import urllib.request

import pytest
from fake_server import Answer
from spotify.fake_accounts import CLIENT_ID, FakeAccounts, open_like_a_browser

from partsong.errors import LoginNeededError, SecretsError, ServiceError
from partsong.sources.services.spotify.accounts import Accounts
from partsong.sources.services.spotify.login import READ_SCOPES, log_in
from partsong.sources.services.spotify.redirect import RedirectListener, read_redirect
from partsong.sources.services.spotify.token_file import forget_token, read_token, write_token


@pytest.fixture
def service():
    return FakeAccounts()


@pytest.fixture
def accounts(fake_server, service):
    return Accounts(CLIENT_ID, fake_server(service.routes).url)


class Browser:
    """Opens the page it is shown, and remembers where it ended."""

    def __call__(self, address):
        self.address = address
        self.status, self.page = open_like_a_browser(address)


def test_login_gives_a_token_for_what_was_asked(accounts, service):
    browser = Browser()

    token = log_in(accounts, show=browser)

    assert set(token.scopes) == set(READ_SCOPES)
    assert token.access in service.access
    assert token.refresh in service.refresh
    assert abs(token.expires_at - time.time() - 3600) < 30
    assert browser.status == 200
    assert "close this window" in browser.page


def test_only_the_digest_of_the_verifier_is_shown_to_the_browser(accounts):
    """That the service accepts the login proves that the verifier fits (it checks S256)."""
    browser = Browser()

    log_in(accounts, show=browser)

    assert "code_challenge=" in browser.address
    assert "verifier" not in browser.address


def test_two_logins_share_neither_state_nor_verifier(accounts):
    first, second = Browser(), Browser()
    log_in(accounts, show=first)
    log_in(accounts, show=second)

    def asked(browser, name):
        return browser.address.split(f"{name}=")[1].split("&")[0]

    assert asked(first, "state") != asked(second, "state")
    assert asked(first, "code_challenge") != asked(second, "code_challenge")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("deny", "Access was not granted"),
        ("wrong state", "does not belong to this login"),
        ("no state", "does not belong to this login"),
        ("no code", "no code"),
    ],
)
def test_what_is_no_yes_is_refused_in_the_terminal_and_in_the_browser(
    accounts, service, answer, said
):
    service.answer = answer
    browser = Browser()

    with pytest.raises(LoginNeededError, match=said) as caught:
        log_in(accounts, show=browser)

    assert "partsong import spotify --login" in caught.value.hint
    assert browser.status == 400
    assert "not logged in" in browser.page
    assert not service.access


def test_a_refused_answer_never_reaches_the_login_service(fake_server, service):
    service.answer = "wrong state"
    server = fake_server(service.routes)

    with pytest.raises(LoginNeededError):
        log_in(Accounts(CLIENT_ID, server.url), show=Browser())

    assert server.count("POST /api/token") == 0


def test_without_a_browser_the_pasted_address_is_enough(accounts, service):
    shown = []

    def paste():
        class Stay(urllib.request.HTTPRedirectHandler):
            def redirect_request(self, *_):
                return None

        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.build_opener(Stay).open(shown[0], timeout=5)
        with caught.value as answer:
            return f"  '{answer.headers['Location']}'\n"

    token = log_in(accounts, show=shown.append, ask=paste)

    assert token.access in service.access


@pytest.mark.parametrize(
    "pasted", ["", "hello", "http://127.0.0.1:1/callback", "http://[", "?state=%ff&code=é"]
)
def test_a_pasted_address_that_is_none_is_refused(accounts, pasted):
    with pytest.raises(LoginNeededError):
        log_in(accounts, show=lambda _: None, ask=lambda: pasted)


def test_words_from_outside_do_not_become_part_of_the_page():
    with RedirectListener("s") as listener:
        status, page = open_like_a_browser(
            f"{listener.address}?state=s&error=%3Cscript%3Ealert(1)%3C/script%3E"
        )

    assert status == 400
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_browser_asks_for_other_things_too_and_holds_connections_open():
    import socket

    from partsong.progress import SILENT

    with RedirectListener("s") as listener:
        port = int(listener.address.split(":")[2].split("/")[0])
        with socket.create_connection(("127.0.0.1", port)):  # opened ahead, never used
            icon, _ = open_like_a_browser(f"http://127.0.0.1:{port}/favicon.ico")
            page, _ = open_like_a_browser(f"{listener.address}?code=c&state=s")
            code = listener.wait(seconds=5, progress=SILENT)

    assert (icon, page, code) == (404, 200, "c")


def test_the_wait_for_the_browser_ends(accounts):
    class Counted:
        ended = 0

        def start(self, task, **_):
            self.task = task

        def advance(self, amount=1):
            pass

        def finish(self):
            self.ended += 1

    progress = Counted()
    with pytest.raises(LoginNeededError, match="No answer came") as caught:
        log_in(accounts, show=lambda _: None, seconds=0.05, progress=progress)

    assert "--no-browser" in caught.value.hint
    assert "waiting" in progress.task
    assert progress.ended == 1


def test_only_this_machine_can_answer():
    with RedirectListener("s") as listener:
        assert listener.address.startswith("http://127.0.0.1:")
        assert listener._server.server_address[0] == "127.0.0.1"


def test_a_wrong_client_id_is_told(fake_server, service):
    accounts = Accounts("somebody-else", fake_server(service.routes).url)

    with pytest.raises(LoginNeededError, match="does not know the app") as caught:
        accounts.fetch_token("x", redirect="http://127.0.0.1:1/callback", verifier="v", scopes=())

    assert "--set-up" in caught.value.hint


@pytest.mark.parametrize("fault", ["cut", "truncated", "answer"])
def test_a_login_service_that_does_not_work_is_told_without_the_secrets(
    fake_server, service, fault
):
    server = fake_server(service.routes)
    server.fail(fault, "POST /api/token", times=9)
    browser = Browser()

    with pytest.raises(ServiceError, match="login service") as caught:
        log_in(Accounts(CLIENT_ID, server.url), show=browser)

    assert "AQ-" not in f"{caught.value} {caught.value.hint}"


def test_what_the_login_service_repeats_is_not_shown(fake_server):
    def repeat(seen):
        return Answer({"error": "bad", "error_description": seen.body.decode()}, 400)

    accounts = Accounts(CLIENT_ID, fake_server([("POST", "/api/token", repeat)]).url)
    with pytest.raises(ServiceError, match="refused") as caught:
        accounts.fetch_token("the-code", redirect="r", verifier="the-verifier", scopes=())

    assert "the-code" not in str(caught.value)
    assert "the-verifier" not in str(caught.value)


def test_scopes_that_are_not_told_are_those_that_were_asked_for(fake_server, service):
    def silent(seen):
        told = service.token(seen).body
        return Answer({name: told[name] for name in told if name != "scope"})

    routes = [("GET", "/authorize", service.page), ("POST", "/api/token", silent)]
    token = log_in(Accounts(CLIENT_ID, fake_server(routes).url), show=Browser())

    assert set(token.scopes) == set(READ_SCOPES)


def test_nobody_there_is_told():
    with pytest.raises(ServiceError, match="cannot be reached"):
        Accounts(CLIENT_ID, "http://127.0.0.1:9").fetch_token(
            "c", redirect="r", verifier="v", scopes=()
        )


def test_the_state_may_not_be_guessed_from_its_start():
    with pytest.raises(LoginNeededError):
        read_redirect("/callback?code=c&state=ab", state="abc")


def test_the_token_is_kept_for_its_owner_alone(accounts, own_folders):
    token = log_in(accounts, show=Browser())
    write_token(token)

    (path,) = (own_folders / "config").iterdir()
    assert read_token() == token
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert token.access not in repr(token)
    assert token.refresh not in repr(token)
    assert forget_token()
    assert read_token() is None
    assert not forget_token()


def test_a_token_that_others_can_read_is_refused(accounts, own_folders):
    write_token(log_in(accounts, show=Browser()))
    (path,) = (own_folders / "config").iterdir()
    path.chmod(0o644)

    with pytest.raises(SecretsError, match="others"):
        read_token()


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"client_id": "a"}', json.dumps({"scopes": 1})]
)
def test_a_damaged_token_file_means_nobody_is_logged_in(accounts, own_folders, content):
    write_token(log_in(accounts, show=Browser()))
    (path,) = (own_folders / "config").iterdir()
    path.write_text(content)

    assert read_token() is None


@pytest.mark.usefixtures("own_folders")
def test_whoever_reads_while_a_token_is_written_finds_a_whole_one(accounts):
    token = log_in(accounts, show=Browser())
    write_token(token)
    found, done = set(), threading.Event()

    def read_again_and_again():
        while not done.is_set():
            found.add(read_token())

    reader = threading.Thread(target=read_again_and_again)
    reader.start()
    for _ in range(50):
        write_token(token)
    done.set()
    reader.join()

    assert found == {token}


@pytest.mark.slow
def test_login_in_a_real_browser(accounts, service, browser):
    service.answer = "ask"
    page = browser.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))

    def agree(address):
        page.goto(address)
        with page.expect_navigation():
            page.click("a")
        assert "You can close this window" in page.content()

    token = log_in(accounts, show=agree)
    page.close()

    assert token.access in service.access
    assert not faults

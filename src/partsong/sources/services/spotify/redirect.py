"""The way back from the browser: a port of this machine that hears one answer, for a while."""

import hmac
import html
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

from partsong.errors import LoginNeededError
from partsong.progress import Progress
from partsong.sources.services.spotify.accounts import LOG_IN_AGAIN

__all__ = ["RedirectListener", "read_redirect"]

_PATH: Final = "/callback"
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width"><title>partsong</title></head>
<body><h1>{title}</h1><p>{text}</p></body></html>
"""


def read_redirect(address: str, *, state: str) -> str:
    """Return the code that stands in the address where Spotify sent the browser.

    Parameters
    ----------
    address
        The whole address, or its path and query.
    state
        What must stand in it too.

    Raises
    ------
    LoginNeededError
        If the state is another or missing, access was denied, or there is no code.

    Examples
    --------
    >>> read_redirect("http://127.0.0.1:8000/callback?code=abc&state=xyz", state="xyz")
    'abc'
    """
    _, _, query = address.strip().strip("'\"").partition("?")
    told = parse_qs(query)
    if not hmac.compare_digest(told.get("state", [""])[-1].encode(), state.encode()):
        raise LoginNeededError(
            "The answer does not belong to this login (its `state` is another or missing), so it "
            "was not used.",
            hint=LOG_IN_AGAIN,
        )
    if "error" in told:
        reason = told["error"][-1]
        if reason == "access_denied":
            raise LoginNeededError("Access was not granted.", hint=LOG_IN_AGAIN)
        raise LoginNeededError(f"Spotify ended the login: {reason}.", hint=LOG_IN_AGAIN)
    if not told.get("code"):
        raise LoginNeededError("The answer brought no code.", hint=LOG_IN_AGAIN)
    return told["code"][-1]


class RedirectListener:
    """Hear, on any free port, what the browser brings back; use as a context manager.

    Parameters
    ----------
    state
        What the answer must carry.
    """

    def __init__(self, state: str) -> None:
        self._state = state
        self._answers: queue.SimpleQueue[str | LoginNeededError] = queue.SimpleQueue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True  # a browser may hold a connection that it never uses
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}{_PATH}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def wait(self, *, seconds: float, progress: Progress) -> str:
        """Return the code that the browser brings.

        Parameters
        ----------
        seconds
            How long to wait at most.
        progress
            Listener; it hears every second.

        Raises
        ------
        LoginNeededError
            If nothing came in time, or what came is refused.
        """
        progress.start("waiting for your answer in the browser, in seconds", total=round(seconds))
        ends_at = time.monotonic() + seconds
        try:
            while (left := ends_at - time.monotonic()) > 0:
                try:
                    answer = self._answers.get(timeout=min(left, 1.0))
                except queue.Empty:
                    progress.advance()
                    continue
                if isinstance(answer, LoginNeededError):
                    raise answer
                return answer
        finally:
            progress.finish()
        raise LoginNeededError(
            f"No answer came from the browser within {seconds / 60:.0f} minutes.",
            hint="Log in again, or, where there is no browser: partsong import spotify --login "
            "--no-browser",
        )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answers, state = self._answers, self._state

        class Handler(BaseHTTPRequestHandler):
            timeout = 5
            server_version, sys_version = "partsong", ""

            def do_GET(self) -> None:  # the name that http.server calls
                if urlsplit(self.path).path != _PATH:
                    self._show(404, "Nothing here", "")  # a browser asks for its icon too
                    return
                try:
                    answers.put(read_redirect(self.path, state=state))
                except LoginNeededError as error:
                    answers.put(error)
                    self._show(400, "You are not logged in", str(error))
                else:
                    self._show(
                        200, "You are logged in", "You can close this window; go on in partsong."
                    )

            def _show(self, status: int, title: str, text: str) -> None:
                page = _PAGE.format(title=html.escape(title), text=html.escape(text)).encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(page)))
                self.send_header("Content-Security-Policy", "default-src 'none'")
                self.send_header("Cache-Control", "no-store")
                self.send_header("Referrer-Policy", "no-referrer")
                self.end_headers()
                self.wfile.write(page)

            def log_message(self, *_: object) -> None:
                """Stay silent: the address carries the code."""

        return Handler

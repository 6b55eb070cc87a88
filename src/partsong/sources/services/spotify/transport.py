"""Requests to the Web API in the listener's name, through spotipy and a session of our own.

spotipy's own session sleeps through a Retry-After of a day, and forgets the header where it is
told not to retry. Here it sends each request once; `Conversation` then waits, tries again or stops,
as it does for every other service.
"""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Self

from partsong import __version__
from partsong.errors import ImportPausedError, LoginNeededError, MissingExtraError, ServiceError
from partsong.progress import SILENT, Progress
from partsong.sources.http.arrivals import Arrivals
from partsong.sources.http.conversation import Conversation, UnansweredError
from partsong.sources.http.messages import Request, Response
from partsong.sources.http.pacing import wait_that_is_asked_for
from partsong.sources.services.spotify.accounts import LOG_IN_AGAIN
from partsong.sources.services.spotify.info import API_URL
from partsong.sources.services.spotify.session import Session

if TYPE_CHECKING:
    import requests

__all__ = ["SpotifyTransport", "require_spotipy"]

_QUOTA: Final = "QUOTA_EXCEEDED"
_QUOTA_WAIT: Final = timedelta(days=1)
"""Spotify does not say when a quota begins anew; a day is what people meet."""


def require_spotipy() -> None:
    """Say how to get spotipy, if it is not there.

    Raises
    ------
    MissingExtraError
        If the extra `spotify` is not installed.
    """
    from importlib.util import find_spec

    if find_spec("spotipy") is None or find_spec("requests") is None:
        raise MissingExtraError("spotify", "Your Spotify account")


class SpotifyTransport:
    """Ask the Web API; the same to endpoints as a `Client` of `sources.http`.

    Parameters
    ----------
    session
        The login.
    url
        Address of the Web API.
    arrivals, answers
        Where answers are kept: until the import is done, and for later imports.
    timeout
        Seconds without a byte after which a request is given up.
    tries, longest_wait
        How often a request is sent at most, and the longest wait in seconds.
    progress
        Listener to the waits.
    sleep, clock
        How to wait, and what tells the time in seconds since 1970.

    Raises
    ------
    MissingExtraError
        If the extra `spotify` is not installed.
    """

    def __init__(
        self,
        session: Session,
        *,
        url: str = API_URL,
        arrivals: Arrivals | None = None,
        answers: Arrivals | None = None,
        timeout: float = 20,
        tries: int = 5,
        longest_wait: float = 60,
        progress: Progress = SILENT,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        require_spotipy()
        self._session = session
        self._url = url.rstrip("/")
        self._timeout = timeout
        self._clock = clock
        self._n_again = 0
        self._answered: list[requests.Response] = []
        self._spotify: Any = None
        self._http: requests.Session | None = None
        self._conversation = Conversation(
            self._ask,
            service="spotify",
            scope=f"{self._url} {self.user}",
            arrivals=arrivals,
            answers=answers,
            secrets=self._secrets,
            tries=tries,
            longest_wait=longest_wait,
            progress=progress,
            sleep=sleep,
            clock=clock,
        )

    @property
    def user(self) -> str:
        """Spotify's id of the listener, as far as the login found it out."""
        return self._session.token.user if self._session.token else ""

    @property
    def n_sent(self) -> int:
        """Requests that went over the network, each try counted."""
        return self._conversation.n_sent + self._n_again

    def send(self, request: Request) -> Response:
        """Return the answer to a request; see :meth:`Conversation.send`.

        Parameters
        ----------
        request
            What to ask.

        Raises
        ------
        ImportPausedError
            If Spotify does not answer, wants to be left alone for longer, or the quota is used up.
        LoginNeededError, ForbiddenError, ServiceMissingError, ServiceError
            If it refuses.
        """
        return self._conversation.send(request)

    def has_arrived(self, request: Request) -> bool:
        """Tell whether the answer is there already, so that nothing would be sent.

        Parameters
        ----------
        request
            What would be asked.
        """
        return self._conversation.has_arrived(request)

    def close(self) -> None:
        """Hang up."""
        if self._http is not None:
            self._http.close()
            self._http = self._spotify = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _secrets(self) -> tuple[str, ...]:
        token = self._session.token
        return (token.access, token.refresh) if token else ()

    def _ask(self, request: Request) -> Response:
        """Send a request, once more with a new token where the old one is refused."""
        response = self._send_once(request, self._session.access_token())
        if response.status == 401:
            self._session.renew()
            self._n_again += 1
            response = self._send_once(request, self._session.access_token())
        if response.status == 401:
            raise LoginNeededError("Spotify does not accept the login.", hint=LOG_IN_AGAIN)
        if response.status == 429 and _QUOTA.encode() in response.body:
            raise self._quota_is_used_up(response)
        return response

    def _send_once(self, request: Request, access: str) -> Response:
        import requests
        import spotipy

        def sign(prepared: "requests.PreparedRequest") -> "requests.PreparedRequest":
            prepared.headers["Authorization"] = f"Bearer {access}"
            return prepared

        client, http = self._open()
        # Signed here: spotipy would write its headers, the token among them, into the debug log.
        http.auth = sign
        self._answered.clear()
        try:
            client._internal_call(  # noqa: SLF001 - public methods fix the paths of one year
                request.method, self._address(request), request.body, {**request.params}
            )
        except (spotipy.SpotifyException, AttributeError):
            pass  # made of the answer, which is here; spotipy trips over errors it does not expect
        except requests.ConnectTimeout as error:
            raise UnansweredError("no connection", has_arrived=False) from error
        except requests.RequestException as error:
            raise UnansweredError(type(error).__name__) from error
        answer = self._answered[-1]
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return Response(status=answer.status_code, headers=headers, body=answer.content)

    def _open(self) -> "tuple[Any, requests.Session]":
        import requests
        import spotipy

        if self._spotify is None or self._http is None:

            def keep(answer: "requests.Response", **_: Any) -> None:
                self._answered.append(answer)

            self._http = requests.Session()
            self._http.headers["User-Agent"] = f"partsong/{__version__}"
            self._http.hooks["response"].append(keep)
            untyped: Any = spotipy.Spotify
            self._spotify = untyped(requests_session=self._http, requests_timeout=self._timeout)
            # Errors are told by partsong; without a handler they would go to standard error too.
            logging.getLogger("spotipy").addHandler(logging.NullHandler())
        return self._spotify, self._http

    def _address(self, request: Request) -> str:
        if not request.path.startswith(("http://", "https://")):
            return f"{self._url}/{request.path.lstrip('/')}"
        if request.path.startswith(f"{self._url}/"):
            return request.path
        raise ServiceError(
            "Spotify names a page that is not its own, which was not opened.",
            hint="Check the address of the Web API: partsong sources spotify",
        )

    def _quota_is_used_up(self, response: Response) -> ImportPausedError:
        now = self._clock()
        seconds = wait_that_is_asked_for(response.headers, now=now)
        wait = _QUOTA_WAIT if seconds is None else timedelta(seconds=seconds)
        return ImportPausedError(
            "Spotify's quota for your developer account is used up; all of its apps in development "
            "mode share it.",
            hint="What has arrived is kept. Give the same command again later, and it goes on.",
            resume_at=datetime.fromtimestamp(now, tz=UTC) + wait,
        )

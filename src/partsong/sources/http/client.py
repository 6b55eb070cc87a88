"""Asking over HTTP: the one place of the services that touches the network."""

import time
from collections.abc import Callable, Mapping
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Final, Self
from urllib.parse import urlsplit

from partsong.errors import SecretsError, ServiceError
from partsong.progress import SILENT, Progress
from partsong.sources.http.arrivals import Arrivals
from partsong.sources.http.conversation import Conversation
from partsong.sources.http.messages import Request, Response

if TYPE_CHECKING:
    from partsong.sources.http.transport import HttpTransport

__all__ = ["Client"]

_NONE: Final[Mapping[str, str]] = MappingProxyType({})
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class Client:
    """Ask one service over HTTP.

    Parameters
    ----------
    service
        Name of the service, as in ``partsong sources``.
    url
        Its address; paths of requests are put behind it.
    params, headers
        What is added to every request on its way out, such as keys. They are in no error, no log
        and no kept answer. Read anew for each request, so a mapping of one's own can give fresh
        values.
    account
        As whom one asks, where answers depend on it: kept answers are that account's.
    arrivals, answers
        Where answers are kept: until the import is done, and for later imports.
    status_of
        What an answer means, for services that say everything with status 200.
    timeout
        Seconds without a byte after which a request is given up.
    tries, longest_wait, min_interval
        How often a request is sent at most, the longest wait and the least interval in seconds.
    plain_http
        Whether keys may go over a line that others can listen to.
    progress
        Listener to the waits.
    sleep, clock
        How to wait, and what tells the time in seconds since 1970.

    Raises
    ------
    SecretsError
        If there are keys to be sent, and the address is neither ``https://`` nor this machine.
    ServiceError
        If the address is none.

    Examples
    --------
    >>> with Client(service="tiny", url="http://music.example", params={"key": "1"}) as client:
    ...     pass
    Traceback (most recent call last):
    partsong.errors.SecretsError: tiny's address http://music.example would carry keys in the open.
    """

    def __init__(
        self,
        *,
        service: str,
        url: str,
        params: Mapping[str, str] = _NONE,
        headers: Mapping[str, str] = _NONE,
        account: str = "",
        arrivals: Arrivals | None = None,
        answers: Arrivals | None = None,
        status_of: Callable[[Response], int] = lambda response: response.status,
        timeout: float = 20,
        tries: int = 5,
        longest_wait: float = 60,
        min_interval: float = 0,
        plain_http: bool = False,
        progress: Progress = SILENT,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._service = service
        self._address = _read_address(service, url)
        if (params or headers) and not (plain_http or _is_safe(self._address)):
            raise SecretsError(
                f"{service}'s address {self._address} would carry keys in the open.",
                hint="Give its address with https://",
            )
        self._params = params
        self._headers = headers
        self._added: tuple[dict[str, str], dict[str, str]] = ({}, {})
        self._timeout = timeout
        self._transport: HttpTransport | None = None
        self._conversation = Conversation(
            self._ask,
            service=service,
            scope=f"{self._address} {account}",
            arrivals=arrivals,
            answers=answers,
            secrets=self._secrets,
            status_of=status_of,
            tries=tries,
            longest_wait=longest_wait,
            min_interval=min_interval,
            progress=progress,
            sleep=sleep,
            clock=clock,
        )

    @property
    def n_sent(self) -> int:
        """Requests that went over the network, each try counted."""
        return self._conversation.n_sent

    def send(self, request: Request) -> Response:
        """Return the answer to a request; see :meth:`Conversation.send`.

        Parameters
        ----------
        request
            What to ask.

        Raises
        ------
        ServiceError
            Or one of those below it.
        """
        return self._conversation.send(request)

    def has_arrived(self, request: Request) -> bool:
        """Tell whether the answer is there already, so that nothing would be sent.

        Parameters
        ----------
        request
            What one would ask.
        """
        return self._conversation.has_arrived(request)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(self, request: Request) -> Response:
        if self._transport is None:
            from partsong.sources.http.transport import HttpTransport

            self._transport = HttpTransport(self._service, self._address, timeout=self._timeout)
        self._added = (dict(self._params), dict(self._headers))
        return self._transport.ask(request, *self._added)

    def _secrets(self) -> list[str]:
        """Return what may not be quoted, and each word of it: ``Bearer abc`` holds ``abc``."""
        return [
            hidden
            for added in self._added
            for value in added.values()
            for hidden in (value, *value.split())
        ]


def _read_address(service: str, url: str) -> str:
    """Return the address without a slash at its end; it may hold nothing but a place."""
    hint = "Give it as https://music.example, without a name or key in it."
    try:
        parts = urlsplit(url.strip())
        place = f"{parts.hostname}:{parts.port}" if parts.port else f"{parts.hostname}"
    except ValueError as error:
        raise ServiceError(f"{service}'s address is none.", hint=hint) from error
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ServiceError(f"{service}'s address holds more than a place ({place}).", hint=hint)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ServiceError(f"{service}'s address is none: {url.strip()!r}.", hint=hint)
    return url.strip().rstrip("/")


def _is_safe(address: str) -> bool:
    """Tell whether nobody between here and there can listen."""
    parts = urlsplit(address)
    return parts.scheme == "https" or parts.hostname in _LOOPBACK

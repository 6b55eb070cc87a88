"""A request and its answer as plain data, so that endpoints never touch a network."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from partsong.errors import ServiceError

__all__ = ["Request", "Response", "Sender"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be asked.

    Parameters
    ----------
    path
        Path below the service's address, or a whole address of that service.
    method
        The verb.
    params
        Query parameters; secrets are not among them, the client adds those.
    body
        What is sent along, as JSON.
    keep_days
        How long the answer may be used again in later imports; 0: only until this one is done.

    Examples
    --------
    >>> Request(path="/1/user/rob/listens", params={"count": 100}).method
    'GET'
    """

    path: str
    method: Literal["GET", "POST", "PUT", "DELETE"] = "GET"
    params: Mapping[str, str | int] = field(default_factory=dict)
    body: Any = None
    keep_days: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What was answered.

    Parameters
    ----------
    status
        The HTTP status.
    headers
        Names in lower case.
    body
        The bytes.

    Examples
    --------
    >>> Response(status=200, headers={}, body=b'{"count": 2}').json()
    {'count': 2}
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON.

        Raises
        ------
        ServiceError
            If it is not JSON, or was cut off.
        """
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise ServiceError(
                "The service answered with something that is not JSON.",
                hint="Try again later; if it stays, the service has changed.",
            ) from error


class Sender(Protocol):
    """Whatever sources ask: a `Client`, or what has the same manners over another transport."""

    @property
    def n_sent(self) -> int:
        """Requests that went over the network, each try counted."""

    def send(self, request: Request) -> Response:
        """Return the answer to a request; see :meth:`Conversation.send`."""

    def has_arrived(self, request: Request) -> bool:
        """Tell whether the answer is there already, so that nothing would be sent."""

"""Asking a service with patience: waits, tries, and answers that are there already."""

import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Final

from partsong.errors import ImportPausedError, ServiceError
from partsong.progress import SILENT, Progress
from partsong.sources.http.arrivals import Arrivals
from partsong.sources.http.messages import Request, Response
from partsong.sources.http.pacing import pause_after, wait_for
from partsong.sources.http.refusals import refusal, words_of

__all__ = ["Conversation", "UnansweredError"]

_ARRIVALS_LAST_DAYS: Final = 7
"""Pages of different weeks do not make one list."""


class UnansweredError(Exception):
    """A transport got no answer, or a part of one; a conversation tries again.

    Parameters
    ----------
    why
        In a few words, without any secret.
    has_arrived
        Whether the request may have reached the service all the same.

    Examples
    --------
    >>> UnansweredError("no connection", has_arrived=False).has_arrived
    False
    """

    def __init__(self, why: str, *, has_arrived: bool = True) -> None:
        super().__init__(why)
        self.has_arrived = has_arrived


class Conversation:
    """Ask a service one request after another, within its limits, and none twice.

    Parameters
    ----------
    ask
        The transport: sends a request once, returns whatever is answered, and raises
        :class:`UnansweredError` where nothing is.
    service
        Name of the service, as in ``partsong sources``.
    scope
        Whom one asks and as whom, without secrets: its address, and the account where there are
        several.
    arrivals
        Where answers are kept until the import is done.
    answers
        Where answers are kept that may be used again in later imports (`Request.keep_days`).
    secrets
        Returns what must never be quoted.
    status_of
        What an answer means, for services that say everything with status 200.
    tries
        How often a request is sent at most.
    longest_wait
        The longest wait in seconds; where the service wants a longer one, the import is paused.
    min_interval
        The least number of seconds between two requests.
    progress
        Listener to the waits.
    sleep, clock
        How to wait, and what tells the time in seconds since 1970.

    Attributes
    ----------
    n_sent
        Requests that went over the network, each try counted.

    Examples
    --------
    >>> def ask(request):
    ...     return Response(status=200, headers={}, body=b'{"count": 2}')
    >>> Conversation(ask, service="tiny").send(Request(path="/songs")).json()
    {'count': 2}
    """

    def __init__(
        self,
        ask: Callable[[Request], Response],
        *,
        service: str,
        scope: str = "",
        arrivals: Arrivals | None = None,
        answers: Arrivals | None = None,
        secrets: Callable[[], Collection[str]] = tuple,
        status_of: Callable[[Response], int] = lambda response: response.status,
        tries: int = 5,
        longest_wait: float = 60,
        min_interval: float = 0,
        progress: Progress = SILENT,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.service = service
        self.n_sent = 0
        self._ask = ask
        self._scope = f"{service} {scope}".strip()
        self._arrivals = arrivals
        self._answers = answers
        self._secrets = secrets
        self._status_of = status_of
        self._tries = tries
        self._longest_wait = longest_wait
        self._min_interval = min_interval
        self._progress = progress
        self._sleep = sleep
        self._clock = clock
        self._not_before = 0.0

    def send(self, request: Request) -> Response:
        """Return the answer to a request: what has arrived already, or what the service says.

        Parameters
        ----------
        request
            What to ask.

        Returns
        -------
        Response
            Of a status from 200 to 299, and with JSON that is whole, or nothing at all (204).

        Raises
        ------
        ImportPausedError
            If the service does not answer, or wants to be left alone for longer.
        LoginNeededError, ForbiddenError, ServiceMissingError, ServiceError
            If it refuses.
        """
        kept = self._find(request)
        if kept is not None:
            return kept
        response = self._ask_until_answered(request)
        self._keep(request, response)
        return response

    def has_arrived(self, request: Request) -> bool:
        """Tell whether the answer is there already, so that nothing would be sent.

        Parameters
        ----------
        request
            What one would ask.
        """
        return self._find(request) is not None

    def _find(self, request: Request) -> Response | None:
        if request.method != "GET":
            return None
        found = None
        if self._answers is not None and request.keep_days > 0:
            found = self._answers.get(request, scope=self._scope, days=request.keep_days)
        if found is None and self._arrivals is not None:
            found = self._arrivals.get(request, scope=self._scope, days=_ARRIVALS_LAST_DAYS)
        return found

    def _keep(self, request: Request, response: Response) -> None:
        if request.method != "GET":
            return
        lasting = self._answers if request.keep_days > 0 else None
        place = lasting or self._arrivals
        if place is not None:
            place.put(request, response, scope=self._scope)

    def _ask_until_answered(self, request: Request) -> Response:
        trouble = ""
        wait: float | None = 0.0
        for attempt in range(self._tries):
            self._wait_my_turn()
            try:
                response = self._ask_once(request)
            except UnansweredError as error:
                trouble = str(error)
                if request.method == "POST" and error.has_arrived:
                    raise self._uncertain(trouble) from error
                wait = wait_for(None, {}, attempt, now=self._clock())
            else:
                status = self._status_of(response)
                self._not_before = self._clock() + max(
                    self._min_interval, pause_after(response.headers)
                )
                if 200 <= status < 300:
                    return response
                words = words_of(response, secrets=self._secrets())
                trouble = f"status {status}" + (f", {words}" if words else "")
                wait = wait_for(status, response.headers, attempt, now=self._clock())
                if wait is None:
                    raise refusal(self.service, status, response, secrets=self._secrets())
                if request.method == "POST" and status != 429:
                    raise self._uncertain(trouble)
            if wait is not None and wait > self._longest_wait:
                raise self._paused("wants to be left alone for now", trouble, wait)
            self._not_before = max(self._not_before, self._clock() + (wait or 0.0))
        raise self._paused(f"did not answer {self._tries} times", trouble, wait or 0.0)

    def _ask_once(self, request: Request) -> Response:
        self.n_sent += 1
        response = self._ask(request)
        is_success = 200 <= response.status < 300
        may_be_empty = response.status == 204 or request.method != "GET"
        if is_success and response.headers.get("content-type", "").startswith("text/html"):
            raise ServiceError(
                f"{self.service} answers with a page for people.",
                hint=f"Check its address (partsong sources {self.service}), and whether this "
                "network wants you to log in first.",
            )
        if is_success and not (may_be_empty and not response.body):
            try:
                response.json()
            except ServiceError as error:
                why = "its answer was cut off, or is not JSON"
                raise UnansweredError(why) from error
        return response

    def _wait_my_turn(self) -> None:
        wait = self._not_before - self._clock()
        if wait > self._longest_wait:
            raise self._paused("wants to be left alone for now", "its allowance is used up", wait)
        if wait <= 0:
            return
        seconds = int(wait)
        if seconds < 1:
            self._sleep(wait)
            return
        self._progress.start(f"waiting for {self.service}", seconds)
        try:
            self._sleep(wait - seconds)
            for _ in range(seconds):
                self._sleep(1.0)
                self._progress.advance()
        finally:
            self._progress.finish()

    def _paused(self, what: str, trouble: str, wait: float) -> ImportPausedError:
        resume_at = datetime.fromtimestamp(self._clock() + wait, tz=UTC) if wait else None
        return ImportPausedError(
            f"{self.service} {what} ({trouble}).",
            hint="What has arrived is kept. Give the same command again later, and it goes on.",
            resume_at=resume_at,
        )

    def _uncertain(self, trouble: str) -> ServiceError:
        return ServiceError(
            f"{self.service} did not say whether it has done what it was asked ({trouble}).",
            hint="Look there before you give the command again; otherwise it may be done twice.",
        )

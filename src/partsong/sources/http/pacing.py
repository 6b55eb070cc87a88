"""How long to wait before a service is asked again: its own word, else longer each time.

These are rules over plain data. They hold for every transport: nothing here sends, or sleeps.
"""

import random
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Final

__all__ = ["pause_after", "wait_for", "wait_that_is_asked_for"]

_WORTH_ANOTHER_TRY: Final = frozenset({429, 500, 502, 503, 504})
_LONGEST_BACK_OFF: Final = 30.0


def wait_for(
    status: int | None,
    headers: Mapping[str, str],
    attempt: int,
    *,
    now: float,
    draw: Callable[[], float] = random.random,
) -> float | None:
    """Return how many seconds to wait before the same request is sent again.

    What the service says (``Retry-After``, ``X-RateLimit-Reset-In``) is obeyed; otherwise the wait
    doubles with each attempt, from a second up to 30, half of it drawn at random so that many
    clients do not come back at one moment.

    Parameters
    ----------
    status
        The HTTP status; None where there was no answer, or only a part of one.
    headers
        The answer's, names in lower case.
    attempt
        How often the request was sent before, from 0.
    now
        The time, in seconds since 1970.
    draw
        What draws a number from 0 to 1.

    Returns
    -------
    float or None
        None where it is of no use to ask again.

    Examples
    --------
    >>> wait_for(429, {"retry-after": "7"}, 0, now=0)
    7.0
    >>> wait_for(500, {}, 3, now=0, draw=lambda: 1.0), wait_for(404, {}, 0, now=0)
    (8.0, None)
    """
    if status is not None and status not in _WORTH_ANOTHER_TRY:
        return None
    asked = wait_that_is_asked_for(headers, now=now)
    if asked:
        return asked
    return float(min(2.0**attempt, _LONGEST_BACK_OFF) * (0.5 + 0.5 * draw()))


def wait_that_is_asked_for(headers: Mapping[str, str], *, now: float) -> float | None:
    """Return the seconds to wait that an answer's headers state, None where they state none.

    Parameters
    ----------
    headers
        Names in lower case. ``Retry-After`` may be seconds or an HTTP date.
    now
        The time, in seconds since 1970.

    Examples
    --------
    >>> wait_that_is_asked_for({"retry-after": "Thu, 01 Jan 1970 00:01:30 GMT"}, now=60)
    30.0
    >>> wait_that_is_asked_for({"x-ratelimit-reset-in": "4"}, now=0)
    4.0
    >>> wait_that_is_asked_for({"retry-after": "soon"}, now=0) is None
    True
    """
    said = headers.get("retry-after", "").strip()
    if not said:
        return _seconds(headers.get("x-ratelimit-reset-in", ""))
    seconds = _seconds(said)
    return seconds if seconds is not None else _seconds_until(said, now)


def pause_after(headers: Mapping[str, str]) -> float:
    """Return the seconds to wait before the next request, because this answer used up the allowance.

    Parameters
    ----------
    headers
        Names in lower case.

    Examples
    --------
    >>> pause_after({"x-ratelimit-remaining": "0", "x-ratelimit-reset-in": "3"})
    3.0
    >>> pause_after({"x-ratelimit-remaining": "12", "x-ratelimit-reset-in": "3"})
    0.0
    """
    if headers.get("x-ratelimit-remaining", "").strip() != "0":
        return 0.0
    return _seconds(headers.get("x-ratelimit-reset-in", "")) or 0.0


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds < float("inf") else None


def _seconds_until(date: str, now: float) -> float | None:
    try:
        return max(parsedate_to_datetime(date).timestamp() - now, 0.0)
    except (ValueError, OverflowError):
        return None

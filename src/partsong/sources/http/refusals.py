"""What a service's refusal means, as an error that says what to do."""

import json
from collections.abc import Collection
from typing import Any, Final
from urllib.parse import quote, quote_plus

from partsong.errors import ForbiddenError, LoginNeededError, ServiceError, ServiceMissingError
from partsong.plain_text import plain_text
from partsong.sources.http.messages import Response

__all__ = ["hide_secrets", "refusal", "words_of"]

_LONGEST_WORDS: Final = 200
_SHORTEST_SECRET: Final = 4
_KEYS_OF_WORDS: Final = ("message", "error_description", "error", "detail", "title", "reason")


def refusal(
    service: str, status: int, response: Response, *, secrets: Collection[str] = ()
) -> ServiceError:
    """Return the error that stands for a service's refusal.

    Parameters
    ----------
    service
        Name of the service.
    status
        What the answer means, as an HTTP status.
    response
        The answer; its words are quoted.
    secrets
        What must not be quoted, should the service repeat it.

    Examples
    --------
    >>> said = Response(status=403, headers={}, body=b'{"error": {"message": "Not yours."}}')
    >>> error = refusal("tiny", 403, said)
    >>> print(type(error).__name__, "|", error)
    ForbiddenError | tiny does not allow it (403): Not yours.
    """
    words = words_of(response, secrets=secrets)
    said = f": {words}" if words else "."
    if status == 401:
        return LoginNeededError(
            f"{service} does not know who asks (401){said}",
            hint=f"Check the key, or log in again: partsong sources {service} --set-up",
        )
    if status == 403:
        return ForbiddenError(
            f"{service} does not allow it (403){said}",
            hint=f"See what may be asked of it, and what to use instead: partsong sources {service}",
        )
    if status == 404:
        return ServiceMissingError(
            f"{service} knows nothing of what was asked for (404){said}",
            hint="Check the spelling of the name; what was deleted there cannot be had.",
        )
    return ServiceError(
        f"{service} refuses the request ({status}){said}",
        hint="If its words do not help, the service has changed: look for a newer partsong.",
    )


def words_of(response: Response, *, secrets: Collection[str] = ()) -> str:
    """Return what a service says in an answer that is no success, in one short line.

    Parameters
    ----------
    response
        The answer, JSON or not; where it is not, nothing is said.
    secrets
        What is not repeated.

    Examples
    --------
    >>> words_of(Response(status=400, headers={}, body=b'{"error": 6, "message": "No such user"}'))
    'No such user'
    """
    try:
        found = json.loads(response.body)
    except ValueError:
        return ""
    words = " ".join(plain_text(hide_secrets(_words_in(found), secrets)).split())
    return words if len(words) <= _LONGEST_WORDS else words[: _LONGEST_WORDS - 1] + "…"


def hide_secrets(text: str, secrets: Collection[str]) -> str:
    """Return the text with each secret in it, as it is or as in an address, replaced by dots.

    Parameters
    ----------
    text
        Any text.
    secrets
        What is to be hidden; words of fewer than four letters are too short to be secret.

    Examples
    --------
    >>> hide_secrets("No user for key 0123abcd.", ["0123abcd"])
    'No user for key ….'
    """
    hidden = {secret for secret in secrets if len(secret) >= _SHORTEST_SECRET}
    hidden |= {spelt(secret) for secret in hidden for spelt in (quote, quote_plus)}
    for secret in sorted(hidden, key=len, reverse=True):
        text = text.replace(secret, "…")
    return text


def _words_in(found: Any) -> str:
    if isinstance(found, str):
        return found
    if isinstance(found, dict):
        for key in _KEYS_OF_WORDS:
            words = _words_in(found.get(key))
            if words:
                return words
        wrapped = list(found.values())
        if len(wrapped) == 1 and isinstance(wrapped[0], dict):
            return _words_in(wrapped[0])
    return ""

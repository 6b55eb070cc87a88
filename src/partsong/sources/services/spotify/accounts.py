"""Spotify's login service: where the browser is sent, and how tokens are had (RFC 6749, 7636)."""

import base64
import hashlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import urlencode

from partsong import __version__
from partsong.errors import LoginNeededError, ServiceError
from partsong.sources.http.refusals import hide_secrets
from partsong.sources.services.spotify.info import ACCOUNTS_URL
from partsong.sources.services.spotify.token_file import Token

__all__ = ["LOG_IN_AGAIN", "Accounts", "new_verifier"]

LOG_IN_AGAIN: Final = "Log in again: partsong import spotify --login"
_TIMEOUT: Final = 20.0
_SECRETS: Final = frozenset({"code", "code_verifier", "refresh_token"})


def new_verifier() -> str:
    """Return a new secret that ties the two halves of a login together.

    Examples
    --------
    >>> 43 <= len(new_verifier()) <= 128
    True
    """
    return token_urlsafe(64)


@dataclass(frozen=True, slots=True)
class Accounts:
    """The login service, for one app.

    Parameters
    ----------
    client_id
        Of the app.
    url
        Its address.
    clock
        What tells the time in seconds since 1970.

    Examples
    --------
    >>> address = Accounts("abc").page(
    ...     redirect="http://127.0.0.1:8000/callback",
    ...     state="s",
    ...     verifier="v",
    ...     scopes=["user-library-read"],
    ... )
    >>> address.split("?")[0]
    'https://accounts.spotify.com/authorize'
    """

    client_id: str
    url: str = ACCOUNTS_URL
    clock: Callable[[], float] = time.time

    def page(self, *, redirect: str, state: str, verifier: str, scopes: Sequence[str]) -> str:
        """Return the address of the page that asks the listener.

        Parameters
        ----------
        redirect
            Where the browser is sent afterwards.
        state
            What it has to bring along, so that no other page can answer.
        verifier
            From `new_verifier`; only its SHA-256 is told now.
        scopes
            What is to be allowed.
        """
        digest = hashlib.sha256(verifier.encode()).digest()
        asked = {
            "client_id": self.client_id,
            "response_type": "code",
            "redirect_uri": redirect,
            "state": state,
            "scope": " ".join(scopes),
            "code_challenge_method": "S256",
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        }
        return f"{self.url.rstrip('/')}/authorize?{urlencode(asked)}"

    def fetch_token(
        self, code: str, *, redirect: str, verifier: str, scopes: Sequence[str]
    ) -> Token:
        """Turn the code that the browser brought into a token.

        Parameters
        ----------
        code
            It can be used once, within minutes.
        redirect, verifier, scopes
            As they were given to `page`. Spotify may have granted fewer scopes; then it says so.

        Raises
        ------
        LoginNeededError
            If the code, or the app, is not accepted.
        ServiceError
            If the service cannot be reached, or does not work.
        """
        told = self._post(
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect,
                "code_verifier": verifier,
            }
        )
        told = {"scope": " ".join(scopes), **told}
        return self._read_token(told, since=self.clock())

    def refresh(self, token: Token) -> Token:
        """Return the token with a new hour before it.

        Parameters
        ----------
        token
            What there is. Its six months go on from the login.

        Raises
        ------
        LoginNeededError
            If the login has ended.
        ServiceError
            If the service cannot be reached, or does not work.
        """
        told = self._post({"grant_type": "refresh_token", "refresh_token": token.refresh})
        told = {"refresh_token": token.refresh, "scope": " ".join(token.scopes), **told}
        return replace(self._read_token(told, since=token.since), user=token.user)

    def _read_token(self, told: Mapping[str, Any], *, since: float) -> Token:
        try:
            return Token(
                client_id=self.client_id,
                access=str(told["access_token"]),
                refresh=str(told["refresh_token"]),
                expires_at=self.clock() + float(told.get("expires_in", 3600)),
                scopes=tuple(str(told.get("scope", "")).split()),
                since=since,
            )
        except (KeyError, TypeError, ValueError):
            raise _not_working("answered without a token") from None

    def _post(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        """Send a form, which carries secrets, so that no error shows it."""
        import httpx2

        try:
            answer = httpx2.post(
                f"{self.url.rstrip('/')}/api/token",
                data={"client_id": self.client_id, **form},
                headers={"user-agent": f"partsong/{__version__}"},
                timeout=_TIMEOUT,
            )
            told = answer.json()
        except httpx2.HTTPError as error:
            raise _not_working(f"cannot be reached ({type(error).__name__})") from None
        except ValueError:
            raise _not_working("answered with something that is not JSON") from None
        told = told if isinstance(told, dict) else {}
        if answer.is_success:
            return {name: value for name, value in told.items() if value is not None}
        raise _refusal(answer.status_code, told, [form[name] for name in _SECRETS & form.keys()])


def _refusal(status: int, told: Mapping[str, Any], secrets: Collection[str]) -> ServiceError:
    match told.get("error"):
        case "invalid_grant":
            return LoginNeededError(
                "Spotify does not accept the login any more: logins end after six months, or when "
                "access is taken back.",
                hint=LOG_IN_AGAIN,
            )
        case "invalid_client" | "unauthorized_client":
            return LoginNeededError(
                "Spotify does not know the app of this client ID.",
                hint="Check it at developer.spotify.com/dashboard, then: partsong sources spotify "
                "--set-up",
            )
        case reason:
            words = str(told.get("error_description") or reason or "no reason given")
            return _not_working(f"refused ({status}: {hide_secrets(words, secrets)})")


def _not_working(what: str) -> ServiceError:
    return ServiceError(
        f"Spotify's login service {what}.", hint="Try again in a few minutes, nothing was lost."
    )

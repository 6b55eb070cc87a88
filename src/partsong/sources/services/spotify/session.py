"""A login in use: the token that goes along with each request, renewed when its hour is over."""

from collections.abc import Collection

from partsong.errors import ImportPausedError, LoginNeededError, ServiceError
from partsong.sources.services.spotify.accounts import Accounts
from partsong.sources.services.spotify.token_file import (
    Token,
    forget_token,
    read_token,
    write_token,
)

__all__ = ["Session"]

_EARLY = 60
"""Seconds before its end at which a token is renewed, so that none ends on its way."""


class Session:
    """Hand out the access token of the listener who is logged in.

    Parameters
    ----------
    accounts
        The login service, for the app that the token must belong to.
    """

    def __init__(self, accounts: Accounts) -> None:
        self._accounts = accounts
        self._token = self._kept()

    @property
    def token(self) -> Token | None:
        """What the last login left; None where nobody is logged in with this app."""
        return self._token

    def allows(self, scopes: Collection[str]) -> bool:
        """Say whether the listener has agreed to all of this.

        Parameters
        ----------
        scopes
            What is to be done.
        """
        return self._token is not None and {*scopes} <= {*self._token.scopes}

    def access_token(self) -> str:
        """Return a token that is good for a minute at least.

        Raises
        ------
        LoginNeededError
            If nobody is logged in, or the login has ended.
        ImportPausedError
            If it has to be renewed, and the login service does not answer.
        """
        if self._token is None:
            raise LoginNeededError(
                "You are not logged in to Spotify.", hint="Log in: partsong import spotify --login"
            )
        if not self._lasts():
            self.renew()
        return self._token.access

    def renew(self) -> None:
        """Get a new access token, and keep it.

        Raises
        ------
        LoginNeededError
            If the login has ended; what is kept of it is forgotten.
        ImportPausedError
            If the login service does not answer.
        """
        assert self._token is not None, "somebody is logged in"
        if self._take_over() and self._lasts():
            return
        try:
            self._token = self._accounts.refresh(self._token)
        except LoginNeededError:
            if self._take_over():
                return
            forget_token()
            self._token = None
            raise
        except ServiceError as error:
            raise ImportPausedError(str(error), hint=error.hint) from error
        write_token(self._token)

    def _lasts(self) -> bool:
        return self._token is not None and self._token.expires_at - self._accounts.clock() >= _EARLY

    def _take_over(self) -> bool:
        """Use what another program has kept meanwhile: a refresh token can be used once."""
        kept = self._kept()
        if kept is None or kept == self._token:
            return False
        self._token = kept
        return True

    def _kept(self) -> Token | None:
        token = read_token()
        return token if token and token.client_id == self._accounts.client_id else None

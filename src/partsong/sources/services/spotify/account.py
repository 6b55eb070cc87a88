"""A listener's account at Spotify: who it is, whether partsong may ask, and a way to do so."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final, Self
from urllib.parse import urlsplit

from partsong.errors import PartsongError, SecretsError
from partsong.progress import SILENT, Progress
from partsong.sources.http.arrivals import Arrivals
from partsong.sources.http.messages import Request
from partsong.sources.secrets import read_setting, require_setting
from partsong.sources.services.spotify.accounts import Accounts
from partsong.sources.services.spotify.info import ACCOUNTS_URL, API_URL, INFO
from partsong.sources.services.spotify.login import READ_SCOPES, WRITE_SCOPES, log_in
from partsong.sources.services.spotify.session import Session
from partsong.sources.services.spotify.token_file import forget_token, write_token
from partsong.sources.services.spotify.transport import SpotifyTransport, require_spotipy

__all__ = ["SpotifyAccount"]

_LASTS: Final = timedelta(days=180)
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


class SpotifyAccount:
    """The account that the listener's own app at Spotify stands for.

    Parameters
    ----------
    client_id
        Of the app.
    url, accounts_url
        Addresses of the Web API and of the login service.

    Raises
    ------
    SecretsError
        If an address would carry the login in the open.

    Examples
    --------
    >>> SpotifyAccount("abc", url="http://music.example")
    Traceback (most recent call last):
    partsong.errors.SecretsError: http://music.example would carry your login in the open.
    """

    def __init__(
        self, client_id: str, *, url: str = API_URL, accounts_url: str = ACCOUNTS_URL
    ) -> None:
        for address in (url, accounts_url):
            parts = urlsplit(address)
            if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
                raise SecretsError(
                    f"{address} would carry your login in the open.",
                    hint="Give Spotify's addresses with https://, or leave them out.",
                )
        self.client_id = client_id
        self._url = url
        self._accounts = Accounts(client_id, accounts_url)

    @classmethod
    def from_settings(cls) -> Self:
        """Return the account that the settings name.

        Raises
        ------
        SecretsError
            If the client ID is not set.
        """
        (needed,) = (setting for setting in INFO.settings if setting.is_required)
        return cls(
            require_setting(INFO.name, needed),
            url=read_setting(INFO.name, "url") or API_URL,
            accounts_url=read_setting(INFO.name, "accounts_url") or ACCOUNTS_URL,
        )

    @property
    def is_logged_in(self) -> bool:
        """Whether there is a login that allows to read the account."""
        return Session(self._accounts).allows(READ_SCOPES)

    @property
    def may_write(self) -> bool:
        """Whether there is a login that allows to make playlists too."""
        return Session(self._accounts).allows((*READ_SCOPES, *WRITE_SCOPES))

    @property
    def logged_in_until(self) -> datetime | None:
        """When the login ends at the latest; None where there is none."""
        token = Session(self._accounts).token
        return None if token is None else datetime.fromtimestamp(token.since, tz=UTC) + _LASTS

    def log_in(
        self,
        *,
        show: Callable[[str], object],
        ask: Callable[[], str] | None = None,
        write: bool = False,
        progress: Progress = SILENT,
    ) -> None:
        """Let the listener log in, and keep the login.

        Parameters
        ----------
        show
            Is given the address of the page where Spotify asks: opens a browser, or prints it.
        ask
            Returns the address where the browser ended, as the listener has pasted it. None: the
            browser is on this machine and brings its answer itself.
        write
            Whether to ask for leave to make private playlists too; once given it is asked for
            each time.
        progress
            Listener to the wait.

        Raises
        ------
        MissingExtraError
            If the extra `spotify` is not installed.
        LoginNeededError
            If access was not granted, or no answer came in time.
        ServiceError
            If Spotify cannot be reached, or does not let this account use the app.
        """
        require_spotipy()
        scopes = (*READ_SCOPES, *(WRITE_SCOPES if write or self.may_write else ()))
        token = log_in(self._accounts, scopes=scopes, show=show, ask=ask, progress=progress)
        write_token(token)
        try:
            write_token(replace(token, user=self._find_user()))
        except PartsongError:
            forget_token()
            raise

    def log_out(self) -> bool:
        """Forget the login; say whether there was one."""
        return forget_token()

    def connect(
        self,
        *,
        arrivals: Arrivals | None = None,
        answers: Arrivals | None = None,
        progress: Progress = SILENT,
    ) -> SpotifyTransport:
        """Return what sends requests in the listener's name; use it as a context manager.

        Parameters
        ----------
        arrivals, answers
            Where answers are kept: until the import is done, and for later imports.
        progress
            Listener to the waits.

        Raises
        ------
        MissingExtraError
            If the extra `spotify` is not installed.
        """
        return SpotifyTransport(
            Session(self._accounts),
            url=self._url,
            arrivals=arrivals,
            answers=answers,
            progress=progress,
        )

    def _find_user(self) -> str:
        """Ask once who has logged in: answers that are kept belong to one account."""
        with self.connect() as transport:
            return str(transport.send(Request(path="/me")).json()["id"])

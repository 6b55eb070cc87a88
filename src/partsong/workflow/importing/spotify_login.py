"""``partsong import spotify --login`` and ``--logout``: the way into the listener's account."""

import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from partsong.progress import SILENT, Progress
from partsong.sources import SpotifyAccount

__all__ = ["SpotifyLogin", "find_spotify_login", "log_in_to_spotify", "log_out_of_spotify"]


@dataclass(frozen=True, slots=True)
class SpotifyLogin:
    """Whether partsong may ask Spotify in the listener's name.

    Attributes
    ----------
    is_there
        Whether the account may be read.
    may_write
        Whether private playlists may be made too.
    ends
        When Spotify asks for another login at the latest; None where there is none.
    """

    is_there: bool
    may_write: bool
    ends: datetime | None

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data for ``--json``."""
        return {
            "logged_in": self.is_there,
            "may_write": self.may_write,
            "ends": None if self.ends is None else self.ends.isoformat(),
        }


def find_spotify_login() -> SpotifyLogin:
    """Return what is known of the login, without asking Spotify.

    Raises
    ------
    SecretsError
        If the client ID is not set, or others may read the login.
    """
    account = SpotifyAccount.from_settings()
    return SpotifyLogin(account.is_logged_in, account.may_write, account.logged_in_until)


def log_in_to_spotify(
    *,
    tell: Callable[[str], object],
    ask: Callable[[], str] | None = None,
    write: bool = False,
    progress: Progress = SILENT,
) -> SpotifyLogin:
    """Let the listener log in at Spotify, and keep the login for six months.

    Parameters
    ----------
    tell
        Is given the address of the page where Spotify asks.
    ask
        Returns the address where the browser ended, for a browser on another machine. None: a
        browser is opened here, and brings its answer itself.
    write
        Whether to ask for leave to make private playlists too.
    progress
        Listener to the wait, of five minutes at most.

    Raises
    ------
    SecretsError
        If the client ID is not set.
    MissingExtraError
        If the extra `spotify` is not installed.
    LoginNeededError
        If access was not granted, or no answer came in time.
    """

    def show(address: str) -> None:
        tell(address)
        if ask is None:
            webbrowser.open(address)

    account = SpotifyAccount.from_settings()
    account.log_in(show=show, ask=ask, write=write, progress=progress)
    return SpotifyLogin(account.is_logged_in, account.may_write, account.logged_in_until)


def log_out_of_spotify() -> bool:
    """Forget the login; say whether there was one.

    What was imported stays in the catalog. Spotify itself forgets at spotify.com/account/apps.

    Raises
    ------
    SecretsError
        If the client ID is not set.
    """
    return SpotifyAccount.from_settings().log_out()

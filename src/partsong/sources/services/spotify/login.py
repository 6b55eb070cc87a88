"""The login: the listener says yes on a page of Spotify's, and a token comes of it.

OAuth 2 with PKCE, so that an app on a listener's own machine needs no secret of its own. Why not
spotipy's: decision 33.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Final

from partsong.progress import SILENT, Progress
from partsong.sources.services.spotify.accounts import Accounts, new_verifier
from partsong.sources.services.spotify.redirect import RedirectListener, read_redirect
from partsong.sources.services.spotify.token_file import Token

__all__ = ["READ_SCOPES", "WRITE_SCOPES", "log_in"]

READ_SCOPES: Final = (
    "playlist-read-private",
    "playlist-read-collaborative",
    "user-library-read",
    "user-top-read",
    "user-read-recently-played",
)
WRITE_SCOPES: Final = ("playlist-modify-private",)

_WAIT: Final = 300.0


def log_in(
    accounts: Accounts,
    *,
    scopes: Sequence[str] = READ_SCOPES,
    show: Callable[[str], object],
    ask: Callable[[], str] | None = None,
    seconds: float = _WAIT,
    progress: Progress = SILENT,
) -> Token:
    """Let the listener log in, and return the token.

    Parameters
    ----------
    accounts
        The login service.
    scopes
        What is to be allowed.
    show
        Is given the address of the page to open: it opens a browser, or prints the address.
    ask
        Returns the address that the browser was sent to, which the listener has pasted. None: the
        browser is on this machine, and brings its answer itself.
    seconds
        How long to wait for the browser.
    progress
        Listener to the seconds.

    Raises
    ------
    LoginNeededError
        If access was not granted, the answer does not belong to this login, or none came in time.
    ServiceError
        If Spotify cannot be reached.
    """
    state, verifier = secrets.token_urlsafe(24), new_verifier()
    with RedirectListener(state) as listener:
        redirect = listener.address
        show(accounts.page(redirect=redirect, state=state, verifier=verifier, scopes=scopes))
        if ask is None:
            code = listener.wait(seconds=seconds, progress=progress)
        else:
            code = read_redirect(ask(), state=state)
    return accounts.fetch_token(code, redirect=redirect, verifier=verifier, scopes=scopes)

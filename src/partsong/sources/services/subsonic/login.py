"""Who asks an OpenSubsonic server: a token salted anew for every request, or an API key.

The token is MD5, as the protocol has it since version 1.13; the password itself is never sent.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping

__all__ = ["SaltedLogin", "subsonic_login"]


class SaltedLogin(Mapping[str, str]):
    """The parameters of a login; each time they are listed, the salt is another.

    Parameters
    ----------
    user, password
        Name and password.
    draw_salt
        What draws a salt.

    Examples
    --------
    >>> login = SaltedLogin("joe", "sesame", draw_salt=lambda: "c19b2d")
    >>> dict(login)
    {'u': 'joe', 's': 'c19b2d', 't': '26719a1196d2a940705a59634eb18eab'}
    """

    def __init__(
        self,
        user: str,
        password: str,
        *,
        draw_salt: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        self._user = user
        self._password = password
        self._draw_salt = draw_salt
        self._now: dict[str, str] = {}

    def __iter__(self) -> Iterator[str]:
        salt = self._draw_salt()
        salted = (self._password + salt).encode()
        token = hashlib.md5(salted, usedforsecurity=False).hexdigest()
        self._now = {"u": self._user, "s": salt, "t": token}
        return iter(self._now)

    def __getitem__(self, name: str) -> str:
        return self._now[name]

    def __len__(self) -> int:
        return 3


def subsonic_login(
    *, user: str | None = None, password: str | None = None, api_key: str | None = None
) -> Mapping[str, str]:
    """Return the parameters that say who asks, for a client to add to each request.

    Parameters
    ----------
    user, password
        Name and password; not sent where there is an API key, since servers refuse both at once.
    api_key
        A key that the server gave out.

    Examples
    --------
    >>> subsonic_login(api_key="0123")
    {'apiKey': '0123'}
    """
    return {"apiKey": api_key} if api_key else SaltedLogin(user or "", password or "")

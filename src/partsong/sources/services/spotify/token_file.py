"""What is kept of a login: one small file that its owner alone can read, written whole."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from partsong.sources.places import check_private, config_folder, write_private

__all__ = ["Token", "forget_token", "read_token", "write_token"]

_NAME: Final = "spotify-token.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Leave to ask in a listener's name.

    Parameters
    ----------
    client_id
        Of the app that it was given to.
    access, refresh
        What goes along with each request, for an hour; and what gets the next of these, for six
        months from the login on. Neither is shown.
    expires_at
        When `access` ends, in seconds since 1970.
    scopes
        What may be done with it.
    since
        When the listener logged in, in seconds since 1970.
    user
        Spotify's id of the listener, empty where it is not known yet.

    Examples
    --------
    >>> token = Token(client_id="a", access="b", refresh="c", expires_at=3600, scopes=(), since=0)
    >>> token
    Token(client_id='a', expires_at=3600, scopes=(), since=0, user='')
    """

    client_id: str
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: float
    scopes: tuple[str, ...]
    since: float
    user: str = ""


def read_token() -> Token | None:
    """Return the token that the last login left, if there is one that can be used.

    Raises
    ------
    SecretsError
        If others may read the file.
    """
    path = _path()
    if not path.exists():
        return None
    check_private(path)
    try:
        kept = json.loads(path.read_text("utf-8"))
        return Token(**{**kept, "scopes": tuple(kept["scopes"])})
    except (ValueError, TypeError, KeyError):
        return None  # a file of another version, or damaged: to log in again mends it


def write_token(token: Token) -> None:
    """Keep a token in place of the one that is there.

    Parameters
    ----------
    token
        What the login, or a refresh, gave.
    """
    write_private(_path(), json.dumps(asdict(token), indent=2))


def forget_token() -> bool:
    """Delete the token; say whether there was one."""
    path = _path()
    was_there = path.exists()
    path.unlink(missing_ok=True)
    return was_there


def _path() -> Path:
    return config_folder() / _NAME

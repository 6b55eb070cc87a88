"""Where keys, passwords and names of accounts are kept, and how they are found.

A setting of a source comes from the environment (``PARTSONG_LASTFM_API_KEY``), else from the file
``secrets.toml``, which may name the keyring as the place. Nothing takes one from the command line,
whose history others may read.
"""

import json
import os
import tomllib
from pathlib import Path
from typing import Any, Final

from partsong.errors import SecretsError
from partsong.sources.keyring_place import KeyringPlace
from partsong.sources.places import check_private, config_folder, write_private
from partsong.sources.source import Setting

__all__ = [
    "environment_name",
    "forget_settings",
    "place_of_setting",
    "read_setting",
    "require_setting",
    "write_setting",
]

_IN_KEYRING: Final = {"keyring": True}


def environment_name(source: str, name: str) -> str:
    """Return the name of a setting in the environment.

    Parameters
    ----------
    source
        Name of the source.
    name
        Name of the setting.

    Examples
    --------
    >>> environment_name("lastfm", "api_key")
    'PARTSONG_LASTFM_API_KEY'
    """
    return f"PARTSONG_{source}_{name}".upper().replace("-", "_")


def read_setting(source: str, name: str) -> str | None:
    """Return a setting of a source, None where it is nowhere set.

    Parameters
    ----------
    source
        Name of the source.
    name
        Name of the setting.

    Raises
    ------
    SecretsError
        If the file is open to others or broken, or the keyring does not answer.

    Examples
    --------
    >>> getfixture("monkeypatch").setenv("PARTSONG_LASTFM_USER", "solas")
    >>> read_setting("lastfm", "user")
    'solas'
    """
    from_environment = os.environ.get(environment_name(source, name), "").strip()
    if from_environment:
        return from_environment
    kept = _read_file().get(source, {}).get(name)
    if kept == _IN_KEYRING:
        return KeyringPlace().read(source, name)
    return str(kept).strip() or None if kept is not None else None


def require_setting(source: str, setting: Setting | str) -> str:
    """Return a setting of a source that must be there.

    Parameters
    ----------
    source
        Name of the source.
    setting
        The setting, or its name alone.

    Raises
    ------
    SecretsError
        If it is not set; the hint names the ways to set it.

    Examples
    --------
    >>> require_setting("lastfm", "no_such_key")
    Traceback (most recent call last):
    partsong.errors.SecretsError: lastfm needs its setting 'no_such_key', which is not set.
    """
    name = setting if isinstance(setting, str) else setting.name
    found = read_setting(source, name)
    if found is None:
        meaning = "" if isinstance(setting, str) else f" {setting.meaning}"
        raise SecretsError(
            f"{source} needs its setting {name!r}, which is not set.{meaning}",
            hint=f"Set it: partsong sources {source} --set-up; "
            f"or in the environment: {environment_name(source, name)}",
        )
    return found


def place_of_setting(source: str, name: str) -> str:
    """Return where a setting is set: environment, file, keyring, or nothing where it is not.

    Parameters
    ----------
    source
        Name of the source.
    name
        Name of the setting.

    Examples
    --------
    >>> place_of_setting("lastfm", "no_such_key")
    ''
    """
    if os.environ.get(environment_name(source, name), "").strip():
        return "environment"
    kept = _read_file().get(source, {}).get(name)
    if kept is None:
        return ""
    return "keyring" if kept == _IN_KEYRING else "file"


def write_setting(source: str, name: str, value: str, *, keyring: bool = False) -> None:
    """Keep a setting of a source, in place of the one before.

    Parameters
    ----------
    source
        Name of the source.
    name
        Name of the setting.
    value
        What it is.
    keyring
        Keep it in the keyring of the system, not in the file.

    Raises
    ------
    SecretsError
        If the value is empty or no line of text, or the keyring does not take it.
    MissingExtraError
        If the keyring's package is not installed.
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> getfixture("monkeypatch").setenv("PARTSONG_CONFIG", str(getfixture("tmp_path") / "mine"))
    >>> write_setting("lastfm", "user", "solas")
    >>> read_setting("lastfm", "user"), place_of_setting("lastfm", "user")
    ('solas', 'file')
    """
    value = value.strip()
    if not value or not value.isprintable():
        raise SecretsError(
            f"The setting {name!r} of {source} is empty, or is not a line of text.",
            hint="Copy it again, without what stands around it.",
        )
    kept = _read_file()
    was_in_keyring = kept.get(source, {}).get(name) == _IN_KEYRING
    if keyring:
        KeyringPlace().write(source, name, value)
    kept.setdefault(source, {})[name] = _IN_KEYRING if keyring else value
    _write_file(kept)
    if was_in_keyring and not keyring:
        KeyringPlace().forget(source, name)


def forget_settings(source: str) -> tuple[str, ...]:
    """Remove everything that is kept of a source from the file and the keyring.

    Parameters
    ----------
    source
        Name of the source.

    Returns
    -------
    tuple of str
        The names of the settings that were removed.

    Raises
    ------
    SecretsError
        If the file is open to others or broken, or the keyring does not answer.
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> getfixture("monkeypatch").setenv("PARTSONG_CONFIG", str(getfixture("tmp_path") / "mine"))
    >>> write_setting("lastfm", "user", "solas")
    >>> forget_settings("lastfm"), forget_settings("lastfm")
    (('user',), ())
    """
    kept = _read_file()
    settings = kept.pop(source, {})
    if not settings:
        return ()
    for name, value in settings.items():
        if value == _IN_KEYRING:
            KeyringPlace().forget(source, name)
    _write_file(kept)
    return tuple(settings)


def _path() -> Path:
    return config_folder() / "secrets.toml"


def _read_file() -> dict[str, dict[str, Any]]:
    path = _path()
    try:
        with path.open("rb") as file:
            check_private(path)
            kept = tomllib.load(file)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise SecretsError(
            f"The settings in {path} cannot be read: {error.strerror}.",
            hint="Make it a file that you may read, or remove it.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        # Without the cause: it might quote a line of the file.
        raise SecretsError(
            f"The settings in {path} are not TOML.",
            hint="Mend it by hand, or remove it and set up each source again: "
            "partsong sources NAME --set-up",
        ) from None
    return {source: table for source, table in kept.items() if isinstance(table, dict)}


def _write_file(kept: dict[str, dict[str, Any]]) -> None:
    lines = ["# Keys and names for partsong's sources. Nobody else should read this."]
    for source, settings in sorted(kept.items()):
        if settings:
            lines += ["", f"[{_text(source)}]"]
            lines += [f"{_text(name)} = {_value(value)}" for name, value in settings.items()]
    write_private(_path(), "\n".join(lines) + "\n")


def _value(value: Any) -> str:
    return "{ keyring = true }" if value == _IN_KEYRING else _text(str(value))


def _text(text: str) -> str:
    """Return a TOML string; what JSON escapes is escaped in TOML the same way."""
    return json.dumps(text, ensure_ascii=False)

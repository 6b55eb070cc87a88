"""The folders of settings and of answers that last, and files that are for their owner alone."""

import os
from pathlib import Path

from partsong.errors import OutputError, SecretsError
from partsong.whole_files import write_whole

__all__ = ["cache_folder", "check_private", "config_folder", "write_private"]


def config_folder() -> Path:
    """Return the folder of settings: ``PARTSONG_CONFIG``, else the platform's.

    Examples
    --------
    >>> config_folder().name
    'partsong'
    """
    from platformdirs import user_config_path

    named = os.environ.get("PARTSONG_CONFIG")
    return Path(named) if named else user_config_path("partsong", appauthor=False)


def cache_folder() -> Path:
    """Return the folder of answers that may be used again: ``PARTSONG_CACHE``, else the platform's.

    Examples
    --------
    >>> cache_folder().name
    'partsong'
    """
    from platformdirs import user_cache_path

    named = os.environ.get("PARTSONG_CACHE")
    return Path(named) if named else user_cache_path("partsong", appauthor=False)


def check_private(path: Path) -> None:
    """Refuse a file that others than its owner may read; Windows has other means, and is trusted.

    Parameters
    ----------
    path
        A file that is there.

    Raises
    ------
    SecretsError
        If others may read it.

    Examples
    --------
    >>> file = getfixture("tmp_path") / "mine.toml"
    >>> write_private(file, "[lastfm]")
    >>> check_private(file)
    """
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise SecretsError(
            f"Others may read {path}, which holds keys.", hint=f"Close it: chmod 600 '{path}'"
        )


def write_private(path: Path, content: str) -> None:
    """Write a file that its owner alone may read, whole or not at all.

    Parameters
    ----------
    path
        The file, in the folder of settings.
    content
        What it is to hold.

    Raises
    ------
    OutputError
        If it cannot be written.

    Examples
    --------
    >>> write_private(getfixture("tmp_path") / "config" / "mine.toml", "[lastfm]")
    """
    try:
        write_whole(path, content, private=True)
    except OSError as error:
        raise OutputError(
            f"The settings cannot be written to {path}: {error.strerror}.",
            hint="Name a folder that you may write to with PARTSONG_CONFIG.",
        ) from error

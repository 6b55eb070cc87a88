"""``partsong import subsonic``: the listener's own music server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from partsong.progress import SILENT, Progress
from partsong.rows import ImportReport
from partsong.sources import (
    Arrivals,
    Client,
    ImportPlan,
    SubsonicSource,
    read_setting,
    require_setting,
    subsonic_login,
)
from partsong.workflow.importing.services import arrivals_path, import_from_service
from partsong.workflow.places import open_catalog

__all__ = ["import_subsonic", "open_subsonic", "plan_subsonic"]

_NAME: Final = "subsonic"
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})


def import_subsonic(
    *,
    playlists: bool = True,
    catalog: Path | str | None = None,
    progress: Progress = SILENT,
) -> ImportReport:
    """Read the songs of one's own music server into the catalog, as music that one knows.

    If the server stops in between, what has arrived is added; the same call goes on later, and
    asks for nothing twice.

    Parameters
    ----------
    playlists
        Read one's own playlists, too.
    catalog
        The catalog's file, which is made if it is not there.
    progress
        Listener to the steps.

    Returns
    -------
    ImportReport
        With `stopped` and `resume_at`, if not all could be had.

    Raises
    ------
    SecretsError
        If no address is set, or neither an API key nor name and password.
    LoginNeededError
        If the server does not know them.
    ServiceError
        If it refuses; nothing has changed then.
    CatalogBusyError, CatalogVersionError, CatalogWriteError
        If the catalog cannot be written; nothing has changed then.
    """
    store = open_catalog(catalog)
    with (
        Arrivals(arrivals_path(store, _NAME)) as arrivals,
        open_subsonic(arrivals, playlists=playlists, progress=progress) as (source, notes),
    ):
        source.report.notes += notes
        return import_from_service(source, store, arrivals=arrivals, progress=progress)


def plan_subsonic(
    *,
    playlists: bool = True,
    catalog: Path | str | None = None,
    progress: Progress = SILENT,
) -> ImportPlan:
    """Return how many requests :func:`import_subsonic` will make, with a few of its own.

    Their answers are kept, so the import does not ask again.

    Parameters
    ----------
    playlists, catalog, progress
        As for the import.

    Raises
    ------
    SecretsError, ServiceError
        As for the import.
    ImportPausedError
        If the server does not answer now.
    """
    store = open_catalog(catalog)
    with (
        Arrivals(arrivals_path(store, _NAME)) as arrivals,
        open_subsonic(arrivals, playlists=playlists, progress=progress) as (source, notes),
    ):
        plan = source.plan()
    return ImportPlan(plan.n_requests, plan.steps, (*notes, *plan.notes))


@contextmanager
def open_subsonic(
    arrivals: Arrivals | None, *, playlists: bool, progress: Progress = SILENT
) -> Iterator[tuple[SubsonicSource, list[str]]]:
    """Connect to the server of the settings, and say what is to be said of the line.

    Parameters
    ----------
    arrivals
        Where answers are kept.
    playlists, progress
        As for the import.

    Yields
    ------
    source, notes
        The server as a source, and remarks for the report.
    """
    url = require_setting(_NAME, "url").rstrip("/").removesuffix("/rest")
    api_key = read_setting(_NAME, "api_key")
    user = None if api_key else require_setting(_NAME, "user")
    login = subsonic_login(
        user=user,
        password=None if api_key else require_setting(_NAME, "password"),
        api_key=api_key,
    )
    with Client(
        service=_NAME,
        url=url,
        params=login,
        account=user or "",
        arrivals=arrivals,
        status_of=SubsonicSource.status_of,
        plain_http=True,
        progress=progress,
    ) as client:
        server = urlsplit(url).netloc
        yield (
            SubsonicSource(client, server=server, user=user, playlists=playlists),
            _open_line_note(url),
        )


def _open_line_note(url: str) -> list[str]:
    parts = urlsplit(url)
    if parts.scheme == "https" or parts.hostname in _LOOPBACK:
        return []
    return [
        f"The line to {parts.netloc} is not encrypted: whoever can listen to it can use your login."
    ]

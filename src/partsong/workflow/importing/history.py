"""Listens and what goes with them from a service: only what may be new, unless all is wanted."""

from datetime import datetime, timedelta
from typing import Final

from partsong.catalog import Catalog
from partsong.errors import CatalogMissingError
from partsong.progress import Progress
from partsong.rows import ImportReport
from partsong.sources import Arrivals, ServiceSource, find_source, part_name, require_setting
from partsong.workflow.importing.services import import_from_service

__all__ = ["import_history", "listens_since", "needed_setting", "since_note"]

_LOOKS_BACK: Final = timedelta(days=14)
"""How late a player may send a play, such as one without a network: Last.fm's own bound."""


def listens_since(store: Catalog, name: str, user: str) -> datetime | None:
    """Return from when on listens may be new, None where all of them are.

    Parameters
    ----------
    store
        The catalog.
    name
        The service.
    user
        The listener's name there.

    Returns
    -------
    datetime or None
        Two weeks before the last import that read these listens to the end.

    Examples
    --------
    >>> listens_since(Catalog(catalog), "lastfm", "rj") is None
    True
    """
    try:
        runs = store.imports()
    except CatalogMissingError:
        return None
    listens = part_name(user, "listens")
    ended = [
        run.finished_at
        for run in runs
        if run.layout == name and listens in run.files and not run.report.get("stopped")
    ]
    return max(ended) - _LOOKS_BACK if ended else None


def needed_setting(source: str, name: str) -> str:
    """Return a setting of a source, or say what it is and how to set it.

    Parameters
    ----------
    source, name
        Names of the source, and of the setting.

    Raises
    ------
    SecretsError
        If it is not set.

    Examples
    --------
    >>> getfixture("monkeypatch").setenv("PARTSONG_LASTFM_USER", "rj")
    >>> needed_setting("lastfm", "user")
    'rj'
    """
    (setting,) = (known for known in find_source(source).settings if known.name == name)
    return require_setting(source, setting)


def since_note(since: datetime) -> str:
    """Say from when on listens are asked for.

    Parameters
    ----------
    since
        The time.

    Examples
    --------
    >>> since_note(datetime(2026, 11, 8))
    'Only listens since 8 November 2026 are asked for; --all asks for every one.'
    """
    day = f"{since.day} {since:%B %Y}"
    return f"Only listens since {day} are asked for; --all asks for every one."


def import_history(
    source: ServiceSource,
    store: Catalog,
    arrivals: Arrivals,
    *,
    begin: datetime | None,
    progress: Progress,
) -> ImportReport:
    """Add what a service knows of a listener; what arrived is forgotten once all is there.

    Parameters
    ----------
    source
        The service, ready to be asked.
    store
        The catalog.
    arrivals
        Where its answers are kept until then.
    begin
        From when on listens are asked for.
    progress
        Listener to the steps.
    """
    if begin is not None:
        source.report.notes.append(since_note(begin))
    return import_from_service(source, store, arrivals=arrivals, progress=progress)

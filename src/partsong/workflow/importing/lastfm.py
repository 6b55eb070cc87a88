"""``partsong import lastfm``: scrobbles, loved tracks and similar ones."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from partsong.progress import SILENT, Progress
from partsong.rows import ImportReport
from partsong.sources import (
    ALL_PARTS,
    DEFAULT_N_SEEDS,
    Arrivals,
    Client,
    HistoryPart,
    ImportPlan,
    LastfmSource,
    cache_folder,
    read_setting,
)
from partsong.workflow.importing.history import (
    import_history,
    listens_since,
    needed_setting,
    since_note,
)
from partsong.workflow.importing.services import arrivals_path
from partsong.workflow.places import open_catalog

__all__ = ["import_lastfm", "plan_lastfm"]

_NAME: Final = "lastfm"

_MIN_INTERVAL: Final = 0.25
"""Seconds between two requests: Last.fm suspends keys that go on asking several times a second."""


def import_lastfm(
    user: str | None = None,
    *,
    catalog: Path | str | None = None,
    what: Collection[HistoryPart] = ALL_PARTS,
    since: datetime | None = None,
    everything: bool = False,
    n_seeds: int = DEFAULT_N_SEEDS,
    progress: Progress = SILENT,
) -> ImportReport:
    """Read what Last.fm knows of a listener into the catalog.

    If Last.fm stops in between, what has arrived is added; the same call goes on later, and
    asks for nothing twice.

    Parameters
    ----------
    user
        Name on Last.fm; the setting `user` by default.
    catalog
        The catalog's file, which is made if it is not there.
    what
        Which parts to read: ``"listens"``, ``"feedback"``, ``"candidates"``.
    since
        Only listens from this time on; by default from two weeks before the last import that was
        whole, or all where there was none.
    everything
        Ask for all listens, whatever was imported before.
    n_seeds
        From how many of the most played tracks similar ones are sought, a request each; its answer
        is good for a month.
    progress
        Listener to the steps.

    Returns
    -------
    ImportReport
        With `stopped` and `resume_at`, if not all could be had.

    Raises
    ------
    SecretsError
        If no user or API key is set, or the key would go over an open line.
    ServiceError
        If Last.fm refuses; nothing has changed then.
    CatalogBusyError, CatalogVersionError, CatalogWriteError
        If the catalog cannot be written; nothing has changed then.
    """
    user = user or needed_setting(_NAME, "user")
    store = open_catalog(catalog)
    begin = since or (None if everything else listens_since(store, _NAME, user))
    with Arrivals(arrivals_path(store, _NAME)) as arrivals, _client(arrivals, progress) as client:
        source = LastfmSource(client, user, what=what, since=begin, n_seeds=n_seeds)
        return import_history(source, store, arrivals, begin=begin, progress=progress)


def plan_lastfm(
    user: str | None = None,
    *,
    catalog: Path | str | None = None,
    what: Collection[HistoryPart] = ALL_PARTS,
    since: datetime | None = None,
    everything: bool = False,
    n_seeds: int = DEFAULT_N_SEEDS,
) -> ImportPlan:
    """Return how many requests :func:`import_lastfm` will make, with a few of its own.

    Their answers are kept, so the import does not make them again.

    Parameters
    ----------
    user, catalog, what, since, everything, n_seeds
        As for the import.

    Raises
    ------
    SecretsError, ServiceError
        As for the import.
    ImportPausedError
        If Last.fm does not answer now.
    """
    user = user or needed_setting(_NAME, "user")
    store = open_catalog(catalog)
    begin = since or (None if everything else listens_since(store, _NAME, user))
    with Arrivals(arrivals_path(store, _NAME)) as arrivals, _client(arrivals, SILENT) as client:
        plan = LastfmSource(client, user, what=what, since=begin, n_seeds=n_seeds).plan()
    return plan if begin is None else replace(plan, notes=(since_note(begin), *plan.notes))


@contextmanager
def _client(arrivals: Arrivals, progress: Progress) -> Iterator[Client]:
    url = read_setting(_NAME, "url") or LastfmSource.url
    with (
        Arrivals(cache_folder() / f"{_NAME}.sqlite") as answers,
        Client(
            service=_NAME,
            url=url,
            params={"api_key": needed_setting(_NAME, "api_key")},
            arrivals=arrivals,
            answers=answers,
            status_of=LastfmSource.status_of,
            min_interval=_MIN_INTERVAL if url == LastfmSource.url else 0,
            progress=progress,
        ) as client,
    ):
        yield client

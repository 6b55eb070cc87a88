"""``partsong import listenbrainz``: listens, feedback and recommendations."""

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
    Arrivals,
    Client,
    HistoryPart,
    ImportPlan,
    ListenBrainzSource,
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

__all__ = ["import_listenbrainz", "plan_listenbrainz"]

_NAME: Final = "listenbrainz"


def import_listenbrainz(
    user: str | None = None,
    *,
    catalog: Path | str | None = None,
    what: Collection[HistoryPart] = ALL_PARTS,
    since: datetime | None = None,
    everything: bool = False,
    progress: Progress = SILENT,
) -> ImportReport:
    """Read what ListenBrainz knows of a listener into the catalog.

    If ListenBrainz stops in between, what has arrived is added; the same call goes on later, and
    asks for nothing twice.

    Parameters
    ----------
    user
        Name on ListenBrainz; the setting `user` by default.
    catalog
        The catalog's file, which is made if it is not there.
    what
        Which parts to read: ``"listens"``, ``"feedback"``, ``"candidates"``.
    since
        Only listens from this time on; by default from two weeks before the last import that was
        whole, or all where there was none.
    everything
        Ask for all listens, whatever was imported before.
    progress
        Listener to the steps.

    Returns
    -------
    ImportReport
        With `stopped` and `resume_at`, if not all could be had.

    Raises
    ------
    SecretsError
        If no user is named, or the token would go over an open line.
    ServiceError
        If ListenBrainz refuses; nothing has changed then.
    CatalogBusyError, CatalogVersionError, CatalogWriteError
        If the catalog cannot be written; nothing has changed then.
    """
    user = user or needed_setting(_NAME, "user")
    store = open_catalog(catalog)
    begin = since or (None if everything else listens_since(store, _NAME, user))
    with Arrivals(arrivals_path(store, _NAME)) as arrivals, _client(arrivals, progress) as client:
        source = ListenBrainzSource(client, user, what=what, since=begin)
        return import_history(source, store, arrivals, begin=begin, progress=progress)


def plan_listenbrainz(
    user: str | None = None,
    *,
    catalog: Path | str | None = None,
    what: Collection[HistoryPart] = ALL_PARTS,
    since: datetime | None = None,
    everything: bool = False,
) -> ImportPlan:
    """Return how many requests :func:`import_listenbrainz` will make, with a few of its own.

    Their answers are kept, so the import does not make them again.

    Parameters
    ----------
    user, catalog, what, since, everything
        As for the import.

    Raises
    ------
    SecretsError, ServiceError
        As for the import.
    ImportPausedError
        If ListenBrainz does not answer now.
    """
    user = user or needed_setting(_NAME, "user")
    store = open_catalog(catalog)
    begin = since or (None if everything else listens_since(store, _NAME, user))
    with Arrivals(arrivals_path(store, _NAME)) as arrivals, _client(arrivals, SILENT) as client:
        plan = ListenBrainzSource(client, user, what=what, since=begin).plan()
    return plan if begin is None else replace(plan, notes=(since_note(begin), *plan.notes))


@contextmanager
def _client(arrivals: Arrivals, progress: Progress) -> Iterator[Client]:
    token = read_setting(_NAME, "token")
    with Client(
        service=_NAME,
        url=read_setting(_NAME, "url") or ListenBrainzSource.url,
        headers={"Authorization": f"Token {token}"} if token else {},
        arrivals=arrivals,
        progress=progress,
    ) as client:
        yield client

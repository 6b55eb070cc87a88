"""One import from a service: what arrives is kept, and what is missing can be fetched later."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path

from partsong.catalog import Catalog
from partsong.errors import ImportPausedError
from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport
from partsong.sources import Arrivals, ServiceSource

__all__ = ["arrivals_path", "import_from_service"]


def arrivals_path(store: Catalog, name: str) -> Path:
    """Return the file that keeps a service's answers until their import is done.

    Parameters
    ----------
    store
        The catalog; the file lies in ``music.arrivals`` beside ``music.duckdb``.
    name
        Name of the source.

    Examples
    --------
    >>> arrivals_path(Catalog(Path("music.duckdb")), "lastfm").as_posix()
    'music.arrivals/lastfm.sqlite'
    """
    return store.path.with_suffix(".arrivals") / f"{name}.sqlite"


def import_from_service(
    source: ServiceSource,
    store: Catalog,
    *,
    arrivals: Arrivals | None = None,
    progress: Progress = SILENT,
) -> ImportReport:
    """Add everything that a service gives; if it stops in between, what has arrived.

    Parameters
    ----------
    source
        The service, ready to be asked.
    store
        The catalog.
    arrivals
        Where the service's answers are kept; they are forgotten once all is there.
    progress
        Listener to the steps.

    Returns
    -------
    ImportReport
        With `stopped` and `resume_at`, if not all could be had.
    """
    with closing(_until_stopped(source, progress)) as batches:
        report = store.add(batches, source.report, progress=progress)
    if arrivals is not None and not report.stopped:
        arrivals.clear()
    return report


def _until_stopped(source: ServiceSource, progress: Progress) -> Generator[Batch, None, None]:
    try:
        yield from source.batches(progress)
    except ImportPausedError as pause:
        source.report.stopped = str(pause)
        source.report.resume_at = pause.resume_at

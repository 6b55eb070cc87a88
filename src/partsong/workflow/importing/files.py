"""``partsong import``: files into the catalog, all or nothing."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport
from partsong.sources import TableSource, open_source, open_sources
from partsong.workflow.places import open_catalog

__all__ = ["import_files"]

_SHOWN_PROBLEMS = 20


def import_files(
    files: Sequence[Path | str],
    *,
    catalog: Path | str | None = None,
    layout: str | None = None,
    mapping: Mapping[str, str] | None = None,
    artists: Path | str | None = None,
    library: bool = False,
    progress: Progress = SILENT,
) -> ImportReport:
    """Read files of tracks into the catalog, whole or not at all.

    Files of several layouts may come together; they are one import all the same. Reading the same
    files again changes nothing.

    Parameters
    ----------
    files
        CSV, TSV, JSON lines (each also gzipped) or Parquet files.
    catalog
        The catalog's file, which is made if it is not there.
    layout
        Name of a layout, instead of recognising it by the columns.
    mapping
        Column of the file to field of the catalog, for columns no layout knows.
    artists
        A table of artists beside the tracks, as in the 600k set.
    library
        Mark the tracks as known to the listener.
    progress
        Listener to the steps.

    Returns
    -------
    ImportReport
        What became of every row; also kept in the catalog.

    Raises
    ------
    SourceError
        If a file cannot be read as tracks.
    CatalogError
        If the catalog cannot be written.

    Examples
    --------
    >>> report = import_files([songs], catalog=catalog)  # it holds these 180 songs already
    >>> report.layout, report.read, report.kept, report.merged
    ('spotify-114k', 180, 0, 180)
    """
    sources = _open_sources(
        [Path(file) for file in files],
        layout=layout,
        mapping=mapping,
        artists=Path(artists) if artists is not None else None,
    )
    report = ImportReport(
        files=[str(file) for file in files],
        layout=" + ".join(source.layout.name for source in sources),
    )
    # Closed here and now, also on Ctrl-C, so that no file is left to the garbage collector.
    with closing(_all_batches(sources, report, progress)) as batches:
        return open_catalog(catalog).add(batches, report, library=library, progress=progress)


def _open_sources(
    files: list[Path],
    *,
    layout: str | None,
    mapping: Mapping[str, str] | None,
    artists: Path | None,
) -> list[TableSource]:
    """Open the files, those of one layout together, before the first row is read."""
    if layout is not None or len(files) == 1:
        return [open_source(files, layout=layout, mapping=mapping, artists=artists)]
    return open_sources(files, mapping=mapping, artists=artists)


def _all_batches(
    sources: Sequence[TableSource], report: ImportReport, progress: Progress
) -> Generator[Batch, None, None]:
    """Yield every source's batches, adding each source's tally to the one report as it ends."""
    for source in sources:
        yield from source.batches(progress)
        report.read += source.report.read
        report.dropped.update(source.report.dropped)
        report.set_missing.update(source.report.set_missing)
        report.notes.extend(source.report.notes)
        room = _SHOWN_PROBLEMS - len(report.problems)
        report.problems.extend(source.report.problems[:room])

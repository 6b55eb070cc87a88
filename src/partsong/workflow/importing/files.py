"""``partsong import``: files of every kind into the catalog, all or nothing."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from partsong.catalog import Catalog
from partsong.errors import CatalogMissingError, SourceError
from partsong.playlists import PlaylistEntry
from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport
from partsong.sources import Source, TableOptions, open_files
from partsong.workflow.places import open_catalog
from partsong.workflow.recommending.matching import match_entries

__all__ = ["import_files"]

_SHOWN_PROBLEMS = 20
_KNOWN = ("title", "artists", "album", "duration_ms", "path", "isrc", "spotify_id", "mbid")


def import_files(
    files: Sequence[Path | str],
    *,
    catalog: Path | str | None = None,
    layout: str | None = None,
    mapping: Mapping[str, str] | None = None,
    artists: Path | str | None = None,
    library: bool = False,
    only_features: bool = False,
    source: str | None = None,
    progress: Progress = SILENT,
) -> ImportReport:
    """Read files of tracks into the catalog, whole or not at all.

    Files of several kinds may come together; they are one import all the same. Reading the same
    files again changes nothing.

    Parameters
    ----------
    files
        Tables (CSV, TSV, JSON lines, each also gzipped, or Parquet), Spotify's data export (ZIP or
        folder), libraries of iTunes or beets, playlist files, and folders of these.
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
    only_features
        Fill in audio features that are missing on tracks of the catalog, and nothing else.
    source
        With `only_features`, what the features are called, to be compared with those of other
        sources. By default a known data set's name, or the file's.
    progress
        Listener to the steps.

    Returns
    -------
    ImportReport
        What became of every row; also kept in the catalog.

    Raises
    ------
    SourceError
        If a file cannot be read, or the wishes contradict each other.
    CatalogError
        If the catalog cannot be written, or holds nothing that features could be filled in on.

    Examples
    --------
    >>> report = import_files([songs], catalog=catalog)  # it holds these 180 songs already
    >>> report.layout, report.read, report.kept, report.merged
    ('spotify-114k', 180, 0, 180)
    """
    _refuse_contradictions(library=library, only_features=only_features, source=source)
    store = open_catalog(catalog)
    if only_features and not store.path.exists():
        raise CatalogMissingError(
            f"There is no catalog at {store.path} yet, and so no track that lacks features.",
            hint="Import your tracks first.",
        )
    opened = open_files(
        [Path(file) for file in files],
        tables=TableOptions(
            layout=layout,
            mapping=mapping or {},
            artists=Path(artists) if artists is not None else None,
            only_features=only_features,
            name=source,
        ),
        complete=lambda entries: _complete(store, entries),
    )
    report = ImportReport(
        files=[str(file) for file in files],
        layout=" + ".join(dict.fromkeys(one.report.layout for one in opened.sources)),
        notes=list(opened.notes),
    )
    # Closed here and now, also on Ctrl-C, so that no file is left to the garbage collector.
    with closing(_all_batches(opened.sources, report, progress)) as batches:
        return store.add(batches, report, library=library, progress=progress)


def _refuse_contradictions(*, library: bool, only_features: bool, source: str | None) -> None:
    if source is not None and not only_features:
        raise SourceError(
            "A name for the source of features was given, but not that only features are meant.",
            hint="Add --only-features, or leave --source out.",
        )
    if library and only_features:
        raise SourceError(
            "A file that only brings features says nothing of what you know.",
            hint="Leave out --library or --only-features.",
        )


def _complete(store: Catalog, entries: Sequence[PlaylistEntry]) -> list[PlaylistEntry]:
    """Put in place of entries without an id what the catalog knows of the tracks they mean."""
    asked = [
        place
        for place, entry in enumerate(entries)
        if not (entry.spotify_id or entry.isrc or entry.mbid)
    ]
    completed = list(entries)
    try:
        found = match_entries(store, [entries[place] for place in asked])
    except CatalogMissingError:
        return completed
    ids = [track_id for track_id in dict.fromkeys(found) if track_id is not None]
    known = store.read_tracks_by_id(ids, ["track_id", *_KNOWN])
    by_id = {track["track_id"]: track for track in known.iter_rows(named=True)}
    for place, track_id in zip(asked, found, strict=True):
        if track_id is not None:
            track = by_id[track_id]
            completed[place] = replace(
                entries[place],
                **{name: track[name] for name in _KNOWN if track[name] is not None},
            )
    return completed


def _all_batches(
    sources: Sequence[Source], report: ImportReport, progress: Progress
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

"""``partsong import acousticbrainz``: features by MusicBrainz id, from dumps and single files."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from partsong.errors import CatalogMissingError
from partsong.progress import SILENT, Progress
from partsong.rows import ImportReport
from partsong.sources import AcousticBrainzSource
from partsong.workflow.importing.agreement_note import agreement_notes
from partsong.workflow.places import open_catalog

__all__ = ["import_acousticbrainz"]


def import_acousticbrainz(
    paths: Sequence[Path | str],
    *,
    catalog: Path | str | None = None,
    progress: Progress = SILENT,
) -> ImportReport:
    """Fill in features that tracks lack from data of AcousticBrainz, whole or not at all.

    Parameters
    ----------
    paths
        Dumps (``.tar``, as it is or packed with Zstandard, bzip2, gzip or xz), folders of them or
        of what was in them, single JSON files, and the tables of selected features.
    catalog
        The catalog's file.
    progress
        Listener to the steps.

    Returns
    -------
    ImportReport
        What became of every analysis; most are of recordings that the catalog does not have.

    Raises
    ------
    CatalogMissingError
        If there is no catalog yet, or no track in it has a MusicBrainz id.
    SourceError
        If a path holds no such data, or cannot be read.
    MissingExtraError
        If a dump is packed with Zstandard, and the extra `dumps` is not installed.
    CatalogBusyError, CatalogVersionError, CatalogWriteError
        If the catalog cannot be written; nothing has changed then.
    """
    store = open_catalog(catalog)
    known = store.read_tracks(["mbid"], where="mbid IS NOT NULL")["mbid"].to_list()
    if not known:
        raise CatalogMissingError(
            "No track of the catalog has a MusicBrainz id, by which AcousticBrainz knows it.",
            hint="Such ids come with beets, ListenBrainz and music servers; "
            "for Spotify ids: partsong import reccobeats",
        )
    source = AcousticBrainzSource([Path(path) for path in paths], known)
    # Closed here and now, also on Ctrl-C, so that no file is left to the garbage collector.
    with closing(source.batches(progress)) as batches:
        report = store.add(batches, source.report, progress=progress)
    report.notes += agreement_notes(store, "acousticbrainz")
    return report

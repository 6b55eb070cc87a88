"""The front door: files in, batches of catalog rows and a report out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import polars as pl

from partsong.errors import SourceError, UnknownLayoutError
from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport
from partsong.schema import AUDIO_FEATURES
from partsong.sources.tables.artists import ArtistFile
from partsong.sources.tables.convert import convert_tracks
from partsong.sources.tables.layout import Layout
from partsong.sources.tables.layouts.exportify_watsonbox import EXPORTIFY_WATSONBOX
from partsong.sources.tables.layouts.table import TABLE
from partsong.sources.tables.ledger import Ledger
from partsong.sources.tables.opening import open_table
from partsong.sources.tables.plan import Plan
from partsong.sources.tables.planning import file_stem, plan_table, require_mapped_columns
from partsong.sources.tables.raw_table import Table
from partsong.sources.tables.recognition import check_mapping, find_layout, match_layout
from partsong.sources.tables.watsonbox_places import fields_by_place

__all__ = ["TableSource", "open_source", "open_sources", "recognise"]

_FEATURE_FIELDS: Final = frozenset(
    {"spotify_id", "isrc", "mbid", "source_id", "title", "artists", "duration_ms", "duration_s"}
    | {*AUDIO_FEATURES}
)
"""What a file that only brings features may say: which track, and how it sounds."""


def recognise(path: Path, *, mapping: Mapping[str, str] | None = None) -> Layout:
    r"""Return the layout that a file is of.

    Parameters
    ----------
    path
        The file.
    mapping
        Column to field, for columns no layout knows; those that the file has not are passed over.

    Returns
    -------
    Layout
        The most particular one that fits; the layout ``table`` where only the names do.

    Raises
    ------
    UnreadableFileError
        If the file cannot be read as a table.
    UnknownLayoutError
        If its columns fit no layout.

    Examples
    --------
    >>> file = getfixture("tmp_path") / "mine.csv"
    >>> _ = file.write_text("Song,Performer,BPM\nMoonlight,Kali Uchis,137\n", "utf-8")
    >>> recognise(file, mapping={"Performer": "artists"}).name
    'table'
    """
    return _layout_of(open_table(path), mapping)


def open_source(
    files: Sequence[Path],
    *,
    layout: str | None = None,
    mapping: Mapping[str, str] | None = None,
    artists: Path | None = None,
) -> "TableSource":
    r"""Open files of one layout; what cannot be read is refused before the first row.

    Parameters
    ----------
    files
        One or more files of the same layout, in the order in which they shall be read.
    layout
        Name of the layout, instead of recognising it by the columns.
    mapping
        Column to field, for columns no layout knows, or to overrule it; ``"ignore"`` leaves a
        column out.
    artists
        A table of artists beside the tracks.

    Raises
    ------
    UnreadableFileError
        If a file cannot be read as a table.
    UnknownLayoutError
        If its columns fit no layout, or not the layout named, or not that of the other files.
    SourceError
        If the mapping names a column that is not there, or a field that does not exist.

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> file = folder / "mine.csv"
    >>> _ = file.write_text("title,artist,tempo\nMoonlight,Kali Uchis,136.9\n", "utf-8")
    >>> source = open_source([file])
    >>> [batch.tracks["artists"].to_list() for batch in source.batches()]
    [[['Kali Uchis']]]
    >>> source.report.read
    1
    """
    check_mapping(mapping or {})
    named = find_layout(layout) if layout is not None else None
    tables = [open_table(path) for path in files]
    return _source_of(tables, named, mapping or {}, artists)


def open_sources(
    files: Sequence[Path],
    *,
    mapping: Mapping[str, str] | None = None,
    artists: Path | None = None,
) -> list["TableSource"]:
    r"""Open files of any layouts, those of one layout together; each file is opened once.

    Parameters
    ----------
    files
        One or more files; layouts keep the order in which they first appear.
    mapping, artists
        As for :func:`open_source`.

    Raises
    ------
    SourceError
        As :func:`open_source` does.

    Examples
    --------
    >>> folder = getfixture("tmp_path")
    >>> file = folder / "mine.csv"
    >>> _ = file.write_text("title,artist,tempo\nMoonlight,Kali Uchis,136.9\n", "utf-8")
    >>> [source.layout.name for source in open_sources([file])]
    ['table']
    """
    check_mapping(mapping or {})
    by_layout: dict[str, tuple[Layout, list[Table]]] = {}
    for path in files:
        table = open_table(path)
        layout = _layout_of(table, mapping)
        by_layout.setdefault(layout.name, (layout, []))[1].append(table)
    return [
        _source_of(tables, layout, mapping or {}, artists) for layout, tables in by_layout.values()
    ]


def _layout_of(table: Table, mapping: Mapping[str, str] | None) -> Layout:
    try:
        return match_layout(table.path.name, table.columns, mapping)
    except UnknownLayoutError:
        if mapping or not fields_by_place(table):
            raise
        return EXPORTIFY_WATSONBOX


def _source_of(
    tables: Sequence[Table],
    layout: Layout | None,
    mapping: Mapping[str, str],
    artists: Path | None,
) -> "TableSource":
    require_mapped_columns(tables, mapping)
    found = layout or _layout_of(tables[0], mapping)
    report = ImportReport(files=[table.path.name for table in tables], layout=found.name)
    plans = [(table, plan_table(table, found, mapping, report)) for table in tables]
    return TableSource(found, plans, ArtistFile(artists) if artists is not None else None, report)


class TableSource:
    """Files of one layout, ready to be read; made by :func:`open_source`.

    Attributes
    ----------
    layout
        What the files are.
    files
        Their paths.
    report
        What became of their rows; complete once `batches` is exhausted. What was kept, merged and
        changed is for the catalog to say.
    """

    def __init__(
        self,
        layout: Layout,
        plans: Sequence[tuple[Table, Plan]],
        artists: ArtistFile | None,
        report: ImportReport,
    ) -> None:
        self.layout = layout
        self.files = tuple(table.path for table, _ in plans)
        self.report = report
        self._plans = plans
        self._artists = artists

    def only_features(self, name: str | None = None) -> "TableSource":
        """Return the same files as a source of audio features for tracks that are known.

        Its rows make no track and replace no value. What they say beyond ids, title, artists,
        length and features is left out.

        Parameters
        ----------
        name
            What the source and its measure are called. By default a layout of a known data set is
            called by its own name, any other file by the file's.

        Raises
        ------
        SourceError
            If a file has no audio features.
        """
        plans = []
        for table, plan in self._plans:
            fields = {
                column: field for column, field in plan.fields.items() if field in _FEATURE_FIELDS
            }
            if not {*AUDIO_FEATURES} & {*fields.values()}:
                raise SourceError(
                    f"{table.path.name} has no audio features.",
                    hint="Leave --only-features out to import its tracks.",
                )
            own_name = file_stem(table.path) if self.layout is TABLE else ""
            source = name or own_name or self.layout.name
            analysis = name or own_name or self.layout.analysis
            plans.append(
                (
                    table,
                    replace(
                        plan,
                        fields=fields,
                        artist_fields={},
                        playlist="",
                        source=source,
                        analysis=analysis,
                        only_known=True,
                    ),
                )
            )
        return TableSource(self.layout, plans, None, self.report)

    def batches(self, progress: Progress = SILENT) -> Iterator[Batch]:
        """Yield the tracks, block by block; at the end come the artists of an artist table.

        Parameters
        ----------
        progress
            Listener to the steps; a text file counts in lines.

        Yields
        ------
        Batch
            Up to 50,000 rows in the order of the files, then artists without tracks.

        Raises
        ------
        UnusableColumnError
            At the end of a file of which one column holds nothing of the right kind.
        """
        ids = pl.Series(dtype=pl.String)
        names = pl.Series(dtype=pl.String)
        empty = pl.DataFrame(schema={"line": pl.Int64})
        for table, plan in self._plans:
            ledger = Ledger(self.report, table.path.name)
            progress.start(f"reading {ledger.file}", table.length)
            columns = {*plan.fields, *plan.artist_fields}
            stop = _first_feature(plan) if self.layout.stops_early else None
            for block in table.blocks(columns, ledger, may_stop_before=stop):
                batch = convert_tracks(block, plan, ledger)
                progress.advance(block.height)
                if self._artists is not None:
                    ids = _add_unique(ids, batch.tracks, "artist_keys")
                    names = _add_unique(names, batch.tracks, "artists")
                if batch.tracks.height:
                    empty = batch.tracks.clear()
                    yield batch
            if self.layout.columns:  # an export knows its fields, and mistakes none
                ledger.require_usable_columns()
            progress.finish()
        self.report.problems.sort(key=lambda problem: (problem.file, problem.line))
        if self._artists is not None and len(names):
            for artists in self._artists.artists_among(ids, names, self.report, progress):
                yield Batch(empty, artists, source=self.layout.name)


def _first_feature(plan: Plan) -> str | None:
    return next((column for column, field in plan.fields.items() if field in AUDIO_FEATURES), None)


def _add_unique(known: pl.Series, tracks: pl.DataFrame, column: str) -> pl.Series:
    if column not in tracks.columns:
        return known
    return known.append(tracks[column].explode().drop_nulls()).unique()

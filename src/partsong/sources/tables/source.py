"""The front door: files in, batches of catalog rows and a report out."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

import polars as pl

from partsong.errors import SourceError, UnknownLayoutError
from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport
from partsong.schema import AUDIO_FEATURES
from partsong.sources.tables.artists import ArtistFile
from partsong.sources.tables.convert import convert_tracks
from partsong.sources.tables.layout import Layout, column_key
from partsong.sources.tables.ledger import Ledger
from partsong.sources.tables.opening import open_table
from partsong.sources.tables.plan import Plan
from partsong.sources.tables.raw_table import Table, is_index_column
from partsong.sources.tables.recognition import (
    assign_columns,
    check_mapping,
    find_layout,
    match_layout,
    unknown_layout,
)
from partsong.sources.tables.texts import read_spotify_id

__all__ = ["TableSource", "open_source", "open_sources", "recognise"]

_SHOWN_COLUMNS: Final = 20


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
    return match_layout(path.name, open_table(path).columns, mapping)


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
        layout = match_layout(path.name, table.columns, mapping)
        by_layout.setdefault(layout.name, (layout, []))[1].append(table)
    return [
        _source_of(tables, layout, mapping or {}, artists) for layout, tables in by_layout.values()
    ]


def _source_of(
    tables: Sequence[Table],
    layout: Layout | None,
    mapping: Mapping[str, str],
    artists: Path | None,
) -> "TableSource":
    _require_mapped_columns(tables, mapping)
    found = layout or match_layout(tables[0].path.name, tables[0].columns, mapping)
    report = ImportReport(files=[table.path.name for table in tables], layout=found.name)
    plans = [(table, _plan(table, found, mapping, report)) for table in tables]
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
            ledger.require_usable_columns()
            progress.finish()
        self.report.problems.sort(key=lambda problem: (problem.file, problem.line))
        if self._artists is not None and len(names):
            for artists in self._artists.artists_among(ids, names, self.report, progress):
                yield Batch(empty, artists)


def _require_mapped_columns(tables: Sequence[Table], mapping: Mapping[str, str]) -> None:
    there = {column_key(column): column for table in tables for column in table.columns}
    for column in mapping:
        if column_key(column) not in there:
            files = ", ".join(table.path.name for table in tables)
            raise SourceError(
                f"{files} has no column {column!r}.",
                hint=f"Map one of: {', '.join(there.values())}.",
            )


def _plan(table: Table, layout: Layout, mapping: Mapping[str, str], report: ImportReport) -> Plan:
    """Assign the columns of one file, or refuse a file of another layout."""
    name = table.path.name
    fields = assign_columns(layout, table.columns, mapping)
    missing = [
        marks
        for marks in layout.missing_from([*table.columns])
        if not _is_mapped(marks, layout, fields)
    ]
    if missing:
        raise UnknownLayoutError(
            f"{name} is not of the layout {layout.name!r}: it lacks {', '.join(missing)}.",
            hint="Leave --as out, or name the columns with --map COLUMN=FIELD.",
        )
    if not layout.required:
        fields = _without_foreign_ids(table, fields, mapping, report)
    artist_fields = layout.assign_artist_fields(table.columns)
    used = {*fields, *artist_fields}
    unused = [
        column for column in table.columns if column not in used and not is_index_column(column)
    ]
    if unused:
        more = f" and {len(unused) - _SHOWN_COLUMNS} more" if len(unused) > _SHOWN_COLUMNS else ""
        report.notes.append(f"{name}: columns not used: {', '.join(unused[:_SHOWN_COLUMNS])}{more}")
    stem = Path(name.removesuffix(".gz")).stem
    return Plan(
        layout,
        fields,
        artist_fields,
        playlist=stem if layout.is_playlist else "",
        id_prefix=layout.id_prefix or f"{stem}:",
    )


def _is_mapped(marks: str, layout: Layout, fields: Mapping[str, str]) -> bool:
    """Tell whether the mapping fills the field of a column that is not there."""
    return any(layout.columns.get(mark) in fields.values() for mark in marks.split("|"))


def _without_foreign_ids(
    table: Table, fields: dict[str, str], mapping: Mapping[str, str], report: ImportReport
) -> dict[str, str]:
    """Leave out the columns called id that hold no ids of Spotify's, judged by the first rows."""
    guessed = [
        column
        for column, field in fields.items()
        if field == "spotify_id" and column not in mapping
    ]
    if not guessed:
        return fields
    head = next(table.blocks(guessed, Ledger(ImportReport(), table.path.name)), None)
    foreign = [
        column
        for column in guessed
        if head is not None and read_spotify_id(head[column]).value.null_count() == head.height
    ]
    for column in foreign:
        report.notes.append(
            f"{table.path.name}: column {column} holds no Spotify ids and is not used;"
            f" keep it with --map {column}=source_id"
        )
    left = {column: field for column, field in fields.items() if column not in foreign}
    if foreign and not {"title", "isrc", "mbid", "path", "source_id"} & set(left.values()):
        raise unknown_layout(table.path.name, [c for c in table.columns if c not in foreign])
    return left


def _first_feature(plan: Plan) -> str | None:
    return next((column for column, field in plan.fields.items() if field in AUDIO_FEATURES), None)


def _add_unique(known: pl.Series, tracks: pl.DataFrame, column: str) -> pl.Series:
    if column not in tracks.columns:
        return known
    return known.append(tracks[column].explode().drop_nulls()).unique()

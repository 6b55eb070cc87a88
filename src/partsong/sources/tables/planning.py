"""What each column of an opened file is used for, and what is said of the others."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from partsong.errors import SourceError, UnknownLayoutError
from partsong.rows import ImportReport
from partsong.schema import AUDIO_FEATURES
from partsong.sources.tables.layout import Layout, column_key
from partsong.sources.tables.layouts.exportify_watsonbox import EXPORTIFY_WATSONBOX
from partsong.sources.tables.layouts.table import TABLE
from partsong.sources.tables.ledger import Ledger
from partsong.sources.tables.plan import Plan
from partsong.sources.tables.raw_table import Table, is_index_column
from partsong.sources.tables.recognition import assign_columns, names_tracks, unknown_layout
from partsong.sources.tables.texts import read_spotify_id
from partsong.sources.tables.watsonbox_places import fields_by_place

__all__ = ["file_stem", "plan_table", "require_mapped_columns"]

_SHOWN_COLUMNS: Final = 20
_FEATURELESS: Final = "no audio features in it; another table can bring them: --only-features"


def file_stem(path: Path) -> str:
    """Return a file's name without its endings.

    Examples
    --------
    >>> file_stem(Path("music/mine.csv.gz"))
    'mine'
    """
    return Path(path.name.removesuffix(".gz")).stem


def require_mapped_columns(tables: Sequence[Table], mapping: Mapping[str, str]) -> None:
    """Raise unless every mapped column is in one of the tables.

    Raises
    ------
    SourceError
        For the first that is not.
    """
    there = {column_key(column): column for table in tables for column in table.columns}
    for column in mapping:
        if column_key(column) not in there:
            files = ", ".join(table.path.name for table in tables)
            raise SourceError(
                f"{files} has no column {column!r}.",
                hint=f"Map one of: {', '.join(there.values())}.",
            )


def plan_table(
    table: Table, layout: Layout, mapping: Mapping[str, str], report: ImportReport
) -> Plan:
    """Assign the columns of one file, or refuse a file of another layout.

    Parameters
    ----------
    table
        The file.
    layout
        What it shall be.
    mapping
        Column to field, which overrules the layout.
    report
        Takes notes on the columns that are not used.

    Raises
    ------
    UnknownLayoutError
        If it is of another layout.
    """
    name = table.path.name
    if layout is EXPORTIFY_WATSONBOX and not layout.fits(table.columns):
        mapping = {**fields_by_place(table), **mapping}
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
    if layout is TABLE and not {*AUDIO_FEATURES, "played_at"} & {*fields.values()}:
        report.notes.append(f"{name}: {_FEATURELESS}")
    artist_fields = layout.assign_artist_fields(table.columns)
    used = {*fields, *artist_fields}
    unused = [
        column for column in table.columns if column not in used and not is_index_column(column)
    ]
    if unused:
        more = f" and {len(unused) - _SHOWN_COLUMNS} more" if len(unused) > _SHOWN_COLUMNS else ""
        report.notes.append(f"{name}: columns not used: {', '.join(unused[:_SHOWN_COLUMNS])}{more}")
    stem = file_stem(table.path)
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
    if foreign and not (
        "source_id" in left.values() or names_tracks(left, is_mapped=bool(mapping))
    ):
        raise unknown_layout(table.path.name, [c for c in table.columns if c not in foreign])
    return left

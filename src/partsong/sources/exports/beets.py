"""The library of beets, ``library.db``: read only, untouched and unlocked.

The file is opened as one that does not change, so that no lock is taken and no journal is looked
at, also while beets has it open. A transaction in the middle of being written is noticed and
refused.
"""

# ruff: noqa: S608 - the SQL is made of this module's own names; values are parameters

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

from partsong.errors import UnreadableFileError
from partsong.sources.exports.beets_items import (
    ACOUSTICBRAINZ,
    ITEM_ATTRIBUTES,
    ITEM_COLUMNS,
    ITEM_FIELDS,
    SPOTIFY,
    read_item,
)
from partsong.sources.exports.row_table import Row, RowTable, open_rows
from partsong.sources.source import SourceInfo
from partsong.sources.tables.layout import Layout
from partsong.sources.tables.ledger import Ledger
from partsong.sources.tables.source import TableSource

__all__ = ["INFO", "is_beets_library", "open_beets"]

INFO: Final = SourceInfo(
    name="beets",
    title="beets",
    kind="export",
    description=(
        "The database of the music organiser beets: tracks with MusicBrainz ids and ISRCs, and"
        " what its plugins know: Spotify's or AcousticBrainz's features, plays and stars."
    ),
    gives=("tracks", "features", "genres", "listens", "likes"),
    usage="partsong import library.db",
    terms=(
        "Your own file. Features in it are under the terms of where its plugins had them from:"
        " Spotify's developer terms, or CC0 of AcousticBrainz."
    ),
    analysis="tags",
)

_LAYOUT: Final = Layout(
    name=INFO.name,
    title=INFO.title,
    description=INFO.description,
    licence=INFO.terms,
    required=(),
    columns={},
)
_ANALYSES: Final = {
    "spotify": f"coalesce({', '.join(SPOTIFY.values())}) IS NOT NULL",
    "acousticbrainz": (
        f"coalesce({', '.join(SPOTIFY.values())}) IS NULL"
        f" AND coalesce({', '.join(ACOUSTICBRAINZ.values())}) IS NOT NULL"
    ),
    "tags": f"coalesce({', '.join((*SPOTIFY.values(), *ACOUSTICBRAINZ.values()))}) IS NULL",
}
"""Whose measure a track's features are on, the first that fits."""

_BEING_WRITTEN: Final = (
    "Wait until beets has finished, or run `beet ls` once if it was interrupted."
)


def is_beets_library(path: Path) -> bool:
    """Tell whether an SQLite file is a library of beets.

    Parameters
    ----------
    path
        The file.
    """
    try:
        with closing(_connect(path)) as connection:
            return {"id", "title", "artist", "album"} <= _columns_of(connection, "items")
    except sqlite3.Error:
        return False


def open_beets(files: Sequence[Path]) -> TableSource:
    r"""Open libraries of beets.

    All tracks count as heard. A track has the features of one measure: Spotify's if its plugin put
    them there, else AcousticBrainz's, else tempo and key of its tags. A rating of 4 or 5 is a like.

    Parameters
    ----------
    files
        Files that `is_beets_library` knows.

    Raises
    ------
    UnreadableFileError
        If a file is damaged, or just being written.

    Examples
    --------
    >>> file = getfixture("tmp_path") / "library.db"
    >>> with closing(sqlite3.connect(file)) as connection:
    ...     _ = connection.execute("CREATE TABLE items (id INTEGER, title, artist, album, length)")
    ...     _ = connection.execute("INSERT INTO items VALUES (1, 'Surf', 'The Beach', 'Sea', 180)")
    ...     connection.commit()
    >>> [batch.tracks["title"].to_list() for batch in open_beets([file]).batches()]
    [['Surf']]
    """
    for path in files:
        _refuse_while_written(path)
    parts = [(path, analysis) for path in files for analysis in _ANALYSES]
    tables = [
        RowTable(path, ITEM_FIELDS, partial(_rows, path, analysis)) for path, analysis in parts
    ]
    return open_rows(_LAYOUT, tables, [analysis for _, analysis in parts])


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True, timeout=0
    )
    connection.row_factory = sqlite3.Row
    connection.text_factory = lambda data: data.decode("utf-8", "replace")
    return connection


def _columns_of(connection: sqlite3.Connection, table: str) -> set[str]:
    rows = connection.execute("SELECT name FROM pragma_table_info(?)", [table])
    return {name for (name,) in rows}


def _refuse_while_written(path: Path) -> None:
    journals = (path.with_name(f"{path.name}{end}") for end in ("-journal", "-wal"))
    if any(journal.exists() and journal.stat().st_size for journal in journals):
        raise UnreadableFileError(
            f"{path.name} is being written by another program.", hint=_BEING_WRITTEN
        )


def _rows(path: Path, analysis: str, _: Ledger) -> Iterator[Row]:
    try:
        with closing(_connect(path)) as connection:
            for item in connection.execute(_query(connection, analysis), ITEM_ATTRIBUTES):
                yield item["id"], read_item(dict(item), analysis)
    except sqlite3.Error as error:
        raise UnreadableFileError(
            f"{path.name} cannot be read as a library of beets: {error}.", hint=_BEING_WRITTEN
        ) from error


def _query(connection: sqlite3.Connection, analysis: str) -> str:
    """Return the query for the items whose features are of one analysis, in a fixed order."""
    there = _columns_of(connection, "items")
    columns = ", ".join(
        f"items.{name}" if name in there else f"NULL AS {name}" for name in ITEM_COLUMNS
    )
    has_attributes = {"entity_id", "key", "value"} <= _columns_of(connection, "item_attributes")
    attributes = "item_attributes" if has_attributes else "(SELECT 0 entity_id, 0 key, 0 value)"
    values = ", ".join(
        f"max(CASE key WHEN '{name}' THEN value END) {name}" for name in ITEM_ATTRIBUTES
    )
    marks = ", ".join("?" * len(ITEM_ATTRIBUTES))
    return f"""
        WITH attributes AS (
            SELECT entity_id, {values} FROM {attributes}
            WHERE key IN ({marks}) AND value <> '' GROUP BY entity_id
        )
        SELECT {columns}, attributes.* FROM items LEFT JOIN attributes ON entity_id = items.id
        WHERE {_ANALYSES[analysis]} ORDER BY items.id
    """

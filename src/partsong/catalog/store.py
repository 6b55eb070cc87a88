"""The catalog as the rest of partsong sees it: add rows, ask for tracks, ask what is there."""

# ruff: noqa: S608 - names are checked against the schema, conditions by check_condition

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl

from partsong.catalog.agreements import Agreements
from partsong.catalog.arrow import read_frame
from partsong.catalog.artists import merge_artists
from partsong.catalog.changes import Changes
from partsong.catalog.conditions import check_condition, explained
from partsong.catalog.coverage import Coverage, read_coverage
from partsong.catalog.hidden_artists import HiddenArtists, merge_hidden_artists
from partsong.catalog.identity import match_rows
from partsong.catalog.joining import Conditions, list_conditions
from partsong.catalog.listener import (
    merge_candidates,
    merge_feedback,
    merge_listens,
    merge_playlists,
)
from partsong.catalog.listens import Listens
from partsong.catalog.merge import merge_tracks
from partsong.catalog.normal_form import define_normal_forms
from partsong.catalog.one_row import one_row
from partsong.catalog.playlists import Playlists
from partsong.catalog.search import FoundTrack, find_track
from partsong.catalog.shown import ShownLists
from partsong.catalog.staging import stage
from partsong.catalog.status import ImportRun, Status, read_imports, read_status
from partsong.catalog.tables import quoted
from partsong.catalog.track_sources import TrackSources
from partsong.catalog.verdicts import Verdicts
from partsong.errors import CatalogError
from partsong.progress import SILENT, Progress
from partsong.rows import Batch, ImportReport
from partsong.schema import TRACK_FIELDS

__all__ = ["Catalog", "default_path"]

_COLUMNS: Final = tuple(field.name for field in TRACK_FIELDS)


def default_path() -> Path:
    """Return the catalog's path where none is named.

    Returns
    -------
    Path
        `PARTSONG_CATALOG` from the environment, else a file in the platform's data folder.
    """
    named = os.environ.get("PARTSONG_CATALOG")
    if named:
        return Path(named).expanduser()
    from platformdirs import user_data_path

    return user_data_path("partsong") / "catalog.duckdb"


class Catalog(
    Verdicts, HiddenArtists, Listens, Playlists, ShownLists, Changes, TrackSources, Agreements
):
    """Every track partsong knows, in one file.

    The file is opened for each call and closed after it, so several processes can share it. A call
    that finds it locked waits.

    Parameters
    ----------
    path
        The file. It is made by the first :meth:`add`.
    busy_timeout
        Seconds to wait for another process before giving up.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> catalog = Catalog(Path(folder.name) / "catalog.duckdb")
    >>> rows = pl.DataFrame({"title": ["Solas"], "artists": [["Jamie Duffy"]], "tempo": [117.7]})
    >>> catalog.add([Batch(rows)], ImportReport(files=["mine.csv"], read=1)).kept
    1
    >>> catalog.read_tracks(["title", "tempo"], where="tempo < 120").rows()
    [('0c0f16aeb780e5bd', 'Solas', 117.7)]
    >>> folder.cleanup()
    """

    def add(
        self,
        batches: Iterable[Batch],
        report: ImportReport,
        *,
        library: bool = False,
        progress: Progress = SILENT,
    ) -> ImportReport:
        """Add rows: all of them, or none if anything goes wrong.

        The catalog is locked only once all batches are there, and only while they are merged.

        Parameters
        ----------
        batches
            Rows, consumed once. `report` may fill while they come.
        report
            What the source has to say. `kept`, `merged` and `changed` are filled here, and notes
            added; rows that have neither title nor id are dropped, and so are rows that only fill
            (`Batch.only_known`) and fit no track.
        library
            Whether the listener knows all of these tracks.
        progress
            Hears of the merge, one task of five steps.

        Returns
        -------
        ImportReport
            The same report.

        Raises
        ------
        CatalogBusyError, CatalogVersionError, CatalogWriteError
            If the catalog cannot be written; nothing has changed then.
        """
        with tempfile.TemporaryDirectory(prefix="partsong-", ignore_cleanup_errors=True) as folder:
            tracks, artists, n_rows = stage(batches, Path(folder))
            progress.start(f"adding {n_rows:,} rows to the catalog", 5)
            with self._open("write") as connection:
                connection.execute(f"SET temp_directory = {_text(folder)}")
                connection.execute(f"CREATE TEMP VIEW staged AS FROM read_parquet({_text(tracks)})")
                connection.execute(
                    f"CREATE TEMP VIEW staged_artists AS FROM read_parquet({_text(artists)})"
                )
                define_normal_forms(connection)
                connection.begin()
                _merge(connection, report, n_rows, library=library, progress=progress)
                connection.commit()
        progress.finish()
        return report

    def read_tracks(
        self, columns: Sequence[str] | None = None, *, where: Conditions = None
    ) -> pl.DataFrame:
        """Read tracks, in the order in which they came.

        Parameters
        ----------
        columns
            Columns of the table `tracks`; all of them by default. `track_id` always comes first.
        where
            An SQL condition over the table's columns, such as ``"tempo > 120"``; of several, each
            is checked by itself and all must hold.

        Returns
        -------
        polars.DataFrame
            One row a track; none if no track meets the condition.

        Raises
        ------
        FilterError
            If the condition is not usable.
        CatalogMissingError
            If there is no catalog yet.
        CatalogError
            If there is no such column.
        """
        selected = _selected(columns)
        with self._open("read") as connection:
            condition = _condition(connection, where)
            with explained(condition if where else None):
                return _fetch(
                    connection, f"SELECT {selected} FROM tracks WHERE {condition} ORDER BY number"
                )

    def read_tracks_by_id(
        self, track_ids: Sequence[str], columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """Read some tracks, in the order asked for.

        Parameters
        ----------
        track_ids
            Their ids.
        columns
            As in :meth:`read_tracks`.

        Returns
        -------
        polars.DataFrame
            One row for each id; without values, but for `track_id`, where there is no such track.

        Raises
        ------
        CatalogMissingError, CatalogError
            As in :meth:`read_tracks`.
        """
        query = (
            f"SELECT {_selected(columns)} FROM tracks "
            "WHERE track_id IN (SELECT unnest(?::VARCHAR[]))"
        )
        with self._open("read") as connection:
            rows = _fetch(connection, query, [list(track_ids)])
        asked = pl.DataFrame({"track_id": track_ids}, schema={"track_id": pl.String})
        return asked.join(rows, on="track_id", how="left", maintain_order="left")

    def iter_tracks(
        self,
        columns: Sequence[str] | None = None,
        *,
        where: Conditions = None,
        block_rows: int = 100_000,
    ) -> Iterator[pl.DataFrame]:
        """Read tracks block by block, as :meth:`read_tracks` does all at once.

        The catalog is free between blocks. Tracks that are added meanwhile come at the end.

        Parameters
        ----------
        columns, where
            As in :meth:`read_tracks`.
        block_rows
            Most rows of a block.

        Yields
        ------
        polars.DataFrame
            At least one row each.

        Raises
        ------
        FilterError, CatalogMissingError, CatalogError
            As in :meth:`read_tracks`, when the first block is asked for.
        """
        selected = _selected(columns)
        after = -1
        while True:
            with self._open("read") as connection:
                condition = _condition(connection, where)
                with explained(condition if where else None):
                    block = _fetch(
                        connection,
                        f"""
                        SELECT {selected}, number AS "next block" FROM tracks
                        WHERE number > {after} AND {condition}
                        ORDER BY number LIMIT {int(block_rows)}
                        """,
                    )
            if block.is_empty():
                return
            after = int(block["next block"][-1])
            yield block.drop("next block")

    def count_tracks(self, where: Conditions = None) -> int:
        """Count tracks.

        Parameters
        ----------
        where
            As in :meth:`read_tracks`.

        Returns
        -------
        int

        Raises
        ------
        FilterError, CatalogMissingError
            As in :meth:`read_tracks`.
        """
        with self._open("read") as connection:
            condition = _condition(connection, where)
            with explained(condition if where else None):
                (n_tracks,) = one_row(connection, f"SELECT count(*) FROM tracks WHERE {condition}")
        return int(n_tracks)

    def find_track(self, text: str) -> FoundTrack:
        """Find the one track that a text names, and never guess.

        Parameters
        ----------
        text
            A track id, Spotify id, Spotify link or URI, an id of a data set such as ``fma:2``,
            "Title" or "Title - Artist". Case, accents and punctuation do not matter.

        Returns
        -------
        FoundTrack
            Where the catalog has a song several times, the most popular recording, ties by order.

        Raises
        ------
        UnknownTrackError
            If nothing has that name; up to five candidates come near.
        AmbiguousTrackError
            If songs of different artists do; each candidate can be typed.
        CatalogMissingError
            If there is no catalog yet.
        """
        with self._open("read") as connection:
            return find_track(connection, text)

    def status(self) -> Status:
        """Count what the catalog holds.

        Returns
        -------
        Status

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        """
        with self._open("read") as connection:
            return read_status(connection, self.path)

    def coverage(self) -> Coverage:
        """Count the tracks of the library that have audio features, and those that do not.

        Returns
        -------
        Coverage

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        """
        with self._open("read") as connection:
            return read_coverage(connection)

    def imports(self) -> list[ImportRun]:
        """List the imports, the first one first.

        Returns
        -------
        list of ImportRun

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        """
        with self._open("read") as connection:
            return read_imports(connection)


def _merge(
    connection: duckdb.DuckDBPyConnection,
    report: ImportReport,
    n_rows: int,
    *,
    library: bool,
    progress: Progress,
) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    (import_id,) = one_row(connection, "SELECT coalesce(max(import_id), 0) + 1 FROM imports")
    match_rows(connection)
    progress.advance()
    merge_tracks(connection, report, import_id=import_id, library=library)
    progress.advance()
    merge_artists(connection, report, import_id=import_id)
    progress.advance()
    merge_feedback(connection, at=now)
    merge_hidden_artists(connection, at=now)
    merge_candidates(connection, at=now)
    merge_playlists(connection)
    merge_listens(connection, report)
    progress.advance()
    n_staged, n_landed, report.kept = one_row(
        connection,
        """
        SELECT count(place), count(place) FILTER (root IN (SELECT root FROM recording)),
            (SELECT count(*) FROM recording WHERE NOT is_known)
        FROM node
        """,
    )
    if n_rows > n_staged:
        report.dropped["neither title nor id"] += n_rows - n_staged
    if n_staged > n_landed:
        report.dropped["no such track in the catalog"] += n_staged - n_landed
    report.merged = n_landed - report.kept
    connection.execute(
        """
        INSERT INTO imports BY NAME
        SELECT $import_id AS import_id, $now AS finished_at, $files AS files, $layout AS layout,
            $read AS read, $kept AS kept, $merged AS merged, $dropped AS dropped,
            $report AS report
        """,
        {
            "import_id": import_id,
            "now": now,
            "files": report.files,
            "layout": report.layout,
            "read": report.read,
            "kept": report.kept,
            "merged": report.merged,
            "dropped": report.dropped.total(),
            "report": json.dumps(report.to_dict(), ensure_ascii=False),
        },
    )
    progress.advance()


def _selected(columns: Sequence[str] | None) -> str:
    wanted = list(dict.fromkeys(["track_id", *(_COLUMNS if columns is None else columns)]))
    unknown = [name for name in wanted if name not in _COLUMNS]
    if unknown:
        raise CatalogError(
            f"The catalog has no column {', '.join(map(repr, unknown))}.",
            hint=f"Its columns are: {', '.join(_COLUMNS)}.",
        )
    return quoted(wanted)


def _condition(connection: duckdb.DuckDBPyConnection, where: Conditions) -> str:
    checked = [check_condition(connection, one) for one in list_conditions(where)]
    return " AND ".join(checked) or "true"


def _fetch(
    connection: duckdb.DuckDBPyConnection, query: str, params: Sequence[Any] = ()
) -> pl.DataFrame:
    return read_frame(connection.sql(query, params=list(params)))


def _text(path: str | Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"

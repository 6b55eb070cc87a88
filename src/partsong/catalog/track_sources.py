"""What each source said of a track, beside the one value that the catalog chose.

A track has one tempo, of whoever spoke last. What the others said is kept here, a row a track and
source, so that every value knows its source, two analyses of one track can be compared, and what
only one source gave can be left out.
"""

# ruff: noqa: S608 - the SQL is made of this package's own names; values are parameters

from collections.abc import Collection, Sequence
from typing import Final

import polars as pl

from partsong.catalog.arrow import read_frame
from partsong.catalog.file import CatalogFile
from partsong.catalog.older_files import has_table
from partsong.catalog.tables import TABLES, TOLD_NUMBERS, quoted
from partsong.errors import CatalogError
from partsong.schema import AUDIO_FEATURES

__all__ = ["TrackSources"]

_TYPES: Final[dict[str, type[pl.DataType]]] = {
    "VARCHAR": pl.String,
    "INTEGER": pl.Int32,
    "SMALLINT": pl.Int16,
    "TINYINT": pl.Int8,
    "DOUBLE": pl.Float64,
}
_SCHEMA: Final = {field.name: _TYPES[field.type] for field in TABLES["track_sources"]}
_CANDIDATES: Final = {
    "track_id": pl.String(),
    "source": pl.String(),
    "score": pl.Float64(),
    "suggested_at": pl.Datetime("us"),
}
_KEYS: Final = ("track_id", "source")
_COLUMNS: Final = tuple(name for name in _SCHEMA if name not in _KEYS)


class TrackSources(CatalogFile):
    """The part of a catalog that knows which source said what."""

    def read_track_sources(self, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Read what each source said of each track.

        Parameters
        ----------
        columns
            Columns of the table `track_sources`; all of them by default. `track_id` and `source`
            always come first.

        Returns
        -------
        polars.DataFrame
            One row a track and source, those of the first import first. No rows from a catalog
            that was last written before this was kept.

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        CatalogError
            If there is no such column.
        """
        wanted = list(dict.fromkeys([*_KEYS, *(_COLUMNS if columns is None else columns)]))
        unknown = [name for name in wanted if name not in _SCHEMA]
        if unknown:
            raise CatalogError(
                f"No source is asked for {', '.join(map(repr, unknown))}.",
                hint=f"What sources said is kept of: {', '.join(_COLUMNS)}.",
            )
        with self._open("read") as connection:
            if not has_table(connection, "track_sources"):
                return pl.DataFrame(schema={name: _SCHEMA[name] for name in wanted})
            query = f"SELECT {quoted(wanted)} FROM track_sources ORDER BY import_id, rowid"
            return read_frame(connection.sql(query))

    def read_candidates(self) -> pl.DataFrame:
        """Read which tracks services suggest, what each suggests most strongly first.

        Returns
        -------
        polars.DataFrame
            `track_id`, `source`, `score` (higher is stronger; each source has a scale of its own)
            and `suggested_at` (UTC).

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        """
        with self._open("read") as connection:
            if not has_table(connection, "candidates"):
                return pl.DataFrame(schema=_CANDIDATES)
            query = f"""
                SELECT {quoted(list(_CANDIDATES))} FROM candidates
                ORDER BY source, score DESC, track_id
            """
            return read_frame(connection.sql(query))

    def list_analyses(self) -> list[str]:
        """List on whose measures there are audio features.

        Returns
        -------
        list of str
            By name; most catalogs have one.

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        """
        with self._open("read") as connection:
            if not has_table(connection, "track_sources"):
                return []
            rows = connection.execute(
                "SELECT DISTINCT analysis FROM track_sources WHERE analysis IS NOT NULL ORDER BY 1"
            ).fetchall()
        return [analysis for (analysis,) in rows]

    def read_analyses(
        self, columns: Sequence[str], *, track_ids: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """Read on whose measure each value of some tracks is.

        Parameters
        ----------
        columns
            Audio features.
        track_ids
            The tracks; all of them by default.

        Returns
        -------
        polars.DataFrame
            `track_id` and the columns, each with the analysis of the newest source that said just
            the value that the track has; null where the track has none.

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        CatalogError
            If a column is no audio feature.
        """
        unknown = [name for name in columns if name not in AUDIO_FEATURES]
        if unknown:
            raise CatalogError(
                f"{', '.join(map(repr, unknown))} is no audio feature.",
                hint=f"The audio features are: {', '.join(AUDIO_FEATURES)}.",
            )
        newest = ", ".join(
            f'arg_max(analysis, (told.import_id, source)) FILTER (told."{name}" = track."{name}") '
            f'AS "{name}"'
            for name in columns
        )
        which = "" if track_ids is None else "AND track_id IN (SELECT unnest($ids::VARCHAR[]))"
        with self._open("read") as connection:
            if not columns or not has_table(connection, "track_sources"):
                return pl.DataFrame(schema=dict.fromkeys(["track_id", *columns], pl.String))
            query = f"""
                SELECT track_id, {newest}
                FROM track_sources AS told JOIN tracks AS track USING (track_id)
                WHERE analysis IS NOT NULL {which} GROUP BY track_id
            """
            params = {} if track_ids is None else {"ids": list(track_ids)}
            return read_frame(connection.sql(query, params=params))

    def only_from(self, sources: Collection[str], columns: Sequence[str] = ()) -> set[str]:
        """Find tracks that the catalog has, in part or whole, from some sources alone.

        Parameters
        ----------
        sources
            Names of sources.
        columns
            Columns in question. Those that are no audio feature, length or popularity are passed
            over: nobody knows of them which source they are of.

        Returns
        -------
        set of str
            Ids of the tracks that no other source names, and of those with a value in one of these
            columns that no other source gives.

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        """
        numbers = [name for name in columns if name in TOLD_NUMBERS]
        foreign = "source NOT IN (SELECT unnest($sources::VARCHAR[]))"
        is_theirs = "".join(
            f' OR (any_value(track."{name}") IS NOT NULL AND bool_or(told."{name}" = track."{name}") '
            f'AND NOT coalesce(bool_or(told."{name}" = track."{name}") FILTER ({foreign}), false))'
            for name in numbers
        )
        with self._open("read") as connection:
            if not has_table(connection, "track_sources"):
                return set()
            rows = connection.execute(
                f"""
                SELECT track_id FROM track_sources AS told JOIN tracks AS track USING (track_id)
                WHERE track_id IN (
                    SELECT track_id FROM track_sources WHERE NOT ({foreign}))
                GROUP BY track_id HAVING NOT bool_or({foreign}){is_theirs}
                """,
                {"sources": list(sources)},
            ).fetchall()
        return {track_id for (track_id,) in rows}

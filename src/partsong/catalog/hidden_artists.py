"""Artists of whom nothing is to come, in whatever spelling, now or in a later import."""

# ruff: noqa: S608 - the SQL is made of this module's own texts; values are parameters

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import polars as pl

from partsong.catalog.file import CatalogFile, as_utc
from partsong.catalog.normal_form import define_normal_forms
from partsong.catalog.older_files import has_table
from partsong.catalog.one_row import one_row
from partsong.errors import QueryError

if TYPE_CHECKING:
    import duckdb

__all__ = ["HiddenArtists", "merge_hidden_artists", "tracks_of_hidden_artists"]

_SCHEMA: Final = {"name": pl.String(), "said_at": pl.Datetime("us")}

# An import gives what it says the time of its own end, to the microsecond.
_TYPED: Final = "said_at NOT IN (SELECT finished_at FROM imports)"


class HiddenArtists(CatalogFile):
    """The part of a catalog that holds hidden artists."""

    def hide_artists(self, names: Sequence[str]) -> list[str]:
        """Hide artists: no track of theirs comes in any list.

        Parameters
        ----------
        names
            The names; case, accents and punctuation do not matter.

        Returns
        -------
        list of str
            The names as the catalog has them.

        Raises
        ------
        QueryError
            If the catalog has no artist of a name; up to five candidates come near. Nothing has
            changed then.
        CatalogMissingError
            If there is no catalog yet.
        CatalogBusyError, CatalogVersionError, CatalogWriteError
            If the catalog cannot be written; nothing has changed then.
        """
        with self._open("edit") as connection:
            define_normal_forms(connection)
            found = [_find_artist(connection, name) for name in names]
            connection.execute(
                """
                INSERT INTO hidden_artists BY NAME
                SELECT normal_form(name) AS artist_key, any_value(name) AS name,
                    $at::TIMESTAMP AS said_at
                FROM (SELECT unnest($names::VARCHAR[]) AS name) GROUP BY artist_key
                HAVING artist_key NOT IN (SELECT artist_key FROM hidden_artists)
                """,
                {"names": found, "at": as_utc(datetime.now(UTC))},
            )
        return found

    def show_artist(self, name: str | None = None) -> pl.DataFrame:
        """Let the tracks of a hidden artist come again.

        Parameters
        ----------
        name
            The name; case, accents and punctuation do not matter. Without it, the artists whom
            :meth:`hide_artists` hid last, unless a verdict on a track was given since.

        Returns
        -------
        polars.DataFrame
            `name` and `said_at` of the artist who was hidden; no row if nobody was.

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        CatalogBusyError, CatalogVersionError, CatalogWriteError
            If the catalog cannot be written; nothing has changed then.
        """
        which = "artist_key = normal_form($name)"
        if name is None:
            which = f"""
                {_TYPED} AND $name IS NULL
                AND said_at = (SELECT max(said_at) FROM hidden_artists WHERE {_TYPED})
                AND NOT EXISTS (SELECT 1 FROM feedback
                    WHERE {_TYPED} AND feedback.said_at > hidden_artists.said_at)
            """
        with self._open("edit") as connection:
            define_normal_forms(connection)
            rows = connection.execute(
                f"DELETE FROM hidden_artists WHERE {which} RETURNING name, said_at", {"name": name}
            ).fetchall()
        return pl.DataFrame(rows, schema=_SCHEMA, orient="row")

    def read_hidden_artists(self) -> pl.DataFrame:
        """Read which artists are hidden, in the order in which that was said.

        Returns
        -------
        polars.DataFrame
            `name` and `said_at` (UTC).

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        """
        with self._open("read") as connection:
            if not has_table(connection, "hidden_artists"):
                return pl.DataFrame(schema=_SCHEMA)
            rows = connection.execute(
                "SELECT name, said_at FROM hidden_artists ORDER BY said_at, rowid"
            ).fetchall()
        return pl.DataFrame(rows, schema=_SCHEMA, orient="row")

    def tracks_by_hidden_artists(self) -> set[str]:
        """Return the tracks that have a hidden artist among theirs.

        Returns
        -------
        set of str
            Ids of tracks.

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        """
        with self._open("read") as connection:
            return tracks_of_hidden_artists(connection)


def merge_hidden_artists(connection: "duckdb.DuckDBPyConnection", *, at: datetime) -> None:
    """Hide the artists whom the staged rows hide, whether or not a track mentions them.

    Parameters
    ----------
    connection
        The catalog, in a transaction, with the staged artist rows as the view `staged_artists`.
    at
        When they were hidden, UTC.
    """
    (n_hidden,) = one_row(connection, "SELECT count(*) FILTER (hidden) FROM staged_artists")
    if not n_hidden:
        return
    connection.execute(
        """
        INSERT INTO hidden_artists BY NAME
        WITH hidden AS (
            SELECT coalesce(staged_artists.name, artists.name) AS name, place
            FROM staged_artists LEFT JOIN artists USING (artist_id) WHERE hidden
        )
        SELECT normal_form(name) AS artist_key, any_value(name ORDER BY place) AS name,
            $at AS said_at
        FROM hidden WHERE name IS NOT NULL GROUP BY artist_key
        HAVING artist_key NOT IN (SELECT artist_key FROM hidden_artists) ORDER BY min(place)
        """,
        {"at": at},
    )


def tracks_of_hidden_artists(connection: "duckdb.DuckDBPyConnection") -> set[str]:
    """Return the ids of all tracks that have a hidden artist among theirs.

    Parameters
    ----------
    connection
        The open catalog.
    """
    if not has_table(connection, "hidden_artists"):
        return set()
    rows = connection.execute(
        """
        SELECT DISTINCT track_id
        FROM (SELECT track_id, unnest(string_split(artists_key, chr(31))) AS artist_key FROM tracks
            WHERE EXISTS (SELECT 1 FROM hidden_artists))
        SEMI JOIN hidden_artists USING (artist_key)
        """
    ).fetchall()
    return {track_id for (track_id,) in rows}


def _find_artist(connection: "duckdb.DuckDBPyConnection", wanted: str) -> str:
    found = connection.execute(
        """
        SELECT name, normal_form(name) = normal_form($name) AS is_it FROM artists
        ORDER BY is_it DESC, jaro_winkler_similarity(lower(name), lower($name)) DESC, name LIMIT 5
        """,
        {"name": wanted},
    ).fetchall()
    if found and found[0][1]:
        return str(found[0][0])
    near = [name for name, _ in found]
    hint = f"Did you mean {near[0]!r}?" if near else "Import tracks first: partsong import FILE"
    raise QueryError(f"The catalog has no artist {wanted!r}.", hint=hint, candidates=near)

"""What the listener says of tracks: like, dislike, hide, and taking it back."""

# ruff: noqa: S608 - the SQL is made of this module's own texts; values are parameters

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import polars as pl

from partsong.catalog.file import CatalogFile, as_utc, check_track_ids
from partsong.catalog.hidden_artists import tracks_of_hidden_artists
from partsong.catalog.songs import songs_of, versions_of
from partsong.errors import QueryError

if TYPE_CHECKING:
    import duckdb

__all__ = ["VERDICTS", "Verdict", "Verdicts"]

Verdict = Literal["like", "dislike", "hide"]

VERDICTS: Final[tuple[Verdict, ...]] = get_args(Verdict)
"""All kinds of verdict."""

_SCHEMA: Final = {"track_id": pl.String(), "kind": pl.String(), "said_at": pl.Datetime("us")}

# An import gives its verdicts the time of its own end, to the microsecond.
_TYPED: Final = "said_at NOT IN (SELECT finished_at FROM imports)"

_LAST_OF_ALL: Final = f"""
    SELECT rowid FROM feedback
    WHERE {_TYPED} QUALIFY said_at = max(said_at) OVER ()
"""
_LAST_OF_EACH: Final = """
    SELECT rowid FROM feedback WHERE track_id IN (SELECT unnest($ids::VARCHAR[]))
    QUALIFY row_number() OVER (PARTITION BY track_id ORDER BY said_at DESC, rowid DESC) = 1
"""


class Verdicts(CatalogFile):
    """The part of a catalog that holds likes, dislikes and hidden tracks."""

    def say(
        self, track_ids: Sequence[str], kind: Verdict, *, at: datetime | None = None
    ) -> pl.DataFrame:
        """Say of some tracks that they are liked, disliked or to be hidden.

        A like replaces a dislike, and the other way round; hiding stands beside either. To say
        again what holds already changes nothing.

        Parameters
        ----------
        track_ids
            The tracks.
        kind
            ``"like"``, ``"dislike"`` or ``"hide"``.
        at
            When it was said, UTC unless it says otherwise; now by default.

        Returns
        -------
        polars.DataFrame
            `track_id`, `kind` and `said_at` of the verdicts that were replaced.

        Raises
        ------
        UnknownTrackError
            If a track is not in the catalog; nothing has changed then.
        QueryError
            If there is no such kind of verdict.
        CatalogMissingError
            If there is no catalog yet.
        CatalogBusyError, CatalogVersionError, CatalogWriteError
            If the catalog cannot be written; nothing has changed then.
        """
        if kind not in VERDICTS:
            raise QueryError(
                f"Nobody can say {kind!r} of a track.", hint=f"Say one of: {', '.join(VERDICTS)}."
            )
        ids = list(dict.fromkeys(track_ids))
        with self._open("edit") as connection:
            check_track_ids(connection, ids)
            connection.begin()
            replaced = _taken_back(
                connection,
                "kind = $opposite AND track_id IN (SELECT unnest($ids::VARCHAR[]))",
                {"ids": ids, "opposite": {"like": "dislike", "dislike": "like"}.get(kind)},
            )
            connection.execute(
                """
                INSERT INTO feedback BY NAME
                SELECT track_id, $kind AS kind, $at::TIMESTAMP AS said_at
                FROM (SELECT unnest($ids::VARCHAR[]) AS track_id)
                WHERE track_id NOT IN (SELECT track_id FROM feedback WHERE kind = $kind)
                """,
                {"ids": ids, "kind": kind, "at": as_utc(at or datetime.now(UTC))},
            )
            connection.commit()
        return replaced

    def unsay(self, track_ids: Sequence[str] | None = None) -> pl.DataFrame:
        """Take back what was said last.

        A verdict that was replaced does not come back; :meth:`say` names it when it goes.

        Parameters
        ----------
        track_ids
            Of each of these tracks the last verdict is taken back. Without them it is all that the
            last :meth:`say` added; an import is not taken back that way.

        Returns
        -------
        polars.DataFrame
            `track_id`, `kind` and `said_at` of what was taken back; no rows if nothing was said.

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        CatalogBusyError, CatalogVersionError, CatalogWriteError
            If the catalog cannot be written; nothing has changed then.
        """
        with self._open("edit") as connection:
            if track_ids is None:
                return _taken_back(connection, f"rowid IN ({_LAST_OF_ALL})", {})
            return _taken_back(connection, f"rowid IN ({_LAST_OF_EACH})", {"ids": list(track_ids)})

    def read_feedback(self) -> pl.DataFrame:
        """Read all verdicts that hold, in the order in which they were said.

        Returns
        -------
        polars.DataFrame
            `track_id`, `kind` and `said_at` (UTC); of a track at most one like or dislike, and at
            most one hide beside it.

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        """
        return self._read("SELECT track_id, kind, said_at FROM feedback ORDER BY said_at, rowid")

    def refused_songs(self) -> set[str]:
        """Return the songs of which a track is disliked or hidden, or has a hidden artist.

        Returns
        -------
        set of str
            Keys as :func:`~partsong.catalog.song_key` makes them.

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        """
        with self._open("read") as connection:
            refused = _refused(connection) | tracks_of_hidden_artists(connection)
            return songs_of(connection, refused)

    def refused_tracks(self) -> set[str]:
        """Return the tracks that are not to come.

        These are the tracks that are disliked or hidden, all other versions of their songs, and
        the tracks of hidden artists.

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
            refused = _refused(connection)
            versions = versions_of(connection, songs_of(connection, refused))
            return refused | versions | tracks_of_hidden_artists(connection)


def _refused(connection: "duckdb.DuckDBPyConnection") -> set[str]:
    rows = connection.execute(
        "SELECT track_id FROM feedback WHERE kind IN ('dislike', 'hide')"
    ).fetchall()
    return {track_id for (track_id,) in rows}


def _taken_back(
    connection: "duckdb.DuckDBPyConnection", which: str, params: dict[str, Any]
) -> pl.DataFrame:
    rows = connection.execute(
        f"DELETE FROM feedback WHERE {which} RETURNING track_id, kind, said_at", params
    ).fetchall()
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")

"""What rows say about the listener: verdicts, plays, playlists, and what a service suggests."""

# ruff: noqa: S608 - the SQL is made of this package's own names; values are parameters

from datetime import datetime
from typing import TYPE_CHECKING, Final

from partsong.catalog.listens import insert_listens
from partsong.catalog.one_row import one_row
from partsong.rows import ImportReport

if TYPE_CHECKING:
    import duckdb

__all__ = ["merge_candidates", "merge_feedback", "merge_listens", "merge_playlists"]

_LANDED: Final = """
    SELECT recording.track_id, staged.*
    FROM staged JOIN (SELECT root, place FROM node) USING (place) JOIN recording USING (root)
"""

_JUDGED: Final = """
    SELECT track_id FROM feedback
    -- An import gives its verdicts the time of its own end, to the microsecond.
    WHERE kind <> 'hide' AND said_at NOT IN (SELECT finished_at FROM imports)
"""


def merge_candidates(connection: "duckdb.DuckDBPyConnection", *, at: datetime) -> None:
    """Keep which tracks a source suggests, and how strongly it did last.

    Parameters
    ----------
    connection
        The catalog, in a transaction, after `match_rows`.
    at
        When they were suggested, UTC.
    """
    (n_suggested,) = one_row(connection, "SELECT count(suggested) FROM staged")
    if not n_suggested:
        return
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE suggestion AS
        SELECT track_id, source, arg_max(suggested, place) AS score
        FROM ({_LANDED}) WHERE suggested > 0 GROUP BY track_id, source
        """
    )
    connection.execute(
        """
        DELETE FROM candidates USING suggestion
        WHERE candidates.track_id = suggestion.track_id AND candidates.source = suggestion.source
        """
    )
    connection.execute(
        """
        INSERT INTO candidates BY NAME
        SELECT *, $at AS suggested_at FROM suggestion ORDER BY source, score DESC, track_id
        """,
        {"at": at},
    )


def merge_feedback(connection: "duckdb.DuckDBPyConnection", *, at: datetime) -> None:
    """Keep one like or dislike a track, the newest, and whether it is hidden.

    What says the same again changes nothing. What the listener said of a track without an import
    stands: no import replaces it, and none hides a track that the listener judged.

    Parameters
    ----------
    connection
        The catalog, in a transaction, after `match_rows`.
    at
        When the verdicts came in, UTC.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE verdict AS
        SELECT track_id, kind FROM (
            SELECT track_id, unnest([
                CASE arg_max(liked, place) WHEN true THEN 'like' WHEN false THEN 'dislike' END,
                if(bool_or(hidden), 'hide', NULL)
            ]) AS kind
            FROM ({_LANDED}) WHERE (liked IS NOT NULL OR hidden) AND track_id NOT IN ({_JUDGED})
            GROUP BY track_id
        ) WHERE kind IS NOT NULL
        """
    )
    connection.execute(
        """
        DELETE FROM feedback USING verdict
        WHERE feedback.track_id = verdict.track_id AND feedback.kind <> 'hide'
            AND verdict.kind <> 'hide' AND feedback.kind <> verdict.kind
        """
    )
    connection.execute(
        """
        INSERT INTO feedback BY NAME
        SELECT track_id, kind, $at AS said_at FROM verdict
        ANTI JOIN feedback USING (track_id, kind) ORDER BY track_id, kind
        """,
        {"at": at},
    )


def merge_listens(connection: "duckdb.DuckDBPyConnection", report: ImportReport) -> None:
    """Add the plays that rows speak of; one of the same track at the same time counts once.

    Parameters
    ----------
    connection
        The catalog, in a transaction, after `match_rows`.
    report
        Its `listens` is filled.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE play AS
        SELECT track_id, played_at, ms_played FROM ({_LANDED}) WHERE played_at IS NOT NULL
        """
    )
    report.listens = insert_listens(connection)


def merge_playlists(connection: "duckdb.DuckDBPyConnection") -> None:
    """Add playlists and what is new in them; each track stands in a playlist once.

    Parameters
    ----------
    connection
        The catalog, in a transaction, after `match_rows`.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE standing AS
        SELECT playlist_id, track_id, arg_max(playlist, place) AS name, min(place) AS place
        FROM ({_LANDED}) WHERE playlist_id IS NOT NULL GROUP BY playlist_id, track_id
        """
    )
    connection.execute(
        """
        CREATE OR REPLACE TEMP TABLE list_now AS
        SELECT playlist_id, arg_max(name, place) AS name, min(place) AS place
        FROM standing GROUP BY playlist_id
        """
    )
    connection.execute(
        """
        UPDATE playlists SET name = list_now.name FROM list_now
        WHERE playlists.playlist_id = list_now.playlist_id AND list_now.name <> playlists.name
        """
    )
    connection.execute(
        """
        INSERT INTO playlists BY NAME
        SELECT playlist_id, coalesce(name, playlist_id) AS name FROM list_now
        ANTI JOIN playlists USING (playlist_id) ORDER BY place
        """
    )
    connection.execute(
        """
        INSERT INTO playlist_tracks BY NAME
        SELECT playlist_id, track_id, coalesce(last, 0) + row_number() OVER (
            PARTITION BY playlist_id ORDER BY place) AS position
        FROM standing ANTI JOIN playlist_tracks USING (playlist_id, track_id)
        LEFT JOIN (
            SELECT playlist_id, max(position) AS last FROM playlist_tracks GROUP BY playlist_id
        ) USING (playlist_id)
        ORDER BY playlist_id, place
        """
    )

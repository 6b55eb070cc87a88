"""Staged rows become tracks: new ones are made, known ones completed or corrected.

Of two values the newer wins, whole and by itself; an identifier that a track has is never
replaced; genres are united. Rows that only fill what is missing (plays, playlists, features by id)
stand behind all others. Only what is different afterwards is written.
"""

# ruff: noqa: S608 - the SQL is made of this package's own names; values are parameters

from typing import TYPE_CHECKING, Final

from partsong.catalog.identity import IDENTIFIERS
from partsong.catalog.merge_sources import (
    merge_track_sources,
    rename_track_sources,
    take_back_filled,
)
from partsong.catalog.one_row import one_row
from partsong.catalog.staging import GIVEN_TRACK_COLUMNS
from partsong.catalog.tables import TABLES, quoted
from partsong.rows import ImportReport

if TYPE_CHECKING:
    import duckdb

__all__ = ["merge_tracks"]

_NEWEST: Final = tuple(name for name in GIVEN_TRACK_COLUMNS if name not in {*IDENTIFIERS, "genres"})
"""Columns in which the newer value wins."""

_OWN: Final = (*GIVEN_TRACK_COLUMNS, "in_library")
"""Columns that a source can set; the rest follows from them."""

_DIFFERENT: Final = "merged.{0} IS DISTINCT FROM track.{0}"


def merge_tracks(
    connection: "duckdb.DuckDBPyConnection", report: ImportReport, *, import_id: int, library: bool
) -> None:
    """Write the recordings that :func:`~partsong.catalog.identity.match_rows` found.

    Parameters
    ----------
    connection
        The catalog, in a transaction, after `match_rows`.
    report
        Its `changed` and `notes` are filled.
    import_id
        The number of this import.
    library
        Whether every staged track counts as known to the listener.

    Notes
    -----
    Leaves the temporary tables `merged`, the recordings as they now stand, and `renamed`, the ids
    of tracks that went up in an earlier one.
    """
    take_back_filled(connection, report)
    connection.execute(_SAYINGS)
    connection.execute(_MERGED, {"import_id": import_id, "library": library})
    connection.execute(_RENAMED)
    _report_changes(connection, report)
    _write_origins(connection, import_id)
    _follow_renamed(connection, report)
    columns = quoted([field.name for field in TABLES["tracks"]])
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE written AS
        SELECT merged.* FROM merged LEFT JOIN tracks AS track USING (track_id)
        WHERE track.track_id IS NULL OR {_any_different("release_year", "artist_ids", *_OWN)}
        """
    )
    connection.execute(
        """
        DELETE FROM tracks WHERE track_id IN (
            SELECT track_id FROM written UNION ALL SELECT old_id FROM renamed)
        """
    )
    connection.execute(f"INSERT INTO tracks BY NAME SELECT {columns} FROM written ORDER BY number")
    connection.execute(_REMEMBER_SIGHTINGS)
    merge_track_sources(connection, import_id=import_id)


_BEHIND_ALL: Final = 1 << 62

_SAYINGS: Final = f"""
    CREATE OR REPLACE TEMP VIEW saying AS
    SELECT root, seq AS first, seq AS newest, false AS fills, {quoted(list(_OWN))}, title_key,
        artists_key, artist_ids, true AS has_artist_keys, import_id, artist_genres
    FROM (SELECT root, seq, track_id FROM node) JOIN tracks USING (track_id)
    WHERE root IN (SELECT root FROM recording)
    UNION ALL BY NAME
    SELECT root, seq + if(only_fills, {_BEHIND_ALL}, 0) AS first,
        seq - if(only_fills, {_BEHIND_ALL}, 0) AS newest, only_fills AS fills,
        {quoted(list(GIVEN_TRACK_COLUMNS))},
        heard OR liked OR played_at IS NOT NULL AS in_library, title_key, artists_key, artist_ids, has_artist_keys
    FROM (SELECT root, seq, place FROM node) JOIN staged USING (place)
"""

_UNITED: Final = """
    list_sort(list_distinct(flatten(list(genres) FILTER (genres IS NOT NULL AND {}))))
"""

_MERGED: Final = f"""
    CREATE OR REPLACE TEMP TABLE merged AS
    WITH folded AS (
        SELECT root,
            {", ".join(f'arg_max("{name}", newest) AS "{name}"' for name in _NEWEST)},
            {", ".join(f"arg_min({name}, first) AS {name}" for name in IDENTIFIERS)},
            {_UNITED.format("NOT fills")} AS genres,
            {_UNITED.format("fills")} AS genres_to_fill,
            bool_or(coalesce(in_library, false)) OR $library AS in_library,
            arg_max(title_key, newest) AS title_key,
            arg_max(artists_key, newest) FILTER (artists IS NOT NULL) AS artists_key,
            arg_max(artist_ids, newest) AS artist_ids,
            arg_max(artists_key, newest) FILTER (has_artist_keys) AS keyed_artists,
            arg_max(artist_ids, newest) FILTER (has_artist_keys) AS keyed_ids,
            arg_min(import_id, first) AS import_id,
            arg_min(artist_genres, first) AS artist_genres
        FROM saying GROUP BY root
    )
    SELECT folded.* EXCLUDE (genres_to_fill) REPLACE (
            if(len(genres) > 0, genres, coalesce(genres_to_fill, genres)) AS genres,
            coalesce(import_id, $import_id) AS import_id,
            coalesce(artists_key, '') AS artists_key,
            -- Keys outlive rows without keys, but those that came with other names do not.
            if(keyed_artists = artists_key AND len(keyed_ids) = len(artists), keyed_ids, artist_ids)
                AS artist_ids
        ),
        track_id, number, is_known,
        try_cast(left(release_date, 4) AS SMALLINT) AS release_year
    FROM folded JOIN recording USING (root)
"""

_RENAMED: Final = """
    CREATE OR REPLACE TEMP TABLE renamed AS
    SELECT node.track_id AS old_id, recording.track_id AS new_id
    FROM node JOIN recording USING (root) WHERE node.track_id <> recording.track_id
"""

_REMEMBER_SIGHTINGS: Final = """
    INSERT INTO sightings BY NAME
    SELECT sighting, any_value(recording.track_id) AS track_id
    FROM staged JOIN (SELECT place, root FROM node) USING (place) JOIN recording USING (root)
    WHERE sighting IS NOT NULL
    GROUP BY sighting
    HAVING sighting NOT IN (SELECT sighting FROM sightings)
"""


def _any_different(*columns: str) -> str:
    return "(" + " OR ".join(_DIFFERENT.format(f'"{name}"') for name in columns) + ")"


def _report_changes(connection: "duckdb.DuckDBPyConnection", report: ImportReport) -> None:
    """Count by column the tracks of which a newer row replaced a value by another."""
    counts = ", ".join(
        f'count(*) FILTER (coalesce(track."{name}" <> merged."{name}", '
        f'track."{name}" IS NULL AND mixed."{name}"))'
        for name in _NEWEST
    )
    differences = ", ".join(f'min("{name}") <> max("{name}") AS "{name}"' for name in _NEWEST)
    n_changed = one_row(
        connection,
        f"""
        WITH several AS (SELECT root FROM node GROUP BY root HAVING count(*) > 1),
        mixed AS (SELECT root, {differences} FROM saying SEMI JOIN several USING (root)
            WHERE NOT fills GROUP BY root)
        SELECT {counts} FROM merged
        LEFT JOIN mixed USING (root) LEFT JOIN tracks AS track USING (track_id)
        """,
    )
    report.changed.update({name: n for name, n in zip(_NEWEST, n_changed, strict=True) if n})
    for name in IDENTIFIERS[1:]:
        (n_others,) = one_row(
            connection,
            f"""
            SELECT count(*) FROM merged JOIN saying USING (root)
            WHERE saying.{name} <> merged.{name}
            """,
        )
        if n_others:
            report.notes.append(
                f"Rows with another {name} than their track, which keeps its first: {n_others:,}."
            )


def _write_origins(connection: "duckdb.DuckDBPyConnection", import_id: int) -> None:
    """Remember which values of known tracks come from this import."""
    set_here = ", ".join(f"if({_any_different(name)}, '{name}', NULL)" for name in _OWN)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE set_now AS
        SELECT track_id, field FROM (
            SELECT track_id, unnest([{set_here}]) AS field
            FROM merged JOIN tracks AS track USING (track_id)
        ) WHERE field IS NOT NULL
        """
    )
    connection.execute(
        "DELETE FROM track_origins WHERE (track_id, field) IN (SELECT track_id, field FROM set_now)"
    )
    connection.execute(
        "INSERT INTO track_origins BY NAME SELECT track_id, field, ? AS import_id FROM set_now",
        [import_id],
    )


def _follow_renamed(connection: "duckdb.DuckDBPyConnection", report: ImportReport) -> None:
    """Let everything that points at a track that went up in another point at that one."""
    (n_renamed,) = one_row(connection, "SELECT count(*) FROM renamed")
    if not n_renamed:
        return
    report.notes.append(f"Tracks that turned out to be the same as an earlier one: {n_renamed:,}.")
    for table in ("listens", "feedback", "playlist_tracks", "shown", "sightings", "candidates"):
        connection.execute(
            f"UPDATE {table} SET track_id = new_id FROM renamed WHERE track_id = old_id"
        )
    rename_track_sources(connection)
    for table, one_each in (
        ("feedback", "kind = 'hide'"),
        ("playlist_tracks", "playlist_id"),
        ("listens", "played_at"),
    ):
        connection.execute(
            f"""
            DELETE FROM {table} WHERE rowid NOT IN (
                SELECT min(rowid) FROM {table} GROUP BY track_id, {one_each})
            """
        )
    connection.execute(
        """
        DELETE FROM candidates WHERE rowid NOT IN (
            SELECT arg_max(rowid, suggested_at) FROM candidates GROUP BY track_id, source)
        """
    )
    connection.execute("DELETE FROM track_origins WHERE track_id IN (SELECT old_id FROM renamed)")

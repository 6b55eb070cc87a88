"""Artists: who they are, what is said of them, and the genres their tracks inherit.

An artist is known by a Spotify id, or by the normal form of the name where no id came along. A row
that names an artist without an id speaks of every artist of that name. Artists whom no track
mentions are not kept.
"""

# ruff: noqa: S608 - the SQL is made of this package's own names; values are parameters

from typing import TYPE_CHECKING, Final

from partsong.catalog.one_row import one_row
from partsong.catalog.tables import TABLES, quoted
from partsong.rows import ImportReport

if TYPE_CHECKING:
    import duckdb

__all__ = ["merge_artists"]


def merge_artists(
    connection: "duckdb.DuckDBPyConnection", report: ImportReport, *, import_id: int
) -> None:
    """Bring `artists`, and the `artist_genres` of their tracks, up to date.

    Parameters
    ----------
    connection
        The catalog, in a transaction, after
        :func:`~partsong.catalog.merge.merge_tracks`, with the staged artist rows as the view
        `staged_artists`.
    report
        A note is added on artists that were left out.
    import_id
        The number of this import, the origin of genres that change.
    """
    for statement in (_MENTIONED, _SPOKEN, _MERGED):
        connection.execute(statement)
    _note_strangers(connection, report)
    connection.execute("DELETE FROM artists WHERE artist_id IN (SELECT artist_id FROM artist_now)")
    columns = quoted([field.name for field in TABLES["artists"]])
    connection.execute(
        f"INSERT INTO artists BY NAME SELECT {columns} FROM artist_now ORDER BY place"
    )
    for statement in (_FORGET_UNMENTIONED, _INHERITED, _FORGET_ORIGIN):
        connection.execute(statement)
    connection.execute(_WRITE_ORIGIN, {"import_id": import_id})
    connection.execute(_INHERIT_GENRES)


_MENTIONED: Final = """
    CREATE OR REPLACE TEMP TABLE mentioned AS
    SELECT artist_id, arg_max(name, number) AS name, min(number) AS place
    FROM (SELECT unnest(artist_ids) AS artist_id, unnest(artists) AS name, number FROM merged)
    GROUP BY artist_id
"""

_SPOKEN: Final = """
    CREATE OR REPLACE TEMP TABLE spoken AS
    WITH known AS (
        SELECT artist_id, normal_form(name) AS name_key FROM artists
        UNION SELECT artist_id, normal_form(name) FROM mentioned
    )
    SELECT staged_artists.* REPLACE (known.artist_id AS artist_id)
    FROM staged_artists JOIN known USING (artist_id)
    UNION ALL
    SELECT staged_artists.* REPLACE (known.artist_id AS artist_id)
    FROM staged_artists JOIN known USING (name_key) WHERE staged_artists.artist_id IS NULL
"""

_MERGED: Final = """
    CREATE OR REPLACE TEMP TABLE artist_now AS
    WITH saying AS (
        SELECT *, -1 AS age FROM artists
        WHERE artist_id IN (SELECT artist_id FROM mentioned UNION SELECT artist_id FROM spoken)
        -- An artist who gets an id keeps what was said of the bare name.
        UNION ALL BY NAME
        SELECT mentioned.artist_id, genres, followers, popularity, -2 AS age
        FROM mentioned JOIN artists ON artists.artist_id = 'name:' || normal_form(mentioned.name)
        UNION ALL BY NAME SELECT artist_id, name, 0 AS age FROM mentioned
        UNION ALL BY NAME
        SELECT artist_id, name, genres, followers, popularity, 1 + place AS age FROM spoken
    ), folded AS (
        SELECT artist_id,
            arg_max(name, age) AS name,
            list_sort(list_distinct(flatten(list(genres) FILTER (genres IS NOT NULL)))) AS genres,
            arg_max(followers, age) AS followers,
            arg_max(popularity, age) AS popularity
        FROM saying GROUP BY artist_id
    )
    SELECT folded.*, coalesce(mentioned.place, -1) AS place
    FROM folded LEFT JOIN mentioned USING (artist_id) LEFT JOIN artists AS old USING (artist_id)
    WHERE old.artist_id IS NULL OR folded.name IS DISTINCT FROM old.name
        OR folded.genres IS DISTINCT FROM old.genres
        OR folded.followers IS DISTINCT FROM old.followers
        OR folded.popularity IS DISTINCT FROM old.popularity
"""

_FORGET_UNMENTIONED: Final = """
    DELETE FROM artists WHERE starts_with(artist_id, 'name:')
        AND artist_id NOT IN (SELECT unnest(artist_ids) FROM tracks)
"""

_INHERITED: Final = """
    CREATE OR REPLACE TEMP TABLE inherited AS
    WITH mention AS (SELECT track_id, unnest(artist_ids) AS artist_id FROM tracks),
    said AS (
        SELECT track_id, list_sort(list_distinct(flatten(
            list(artists.genres) FILTER (artists.genres IS NOT NULL)))) AS genres
        FROM mention JOIN artists USING (artist_id)
        WHERE track_id IN (
            SELECT track_id FROM merged
            UNION SELECT track_id FROM mention SEMI JOIN artist_now USING (artist_id))
        GROUP BY track_id
    )
    SELECT said.* FROM said JOIN tracks USING (track_id)
    WHERE tracks.artist_genres IS DISTINCT FROM said.genres
"""

_FORGET_ORIGIN: Final = """
    DELETE FROM track_origins
    WHERE field = 'artist_genres' AND track_id IN (SELECT track_id FROM inherited)
"""

_WRITE_ORIGIN: Final = """
    INSERT INTO track_origins BY NAME
    SELECT track_id, 'artist_genres' AS field, $import_id AS import_id
    FROM inherited JOIN tracks USING (track_id) WHERE tracks.import_id <> $import_id
"""

_INHERIT_GENRES: Final = """
    UPDATE tracks SET artist_genres = inherited.genres FROM inherited
    WHERE tracks.track_id = inherited.track_id
"""


def _note_strangers(connection: "duckdb.DuckDBPyConnection", report: ImportReport) -> None:
    (n_strangers,) = one_row(
        connection,
        """
        SELECT count(*) FROM staged_artists
        WHERE place NOT IN (SELECT place FROM spoken) AND NOT coalesce(hidden, false)
        """,
    )
    if n_strangers:
        report.notes.append(f"Artists left out because no track mentions them: {n_strangers:,}.")

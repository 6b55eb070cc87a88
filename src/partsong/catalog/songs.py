"""From songs to the tracks that are versions or covers of them, without looking at every title.

Song keys are worked out in Python, at some 5 microseconds a track. So SQL first narrows the catalog
down to tracks that can matter: those by a main artist of the songs, and those that speak of a cover.
"""

# ruff: noqa: S608 - the SQL is made of this module's own texts; values are parameters

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Final

from partsong.catalog.versions import COVER_WORDS, base_title, is_cover, main_artist_key, song_key

if TYPE_CHECKING:
    import duckdb

__all__ = ["covers_of", "songs_of", "versions_of"]

_BETWEEN: Final = " / "  # title and main artist in the key of a song
_MAIN_ARTIST: Final = "coalesce(artists[1], '')"


def songs_of(connection: "duckdb.DuckDBPyConnection", track_ids: Iterable[str]) -> set[str]:
    """Return the song keys of some tracks; tracks without a title have none.

    Parameters
    ----------
    connection
        The open catalog.
    track_ids
        The tracks; ids that are not there have no song.
    """
    rows = connection.execute(
        "SELECT title, artists FROM tracks WHERE track_id IN (SELECT unnest(?::VARCHAR[]))",
        [list(track_ids)],
    ).fetchall()
    return {key for title, artists in rows if (key := song_key(title, artists))}


def versions_of(connection: "duckdb.DuckDBPyConnection", songs: Collection[str]) -> set[str]:
    """Return the ids of all tracks that are versions of some songs.

    Parameters
    ----------
    connection
        The open catalog.
    songs
        Their keys, as :func:`~partsong.catalog.versions.song_key` makes them.
    """
    wanted = {song.rpartition(_BETWEEN)[2] for song in songs}
    names = connection.execute(f"SELECT DISTINCT {_MAIN_ARTIST} FROM tracks").fetchall()
    theirs = [name for (name,) in names if main_artist_key([name]) in wanted]
    rows = connection.execute(
        f"""
        SELECT track_id, title, artists FROM tracks
        WHERE {_MAIN_ARTIST} IN (SELECT unnest(?::VARCHAR[]))
        """,
        [theirs],
    ).fetchall()
    return {track_id for track_id, title, artists in rows if song_key(title, artists) in songs}


def covers_of(connection: "duckdb.DuckDBPyConnection", songs: Collection[str]) -> set[str]:
    """Return the ids of all tracks that call themselves covers and have the title of such a song.

    Parameters
    ----------
    connection
        The open catalog.
    songs
        Their keys.
    """
    titles = {song.rpartition(_BETWEEN)[0] for song in songs}
    rows = connection.execute(
        """
        SELECT track_id, title, artists, album FROM tracks
        WHERE regexp_matches(concat_ws(' ', title, array_to_string(artists, ' '), album), $words, 'i')
        """,
        {"words": COVER_WORDS},
    ).fetchall()
    return {
        track_id
        for track_id, title, artists, album in rows
        if base_title(title) in titles and is_cover(title, artists, album)
    }

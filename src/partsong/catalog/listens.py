"""What the listener has heard: plays, and the tracks that are therefore nothing new."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import polars as pl

from partsong.catalog.file import CatalogFile, check_track_ids
from partsong.catalog.one_row import one_row
from partsong.catalog.songs import covers_of, songs_of, versions_of

if TYPE_CHECKING:
    import duckdb

__all__ = ["Listens", "insert_listens"]

_TYPES: Final = {
    "track_id": pl.String(),
    "played_at": pl.Datetime("us"),
    "ms_played": pl.Int32(),
}


class Listens(CatalogFile):
    """The part of a catalog that holds plays."""

    def add_listens(self, listens: pl.DataFrame) -> int:
        """Add plays; the listener then knows these tracks.

        Parameters
        ----------
        listens
            One row a play: `track_id`, `played_at` (UTC unless it says otherwise) and, where it is
            known, `ms_played`. A play of the same track at the same time counts once.

        Returns
        -------
        int
            How many were new.

        Raises
        ------
        UnknownTrackError
            If a track is not in the catalog; nothing has changed then.
        CatalogMissingError
            If there is no catalog yet.
        CatalogBusyError, CatalogVersionError, CatalogWriteError
            If the catalog cannot be written; nothing has changed then.
        """
        rows = _conformed(listens)
        with TemporaryDirectory(prefix="partsong-") as folder, self._open("edit") as connection:
            check_track_ids(connection, rows["track_id"].unique().to_list())
            plays = Path(folder) / "plays.parquet"
            rows.write_parquet(plays)
            connection.begin()
            connection.execute("CREATE TEMP TABLE play AS FROM read_parquet(?)", [str(plays)])
            n_new = insert_listens(connection)
            connection.execute(
                """
                UPDATE tracks SET in_library = true
                WHERE NOT in_library AND track_id IN (SELECT track_id FROM play)
                """
            )
            connection.commit()
        return n_new

    def read_listens(self) -> pl.DataFrame:
        """Read all plays, the first one first.

        Returns
        -------
        polars.DataFrame
            `track_id`, `played_at` (UTC) and `ms_played`, missing where it is not known.

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        """
        return self._read(
            "SELECT track_id, played_at, ms_played FROM listens ORDER BY played_at, track_id"
        )

    def heard_songs(self) -> set[str]:
        """Return the songs that the listener knows: of the library, listened to, or liked.

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
            return songs_of(connection, _heard(connection))

    def heard_tracks(self) -> set[str]:
        """Return the tracks that are nothing new to the listener.

        These are the tracks that the listener knows, all other versions of their songs, and tracks
        that call themselves covers, tributes or karaoke and have the title of such a song.

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
            heard = _heard(connection)
            songs = songs_of(connection, heard)
            return heard | versions_of(connection, songs) | covers_of(connection, songs)


def insert_listens(connection: "duckdb.DuckDBPyConnection") -> int:
    """Add the rows of the temporary table `play` to `listens`, and count those that were new.

    A play on a full minute is the same as one of the same track and length within that minute.

    Parameters
    ----------
    connection
        The catalog, in a transaction.
    """
    (n_before,) = one_row(connection, "SELECT count(*) FROM listens")
    # Some sources know the minute of a play, others its second; the second wins.
    connection.execute(
        """
        DELETE FROM listens USING play
        WHERE listens.track_id = play.track_id AND listens.ms_played = play.ms_played
            AND listens.played_at = date_trunc('minute', play.played_at)
            AND listens.played_at < play.played_at
        """
    )
    connection.execute(
        """
        INSERT INTO listens BY NAME
        WITH told AS (
            SELECT track_id, ms_played, date_trunc('minute', played_at) AS played_at FROM listens
        )
        SELECT track_id, played_at, max(ms_played) AS ms_played
        FROM play ANTI JOIN listens USING (track_id, played_at)
        ANTI JOIN told USING (track_id, ms_played, played_at)
        WHERE played_at IS NOT NULL
        GROUP BY track_id, played_at ORDER BY played_at, track_id
        """
    )
    (n_after,) = one_row(connection, "SELECT count(*) FROM listens")
    return int(n_after - n_before)


def _heard(connection: "duckdb.DuckDBPyConnection") -> set[str]:
    rows = connection.execute(
        """
        SELECT track_id FROM tracks WHERE in_library
        UNION SELECT track_id FROM listens
        UNION SELECT track_id FROM feedback WHERE kind = 'like'
        """
    ).fetchall()
    return {track_id for (track_id,) in rows}


def _conformed(listens: pl.DataFrame) -> pl.DataFrame:
    played_at = pl.col("played_at")
    if getattr(listens.schema["played_at"], "time_zone", None):
        played_at = played_at.dt.convert_time_zone("UTC").dt.replace_time_zone(None)
    known = listens.with_columns(played_at)
    if "ms_played" not in known.columns:
        known = known.with_columns(ms_played=None)
    return known.select(pl.col(name).cast(type_) for name, type_ in _TYPES.items())

"""The playlists that came with the listener's files."""

from typing import Final

import duckdb
import polars as pl

from partsong.catalog.arrow import read_frame
from partsong.catalog.file import CatalogFile
from partsong.catalog.normal_form import define_normal_forms
from partsong.errors import QueryError, UnknownPlaylistError

__all__ = ["Playlists"]

_MOST_SHOWN: Final = 5
_LEAST_LIKENESS: Final = 60


class Playlists(CatalogFile):
    """The part of a catalog that holds playlists."""

    def list_playlists(self) -> pl.DataFrame:
        """List the playlists, in the order in which they came.

        Returns
        -------
        polars.DataFrame
            `playlist_id`, `name` and `n_tracks`.

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        """
        return self._read(
            """
            SELECT playlist_id, name, count(playlist_tracks.track_id) AS n_tracks
            FROM (SELECT *, rowid AS place FROM playlists) LEFT JOIN playlist_tracks USING (playlist_id)
            GROUP BY playlist_id, name, place ORDER BY place
            """
        )

    def read_playlist(self, name_or_id: str) -> pl.DataFrame:
        """Read the tracks of a playlist, in its order.

        Parameters
        ----------
        name_or_id
            Its name, or its id in the catalog. Case, accents and punctuation of a name do not
            matter.

        Returns
        -------
        polars.DataFrame
            `track_id` and `position`, from 1.

        Raises
        ------
        UnknownPlaylistError
            If there is none; its candidates come near.
        QueryError
            If several have that name; its candidates are their ids.
        CatalogMissingError
            If there is no catalog yet.
        """
        with self._open("read") as connection:
            playlist_id = _find_playlist(connection, name_or_id.strip())
            return read_frame(
                connection.sql(
                    """
                    SELECT track_id, position FROM playlist_tracks
                    WHERE playlist_id = $id ORDER BY position
                    """,
                    params={"id": playlist_id},
                )
            )


def _find_playlist(connection: duckdb.DuckDBPyConnection, wanted: str) -> str:
    macros = connection.cursor()
    try:
        define_normal_forms(macros)
        rows = macros.execute(
            """
            SELECT playlist_id, name, CASE
                WHEN playlist_id = $wanted THEN 1 WHEN name = $wanted THEN 2
                WHEN normal_form(name) = normal_form($wanted) THEN 3
            END AS distance FROM playlists ORDER BY distance, rowid
            """,
            {"wanted": wanted},
        ).fetchall()
    finally:
        macros.close()
    nearest = [row for row in rows if row[2] is not None and row[2] == rows[0][2]]
    if not nearest:
        raise _unknown([name for _, name, _ in rows], wanted)
    if len(nearest) > 1:
        ids = [playlist_id for playlist_id, _, _ in nearest]
        raise QueryError(
            f"{len(ids)} playlists are called {wanted!r}.",
            hint="Name one by its id.",
            candidates=ids,
        )
    return str(nearest[0][0])


def _unknown(names: list[str], wanted: str) -> UnknownPlaylistError:
    from rapidfuzz import fuzz, process  # it is slow to load, and most names are found

    hits = process.extract(
        wanted.casefold(),
        [name.casefold() for name in names],
        scorer=fuzz.WRatio,
        limit=_MOST_SHOWN,
        score_cutoff=_LEAST_LIKENESS,
    )
    near = [names[place] for _, _, place in hits]
    hint = f"Did you mean {' or '.join(map(repr, near))}? A playlist file can be named too."
    if not near:
        shown = ", ".join(names[:_MOST_SHOWN]) + (", ..." if names[_MOST_SHOWN:] else "")
        hint = f"Playlists are: {shown}." if names else "Import one: partsong import PLAYLIST.csv"
    return UnknownPlaylistError(
        f"No playlist of the catalog is called {wanted!r}.", hint=hint, candidates=near
    )

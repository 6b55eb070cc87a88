"""Which tracks were put before the listener lately, so that the next list brings others."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import polars as pl

from partsong.catalog.arrow import read_frame
from partsong.catalog.file import CatalogFile, as_utc, check_track_ids
from partsong.catalog.older_files import has_table

__all__ = ["ShownLists"]

_SCHEMA: Final = {
    "track_id": pl.String(),
    "list_name": pl.String(),
    "position": pl.Int32(),
    "shown_at": pl.Datetime("us"),
}


class ShownLists(CatalogFile):
    """The part of a catalog that remembers lists which were shown."""

    def add_shown(self, track_ids: Sequence[str], *, list_name: str, at: datetime) -> None:
        """Remember a list; one of the same name and time is replaced.

        Parameters
        ----------
        track_ids
            Its tracks, in order.
        list_name
            What it is called.
        at
            When it was made, UTC unless it says otherwise.

        Raises
        ------
        UnknownTrackError
            If a track is not in the catalog; nothing has changed then.
        CatalogMissingError
            If there is no catalog yet.
        CatalogBusyError, CatalogVersionError, CatalogWriteError
            If the catalog cannot be written; nothing has changed then.
        """
        which = {"list_name": list_name, "at": as_utc(at)}
        with self._open("edit") as connection:
            check_track_ids(connection, track_ids)
            connection.begin()
            connection.execute(
                "DELETE FROM shown WHERE list_name = $list_name AND shown_at = $at", which
            )
            connection.execute(
                """
                INSERT INTO shown BY NAME
                SELECT unnest($ids::VARCHAR[]) AS track_id, $list_name AS list_name,
                    generate_subscripts($ids::VARCHAR[], 1) AS position, $at::TIMESTAMP AS shown_at
                """,
                which | {"ids": list(track_ids)},
            )
            connection.commit()

    def read_shown(self) -> pl.DataFrame:
        """Read all lists that were shown, the first one first, each in its order.

        Returns
        -------
        polars.DataFrame
            `track_id`, `list_name`, `position` (from 1) and `shown_at` (UTC).

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        """
        with self._open("read") as connection:
            if not has_table(connection, "shown"):
                return pl.DataFrame(schema=_SCHEMA)
            return read_frame(
                connection.sql(
                    """
                    SELECT track_id, list_name, position, shown_at FROM shown
                    ORDER BY shown_at, list_name, position
                    """
                )
            )

"""Which tracks later imports have changed, so that what was made of them can be made again."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from partsong.catalog.file import CatalogFile, as_utc

if TYPE_CHECKING:
    import polars as pl

__all__ = ["Changes"]


class Changes(CatalogFile):
    """The part of a catalog that knows what imports have changed."""

    def read_changed(self, columns: Sequence[str], *, since: datetime) -> "pl.Series":
        """Read which known tracks were given another value, or one where they had none.

        Parameters
        ----------
        columns
            Columns of the table `tracks` that matter.
        since
            Only by imports that ended after this time, UTC unless it says otherwise.

        Returns
        -------
        polars.Series
            Their ids, sorted. Tracks that one of these imports brought are not among them.

        Raises
        ------
        CatalogMissingError
            If there is no catalog yet.
        """
        query = """
            SELECT DISTINCT track_id FROM track_origins JOIN imports USING (import_id)
            WHERE finished_at > $since::TIMESTAMP AND field IN (SELECT unnest($columns::VARCHAR[]))
            ORDER BY track_id
        """
        return self._read(query, {"since": as_utc(since), "columns": list(columns)}).to_series()

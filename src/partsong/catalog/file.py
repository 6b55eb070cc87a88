"""The catalog's file as an object, and what the parts of :class:`~partsong.catalog.Catalog` share."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from partsong.catalog.arrow import read_frame
from partsong.catalog.connection import Mode, open_catalog
from partsong.errors import UnknownTrackError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    import duckdb
    import polars as pl

__all__ = ["CatalogFile", "as_utc", "check_track_ids"]


class CatalogFile:
    """A file that is opened for each call and closed after it, so that processes can share it.

    Parameters
    ----------
    path
        The file.
    busy_timeout
        Seconds to wait for another process before giving up.
    """

    def __init__(self, path: Path | str, *, busy_timeout: float = 10.0) -> None:
        self.path = Path(path)
        self.busy_timeout = busy_timeout

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self.path)!r})"

    def _open(self, mode: Mode) -> "AbstractContextManager[duckdb.DuckDBPyConnection]":
        return open_catalog(self.path, mode, busy_timeout=self.busy_timeout)

    def _read(self, query: str, params: Mapping[str, Any] | None = None) -> "pl.DataFrame":
        with self._open("read") as connection:
            return read_frame(connection.sql(query, params=dict(params or {})))


def as_utc(time: datetime) -> datetime:
    """Return a time as the catalog keeps it: UTC, without saying so.

    Parameters
    ----------
    time
        In any time zone; UTC where it names none.

    Examples
    --------
    >>> as_utc(datetime.fromisoformat("2026-11-22T15:00+01:00"))
    datetime.datetime(2026, 11, 22, 14, 0)
    """
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


def check_track_ids(connection: "duckdb.DuckDBPyConnection", track_ids: Sequence[str]) -> None:
    """Make sure that all of these are tracks of the catalog.

    Parameters
    ----------
    connection
        The open catalog.
    track_ids
        Ids to look for.

    Raises
    ------
    UnknownTrackError
        If one is not there.
    """
    unknown = connection.execute(
        """
        SELECT id FROM (SELECT unnest(?::VARCHAR[]) AS id)
        WHERE id IS NULL OR id NOT IN (SELECT track_id FROM tracks)
        """,
        [list(track_ids)],
    ).fetchall()
    if unknown:
        shown = ", ".join(repr(one) for (one,) in unknown[:5])
        raise UnknownTrackError(
            f"The catalog has no track with the id {shown}.",
            hint="Name tracks by the track_id that the catalog gave them.",
        )

"""What the listener was asked once, and answered: the terms of a service, for one."""

from dataclasses import dataclass
from datetime import UTC, datetime

from partsong.catalog.file import CatalogFile, as_utc
from partsong.catalog.older_files import has_table

__all__ = ["Agreement", "Agreements"]


@dataclass(frozen=True, slots=True)
class Agreement:
    """An answer of the listener.

    Parameters
    ----------
    topic
        What was asked.
    answer
        Whether the listener agreed.
    said_at
        When, UTC.
    """

    topic: str
    answer: bool
    said_at: datetime


class Agreements(CatalogFile):
    """The part of a catalog that remembers answers."""

    def agreement(self, topic: str) -> Agreement | None:
        """Return what the listener answered last.

        Parameters
        ----------
        topic
            What was asked.

        Returns
        -------
        Agreement or None
            None where it was never asked, and where there is no catalog yet.
        """
        if not self.path.exists():
            return None
        with self._open("read") as connection:
            if not has_table(connection, "agreements"):
                return None
            rows = connection.execute(
                "SELECT topic, answer, said_at FROM agreements WHERE topic = ?", [topic]
            ).fetchall()
        return Agreement(*rows[0]) if rows else None

    def agree(self, topic: str, *, answer: bool) -> None:
        """Remember what the listener answers; it replaces what was answered before.

        Parameters
        ----------
        topic
            What was asked. The catalog is made if it is not there yet.
        answer
            Whether the listener agrees.

        Raises
        ------
        CatalogBusyError, CatalogVersionError, CatalogWriteError
            If the catalog cannot be written; nothing has changed then.
        """
        with self._open("write") as connection:
            connection.begin()
            connection.execute("DELETE FROM agreements WHERE topic = ?", [topic])
            connection.execute(
                "INSERT INTO agreements VALUES (?, ?, ?)",
                [topic, answer, as_utc(datetime.now(UTC))],
            )
            connection.commit()

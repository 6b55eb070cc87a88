"""Entries and problems as a parser finds them, within bounds."""

from pathlib import Path
from typing import Any, Final

from partsong.errors import UnreadableFileError
from partsong.playlists.entries import PlaylistEntry, PlaylistFile
from partsong.rows import Problem

__all__ = ["MOST_BYTES", "MOST_ENTRIES", "Gathering"]

MOST_BYTES: Final = 64 * 2**20
"""Size of the largest playlist file that is read or written, 64 MB."""

MOST_ENTRIES: Final = 500_000
"""Tracks of the longest playlist that is read or written."""

_MOST_SHOWN: Final = 200


class Gathering:
    """Collect what one file says.

    Parameters
    ----------
    path
        The file; problems carry its name.

    Examples
    --------
    >>> found = Gathering(Path("mine.txt"))
    >>> found.add(1, "Surf", title="Surf")
    >>> found.add(2, "", title="")
    >>> [problem.reason for problem in found.finish("Mine").problems]
    ['names no track']
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._entries: list[PlaylistEntry] = []
        self._problems: list[Problem] = []

    def add(self, line: int, text: str, **fields: Any) -> None:
        """Take an entry, or note that its line names no track.

        Parameters
        ----------
        line
            Where it stands in the file, from 1.
        text
            The line itself, for the report.
        fields
            What a `PlaylistEntry` takes.

        Raises
        ------
        UnreadableFileError
            If there are too many.
        """
        if len(self._entries) == MOST_ENTRIES:
            raise UnreadableFileError(
                f"{self.path.name} holds more than {MOST_ENTRIES:,} tracks (line {line:,}).",
                hint="Split it into several files.",
            )
        try:
            entry = PlaylistEntry(**fields)
        except ValueError:
            self.refuse(line, text, "names no track")
        else:
            self._entries.append(entry)

    def refuse(self, line: int, text: str, reason: str, *, column: str = "") -> None:
        """Note a line or value that cannot be used.

        Parameters
        ----------
        line, text
            Where, and what stands there.
        reason
            Why, in a few words.
        column
            The column, tag or key, where one value is meant.
        """
        shown = text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 1]}…"
        self._problems.append(Problem(self.path.name, line, column, shown, reason))

    def finish(self, name: str | None) -> PlaylistFile:
        """Return all of it.

        Parameters
        ----------
        name
            What the file calls the playlist; None or empty for the file's own name.
        """
        return PlaylistFile(
            (name or "").strip() or self.path.stem, tuple(self._entries), tuple(self._problems)
        )

"""What befalls the rows and values of one file, told to the import report as it happens."""

from dataclasses import dataclass, field
from typing import Final

from partsong.errors import UnusableColumnError
from partsong.rows import ImportReport, Problem

__all__ = ["Ledger", "Tally"]

_SHOWN_PROBLEMS: Final = 20
_LONGEST_SHOWN: Final = 80


@dataclass(slots=True)
class Tally:
    """How many values one column held, and how many of them made no sense at all."""

    given: int = 0
    unread: int = 0
    first: Problem | None = None


@dataclass(slots=True)
class Ledger:
    """Keep the report on one file.

    Parameters
    ----------
    report
        The import's report, which several files may share.
    file
        The file's name.
    tallies
        What each column held so far.
    """

    report: ImportReport
    file: str
    tallies: dict[str, Tally] = field(default_factory=dict)

    def drop_row(self, line: int, reason: str) -> None:
        """Count a row that was read and left out."""
        self.report.read += 1
        self.report.dropped[reason] += 1
        self.show_problem(line, "", "", reason)

    def note(self, text: str) -> None:
        """Add a remark on this file to the report."""
        self.report.notes.append(f"{self.file}: {text}")

    @property
    def has_room(self) -> bool:
        """Whether the report still shows problems one by one."""
        return len(self.report.problems) < _SHOWN_PROBLEMS

    def show_problem(self, line: int, column: str, value: str, reason: str) -> Problem:
        """Return a problem and its place, shown in the report as long as there is room."""
        shown = value if len(value) <= _LONGEST_SHOWN else value[: _LONGEST_SHOWN - 1] + "…"
        problem = Problem(self.file, line, column, shown, reason)
        if self.has_room:
            self.report.problems.append(problem)
        return problem

    def require_usable_columns(self) -> None:
        """Raise if some column held values, and none of them was of the right kind.

        Raises
        ------
        UnusableColumnError
            For the first such column, with the line and value that came first.
        """
        for column, tally in self.tallies.items():
            if tally.first is not None and tally.unread == tally.given:
                first = tally.first
                raise UnusableColumnError(
                    f"{self.file}: none of the {tally.given:,} values in column {column!r} can be"
                    f" used; the first is {first.value!r} in line {first.line}: {first.reason}.",
                    hint=f"Name the right column with --map COLUMN=FIELD, or leave this one out with"
                    f" --map '{column}=ignore'.",
                )

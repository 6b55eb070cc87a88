"""What befalls the rows and values of one file, told to the import report as it happens."""

from dataclasses import dataclass, field
from typing import Final

import polars as pl

from partsong.errors import UnusableColumnError
from partsong.rows import ImportReport, Problem
from partsong.sources.tables.reading import NOT_READ, Reading

__all__ = ["LINE", "Ledger", "Tally"]

LINE: Final = "line"
"""The column of a block that holds each row's place in its file, counted from 1."""

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

    def drop_rows(self, block: pl.DataFrame, reasons: pl.Series) -> pl.DataFrame:
        """Take out of a block, and count, the rows that have a reason to go."""
        if reasons.null_count() == len(reasons):
            return block
        for line, reason in zip(block[LINE], reasons, strict=True):
            if reason is not None:
                self.drop_row(line, reason)
        return block.filter(reasons.is_null())

    def drop_repeated_headers(self, block: pl.DataFrame) -> pl.DataFrame:
        """Take out the rows that repeat the header, as in files put together from several.

        More than half of a row's text must be the names of its columns, since a header may have
        been edited after the files were put together.
        """
        texts = [name for name, dtype in block.schema.items() if dtype == pl.String]
        if len(texts) < 2:
            return block
        alike = pl.sum_horizontal(pl.col(name) == pl.lit(name) for name in texts)
        is_header = (alike > 1) & (alike > len(texts) / 2)
        reasons = block.select(pl.when(is_header).then(pl.lit("the header once more")))
        return self.drop_rows(block, reasons.to_series())

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

    def count_losses(self, block: pl.DataFrame, column: str, field: str, reading: Reading) -> None:
        """Count what a column of a block held and lost, and show the first losses.

        Parameters
        ----------
        block
            The raw values with their lines.
        column, field
            The column's name in the file, and the field that it fills.
        reading
            What came of it.
        """
        tally = self.tallies.setdefault(column, Tally())
        is_lost = reading.reason.is_not_null()
        lost = int(is_lost.sum())
        tally.given += lost + len(reading.value) - reading.value.null_count()
        if not lost:
            return
        for reason, count in reading.reason.filter(is_lost).value_counts().iter_rows():
            self.report.set_missing[f"{field}: {reason}"] += count
            tally.unread += count if reason in NOT_READ else 0
        if tally.first is None or self.has_room:
            places = is_lost.arg_true().head(_SHOWN_PROBLEMS)
            texts = block[column].gather(places).cast(pl.String, strict=False).fill_null("")
            reasons = reading.reason.gather(places)
            for line, text, reason in zip(block[LINE].gather(places), texts, reasons, strict=True):
                problem = self.show_problem(line, column, text, reason)
                tally.first = tally.first or problem

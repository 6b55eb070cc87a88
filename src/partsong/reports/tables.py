"""Tables of a report: which columns hold numbers, and how a value is written."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

__all__ = ["Table"]

Cell: TypeAlias = str | float | None

_NUMBER: Final = re.compile(r"[+\-\N{MINUS SIGN}]?[\d,]*\.?\d+ ?%?", re.ASCII)
_MISSING: Final = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headers.

    Parameters
    ----------
    headers
        One for each column.
    rows
        As many cells in each as there are headers. Whole numbers are written with thousands
        separators, others with three significant digits; None and NaN as a dash. Whoever wants
        another form hands in text.

    Raises
    ------
    ValueError
        If a row is longer or shorter than the headers.

    Examples
    --------
    >>> table = Table(["part", "tracks"], [["quiet", 1500], ["loud", None]])
    >>> table.cells[0]
    ['quiet', '1,500']
    >>> table.is_numeric
    [False, True]
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[Cell]]

    def __post_init__(self) -> None:
        for place, row in enumerate(self.rows):
            if len(row) != len(self.headers):
                raise ValueError(
                    f"Row {place} has {len(row)} cells under {len(self.headers)} headers."
                )

    @property
    def cells(self) -> list[list[str]]:
        """The rows as they are written."""
        return [[_written(cell) for cell in row] for row in self.rows]

    @property
    def is_numeric(self) -> list[bool]:
        """Whether each column holds numbers, or text that reads as numbers, and nothing else."""
        columns = list(zip(*self.cells, strict=True)) or [()] * len(self.headers)
        return [
            any(cell != _MISSING for cell in column)
            and all(cell == _MISSING or _NUMBER.fullmatch(cell) for cell in column)
            for column in columns
        ]


def _written(cell: Cell) -> str:
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return _MISSING
    if isinstance(cell, str):
        return cell
    if isinstance(cell, int) or abs(cell) >= 100:
        return f"{cell:,.0f}"
    return f"{cell:.3g}"

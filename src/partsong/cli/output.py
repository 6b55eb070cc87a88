"""How results, progress and errors look in a terminal.

Rich leaves colours and bars out when the output is piped. Titles and names are other people's text:
everything passes as plain text, so that neither markup nor escape sequences in it take effect.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.table import Table
from rich.text import Text

from partsong.errors import PartsongError, QueryError
from partsong.plain_text import plain_text

__all__ = [
    "bar",
    "new_table",
    "print_json",
    "print_line",
    "print_table",
    "show_error",
    "show_interruption",
    "show_progress",
]

# JSON escapes the control characters below the space by itself.
_ESCAPED_CONTROLS = {code: f"\\u{code:04x}" for code in range(0x7F, 0xA0)}
_MOST_CANDIDATES = 12
_BAR_EIGHTHS = " ▏▎▍▌▋▊▉█"


def _console(*, stderr: bool = False) -> Console:
    return Console(stderr=stderr, highlight=False, soft_wrap=False)


def print_json(result: Mapping[str, Any]) -> None:
    """Print one JSON object on standard output."""
    printed = json.dumps(result, ensure_ascii=False, indent=2).translate(_ESCAPED_CONTROLS)
    sys.stdout.write(printed + "\n")


def print_line(text: str = "", *, style: str = "") -> None:
    """Print a line of text as it is, without markup."""
    _console().print(Text(plain_text(text), style=style))


class _PlainTable(Table):
    """A table whose cells are text and nothing else."""

    def add_row(self, *cells: Any, **options: Any) -> None:
        super().add_row(*(Text(plain_text(cell)) for cell in cells), **options)


def new_table(*headers: str, beside: int = 0) -> Table:
    """Return a table without frames.

    A header ending in ``>`` aligns its column right; one in ``…`` cuts each line to what is left of
    the terminal's width beside `beside` characters in the other columns.
    """
    table = _PlainTable(
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        header_style="dim",
    )
    for header in headers:
        table.add_column(
            header.rstrip(">…"),
            justify="right" if header.endswith(">") else "left",
            no_wrap=header.endswith((">", "…")),
            overflow="ellipsis" if header.endswith("…") else "fold",
            max_width=max(_console().width - beside, 20) if header.endswith("…") else None,
        )
    return table


def print_table(table: Table) -> None:
    """Print a table on standard output."""
    _console().print(table)


def bar(share: float, *, width: int = 12) -> str:
    """Draw a share from 0 to 1 as a bar of text.

    Examples
    --------
    >>> bar(0.5, width=4)
    '██  '
    """
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    full, rest = divmod(eighths, 8)
    drawn = "█" * full + (_BAR_EIGHTHS[rest] if rest else "")
    return drawn.ljust(width)


class _ProgressBars:
    """The `partsong.progress.Progress` that draws one bar a task on standard error."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._open: list[Any] = []

    def start(self, task: str, total: float | None = None) -> None:
        self._open.append(self._bars.add_task(task, total=total))

    def advance(self, amount: float = 1) -> None:
        if self._open:
            self._bars.advance(self._open[-1], amount)

    def finish(self) -> None:
        if self._open:
            self._bars.remove_task(self._open.pop())


@contextmanager
def show_progress() -> Iterator[_ProgressBars]:
    """Draw progress bars while the block runs; nothing where standard error is no terminal."""
    console = _console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bars:
        yield _ProgressBars(bars)


def show_error(error: PartsongError) -> None:
    """Print what is wrong, the nearest candidates, and the mend, on standard error."""
    console = _console(stderr=True)
    console.print(Text.assemble(("error: ", "bold red"), plain_text(str(error))), soft_wrap=True)
    if isinstance(error, QueryError):
        for candidate in error.candidates[:_MOST_CANDIDATES]:
            console.print(Text(plain_text(f"       {candidate}")), soft_wrap=True)
        more = len(error.candidates) - _MOST_CANDIDATES
        if more > 0:
            console.print(f"       and {more:,} more", soft_wrap=True)
    console.print(Text.assemble(("  hint: ", "bold"), plain_text(error.hint)), soft_wrap=True)


def show_interruption() -> None:
    """Say that an interrupted command left everything as it was."""
    _console(stderr=True).print("interrupted: nothing was changed")

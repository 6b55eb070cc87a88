"""What an import did, in the same words for files and for every service."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from partsong.cli.output import new_table, print_json, print_line, print_table
from partsong.plain_text import local_time

if TYPE_CHECKING:
    from partsong.rows import ImportReport
    from partsong.workflow import LibraryCoverage

__all__ = ["print_report", "tell_import"]

_SHOWN_PROBLEMS = 5


def tell_import(
    report: "ImportReport", *, catalog: Path | str | None = None, as_json: bool = False
) -> None:
    """Print what an import did and what the library lacks now; leave with 1 if it was stopped.

    Parameters
    ----------
    report
        What became of the rows.
    catalog
        The catalog's file.
    as_json
        Whether a program reads it.
    """
    from partsong import workflow

    coverage = workflow.coverage_of(workflow.open_catalog(catalog))
    if as_json:
        print_json({**report.to_dict(), "library": coverage.to_dict()})
    else:
        print_report(report, coverage)
    if report.stopped:
        raise typer.Exit(1)


def print_report(report: "ImportReport", coverage: "LibraryCoverage | None" = None) -> None:
    """Print what an import did, and why it stopped if it did.

    Parameters
    ----------
    report
        What became of the rows.
    coverage
        How much of the library has features now.
    """
    print_line(f"{', '.join(report.files)}: read as {report.layout}", style="bold")
    table = new_table("", "rows>", "")
    table.add_row("read", f"{report.read:,}")
    table.add_row("kept", f"{report.kept:,}", "new tracks")
    table.add_row("merged", f"{report.merged:,}", "into tracks known before")
    if report.listens:
        table.add_row("listens", f"{report.listens:,}", "new plays")
    for reason, count in report.dropped.most_common():
        table.add_row("dropped", f"{count:,}", reason)
    print_table(table)
    if report.set_missing:
        print_line("Values set to missing")
        values = new_table("", "values>")
        for reason, count in report.set_missing.most_common():
            values.add_row(reason, f"{count:,}")
        print_table(values)
    if report.changed:
        changed = ", ".join(f"{column} ({count:,})" for column, count in report.changed.items())
        print_line(f"Values that a newer row replaced: {changed}")
    for problem in report.problems[:_SHOWN_PROBLEMS]:
        what = f"{problem.column} {problem.value!r}: " if problem.column else ""
        print_line(f"  {problem.file}:{problem.line}: {what}{problem.reason}", style="dim")
    for note in report.notes:
        print_line(f"note: {note}", style="dim")
    if report.stopped:
        _print_stop(report)
    if coverage is not None:
        _print_coverage(coverage)


def _print_stop(report: "ImportReport") -> None:
    when = "" if report.resume_at is None else f" after {local_time(report.resume_at)}"
    print_line(f"Stopped: {report.stopped}", style="bold")
    print_line(f"What arrived is kept. Go on{when} with:")
    print_line(f"  {shlex.join(['partsong', *sys.argv[1:]])}")


def _print_coverage(coverage: "LibraryCoverage") -> None:
    what = "Your library" if coverage.is_library else "The catalog"
    n_missing = coverage.n_tracks - coverage.n_with_features
    print_line(
        f"{what}: {coverage.n_tracks:,} tracks, {_percent(coverage.share)} with features for a fit."
    )
    if n_missing:
        print_line(f"To get features for the other {n_missing:,}:")
        for way in coverage.advice:
            print_line(f"  {way}")


def _percent(share: float) -> str:
    """Say a share in percent, and never call it all, or none, where it is not."""
    percent = min(max(round(100 * share), 1 if share > 0 else 0), 99 if share < 1 else 100)
    return f"{percent}%"

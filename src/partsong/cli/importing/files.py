"""``partsong import``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from partsong.cli.options import CatalogOption, JsonOption
from partsong.cli.output import new_table, print_json, print_line, print_table, show_progress

if TYPE_CHECKING:
    from partsong.rows import ImportReport

__all__ = ["import_command"]

_SHOWN_PROBLEMS = 5


def import_command(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="CSV, TSV, JSON lines (each also gzipped) or Parquet files of tracks.",
            show_default=False,
        ),
    ],
    *,
    library: Annotated[
        bool, typer.Option("--library", help="Mark the tracks as known to you (heard, owned).")
    ] = False,
    layout: Annotated[
        str | None,
        typer.Option(
            "--as",
            metavar="LAYOUT",
            help="Read the files in this layout instead of recognising it.",
            show_default=False,
        ),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map",
            metavar="COLUMN=FIELD",
            help="Read a column of the file as a field of the catalog; may be repeated.",
            show_default=False,
        ),
    ] = None,
    artists: Annotated[
        Path | None,
        typer.Option(
            "--artists",
            metavar="FILE",
            help="A table of artists beside the tracks (id, name, genres, ...).",
            show_default=False,
        ),
    ] = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read files of tracks into the catalog, whole or not at all."""
    from partsong import workflow

    with show_progress() as progress:
        report = workflow.import_files(
            files,
            catalog=catalog,
            layout=layout,
            mapping=_parse_mapping(mapping or []),
            artists=artists,
            library=library,
            progress=progress,
        )
    if as_json:
        print_json(report.to_dict())
    else:
        _print_report(report)


def _parse_mapping(pairs: list[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        column, equals, field = pair.rpartition("=")
        if not (column and equals and field):
            raise typer.BadParameter(f"{pair!r} is not COLUMN=FIELD.", param_hint="--map")
        mapping[column.strip()] = field.strip()
    return mapping


def _print_report(report: "ImportReport") -> None:
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

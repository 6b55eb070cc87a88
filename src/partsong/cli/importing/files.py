"""``partsong import``."""

from pathlib import Path
from typing import Annotated

import typer

from partsong.cli.importing.report import tell_import
from partsong.cli.options import CatalogOption, JsonOption
from partsong.cli.output import show_progress

__all__ = ["import_command"]


def import_command(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...",
            help="Tables (CSV, TSV, JSON lines, Parquet), a Spotify data export, Library.xml of"
            " iTunes, library.db of beets, playlists, or folders of these.",
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
            help="Read tables in this layout instead of recognising it.",
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
    only_features: Annotated[
        bool,
        typer.Option(
            "--only-features",
            help="Fill in features that tracks of the catalog lack, and nothing else.",
        ),
    ] = False,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            metavar="NAME",
            help="What these features are called; by default as the data set, or the file.",
            show_default=False,
        ),
    ] = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read files of every kind into the catalog, whole or not at all."""
    from partsong import workflow

    with show_progress() as progress:
        report = workflow.import_files(
            files,
            catalog=catalog,
            layout=layout,
            mapping=_parse_mapping(mapping or []),
            artists=artists,
            library=library,
            only_features=only_features,
            source=source,
            progress=progress,
        )
    tell_import(report, catalog=catalog, as_json=as_json)


def _parse_mapping(pairs: list[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        column, equals, field = pair.rpartition("=")
        if not (column and equals and field):
            raise typer.BadParameter(f"{pair!r} is not COLUMN=FIELD.", param_hint="--map")
        mapping[column.strip()] = field.strip()
    return mapping

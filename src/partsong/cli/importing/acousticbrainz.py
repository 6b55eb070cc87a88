"""``partsong import acousticbrainz``."""

from pathlib import Path
from typing import Annotated

import typer

from partsong.cli.importing.report import tell_import
from partsong.cli.options import CatalogOption, JsonOption
from partsong.cli.output import show_progress

__all__ = ["acousticbrainz_command"]


def acousticbrainz_command(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="Dumps (.tar, .tar.zst, .tar.bz2), folders of them or of what was in them, "
            "JSON files, and the tables of selected features.",
            show_default=False,
        ),
    ],
    *,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Fill in features by MusicBrainz id from the data of AcousticBrainz, closed in 2022."""
    from partsong import workflow

    with show_progress() as progress:
        report = workflow.import_acousticbrainz(paths, catalog=catalog, progress=progress)
    tell_import(report, catalog=catalog, as_json=as_json)

"""``partsong import subsonic``."""

from typing import Annotated

import typer

from partsong.cli.importing.history import DryRunOption
from partsong.cli.importing.plan import tell_plan
from partsong.cli.importing.report import tell_import
from partsong.cli.options import CatalogOption, JsonOption
from partsong.cli.output import show_progress

__all__ = ["subsonic_command"]


def subsonic_command(
    *,
    playlists: Annotated[
        bool, typer.Option("--playlists/--no-playlists", help="Read your playlists, too.")
    ] = True,
    dry_run: DryRunOption = False,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the music of your own server: Navidrome, gonic, Ampache and others."""
    from partsong import workflow

    with show_progress() as progress:
        if dry_run:
            plan = workflow.plan_subsonic(playlists=playlists, catalog=catalog, progress=progress)
        else:
            report = workflow.import_subsonic(
                playlists=playlists, catalog=catalog, progress=progress
            )
    if dry_run:
        tell_plan(plan, as_json=as_json)
    else:
        tell_import(report, catalog=catalog, as_json=as_json)

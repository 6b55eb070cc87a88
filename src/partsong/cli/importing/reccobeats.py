"""``partsong import reccobeats``."""

from typing import Annotated

import typer

from partsong.cli.importing.history import DryRunOption
from partsong.cli.importing.plan import tell_plan
from partsong.cli.importing.report import tell_import
from partsong.cli.options import CatalogOption, JsonOption
from partsong.cli.output import show_progress

__all__ = ["reccobeats_command"]


def reccobeats_command(
    *,
    all_tracks: Annotated[
        bool,
        typer.Option("--all", help="Ask for all of the catalog, not for your library alone."),
    ] = False,
    n_sample: Annotated[
        int,
        typer.Option(
            "--sample",
            min=0,
            metavar="N",
            help="Ask for N tracks with Spotify's features too, to bring the scales into line.",
        ),
    ] = 200,
    dry_run: DryRunOption = False,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask ReccoBeats for the audio features of tracks that have none."""
    from partsong import workflow

    if dry_run:
        plan = workflow.plan_reccobeats(all_tracks=all_tracks, n_sample=n_sample, catalog=catalog)
        tell_plan(plan, as_json=as_json)
        return
    with show_progress() as progress:
        report = workflow.import_reccobeats(
            all_tracks=all_tracks, n_sample=n_sample, catalog=catalog, progress=progress
        )
    tell_import(report, catalog=catalog, as_json=as_json)

"""``partsong import lastfm``."""

from typing import Annotated

import typer

from partsong.cli.importing.history import (
    AllOption,
    DryRunOption,
    SinceOption,
    WhatOption,
    begin_of,
    parts_of,
)
from partsong.cli.importing.plan import tell_plan
from partsong.cli.importing.report import tell_import
from partsong.cli.options import CatalogOption, JsonOption
from partsong.cli.output import show_progress

__all__ = ["lastfm_command"]


def lastfm_command(
    user: Annotated[
        str | None,
        typer.Argument(
            metavar="USER",
            help="Your name on Last.fm; the one you set up by default.",
            show_default=False,
        ),
    ] = None,
    *,
    since: SinceOption = None,
    everything: AllOption = False,
    what: WhatOption = None,
    n_seeds: Annotated[
        int,
        typer.Option(
            "--similar",
            min=0,
            max=1000,
            metavar="N",
            help="Seek candidates that are similar to your N most played tracks, a request each.",
        ),
    ] = 25,
    dry_run: DryRunOption = False,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read your scrobbles and loved tracks, and tracks similar to those you play most."""
    from partsong import workflow

    begin, parts = begin_of(since, everything=everything), parts_of(what)
    if dry_run:
        plan = workflow.plan_lastfm(
            user, catalog=catalog, what=parts, since=begin, everything=everything, n_seeds=n_seeds
        )
        tell_plan(plan, as_json=as_json)
        return
    with show_progress() as progress:
        report = workflow.import_lastfm(
            user,
            catalog=catalog,
            what=parts,
            since=begin,
            everything=everything,
            n_seeds=n_seeds,
            progress=progress,
        )
    tell_import(report, catalog=catalog, as_json=as_json)

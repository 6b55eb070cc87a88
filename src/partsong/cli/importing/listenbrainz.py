"""``partsong import listenbrainz``."""

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

__all__ = ["listenbrainz_command"]


def listenbrainz_command(
    user: Annotated[
        str | None,
        typer.Argument(
            metavar="USER",
            help="Your name on ListenBrainz; the one you set up by default.",
            show_default=False,
        ),
    ] = None,
    *,
    since: SinceOption = None,
    everything: AllOption = False,
    what: WhatOption = None,
    dry_run: DryRunOption = False,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read your listens, loves and hates, and what ListenBrainz recommends."""
    from partsong import workflow

    begin, parts = begin_of(since, everything=everything), parts_of(what)
    if dry_run:
        plan = workflow.plan_listenbrainz(
            user, catalog=catalog, what=parts, since=begin, everything=everything
        )
        tell_plan(plan, as_json=as_json)
        return
    with show_progress() as progress:
        report = workflow.import_listenbrainz(
            user,
            catalog=catalog,
            what=parts,
            since=begin,
            everything=everything,
            progress=progress,
        )
    tell_import(report, catalog=catalog, as_json=as_json)

"""Options of the services that keep a listener's history, declared once."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from partsong.sources import HistoryPart

__all__ = ["AllOption", "DryRunOption", "SinceOption", "WhatOption", "begin_of", "parts_of"]

SinceOption = Annotated[
    datetime | None,
    typer.Option(
        "--since",
        metavar="DATE",
        formats=["%Y-%m-%d"],
        help="Only listens from this day on; by default those that may be new since the last import.",
        show_default=False,
    ),
]

AllOption = Annotated[
    bool, typer.Option("--all", help="All listens, whatever was imported before.")
]

WhatOption = Annotated[
    str | None,
    typer.Option(
        "--what",
        metavar="PARTS",
        help="Some of listens, feedback and candidates, with commas; all by default.",
        show_default=False,
    ),
]

DryRunOption = Annotated[
    bool, typer.Option("--dry-run", help="Tell how many requests it will make, and stop there.")
]


def begin_of(since: datetime | None, *, everything: bool) -> datetime | None:
    """Return the start of the first day that is asked for.

    Parameters
    ----------
    since
        The day.
    everything
        Whether all listens are asked for as well, which nobody can mean.
    """
    if since is None:
        return None
    if everything:
        raise typer.BadParameter("Say --since or --all, not both.", param_hint="--since")
    return since.replace(tzinfo=UTC)


def parts_of(what: str | None) -> "tuple[HistoryPart, ...]":
    """Return the parts that a text with commas names, all of them without one.

    Parameters
    ----------
    what
        The text.
    """
    from partsong.sources import ALL_PARTS

    if what is None:
        return ALL_PARTS
    named = {word.strip() for word in what.split(",")} - {""}
    unknown = sorted(named - {*ALL_PARTS})
    if unknown or not named:
        raise typer.BadParameter(
            f"{', '.join(unknown) or what!r} is none of {', '.join(ALL_PARTS)}.",
            param_hint="--what",
        )
    return tuple(part for part in ALL_PARTS if part in named)

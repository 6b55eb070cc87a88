"""``partsong path``."""

from typing import TYPE_CHECKING, Annotated

import typer

from partsong.cli.importing.spotify_login import allow_writing
from partsong.cli.options import CatalogOption, JsonOption, ModelOption, with_filters
from partsong.cli.output import bar, new_table, print_json, print_line, print_table
from partsong.cli.wishes import ExportOption, PerArtistOption, UnheardOption

if TYPE_CHECKING:
    from partsong.workflow import PathResult

__all__ = ["path"]


@with_filters
def path(
    start: Annotated[
        str,
        typer.Argument(
            metavar="START",
            help='The track to start from: "Title", "Title - Artist", a track id or a Spotify link.',
            show_default=False,
        ),
    ],
    end: Annotated[
        str, typer.Argument(metavar="END", help="The track to arrive at.", show_default=False)
    ],
    *,
    n: Annotated[int, typer.Option("-n", min=2, help="Tracks of the path, both ends included.")] = (
        12
    ),
    unheard: UnheardOption = False,
    per_artist: PerArtistOption = 1,
    where: list[str],
    export: ExportOption = None,
    model: ModelOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Walk from one song to another through real tracks, in even steps."""
    from partsong import workflow

    allow_writing(export)
    result = workflow.find_path(
        start,
        end,
        catalog=catalog,
        model=model,
        n=n,
        unheard=unheard,
        per_artist=per_artist or None,
        where=where,
        export=export,
    )
    if as_json:
        print_json(result.to_dict())
        return
    _print_path(result)
    if result.exported is not None:
        print_line(result.exported.sentence)


def _print_path(result: "PathResult") -> None:
    table = new_table("on the way", "likeness>", "track", "in common with the one before")
    for number, step in enumerate(result.steps):
        shared = [reason.part for reason in step.track.reasons][:2] if number else []
        table.add_row(
            bar(step.along, width=10),
            f"{step.track.score:.3f}" if number else "",
            step.track.label,
            "; ".join(shared),
        )
    print_table(table)
    if result.verdict:
        print_line(result.verdict, style="yellow")

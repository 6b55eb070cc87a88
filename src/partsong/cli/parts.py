"""``partsong parts``."""

from typing import TYPE_CHECKING, Annotated

import typer

from partsong.cli.options import CatalogOption, JsonOption, ModelOption
from partsong.cli.output import bar, new_table, print_json, print_line, print_table

if TYPE_CHECKING:
    from partsong.workflow import PartsResult

__all__ = ["parts", "print_parts"]

_BAR_AND_GAPS = 12 + 4 + 6


def parts(
    *,
    tracks: Annotated[
        int, typer.Option("--tracks", min=0, help="Tracks to show of each part.")
    ] = 3,
    model: ModelOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the parts that were learned: names, shares, features and tracks."""
    from partsong import workflow

    result = workflow.list_parts(catalog=catalog, model=model, n_tracks=tracks)
    if as_json:
        print_json(result.to_dict())
    else:
        print_parts(result)


def print_parts(result: "PartsResult") -> None:
    """Print the parts as a table, the largest first."""
    largest = max((part.share for part in result.parts), default=1.0)
    widest = max((len(part.name) for part in result.parts), default=0)
    table = new_table("part", "share", ">", "typical tracks…", beside=widest + _BAR_AND_GAPS)
    for part in result.parts:
        table.add_row(
            part.name,
            bar(part.share / largest),
            f"{part.share:.0%}",
            "\n".join(track.label for track in part.tracks) or "-",
        )
    print_line()
    print_table(table)

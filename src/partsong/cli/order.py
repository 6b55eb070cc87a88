"""``partsong order``."""

from typing import TYPE_CHECKING, Annotated

import typer

from partsong.cli.importing.spotify_login import allow_writing
from partsong.cli.options import CatalogOption, JsonOption, ModelOption
from partsong.cli.output import new_table, print_json, print_line, print_table
from partsong.cli.wishes import ExportOption

if TYPE_CHECKING:
    from partsong.workflow import OrderResult

__all__ = ["order"]

_SHOWN_MISSING = 5


def order(
    playlist: Annotated[
        str,
        typer.Argument(
            metavar="NAME|FILE",
            help="A playlist of the catalog, or a playlist file.",
            show_default=False,
        ),
    ],
    *,
    keys: Annotated[
        bool, typer.Option("--keys", help="Let keys count as much as the sound.")
    ] = False,
    tempi: Annotated[
        bool, typer.Option("--tempi", help="Let tempi count as much as the sound.")
    ] = False,
    first: Annotated[
        str | None,
        typer.Option("--first", metavar="TITLE", help="Begin with this track.", show_default=False),
    ] = None,
    export: ExportOption = None,
    model: ModelOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Order a playlist so that each track fits the one before."""
    from partsong import workflow

    allow_writing(export)
    result = workflow.order_playlist(
        playlist,
        catalog=catalog,
        model=model,
        keys=keys,
        tempi=tempi,
        first=first,
        export=export,
    )
    if as_json:
        print_json(result.to_dict())
        return
    _print_order(result, keys=keys, tempi=tempi)
    if result.exported is not None:
        print_line(result.exported.sentence)


def _print_order(result: "OrderResult", *, keys: bool, tempi: bool) -> None:
    headers = [*(["key"] if keys else []), *(["BPM>"] if tempi else [])]
    table = new_table("likeness>", *headers, "track", "was>")
    for number, one in enumerate(result.tracks):
        tempo = "" if one.tempo is None else f"{one.tempo:.0f}"
        table.add_row(
            f"{one.track.score:.3f}" if number else "",
            *([one.key] if keys else []),
            *([tempo] if tempi else []),
            one.track.label,
            str(one.was),
        )
    print_table(table)
    print_line(
        f"Neighbours are alike by {result.likeness_after:.3f} on average, "
        f"before by {result.likeness_before:.3f}; their mean distance is {result.cost_after:.2f} "
        f"of that of any two, before {result.cost_before:.2f}."
    )
    if result.not_found:
        named = "; ".join(result.not_found[:_SHOWN_MISSING])
        more = len(result.not_found) - _SHOWN_MISSING
        print_line(
            f"Left out, as the catalog or the model does not hold them: {named}"
            + (f" and {more} more." if more > 0 else ".")
        )

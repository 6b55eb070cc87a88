"""``partsong why``."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from partsong.cli.options import CatalogOption, JsonOption, ModelOption, with_filters
from partsong.cli.output import new_table, print_json, print_line, print_table
from partsong.cli.recommend import reason_text
from partsong.cli.wishes import with_wishes

if TYPE_CHECKING:
    from partsong.workflow import WhyResult

__all__ = ["why"]


@with_wishes
@with_filters
def why(
    title: Annotated[
        str, typer.Argument(metavar="TITLE", help="The track in question.", show_default=False)
    ],
    *,
    like: Annotated[
        list[str] | None,
        typer.Option(
            "--like",
            metavar="TITLE",
            help="A seed track, may be repeated; the last question is meant without any.",
            show_default=False,
        ),
    ] = None,
    wishes: dict[str, Any],
    where: list[str],
    model: ModelOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell where a track ranks for a question, and what held it back."""
    from partsong import workflow

    result = workflow.explain_absence(
        title,
        like or (),
        catalog=catalog,
        model=model,
        **wishes,
        where=where,
    )
    if as_json:
        print_json(result.to_dict())
    else:
        _print_why(result)


def _print_why(result: "WhyResult") -> None:
    print_line(f"{result.track.label}, asked for tracks like {result.asked_like}", style="bold")
    if result.place is not None:
        print_line(f"It is in the list, at place {result.place}.")
    for hindrance in result.hindrances:
        print_line(f"- {hindrance.sentence}")
    if not result.score:
        return
    table = new_table("score>", "track", "because of")
    table.add_row(
        f"{result.score:.3f}", result.track.label, reason_text(result.reasons, result.score)
    )
    if result.last is not None and result.place is None:
        last = result.last
        table.add_row(f"{last.score:.3f}", last.label, reason_text(last.reasons, last.score))
    print_table(table)

"""``partsong explore``."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from partsong.cli.options import CatalogOption, JsonOption, RecipeOption, with_filters
from partsong.cli.output import bar, new_table, print_json, print_line, print_table, show_progress

if TYPE_CHECKING:
    from partsong.workflow import ExploreResult

__all__ = ["explore"]


class _By(StrEnum):
    genre = "genre"
    decade = "decade"


@with_filters
def explore(
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The page to write.")
    ] = Path("partsong-explore.html"),
    by: Annotated[
        _By | None,
        typer.Option("--by", help="Compare the largest of these in the pictures."),
    ] = None,
    feature: Annotated[
        list[str] | None,
        typer.Option(
            "--feature",
            metavar="NAME",
            help="Draw this feature against all others; may be repeated. By default danceability "
            "and popularity.",
            show_default=False,
        ),
    ] = None,
    recipe: RecipeOption = "balanced",
    where: list[str],
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Draw what is in the catalog, what it lacks and what would spoil a fit, on one page."""
    from partsong import workflow

    with show_progress() as progress:
        result = workflow.explore_catalog(
            output,
            catalog=catalog,
            recipe=recipe,
            where=where,
            by=None if by is None else by.value,
            features=feature or (),
            progress=progress,
        )
    if as_json:
        print_json(result.to_dict())
    else:
        _print_exploration(result)


def _print_exploration(result: "ExploreResult") -> None:
    collection = result.collection
    print_line(f"{collection.tracks:,} tracks", style="bold")
    table = new_table("column", "known of", ">")
    for column, known in collection.known.items():
        share = known / collection.tracks
        table.add_row(column, bar(share), _percent(share))
    print_table(table)
    print_line()
    for sentence in result.highlights:
        print_line(sentence)
    print_line()
    print_line(f"With pictures: {result.page}", style="bold")


def _percent(share: float) -> str:
    """Write a share so that only all is 100% and only nothing is 0%."""
    if share in {0, 1}:
        return f"{share:.0%}"
    return f"{min(max(100 * share, 0.1), 99.9):.{0 if 1 <= 100 * share < 99 else 1}f}%"

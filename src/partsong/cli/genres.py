"""``partsong genres``."""

from typing import TYPE_CHECKING, Annotated

import typer

from partsong.cli.options import CatalogOption, JsonOption, ModelOption
from partsong.cli.output import bar, new_table, print_json, print_line, print_table

if TYPE_CHECKING:
    from partsong.workflow import GenresResult

__all__ = ["genres", "print_genres"]


def genres(
    *,
    most: Annotated[
        int, typer.Option("--most", min=1, help="Genres to show of each part, strongest first.")
    ] = 3,
    model: ModelOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how the parts meet the genres that the catalog knows."""
    from partsong import workflow

    result = workflow.list_genres(catalog=catalog, model=model)
    if as_json:
        print_json(result.to_dict())
    else:
        print_genres(result, most=most)


def print_genres(result: "GenresResult", *, most: int = 3) -> None:
    """Print the genres that stand out in each part."""
    table = new_table("part", "genre", "of the genre", ">", "lift>", "p>")
    for part, pairs in result.by_part(most).items():
        for position, pair in enumerate(pairs):
            table.add_row(
                "" if position else part,
                pair.genre,
                bar(pair.share, width=8),
                f"{pair.share:.0%}",
                f"{pair.lift:.1f}x",
                "<0.001" if pair.p_value < 0.001 else f"{pair.p_value:.3f}",
            )
    print_table(table)
    print_line(
        f"Clusters and genres agree at AMI {result.table.ami:.3f}, ARI {result.table.ari:.3f} "
        "(0 = chance, 1 = the same)."
    )

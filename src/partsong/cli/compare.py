"""``partsong compare``."""

from typing import TYPE_CHECKING, Annotated

import typer

from partsong.cli.options import CatalogOption, JsonOption
from partsong.cli.output import new_table, print_json, print_line, print_table, show_progress

if TYPE_CHECKING:
    from partsong.workflow import ComparedModel, Comparison

__all__ = ["compare", "print_comparison"]


def compare(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[MODEL]...",
            help="Models to compare, by name or folder; all of the catalog by default.",
            show_default=False,
        ),
    ] = None,
    *,
    reference: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FOLDER",
            help="The model in which the parts of the others are sought; by default the one with "
            "the most tracks.",
            show_default=False,
        ),
    ] = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set models side by side, such as fits of different eras or genres."""
    from partsong import workflow

    with show_progress() as progress:
        comparison = workflow.compare_models(
            models or (), catalog=catalog, reference=reference, progress=progress
        )
    if as_json:
        print_json(comparison.to_dict())
    else:
        print_comparison(comparison)


def print_comparison(comparison: "Comparison") -> None:
    """Print one row for each model, and under the table what each of them was learned from."""
    from partsong import workflow

    table = new_table(
        "model", "tracks>", "parts>", "error>", "stable>", "mixed>", "largest>", "AMI>", "back>"
    )
    for model in comparison.models:
        table.add_row(
            model.name,
            f"{model.n_tracks:,}",
            str(model.n_components),
            f"{model.relative_error:.3f}",
            _written(model.stability),
            f"{model.mixed_share:.0%}",
            f"{model.largest_share:.0%}",
            _written(model.ami) + ("*" if model.has_seen_genres else ""),
            "reference" if model.name == comparison.reference else _count(model),
        )
    print_table(table)
    print_line(
        "stable: how alike the parts are when the fit is repeated, of 1. mixed, largest: share of "
        "the tracks in no cluster, and in the largest. AMI: agreement of clusters and genres, "
        f"0 = chance. back: its parts that '{comparison.reference}' has too.",
        style="dim",
    )
    if any(model.has_seen_genres for model in comparison.models):
        print_line("*: learned from genres, so that meeting them proves nothing.", style="dim")
    for model in comparison.models:
        print_line()
        print_line(f"{model.name}: recipe {model.recipe}", style="bold")
        if model.where:
            print_line(f"  tracks where {workflow.short_condition(model.where)}")
        if model.best_pair:
            part, genre, lift = model.best_pair
            print_line(f"  clearest: {genre}, {lift:.1f} times as often in '{part}' as among all")


def _count(model: "ComparedModel") -> str:
    return "-" if model.n_found is None else f"{model.n_found}/{model.n_components}"


def _written(score: float | None) -> str:
    return "-" if score is None else f"{score:.2f}"

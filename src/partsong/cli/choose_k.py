"""``partsong choose-k``."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from partsong.cli.options import (
    CatalogOption,
    JsonOption,
    RecipeOption,
    SampleOption,
    with_filters,
)
from partsong.cli.output import new_table, print_json, print_line, print_table, show_progress

if TYPE_CHECKING:
    from partsong.workflow import PartsChoice

__all__ = ["choose_k", "print_choice"]

_COLUMNS = {
    "error>": "relative_error",
    "SVD>": "svd_relative_error",
    "hidden>": "held_out_error",
    "halves>": "half_similarity",
    "starts>": "restart_similarity",
    "refits>": "refit_similarity",
    "largest>": "largest_cluster",
}
"""What of each number is shown, and under which header."""

_LEGEND = (
    "error: what the parts leave unexplained, and below it no approximation of that rank (SVD). "
    "hidden: the same for entries that were hidden. halves, starts, refits: how alike the least "
    "alike part is between halves of the tracks, between starts and between whole fits, of 1. "
    "largest: share of the largest cluster."
)


@with_filters
def choose_k(
    *,
    numbers: Annotated[
        str | None,
        typer.Option(
            "--k",
            "-k",
            metavar="LOW:HIGH",
            help="Numbers of parts to try, such as 2:14 or 4,7,10; by default 2:14, as far as the "
            "recipe and the tracks allow.",
            show_default=False,
        ),
    ] = None,
    recipe: RecipeOption = "balanced",
    n_init: Annotated[
        int | None,
        typer.Option(min=1, help="Starts of each number; 8 by default.", show_default=False),
    ] = None,
    random_state: Annotated[
        int, typer.Option(help="Seed of the sample, the starts and the splits.")
    ] = 0,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o",
            "--output",
            metavar="PAGE.html",
            help="Write a page with the figure, the reasons and the table.",
            show_default=False,
        ),
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="Measure again what an earlier search has measured.")
    ] = False,
    where: list[str],
    sample: SampleOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure several numbers of parts, and recommend one with the reasons.

    A search that was stopped is taken up again where it stood.
    """
    from partsong import workflow

    try:
        with show_progress() as progress:
            choice = workflow.choose_parts(
                catalog=catalog,
                recipe=recipe,
                n_components=None if numbers is None else _read_numbers(numbers),
                where=where,
                sample=sample,
                n_init=n_init,
                random_state=random_state,
                restart=restart,
                progress=progress,
            )
    except KeyboardInterrupt as interrupt:
        typer.echo("interrupted: what was measured is kept, and taken up next time", err=True)
        raise typer.Exit(130) from interrupt
    page = None if output is None else workflow.write_choice(choice, output)
    if as_json:
        print_json(choice.to_dict())
        return
    print_choice(choice)
    if page is not None:
        print_line(f"The page is {page}.", style="dim")


def print_choice(choice: "PartsChoice") -> None:
    """Print the recommended number, the table of all numbers, and the reasons."""
    print_line(
        f"{choice.recommended} parts recommended for {choice.n_tracks:,} tracks "
        f"(recipe {choice.recipe}); the methods {choice.agreement}.",
        style="bold",
    )
    for note in choice.notes:
        print_line(f"note: {note}", style="dim")
    if choice.n_known:
        print_line(
            f"Taken up: {choice.n_known} of {len(choice.table)} numbers were known.", style="dim"
        )
    rows = choice.to_frame().to_dicts()
    shown = {header: name for header, name in _COLUMNS.items() if name in rows[0]}
    table = new_table("parts>", *shown, "")
    for row in rows:
        is_recommended = row["n_components"] == choice.recommended
        table.add_row(
            str(row["n_components"]),
            *(_written(name, row[name]) for name in shown.values()),
            "< recommended" if is_recommended else "",
        )
    print_table(table)
    print_line(_LEGEND, style="dim")
    print_line()
    for reason in choice.reasons:
        print_line(f"- {reason}")
    print_line()
    print_line(f"Next: partsong fit -k {choice.recommended}", style="dim")


def _written(name: str, value: float | None) -> str:
    if value is None or math.isnan(value):
        return "-"
    return f"{value:.0%}" if name == "largest_cluster" else f"{value:.3f}"


def _read_numbers(text: str) -> list[int]:
    numbers: list[int] = []
    for piece in text.split(","):
        low, colon, high = piece.partition(":")
        try:
            first, last = int(low), int(high if colon else low)
        except ValueError:
            first, last = 0, 0
        if not 1 <= first <= last:
            msg = f"{text!r} is no list of numbers of parts; write it like 2:14 or 4,7,10."
            raise typer.BadParameter(msg, param_hint="--k")
        numbers += range(first, last + 1)
    return numbers

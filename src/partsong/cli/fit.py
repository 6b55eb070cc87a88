"""``partsong fit``."""

from typing import Annotated, Literal

import typer

from partsong.cli.options import CatalogOption, JsonOption, WhereOption
from partsong.cli.output import print_json, print_line, show_progress

__all__ = ["fit"]


def fit(
    *,
    recipe: Annotated[
        str,
        typer.Option(metavar="NAME|FILE", help="A built-in recipe, or a TOML file of your own."),
    ] = "balanced",
    n_components: Annotated[
        int, typer.Option("-k", "--n-components", min=1, help="How many parts to learn.")
    ] = 10,
    where: WhereOption = None,
    name: Annotated[
        str | None,
        typer.Option(help="Name of the model; RECIPE-K by default.", show_default=False),
    ] = None,
    solver: Annotated[
        Literal["hals", "mu"] | None,
        typer.Option(
            help="What finds the parts; what the recipe says, else hals.", show_default=False
        ),
    ] = None,
    n_init: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Starts, of which the best is kept; what the recipe says, else 8.",
            show_default=False,
        ),
    ] = None,
    random_state: Annotated[
        int, typer.Option(help="Seed of the starts; the same seed gives the same model.")
    ] = 0,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Learn the parts of the catalog, and save them as a model."""
    from partsong import workflow
    from partsong.cli.parts import print_parts

    with show_progress() as progress:
        result = workflow.fit_parts(
            catalog=catalog,
            recipe=recipe,
            n_components=n_components,
            where=where,
            name=name,
            solver=solver,
            n_init=n_init,
            random_state=random_state,
            progress=progress,
        )
    if as_json:
        print_json(result.to_dict())
        return
    print_line(
        f"{len(result.model.track_ids):,} tracks in {len(result.model.parts)} parts: "
        f"relative error {result.model.fit.relative_error:.3f}, "
        f"{result.model.fit.n_iter} iterations, {result.model.fit.seconds:.1f} s"
    )
    for note in result.notes:
        print_line(f"note: {note}", style="dim")
    print_parts(workflow.list_parts(catalog=catalog, model=result.folder))
    print_line(f"Saved as {result.model.name}.", style="dim")

"""``partsong recipes``."""

from typing import Annotated

import typer

from partsong.cli.options import JsonOption
from partsong.cli.output import new_table, print_json, print_table

__all__ = ["recipes"]


def recipes(
    name: Annotated[
        str | None,
        typer.Argument(help="Print this recipe as TOML, to copy and change.", show_default=False),
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """List the built-in recipes, or print one."""
    from partsong import workflow

    if name is not None:
        toml = workflow.show_recipe(name)
        if as_json:
            print_json({"name": name, "toml": toml})
        else:
            typer.echo(toml, nl=not toml.endswith("\n"))
        return
    known = workflow.list_recipes()
    if as_json:
        print_json({"recipes": [{"name": r.name, "description": r.description} for r in known]})
        return
    table = new_table("recipe", "what it is")
    for recipe in known:
        table.add_row(recipe.name, recipe.description)
    print_table(table)

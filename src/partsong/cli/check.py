"""``partsong check``."""

from typing import Annotated

import typer

from partsong.cli.options import CatalogOption, JsonOption, WhereOption
from partsong.cli.output import print_json, print_line

__all__ = ["check"]

_STYLES = {"spoils": "bold red", "distorts": "yellow", "note": "dim"}


def check(
    *,
    recipe: Annotated[
        str, typer.Option(metavar="NAME|FILE", help="The recipe that a fit would use.")
    ] = "balanced",
    where: WhereOption = None,
    catalog: CatalogOption = None,
    as_json: JsonOption = False,
) -> None:
    """Name what in the catalog would spoil a fit with a recipe, and how to mend it."""
    from partsong import workflow

    result = workflow.check_catalog(catalog=catalog, recipe=recipe, where=where)
    if as_json:
        print_json(result.to_dict())
        return
    print_line(
        f"{result.tracks:,} tracks, recipe {result.recipe}: "
        + (f"{len(result.findings)} findings" if result.findings else "nothing stands in the way"),
        style="bold",
    )
    for finding in result.findings:
        print_line()
        print_line(
            f"{finding.severity}: {finding.trap}"
            + (f" ({finding.feature})" if finding.feature else ""),
            style=_STYLES[finding.severity],
        )
        print_line(f"  found   {finding.found}")
        print_line(f"  effect  {finding.effect}")
        print_line(f"  mend    {finding.mend}")

"""``partsong models``."""

from partsong.cli.options import CatalogOption, JsonOption
from partsong.cli.output import new_table, print_json, print_line, print_table

__all__ = ["models"]


def models(*, catalog: CatalogOption = None, as_json: JsonOption = False) -> None:
    """List the models of the catalog, the newest first."""
    from partsong import workflow

    known = workflow.describe_models(catalog=catalog)
    if as_json:
        print_json({"models": [model.to_dict() for model in known]})
        return
    if not known:
        print_line("There is no model yet. Learn one: partsong fit")
        return
    table = new_table("model", "recipe", "parts>", "tracks>", "error>", "learned")
    for model in known:
        table.add_row(
            model.name,
            model.recipe,
            str(len(model.part_names)),
            f"{model.n_tracks:,}",
            f"{model.fit.relative_error:.3f}",
            f"{model.fit.created:%Y-%m-%d %H:%M}",
        )
    print_table(table)

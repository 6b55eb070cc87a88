"""``partsong update``."""

from partsong.cli.options import CatalogOption, JsonOption, ModelOption
from partsong.cli.output import print_json, print_line, show_progress

__all__ = ["update"]


def update(
    *, model: ModelOption = None, catalog: CatalogOption = None, as_json: JsonOption = False
) -> None:
    """Fold tracks imported since the fit into the model; its parts stay as they are."""
    from partsong import workflow

    with show_progress() as progress:
        result = workflow.update_model(catalog=catalog, model=model, progress=progress)
    if as_json:
        print_json(result.to_dict())
    elif result.added:
        print_line(
            f"{result.added:,} new tracks placed in {result.model.name}, "
            f"which now holds {len(result.model.track_ids):,}."
        )
    else:
        print_line(f"{result.model.name} already holds every track it can place.")

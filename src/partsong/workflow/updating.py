"""``partsong update``: new tracks placed in a model whose parts stay as they are."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from partsong.parts import Model, fold_in, read_model, write_model
from partsong.progress import SILENT, Progress
from partsong.workflow.places import find_model, open_catalog

__all__ = ["UpdateResult", "update_model"]


@dataclass(frozen=True, slots=True)
class UpdateResult:
    """The model after the update, and how many tracks came in."""

    model: Model
    added: int

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong update --json``."""
        return {
            "model": self.model.name,
            "added": self.added,
            "n_tracks": len(self.model.track_ids),
        }


def update_model(
    *,
    catalog: Path | str | None = None,
    model: Path | str | None = None,
    progress: Progress = SILENT,
) -> UpdateResult:
    """Fold the tracks that were imported since the fit into a model.

    The parts, their names and the loadings of known tracks stay as they are. Only tracks that meet
    the condition of the fit come in.

    Parameters
    ----------
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.
    progress
        Listener to the steps.

    Examples
    --------
    >>> update_model(catalog=catalog).added
    0
    """
    store = open_catalog(catalog)
    folder = find_model(store, model)
    fitted = read_model(folder)
    recipe = fitted.recipe.recipe
    where = fitted.fit.settings.get("where")
    progress.start("placing new tracks")
    conditions = [recipe.where, str(where) if where else None]
    ids = store.read_tracks(["track_id"], where=conditions)["track_id"]
    new_ids = ids.filter(~ids.is_in(fitted.track_ids.implode()))
    grown = fitted
    if len(new_ids):
        new = store.read_tracks_by_id(new_ids.to_list(), recipe.columns)
        grown = fold_in(fitted, new)
    added = len(grown.track_ids) - len(fitted.track_ids)
    if added:
        write_model(grown, folder)
    progress.finish()
    return UpdateResult(grown, added)

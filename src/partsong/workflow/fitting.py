"""``partsong fit``: learn the parts of a catalog and save them as a model."""

import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl

from partsong.errors import CatalogMissingError
from partsong.features import FeatureMatrix, FittedRecipe, Recipe, load_recipe
from partsong.parts import Model, build_model, write_model
from partsong.progress import SILENT, Progress
from partsong.workflow.places import model_folder, open_catalog

__all__ = ["DEFAULT_N_COMPONENTS", "DEFAULT_N_INIT", "FitResult", "fit_parts"]

DEFAULT_N_COMPONENTS = 10
DEFAULT_N_INIT = 8


@dataclass(frozen=True, slots=True)
class FitResult:
    """A fitted and saved model.

    Attributes
    ----------
    model
        What was learned; `model.fit` says how well it fits and what it took.
    folder
        Where it was saved.
    notes
        What the reader should know, such as features that were left out.
    """

    model: Model
    folder: Path
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong fit --json``."""
        return {
            "model": self.model.name,
            "folder": str(self.folder),
            "recipe": self.model.recipe.recipe.name,
            "n_components": len(self.model.parts),
            "n_tracks": len(self.model.track_ids),
            "relative_error": self.model.fit.relative_error,
            "n_iter": self.model.fit.n_iter,
            "seconds": self.model.fit.seconds,
            "parts": [part.name for part in self.model.parts],
            "notes": list(self.notes),
        }


def fit_parts(
    *,
    catalog: Path | str | None = None,
    recipe: str | Path = "balanced",
    n_components: int = DEFAULT_N_COMPONENTS,
    where: str | None = None,
    name: str | None = None,
    solver: Literal["auto", "patterns", "hals", "mu"] | None = None,
    n_init: int | None = None,
    random_state: int = 0,
    progress: Progress = SILENT,
) -> FitResult:
    """Learn the parts of the catalog's tracks and save them as a model.

    Parameters
    ----------
    catalog
        The catalog's file.
    recipe
        Name of a built-in recipe, or a TOML file.
    n_components
        Number of parts.
    where
        SQL condition over the catalog's tracks, beside the recipe's own.
    name
        Name of the model, ``RECIPE-N`` by default; a model of that name is replaced.
    solver
        As in `NMF`; what the recipe says, else ``"auto"``.
    n_init
        Number of starts, of which the best is kept; what the recipe says, else 8.
    random_state
        Seed of the starts: the same seed gives the same model.
    progress
        Listener to the steps.

    Raises
    ------
    CatalogMissingError
        If there are no tracks, or fewer than parts.
    FeatureError
        If the recipe does not fit the tracks.

    Examples
    --------
    >>> result = fit_parts(catalog=catalog, n_components=3)
    >>> result.model.name, len(result.model.track_ids), len(result.model.parts)
    ('balanced-3', 180, 3)
    """
    from sklearn.exceptions import ConvergenceWarning

    from partsong.nmf import NMF

    started = time.perf_counter()
    chosen = load_recipe(recipe)
    store = open_catalog(catalog)
    folder = model_folder(store, f"{chosen.name}-{n_components}" if name is None else name)
    progress.start("reading the catalog")
    tracks = store.read_tracks(
        [*dict.fromkeys((*chosen.columns, "artists", "key"))], where=[chosen.where, where]
    )
    progress.finish()
    fitted, matrix = _prepare(chosen, tracks, n_components=n_components, where=where)
    progress.start(f"learning {n_components} parts of {len(matrix.track_ids):,} tracks")
    nmf = NMF(
        n_components=n_components,
        solver=solver or chosen.solver or "auto",
        init=chosen.init,
        n_init=n_init or chosen.n_init or DEFAULT_N_INIT,
        random_state=random_state,
        callback=lambda _iteration, _loss: progress.advance(),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a note of the result says it
        W = nmf.fit_transform(matrix.X)
    progress.finish()
    model = build_model(
        matrix,
        W,
        nmf.components_,
        name=folder.name,
        recipe=fitted,
        tracks=tracks,
        n_iter=nmf.n_iter_,
        seconds=time.perf_counter() - started,
        random_state=random_state,
        settings={"n_init": nmf.n_init, "init": nmf.init, "solver": nmf.solver_, "where": where},
    )
    write_model(model, folder)
    notes = list(fitted.notes)
    if matrix.n_dropped:
        notes.append(f"{matrix.n_dropped:,} tracks miss a value that the recipe needs.")
    if not nmf.converged_:
        notes.append(
            f"The loss had not settled after {nmf.n_iter_:,} iterations; fewer parts, or another "
            "seed (--random-state), may do better."
        )
    return FitResult(model, folder, tuple(notes))


def _prepare(
    recipe: Recipe, tracks: pl.DataFrame, *, n_components: int, where: str | None
) -> tuple[FittedRecipe, FeatureMatrix]:
    """Make the matrix, or say why these tracks are too few for it."""
    conditions = [condition for condition in (recipe.where, where) if condition]
    words = f" where {' and '.join(conditions)}" if conditions else ""
    hint = (
        "Import more tracks (partsong import FILE), widen the condition, or ask for fewer parts "
        "(-k)."
    )
    if tracks.is_empty():
        raise CatalogMissingError(f"The catalog has no tracks{words}.", hint=hint)
    fitted = FittedRecipe.fit(recipe, tracks)
    matrix = fitted.transform(tracks)
    if len(matrix.track_ids) < n_components:
        raise CatalogMissingError(
            f"{n_components} parts cannot be learned from the {len(matrix.track_ids)} tracks with "
            f"features{words}.",
            hint=hint,
        )
    return fitted, matrix

"""``partsong fit``: learn the parts of a catalog and save them as a model."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import polars as pl

from partsong.catalog import Catalog, join_conditions, list_conditions
from partsong.errors import CatalogMissingError, ModelError
from partsong.features import FeatureMatrix, FittedRecipe, Recipe, load_recipe
from partsong.parts import (
    Drift,
    Model,
    build_model,
    carry_names,
    fold_in,
    read_model,
    read_model_info,
    write_model,
)
from partsong.progress import SILENT, Progress
from partsong.workflow.aligning import learn_alignment
from partsong.workflow.choosing import choose_parts
from partsong.workflow.consent import withhold_tracks
from partsong.workflow.learning import Learned, learn_parts
from partsong.workflow.model_lock import hold_model
from partsong.workflow.places import list_models, model_folder, open_catalog
from partsong.workflow.selecting import Conditions, sample_tracks, select_tracks

__all__ = ["DEFAULT_N_COMPONENTS", "DEFAULT_N_INIT", "FitResult", "fit_parts"]

DEFAULT_N_COMPONENTS: Final = 10
DEFAULT_N_INIT: Final = 8


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
    drift
        What became of the parts of the model before it; None where there was none to compare with.
    """

    model: Model
    folder: Path
    notes: tuple[str, ...] = ()
    drift: Drift | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong fit --json``."""
        return {
            "model": self.model.name,
            "folder": str(self.folder),
            "recipe": self.model.recipe.recipe.name,
            "n_components": len(self.model.H),
            "n_tracks": len(self.model.track_ids),
            "relative_error": self.model.fit.relative_error,
            "n_iter": self.model.fit.n_iter,
            "seconds": self.model.fit.seconds,
            "parts": [part.name for part in self.model.shown],
            "drift": None if self.drift is None else self.drift.to_dict(),
            "notes": list(self.notes),
        }


def fit_parts(
    *,
    catalog: Path | str | None = None,
    recipe: str | Path = "balanced",
    n_components: int | Literal["auto"] = DEFAULT_N_COMPONENTS,
    where: Conditions = None,
    sample: int | None = None,
    stable_only: bool = False,
    name: str | None = None,
    solver: Literal["auto", "patterns", "hals", "mu"] | None = None,
    n_init: int | None = None,
    random_state: int = 0,
    progress: Progress = SILENT,
) -> FitResult:
    """Learn the parts of the catalog's tracks and save them as a model.

    The fit is repeated on ten random samples of the tracks, to say how surely each part and each
    track's part come back (`partsong.nmf.ConsensusNMF`); not with ``solver="mu"``, which takes too
    long for that. Parts that a model of the same recipe and condition had already keep their names.

    Parameters
    ----------
    catalog
        The catalog's file.
    recipe
        Name of a built-in recipe, or a TOML file.
    n_components
        Number of parts; ``"auto"``: what `choose_parts` recommends.
    where
        SQL condition over the catalog's tracks, or several that must all hold, beside the recipe's
        own.
    sample
        Learn from so many tracks, drawn at random, and place the others; from all by default.
    stable_only
        Give up parts that do not come back in nine of ten repetitions.
    name
        Name of the model, ``RECIPE-N`` by default; a model of that name is replaced.
    solver
        As in `NMF`; what the recipe says, else ``"auto"``.
    n_init
        Number of starts, of which the best is kept; what the recipe says, else 8.
    random_state
        Seed of the sample and the starts: the same seed gives the same model.
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
    started = time.perf_counter()
    chosen = load_recipe(recipe)
    store = open_catalog(catalog)
    if n_components == "auto":
        n_components = choose_parts(
            catalog=catalog,
            recipe=recipe,
            where=where,
            sample=sample,
            random_state=random_state,
            progress=progress,
        ).recommended
    folder = model_folder(store, f"{chosen.name}-{n_components}" if name is None else name)
    progress.start("reading the catalog")
    columns = [*dict.fromkeys((*chosen.columns, "artists", "key"))]
    alignment = learn_alignment(store, chosen.columns)
    conditions = list_conditions(chosen.where, where)
    tracks = select_tracks(store, columns, where=conditions, alignment=alignment)
    allowed, withheld = withhold_tracks(store, tracks, chosen.columns)
    learned_from = sample_tracks(allowed, sample, random_state=random_state)
    progress.finish()
    fitted, matrix = _prepare(chosen, learned_from, n_components=n_components, progress=progress)
    fitted = replace(fitted, alignment=alignment)
    learned = learn_parts(
        matrix,
        n_components,
        solver=solver or chosen.solver or "auto",
        init=chosen.init,
        n_init=n_init or chosen.n_init or DEFAULT_N_INIT,
        stable_only=stable_only,
        random_state=random_state,
        progress=progress,
    )
    settings = {
        "n_init": learned.n_init,
        "init": chosen.init,
        "solver": learned.solver,
        "where": join_conditions(where),
        "sample": sample,
    }
    model = build_model(
        matrix,
        learned.W,
        learned.H,
        name=folder.name,
        recipe=fitted,
        tracks=learned_from,
        n_iter=learned.n_iter,
        seconds=time.perf_counter() - started,
        random_state=random_state,
        settings=settings,
        confidence=learned.confidence,
        agreement=learned.agreement,
    )
    with hold_model(folder):  # a name that someone gives meanwhile is neither lost nor undone
        previous = _previous_model(store, folder, model)
        drift = None
        if previous is not None:
            model, drift = carry_names(model, previous, tracks=learned_from)
        if len(learned_from) < len(tracks):
            model = fold_in(model, tracks)
        write_model(model, folder)
    notes = (*_notes(fitted, matrix, learned, asked=n_components), *filter(None, [withheld]))
    return FitResult(model, folder, notes, drift)


def _prepare(
    recipe: Recipe, tracks: pl.DataFrame, *, n_components: int, progress: Progress
) -> tuple[FittedRecipe, FeatureMatrix]:
    """Make the matrix, or say that these tracks are too few for it."""
    fitted = FittedRecipe.fit(recipe, tracks, progress=progress)
    matrix = fitted.transform(tracks)
    if len(matrix.track_ids) < n_components:
        raise CatalogMissingError(
            f"{n_components} parts cannot be learned from the {len(matrix.track_ids)} tracks with "
            "features that are left.",
            hint="Import more tracks (partsong import FILE), widen the condition, or ask for fewer "
            "parts (-k).",
        )
    return fitted, matrix


def _previous_model(store: Catalog, folder: Path, model: Model) -> Model | None:
    """Return the model that is replaced, or else the newest of the same recipe and condition."""
    others = list_models(store)
    for other in sorted(others, key=lambda found: found != folder):
        try:
            info = read_model_info(other)
            is_alike = info.recipe == model.recipe.recipe.name and (
                info.fit.settings.get("where") == model.fit.settings["where"]
            )
            if is_alike:
                return read_model(other)
        except ModelError:
            continue  # a damaged model has no names to keep
    return None


def _notes(
    fitted: FittedRecipe, matrix: FeatureMatrix, learned: Learned, *, asked: int
) -> Iterator[str]:
    yield from fitted.notes
    if fitted.alignment:
        yield from fitted.alignment.notes
    if matrix.n_dropped:
        yield f"{matrix.n_dropped:,} tracks miss a value that the recipe needs."
    if not learned.converged:
        yield (
            f"The loss had not settled after {learned.n_iter:,} iterations; fewer parts, or another "
            "seed (--random-state), may do better."
        )
    if (given_up := asked - len(learned.H)) > 0:
        yield f"{given_up} of {asked} parts did not come back in refits and were given up."

"""``partsong compare``: fits side by side, such as those of different eras or genres."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from partsong.errors import QueryError
from partsong.nmf import match_components
from partsong.parts import SAME_PART, Model, genre_table, read_model
from partsong.progress import SILENT, Progress
from partsong.workflow.genre_tracks import has_seen_genres, read_genre_tracks
from partsong.workflow.places import find_model, list_models, open_catalog

__all__ = ["ComparedModel", "Comparison", "compare_models"]

_N_PERMUTATIONS: Final = 99
_SIGNIFICANT: Final = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedModel:
    """One model in a comparison.

    Attributes
    ----------
    name, recipe, where
        The model, its recipe, and the condition that its tracks meet; None without one.
    n_tracks, n_components
        Tracks placed in it, and parts shown.
    relative_error
        Of the fit.
    stability
        Mean stability of the parts; None where it is not known.
    mixed_share, largest_share
        Share of the tracks that are mixed, and that belong to the largest cluster.
    ami
        Agreement of clusters and genres, adjusted mutual information; None without genres.
    has_seen_genres
        Whether the model learned from genres, so that meeting them proves nothing.
    best_pair
        Of the parts and genres that meet more than chance has it, the pair with the largest lift,
        as part, genre and lift; None where no pair does.
    n_found
        How many of its parts come back in the reference, at cosine 0.9 or more; None where the
        columns of the two matrices differ.
    """

    name: str
    recipe: str
    where: str | None
    n_tracks: int
    n_components: int
    relative_error: float
    stability: float | None
    mixed_share: float
    largest_share: float
    ami: float | None
    has_seen_genres: bool
    best_pair: tuple[str, str, float] | None
    n_found: int | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Models side by side.

    Attributes
    ----------
    models
        In the order asked for, else the newest first.
    reference
        Name of the model in which the parts of the others are sought.
    """

    models: tuple[ComparedModel, ...]
    reference: str

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong compare --json``."""
        return {
            "reference": self.reference,
            "models": [
                {
                    **asdict(model),
                    "best_pair": None
                    if model.best_pair is None
                    else dict(zip(("part", "genre", "lift"), model.best_pair, strict=True)),
                }
                for model in self.models
            ],
        }


def compare_models(
    models: Sequence[str | Path] = (),
    *,
    catalog: Path | str | None = None,
    reference: str | Path | None = None,
    progress: Progress = SILENT,
) -> Comparison:
    """Set models side by side: how well they fit, what they find, what comes back in another.

    Each model is measured on its own tracks, and its parts are above or below the average of
    these. So an error says how much there was to explain as well as how well it was explained.

    Parameters
    ----------
    models
        Names or folders; all models of the catalog by default.
    catalog
        The catalog's file.
    reference
        The model in which the parts of the others are sought; of those compared the one with the
        most tracks by default, the newest of several.
    progress
        Listener to the steps: one for each model.

    Raises
    ------
    ModelMissingError
        If there is no such model, or none at all.

    Examples
    --------
    >>> (model,) = compare_models(catalog=catalog).models
    >>> model.name, model.n_tracks, model.n_found, round(model.ami, 1)
    ('balanced-3', 180, 3, 1.0)
    """
    store = open_catalog(catalog)
    folders = [find_model(store, model) for model in models] or list_models(store)
    if not folders:
        folders = [find_model(store)]
    fitted = [
        read_genre_tracks(store.path, folder, one_genre=False) for folder in dict.fromkeys(folders)
    ]
    against = (
        max((model for model, _ in fitted), key=lambda model: len(model.track_ids))
        if reference is None
        else read_model(find_model(store, reference))
    )
    progress.start("comparing the models", len(fitted))
    compared = []
    for model, tracks in fitted:
        compared.append(_compare(model, against, tracks))
        progress.advance()
    progress.finish()
    return Comparison(tuple(compared), against.name)


def _compare(model: Model, reference: Model, tracks: pl.DataFrame) -> ComparedModel:
    labels = model.assign().labels
    sizes = np.bincount(labels + 1, minlength=len(model.shown) + 1) / max(len(labels), 1)
    stability = [part.stability for part in model.shown if part.stability is not None]
    ami, best_pair = _meet_genres(model, labels, tracks)
    where = model.fit.settings.get("where")
    return ComparedModel(
        name=model.name,
        recipe=model.recipe.recipe.name,
        where=str(where) if where else None,
        n_tracks=len(model.track_ids),
        n_components=len(model.shown),
        relative_error=model.fit.relative_error,
        stability=float(np.mean(stability)) if stability else None,
        mixed_share=float(sizes[0]),
        largest_share=float(sizes[1:].max(initial=0)),
        ami=ami,
        has_seen_genres=has_seen_genres(model),
        best_pair=best_pair,
        n_found=_count_found(model, reference),
    )


def _count_found(model: Model, reference: Model) -> int | None:
    if model.recipe.names != reference.recipe.names:
        return None
    _, cosines = match_components(_part_rows(reference), _part_rows(model))
    return int((cosines >= SAME_PART).sum())


def _part_rows(model: Model) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return what each shown part adds on average: a row for each, in the columns of `H`."""
    weights = np.asarray(model.W.mean(axis=0), dtype=np.float64)
    return np.array(
        [weights[list(part.components)] @ model.H[list(part.components)] for part in model.shown]
    )


def _meet_genres(
    model: Model, labels: np.ndarray[Any, np.dtype[np.intp]], tracks: pl.DataFrame
) -> tuple[float | None, tuple[str, str, float] | None]:
    try:
        table = genre_table(
            labels,
            tracks["genres"],
            [part.name for part in model.shown],
            artists=tracks["artists"],
            n_permutations=_N_PERMUTATIONS,
        )
    except QueryError:  # no track has a genre
        return None, None
    clear = [pair for pair in table.pairs if pair.p_value <= _SIGNIFICANT]
    if not clear:
        return table.ami, None
    best = max(clear, key=lambda pair: pair.lift)
    return table.ami, (best.part, best.genre, best.lift)

"""What of a model is judged: the space it compares tracks in, its parts alone, and refits.

A model that learned from genres must not be asked for genres that it was told. So it is learned
again from one half of the artists, and asked about the other half with their genres hidden.
"""

import warnings
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.evaluate import Method, by_centres, by_cosine
from partsong.features import FittedRecipe
from partsong.parts import Model, build_model, fold_in, track_space
from partsong.progress import SILENT, Progress

__all__ = ["OURS", "PARTS_ALONE", "Spaces", "refit", "relearn_hidden", "spaces_of"]

OURS: Final = "partsong"
PARTS_ALONE: Final = "parts alone"

_Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Spaces:
    """Rows that tracks are compared by.

    Attributes
    ----------
    whole
        As recommendations compare them, shape (n_tracks, n_columns).
    parts
        By their parts alone, shape (n_tracks, n_parts).
    """

    whole: _Floats
    parts: _Floats

    def methods(self, rows: NDArray[np.intp]) -> list[Method]:
        """Return the methods over some of the tracks."""
        return [
            by_centres(OURS, np.asarray(self.whole[rows])),
            by_cosine(PARTS_ALONE, np.asarray(self.parts[rows])),
        ]


def spaces_of(model: Model) -> Spaces:
    """Return the spaces of a model as it stands.

    Parameters
    ----------
    model
        Its hidden parts are left out.

    Examples
    --------
    >>> from partsong.parts import read_model
    >>> from partsong.workflow.places import find_model, open_catalog
    >>> spaces_of(read_model(find_model(open_catalog(catalog)))).parts.shape
    (180, 3)
    """
    return Spaces(track_space(model).loadings, model.part_loadings())


def refit(model: Model, tracks: pl.DataFrame, *, random_state: int) -> Spaces:
    """Learn the parts of a model's matrix again, from another seed.

    Parameters
    ----------
    model
        What to learn again; its recipe stays as it is.
    tracks
        `track_id` and the columns of its recipe, a row for each of its tracks.
    random_state
        The seed.

    Returns
    -------
    Spaces
        In the order of the model's own.
    """
    learned = _learn(model, model.recipe, tracks, random_state=random_state)
    return _spaces_of_tracks(learned, model.track_ids)


def relearn_hidden(
    model: Model,
    seen: pl.DataFrame,
    new: pl.DataFrame,
    *,
    random_state: int,
    progress: Progress = SILENT,
) -> tuple[Spaces, Spaces]:
    """Learn recipe and parts from some tracks, and place others whose genres are hidden.

    Parameters
    ----------
    model
        Its recipe, number of parts and settings are used; nothing that it learned.
    seen, new
        `track_id` and the columns of its recipe. No genre of `new` is looked at.
    random_state
        Seed of the parts; that of the second answer is one more.
    progress
        Listener to the steps.

    Returns
    -------
    spaces, again
        Of `new`, from two seeds.
    """
    recipe = FittedRecipe.fit(model.recipe.recipe, seen, progress=progress)
    nothing = pl.lit(None, dtype=pl.List(pl.String))
    hidden = new.with_columns(genres=nothing, artist_genres=nothing)
    first, second = (
        fold_in(_learn(model, recipe, seen, random_state=seed), hidden)
        for seed in (random_state, random_state + 1)
    )
    return _spaces_of_tracks(first, new["track_id"]), _spaces_of_tracks(second, new["track_id"])


def _spaces_of_tracks(model: Model, track_ids: pl.Series) -> Spaces:
    """Return the spaces over some tracks; rows of zeros for those that the recipe dropped."""
    rows = model.track_ids.alias("track_id").to_frame().with_row_index("row")
    wanted = track_ids.alias("track_id").to_frame()
    found = wanted.join(rows, on="track_id", how="left", maintain_order="left")["row"]
    is_missing = found.is_null().to_numpy()
    places = found.fill_null(0).to_numpy()
    spaces = spaces_of(model)
    whole, parts = np.asarray(spaces.whole[places]), np.asarray(spaces.parts[places])
    whole[is_missing] = parts[is_missing] = 0
    return Spaces(whole, parts)


def _learn(model: Model, recipe: FittedRecipe, tracks: pl.DataFrame, *, random_state: int) -> Model:
    from sklearn.exceptions import ConvergenceWarning

    from partsong.nmf import NMF

    matrix = recipe.transform(tracks)
    settings: dict[str, Any] = {
        name: model.fit.settings[name]
        for name in ("solver", "init", "n_init")
        if model.fit.settings.get(name) is not None
    }
    nmf = NMF(len(model.H), random_state=random_state, **settings)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # judged as a fit would leave it
        W = nmf.fit_transform(matrix.X)
    return build_model(
        matrix,
        W,
        nmf.components_,
        name=model.name,
        recipe=recipe,
        tracks=tracks,
        n_iter=nmf.n_iter_,
        seconds=0.0,
    )

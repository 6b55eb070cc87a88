"""From a factorisation to a model: balanced, in order, described."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.features import FeatureMatrix, FittedRecipe
from partsong.nmf import balance_scale
from partsong.parts.assignment import part_shares
from partsong.parts.counting import count_tracks
from partsong.parts.description import describe_parts, join_tracks
from partsong.parts.genre_words import rank_genres
from partsong.parts.model import FitRecord, Model, Setting
from partsong.parts.rest import compute_rest

__all__ = ["build_model"]

FloatArray = NDArray[np.floating]

_BLOCK_ROWS = 65_536


def build_model(
    matrix: FeatureMatrix,
    W: FloatArray,
    H: FloatArray,
    *,
    name: str,
    recipe: FittedRecipe,
    tracks: pl.DataFrame,
    n_iter: int,
    seconds: float,
    random_state: int | None = None,
    settings: Mapping[str, Setting] | None = None,
    confidence: FloatArray | None = None,
    agreement: FloatArray | None = None,
) -> Model:
    """Join a factorisation to the tracks it was made of.

    The scale is moved to the loadings, and the parts are put in order of their share. So two
    factorisations that differ only in scale or order give the same model.

    Parameters
    ----------
    matrix
        What was factorised.
    W, H
        Loadings, shape (n_tracks, n_components), and components, shape
        (n_components, n_features).
    name
        What to call the model.
    recipe
        The fitted recipe that made `matrix`.
    tracks
        The tracks of `matrix`, in any order and possibly with others among them: `track_id`, the
        columns of the recipe, and `artists` if typical tracks are to be of different ones.
    n_iter, seconds, random_state, settings
        For the record, see `FitRecord`.
    confidence
        How surely each row of `W` goes to the same part when the fit is repeated, in [0, 1];
        shape (n_tracks,).
    agreement
        How surely each row of `H` comes back when the fit is repeated, in [0, 1]; shape
        (n_components,). It becomes the stability of the parts.

    Examples
    --------
    >>> from partsong.features import FeatureSpec, Recipe
    >>> recipe = Recipe("mine", "", (FeatureSpec("energy", scale="split"),))
    >>> tracks = pl.DataFrame({"track_id": ["a", "b"], "energy": [0.1, 0.9]})
    >>> fitted = FittedRecipe.fit(recipe, tracks)
    >>> matrix = fitted.transform(tracks)
    >>> model = build_model(
    ...     matrix, matrix.X, np.eye(2), name="x", recipe=fitted, tracks=tracks, n_iter=1, seconds=0
    ... )
    >>> [part.name for part in model.parts], model.fit.relative_error
    (['energetic', 'calm'], 0.0)
    """
    W, H = balance_scale(np.asarray(W, dtype=np.float64), np.asarray(H, dtype=np.float64))
    # Rounded, so that parts of equal share keep their order whatever the scale was.
    order = np.argsort(-part_shares(W, H).mean(axis=0).round(9), kind="stable")
    W, H = W[:, order], H[order]
    ids = matrix.track_ids.alias("track_id")
    rows = join_tracks(ids, tracks, recipe)
    columns = [column for column, _ in recipe.genre_columns]
    genre_words = rank_genres(
        W.sum(axis=0)[:, None] * H[:, columns], [genre for _, genre in recipe.genre_columns]
    )
    parts = describe_parts(W, H, tracks=rows, levels=recipe.levels(rows), genre_words=genre_words)
    if agreement is not None:
        parts = tuple(
            replace(part, stability=float(agreement[component]))
            for part, component in zip(parts, order, strict=True)
        )
    kept = np.ascontiguousarray(W, dtype=np.float32)
    model = Model(
        name=name,
        recipe=recipe,
        H=np.ascontiguousarray(H, dtype=np.float64),
        W=kept,
        track_ids=ids,
        parts=parts,
        fit=FitRecord(
            relative_error=_relative_error(matrix.X, W, H),
            n_iter=n_iter,
            seconds=seconds,
            random_state=random_state,
            settings=dict(settings or {}),
        ),
        confidence=None if confidence is None else np.asarray(confidence, dtype=np.float32),
        R=compute_rest(matrix.X, kept, H, axes=recipe.axes),
    )
    return count_tracks(model)


def _relative_error(X: FloatArray, W: FloatArray, H: FloatArray) -> float:
    missed = total = 0.0
    for start in range(0, len(X), _BLOCK_ROWS):
        block = X[start : start + _BLOCK_ROWS]
        missed += float(np.nansum((block - W[start : start + _BLOCK_ROWS] @ H) ** 2))
        total += float(np.nansum(block**2))
    return float(np.sqrt(missed / total)) if total else 0.0

"""New tracks placed in a model that stays as it is."""

from dataclasses import replace

import numpy as np
import polars as pl

from partsong.nmf import nonnegative_least_squares
from partsong.parts.counting import count_tracks
from partsong.parts.model import Model
from partsong.parts.rest import compute_rest

__all__ = ["fold_in"]


def fold_in(model: Model, tracks: pl.DataFrame) -> Model:
    """Place new tracks in a model.

    The parts stay as they were learned: ``H``, their names, their levels and their typical tracks.
    The loadings of known tracks stay bit for bit. Only the parts' shares and sizes are counted
    anew, over all tracks.

    Parameters
    ----------
    model
        A fitted model; it is not changed.
    tracks
        `track_id` and the columns of the model's recipe. Tracks that the model knows already are
        passed over, and so are tracks that its recipe drops.

    Returns
    -------
    Model
        With the new tracks after the known ones, in their order. Their loadings solve the
        non-negative least squares problem for the components; missing values are masked. How
        surely they belong to their part is not known: their confidence is NaN. What the parts
        leave unexplained of them is kept where it is of the known tracks.

    Raises
    ------
    NegativeFeatureError
        If a new track has a value that the recipe cannot make non-negative.
    """
    new = tracks.filter(~pl.col("track_id").is_in(model.track_ids.implode()))
    matrix = model.recipe.transform(new.unique("track_id", keep="first", maintain_order=True))
    if not len(matrix.track_ids):
        return model
    placed = nonnegative_least_squares(matrix.X, model.H).astype(np.float32)
    confidence = model.confidence
    if confidence is not None:
        unknown = np.full(len(placed), np.nan, dtype=np.float32)
        confidence = np.concatenate([confidence, unknown])
    rest = model.R
    if rest is not None:
        new_rest = compute_rest(matrix.X, placed, model.H, axes=model.recipe.axes)
        rest = np.concatenate([rest, new_rest])
    return count_tracks(
        replace(
            model,
            W=np.concatenate([model.W, placed]),
            track_ids=pl.concat([model.track_ids, matrix.track_ids.alias("track_id")]),
            confidence=confidence,
            R=rest,
        )
    )

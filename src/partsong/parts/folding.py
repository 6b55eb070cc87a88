"""New tracks placed in a model that stays as it is."""

from dataclasses import replace

import numpy as np
import polars as pl

from partsong.nmf import nonnegative_least_squares
from partsong.parts.assignment import assign_parts, part_shares
from partsong.parts.model import Model

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
        non-negative least squares problem for the components; missing values are masked.

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
    W = np.concatenate([model.W, placed])
    shares = part_shares(W, model.H)
    explained = shares[shares.any(axis=1)]
    labels = assign_parts(W, model.H).labels
    return replace(
        model,
        W=W,
        track_ids=pl.concat([model.track_ids, matrix.track_ids.alias("track_id")]),
        parts=tuple(
            replace(
                part,
                share=float(explained[:, index].mean()) if len(explained) else 0.0,
                size=int((labels == index).sum()),
            )
            for index, part in enumerate(model.parts)
        ),
    )

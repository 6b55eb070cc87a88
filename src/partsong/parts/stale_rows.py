"""Rows of a model that no longer hold, since their tracks left the catalog or changed in it."""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.parts.counting import count_tracks
from partsong.parts.folding import fold_in
from partsong.parts.model import Model
from partsong.parts.part import Part

__all__ = ["drop_tracks", "find_stale", "rows_of"]

_SAME_PLACE: Final = 1e-4
"""Part of a row's length below which a difference is rounding."""


def drop_tracks(model: Model, track_ids: pl.Series) -> Model:
    """Take tracks out of a model; all other rows stay bit for bit.

    Parameters
    ----------
    model
        A fitted model; it is not changed.
    track_ids
        Of the tracks to take out. Those that the model does not know are passed over.
    """
    stays = ~model.track_ids.is_in(track_ids.implode())
    if stays.all():
        return model
    rows = stays.to_numpy()
    gone = set(model.track_ids.filter(~stays))
    return count_tracks(
        replace(
            model,
            W=model.W[rows],
            R=None if model.R is None else model.R[rows],
            confidence=None if model.confidence is None else model.confidence[rows],
            track_ids=model.track_ids.filter(stays),
            parts=tuple(_without(part, gone) for part in model.parts),
        )
    )


def find_stale(model: Model, tracks: pl.DataFrame) -> pl.Series:
    """Find the tracks that the model would place elsewhere by now.

    Parameters
    ----------
    model
        A fitted model.
    tracks
        `track_id` and the columns of its recipe, as they are now. Tracks that the model does not
        know are passed over, and so are tracks that its recipe drops.

    Returns
    -------
    polars.Series
        Ids of the tracks whose loadings, or what the parts leave unexplained, differ by more than
        rounding.
    """
    known = tracks.filter(pl.col("track_id").is_in(model.track_ids.implode()))
    if known.is_empty():
        return known.get_column("track_id")
    placed = fold_in(drop_tracks(model, model.track_ids), known)
    rows = rows_of(placed.track_ids, model.track_ids)
    before, now = model.W[rows], placed.W
    if model.R is not None and placed.R is not None:
        before = np.hstack([before, model.R[rows]])
        now = np.hstack([now, placed.R])
    moved = np.linalg.norm(now - before, axis=1) > _SAME_PLACE * np.linalg.norm(before, axis=1)
    return placed.track_ids.filter(pl.Series(moved, dtype=pl.Boolean))


def rows_of(track_ids: pl.Series, among: pl.Series) -> NDArray[np.intp]:
    """Return where ids stand among others, -1 where they do not."""
    places = pl.DataFrame({"track_id": among, "row": np.arange(len(among))})
    found = (
        track_ids.alias("track_id")
        .to_frame()
        .join(places, on="track_id", how="left", maintain_order="left")
    )
    return found["row"].fill_null(-1).to_numpy().astype(np.intp)


def _without(part: Part, gone: AbstractSet[str]) -> Part:
    return replace(
        part,
        tracks=tuple(one for one in part.tracks if one not in gone),
        members=tuple(_without(member, gone) for member in part.members),
    )

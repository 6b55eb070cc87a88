"""Counting the tracks of each part anew, after tracks came in or parts were merged or hidden."""

from dataclasses import replace

import numpy as np

from partsong.parts.assignment import part_shares
from partsong.parts.model import Model

__all__ = ["count_tracks"]


def count_tracks(model: Model) -> Model:
    """Return a model with the shares and sizes of its parts counted over all of its tracks.

    Parameters
    ----------
    model
        Any model; it is not changed. Of hidden parts the share is kept up, but they have no
        tracks: those go to the strongest shown part.
    """
    shares = part_shares(model.W, model.H)
    explained = shares[shares.any(axis=1)]
    of_component = explained.mean(axis=0) if len(explained) else np.zeros(shares.shape[1])
    counted = [
        replace(part, share=float(of_component[list(part.components)].sum()), size=0)
        for part in model.parts
    ]
    model = replace(model, parts=tuple(counted))
    labels = model.assign().labels
    sizes = np.bincount(labels[labels >= 0], minlength=len(model.shown))
    size_of = dict(zip((part.name for part in model.shown), sizes, strict=True))
    return replace(
        model,
        parts=tuple(replace(part, size=int(size_of.get(part.name, 0))) for part in model.parts),
    )

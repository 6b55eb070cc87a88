"""What the parts leave unexplained of each track.

Parts are few, so they tell only the main things about a track. What remains is kept beside the
loadings: it makes tracks comparable in all that the recipe heard, not only in what the parts say.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.features import Axis

__all__ = ["compute_rest"]

FloatArray = NDArray[np.floating]

_BLOCK_ROWS: Final = 65_536


def compute_rest(
    X: FloatArray, W: FloatArray, H: FloatArray, *, axes: Sequence[Axis]
) -> NDArray[np.float32]:
    """Return the matrix less what the parts explain of it, the halves of a feature joined.

    Parameters
    ----------
    X
        Shape (n_tracks, n_features), missing entries NaN.
    W, H
        Loadings, shape (n_tracks, n_components), and components, shape
        (n_components, n_features).
    axes
        Of the recipe that made `X`.

    Returns
    -------
    ndarray of shape (n_tracks, len(axes)), float32
        In the units of `X`; above 0 where a track has more of an axis than its parts say. 0 where
        the value is missing.

    Examples
    --------
    >>> axes = [Axis("energy", "calm", "energetic", (0, 1))]
    >>> X, W, H = np.array([[2.0, 0.0], [0.0, np.nan]]), np.ones((2, 1)), np.array([[0.5, 0.0]])
    >>> compute_rest(X, W, H, axes=axes)
    array([[1.5],
           [0. ]], dtype=float32)
    """
    rest = np.empty((len(X), len(axes)), dtype=np.float32)
    for start in range(0, len(X), _BLOCK_ROWS):
        rows = slice(start, start + _BLOCK_ROWS)
        unexplained = X[rows] - W[rows] @ H
        for place, axis in enumerate(axes):
            rest[rows, place] = axis.join(unexplained)
    return np.nan_to_num(rest, copy=False)

"""The matrix that a fitted recipe makes of tracks, with the names of its rows and columns."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["FeatureMatrix"]


@dataclass(frozen=True, slots=True, eq=False)
class FeatureMatrix:
    """A non-negative matrix of tracks and features.

    Attributes
    ----------
    X
        Shape (n_tracks, n_features), no entry below 0, missing entries NaN.
    names
        What each column holds, such as ``"high energy"``.
    column_of
        The catalog column that each column was made from.
    track_ids
        The id of each row; strings.
    n_dropped
        Tracks that were handed in and have no row, since they miss a value that the recipe
        demands, or have no value at all.

    Examples
    --------
    >>> matrix = FeatureMatrix(np.eye(2), ("a", "b"), ("energy", "tempo"), pl.Series(["x", "y"]))
    >>> len(matrix.track_ids), matrix.n_dropped
    (2, 0)
    """

    X: NDArray[np.float64]
    names: tuple[str, ...]
    column_of: tuple[str, ...]
    track_ids: pl.Series
    n_dropped: int = 0

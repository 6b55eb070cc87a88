"""The first step of a feature: values of a catalog column to values that can be scaled.

Each transform has a way back to the column's units, exact where the transform loses nothing.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.features.recipe import Transform

__all__ = [
    "CIRCLE_KEYS",
    "LOWEST_TEMPO",
    "circle_columns",
    "key_from_circle",
    "transform_values",
    "untransform_values",
]

FloatArray = NDArray[np.float64]

LOWEST_TEMPO: Final = 80.0
"""Tempi are folded into [80, 160) BPM: most tracks lie there already, few at its ends."""

CIRCLE_KEYS: Final = ("C", "D♯", "F♯", "A")
"""The keys at which the four columns of a circle peak, a quarter of the circle apart."""

_KEYS_IN_CIRCLE: Final = 12


def transform_values(values: FloatArray, transform: Transform) -> FloatArray:
    """Apply any transform but the circle.

    Parameters
    ----------
    values
        A catalog column, shape (n_tracks,), missing entries NaN. For the logarithm all above 0.
    transform
        ``"none"``, ``"abs"``, ``"log"`` or ``"octave"``.

    Examples
    --------
    >>> transform_values(np.array([70.0, 120.0, 200.0]), "octave")
    array([140., 120., 100.])
    """
    if transform == "abs":
        return np.abs(values)
    if transform == "log":
        return np.log(values)
    if transform == "octave":
        octaves = np.floor(np.log2(values / LOWEST_TEMPO))
        return np.asarray(values / 2.0**octaves, dtype=np.float64)
    return values


def untransform_values(values: FloatArray, transform: Transform, *, sign: float) -> FloatArray:
    """Undo a transform as far as it can be undone.

    Parameters
    ----------
    values
        Transformed values, shape (n,).
    transform
        The transform that made them.
    sign
        The sign that most values had before ``"abs"`` took it away.

    Examples
    --------
    >>> untransform_values(np.array([5.0]), "abs", sign=-1.0)
    array([-5.])
    """
    if transform == "abs":
        return sign * values
    if transform == "log":
        return np.exp(values)
    return values


def circle_columns(keys: FloatArray) -> FloatArray:
    """Place keys on a circle, as four columns that peak at C, D sharp, F sharp and A.

    They are the cosine and the sine of the key's angle, each split by sign. So no entry is
    negative, 11 lies as near to 0 as 1 does, and every key has the same norm, 1.

    Parameters
    ----------
    keys
        Pitch classes from 0 to 11, shape (n_tracks,), missing entries NaN.

    Returns
    -------
    ndarray of shape (n_tracks, 4)
        Values in [0, 1].

    Examples
    --------
    >>> circle_columns(np.array([0.0, 9.0])).round(6) + 0.0
    array([[1., 0., 0., 0.],
           [0., 0., 0., 1.]])
    """
    angles = 2 * np.pi * keys / _KEYS_IN_CIRCLE
    cosine, sine = np.cos(angles), np.sin(angles)
    halves = (cosine, sine, -cosine, -sine)
    return np.column_stack([np.maximum(half, 0.0) for half in halves])


def key_from_circle(columns: FloatArray) -> FloatArray:
    """Read keys off the four columns of a circle.

    Parameters
    ----------
    columns
        Shape (n, 4). Their length does not matter, only their direction.

    Returns
    -------
    ndarray of shape (n,)
        Keys in [0, 12), between two keys where the columns say so, NaN where they are all 0.

    Examples
    --------
    >>> key_from_circle(circle_columns(np.array([11.0]))).round(6)
    array([11.])
    """
    cosine = columns[:, 0] - columns[:, 2]
    sine = columns[:, 1] - columns[:, 3]
    keys = np.arctan2(sine, cosine) * _KEYS_IN_CIRCLE / (2 * np.pi) % _KEYS_IN_CIRCLE
    return np.where(np.hypot(cosine, sine) > 0, keys, np.nan)

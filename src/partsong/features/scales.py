"""The second step of a feature: transformed values to an even, non-negative footing.

Bounds are learned once, when a recipe is fitted, and used for every track that comes later.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.features.recipe import Scale

__all__ = ["CLIP", "Bounds", "scale_values", "standardise", "unscale_values"]

FloatArray = NDArray[np.float64]

CLIP: Final = 3.0
"""Standard deviations from the mean beyond which values count as no further away."""

_REACH: Final[dict[Scale, float]] = {"split": 0.0, "overlap": 1.0}
"""Standard deviations by which the columns above and below reach past the mean."""

_QUANTILES: Final = (0.01, 0.25, 0.5, 0.75, 0.99)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What was learned about the values of one feature.

    Attributes
    ----------
    count
        Values seen, missing ones not counted.
    minimum, maximum, mean, sd
        Of these values; the standard deviation divides by `count`.
    quantiles
        At 1, 25, 50, 75 and 99 percent.
    """

    count: int
    minimum: float
    maximum: float
    mean: float
    sd: float
    quantiles: tuple[float, ...]

    @classmethod
    def learn(cls, values: FloatArray) -> "Bounds":
        """Learn the bounds of `values`, shape (n,), of which at least one is not NaN.

        Examples
        --------
        >>> Bounds.learn(np.array([1.0, 3.0, np.nan])).mean
        2.0
        """
        observed = values[~np.isnan(values)]
        return cls(
            count=observed.size,
            minimum=float(observed.min()),
            maximum=float(observed.max()),
            mean=float(observed.mean()),
            sd=float(observed.std()) if np.ptp(observed) else 0.0,
            quantiles=tuple(float(value) for value in np.quantile(observed, _QUANTILES)),
        )


def standardise(values: FloatArray, bounds: Bounds) -> FloatArray:
    """Count standard deviations from the mean, clipped at 3; 0 where nothing varies.

    Examples
    --------
    >>> standardise(np.array([1.0, 5.0, 900.0]), Bounds.learn(np.array([1.0, 5.0])))
    array([-1.,  1.,  3.])
    """
    if bounds.sd == 0:
        return np.where(np.isnan(values), np.nan, 0.0)
    return np.clip((values - bounds.mean) / bounds.sd, -CLIP, CLIP)


def scale_values(values: FloatArray, scale: Scale, bounds: Bounds) -> FloatArray:
    """Scale transformed values.

    Parameters
    ----------
    values
        Shape (n_tracks,), missing entries NaN.
    scale
        ``"minmax"`` maps the learned range to [0, 1]. As with scikit-learn's scaler, later values
        above the range exceed 1; below it they are 0, since NMF takes nothing negative.
        ``"standard"``, ``"split"`` and ``"overlap"`` clip at 3 standard deviations on either side.
    bounds
        What was learned from the tracks of the fit.

    Returns
    -------
    ndarray of shape (n_tracks, 1) or (n_tracks, 2)
        Two columns, above and below the mean, for ``"split"`` and ``"overlap"``.

    Examples
    --------
    >>> bounds = Bounds.learn(np.array([2.0, 4.0, 6.0]))
    >>> scale_values(np.array([0.0, 5.0, 8.0]), "minmax", bounds).ravel()
    array([0.  , 0.75, 1.5 ])
    """
    if scale == "minmax":
        extent = bounds.maximum - bounds.minimum
        return np.maximum((values - bounds.minimum) / (extent or 1.0), 0.0)[:, None]
    if scale == "standard":
        return (standardise(values, bounds)[:, None] + CLIP) / (2 * CLIP)
    if scale in _REACH:
        deviations, reach = standardise(values, bounds), _REACH[scale]
        return np.column_stack(
            [np.maximum(reach + deviations, 0.0), np.maximum(reach - deviations, 0.0)]
        )
    return values[:, None]


def unscale_values(columns: FloatArray, scale: Scale, bounds: Bounds) -> FloatArray:
    """Undo :func:`scale_values`, but for what it clipped.

    Parameters
    ----------
    columns
        Shape (n, 1), or (n, 2) for ``"split"`` and ``"overlap"``.
    scale, bounds
        As they were for the way there.

    Returns
    -------
    ndarray of shape (n,)
        Transformed values.

    Examples
    --------
    >>> bounds = Bounds.learn(np.array([2.0, 4.0, 6.0]))
    >>> unscale_values(np.array([[0.75]]), "minmax", bounds)
    array([5.])
    """
    values = columns[:, 0]
    if scale == "minmax":
        return values * (bounds.maximum - bounds.minimum) + bounds.minimum
    if scale == "standard":
        return (values * 2 * CLIP - CLIP) * bounds.sd + bounds.mean
    if scale in _REACH:
        above, below, reach = values, columns[:, 1], _REACH[scale]
        deviations = np.where(
            below <= 0, above - reach, np.where(above <= 0, reach - below, (above - below) / 2)
        )
        return deviations * bounds.sd + bounds.mean
    return values

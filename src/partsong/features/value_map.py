"""How values of one feature, as one analysis measures it, become values of another analysis.

Two programs that both call something energy agree on which song has more of it, and not on how much
0.7 is. Where both have measured the same tracks, the values below which a share of those tracks
lies are the same value on two scales (quantile mapping). That keeps the order of values, needs no
formula, and keeps their spread, which a regression would shrink.
"""

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.schema import AUDIO_FEATURES, track_field

__all__ = [
    "ENOUGH_FOR_QUANTILES",
    "ENOUGH_FOR_SPREAD",
    "MAPPED_FEATURES",
    "ValueMap",
    "rank_correlation",
]

FloatArray = NDArray[np.float64]

MAPPED_FEATURES: Final = tuple(
    name for name in AUDIO_FEATURES if name not in {"key", "mode", "time_signature"}
)
"""Features whose values lie on a scale; a key is right or wrong, never a little higher."""

ENOUGH_FOR_QUANTILES: Final = 50
ENOUGH_FOR_SPREAD: Final = 10
_MOST_KNOTS: Final = 101
_FEWEST_KNOTS: Final = 11
_TRACKS_A_KNOT: Final = 5


@dataclass(frozen=True, slots=True)
class ValueMap:
    """The way of one feature from one analysis to another; plain data.

    Attributes
    ----------
    feature
        The feature.
    analysis, reference
        Whose values are moved, and onto whose scale.
    n_shared
        Tracks that both have measured.
    rank_correlation
        Spearman's correlation on these, in [-1, 1]; None where it is not defined.
    method
        ``"quantiles"`` from 50 shared tracks on; ``"spread"``, median and quartiles, from 10 on;
        ``"none"`` below that, where values stay as they are.
    knots, onto
        Values of the one scale, rising, and what they are on the other, never falling.

    Examples
    --------
    >>> energy = np.linspace(0.0, 1.0, 60)
    >>> halved = ValueMap.learn("energy", energy / 2, energy, analysis="mine", reference="spotify")
    >>> halved.method, halved.apply(np.array([0.1, 0.25]))
    ('quantiles', array([0.2, 0.5]))
    """

    feature: str
    analysis: str
    reference: str
    n_shared: int
    rank_correlation: float | None
    method: Literal["quantiles", "spread", "none"]
    knots: tuple[float, ...] = ()
    onto: tuple[float, ...] = ()

    @classmethod
    def learn(
        cls,
        feature: str,
        values: FloatArray,
        reference_values: FloatArray,
        *,
        analysis: str,
        reference: str,
    ) -> "ValueMap":
        """Learn a map from tracks that both analyses have measured.

        Parameters
        ----------
        feature
            The feature.
        values, reference_values
            What the two say of the same tracks, shape (n_shared,), none missing.
        analysis, reference
            What the two are called.
        """
        knots: FloatArray = np.empty(0)
        onto: FloatArray = np.empty(0)
        method: Literal["quantiles", "spread", "none"] = "none"
        n_shared = len(values)
        if n_shared >= ENOUGH_FOR_QUANTILES:
            method = "quantiles"
            n_knots = np.clip(n_shared // _TRACKS_A_KNOT, _FEWEST_KNOTS, _MOST_KNOTS)
            levels = np.linspace(0, 1, int(n_knots))
            knots, onto = _without_ties(
                np.quantile(values, levels), np.quantile(reference_values, levels)
            )
        elif n_shared >= ENOUGH_FOR_SPREAD:
            method = "spread"
            knots, onto = _by_spread(values, reference_values)
        return cls(
            feature,
            analysis,
            reference,
            n_shared,
            rank_correlation(values, reference_values),
            method,
            tuple(knots.tolist()),
            tuple(onto.tolist()),
        )

    def apply(self, values: FloatArray) -> FloatArray:
        """Move values onto the reference's scale.

        Parameters
        ----------
        values
            Of any shape; NaN stays NaN.

        Returns
        -------
        ndarray
            Of two values the lower never comes out higher. Beyond the values seen the map goes on
            as steeply as it does on average, up to the bounds of the feature.
        """
        if not self.knots:
            return values
        knots, onto = np.array(self.knots), np.array(self.onto)
        # A single value tells where the scale lies and nothing about its unit.
        slope = (onto[-1] - onto[0]) / (knots[-1] - knots[0]) if len(knots) > 1 else 1.0
        inside = np.interp(values, knots, onto)
        beyond = np.minimum(values - knots[0], 0) + np.maximum(values - knots[-1], 0)
        field = track_field(self.feature)
        moved: FloatArray = np.clip(inside + slope * beyond, field.low, field.high)
        return moved

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that JSON can hold and ``ValueMap(**data)`` reads back."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in ((name, getattr(self, name)) for name in self.__slots__)
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "ValueMap":
        """Read what :meth:`to_dict` wrote."""
        return cls(**{**data, "knots": tuple(data["knots"]), "onto": tuple(data["onto"])})


def rank_correlation(first: FloatArray, second: FloatArray) -> float | None:
    """Return Spearman's correlation, or None where it is not defined.

    Parameters
    ----------
    first, second
        Values of the same tracks, shape (n,) each, none missing.

    Examples
    --------
    >>> rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([1.0, 4.0, 9.0]))
    1.0
    """
    if len(first) < 2:
        return None
    ranked = pl.DataFrame({"first": first, "second": second})
    rho = ranked.select(pl.corr("first", "second", method="spearman")).item()
    return round(float(rho), 12) if rho is not None and np.isfinite(rho) else None


def _without_ties(knots: FloatArray, onto: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give every knot one value: the average of those that share it."""
    distinct, place = np.unique(knots, return_inverse=True)
    return distinct, np.bincount(place, weights=onto) / np.bincount(place)


def _by_spread(values: FloatArray, reference_values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Let the medians meet, and stretch by the ratio of the distances between the quartiles."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    onto_low, onto_middle, onto_high = np.quantile(reference_values, [0.25, 0.5, 0.75])
    half, onto_half = (high - low) / 2, (onto_high - onto_low) / 2
    if half <= 0 or onto_half <= 0:
        return np.array([middle]), np.array([onto_middle])
    return (
        np.array([middle - half, middle + half]),
        np.array([onto_middle - onto_half, onto_middle + onto_half]),
    )

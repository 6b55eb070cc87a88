"""One feature of a recipe with its bounds learned, and the way there and back."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.errors import FeatureError
from partsong.features.axis import Axis
from partsong.features.recipe import FeatureSpec
from partsong.features.scales import Bounds, scale_values, standardise, unscale_values
from partsong.features.transforms import (
    CIRCLE_KEYS,
    circle_columns,
    key_from_circle,
    transform_values,
    untransform_values,
)
from partsong.schema import track_field

__all__ = ["FittedFeature", "read_column"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FittedFeature:
    """One feature of a recipe with what was learned about it.

    Attributes
    ----------
    spec
        What the recipe says.
    bounds
        Of the transformed values; these scale the feature.
    own
        Of the values that levels are counted from: the transformed ones, but never absolute
        values, since "loud" must not be read off a number that falls as it gets louder.
    """

    spec: FeatureSpec
    bounds: Bounds
    own: Bounds

    @classmethod
    def fit(cls, spec: FeatureSpec, values: FloatArray) -> "FittedFeature":
        """Learn the bounds from a catalog column, shape (n_tracks,), missing entries NaN.

        Raises
        ------
        FeatureError
            If a logarithm or an octave is asked of a value that is 0 or below.
        """
        _refuse_zeros(spec, values)
        transformed = transform_values(values, spec.transform)
        own = values if spec.transform == "abs" else transformed
        return cls(spec, Bounds.learn(transformed), Bounds.learn(own))

    @property
    def names(self) -> tuple[str, ...]:
        """What the columns of this feature hold."""
        column = self.spec.column
        if self.spec.transform == "circle":
            return tuple(f"{column} near {key}" for key in CIRCLE_KEYS)
        if self.spec.scale in {"split", "overlap"}:
            return (f"high {column}", f"low {column}")
        return (column,)

    def axes(self, start: int) -> tuple[Axis, ...]:
        """Say what its columns of the matrix, from the column `start` on, are more or less of."""
        column = self.spec.column
        if self.spec.transform == "circle":
            east, north, west, south = (f"near {key}" for key in CIRCLE_KEYS)
            return (
                Axis(column, west, east, (start, start + 2)),
                Axis(column, south, north, (start + 1, start + 3)),
            )
        plain = column.replace("_", " ")
        low, high = track_field(column).words or (f"low {plain}", f"high {plain}")
        if self.spec.transform == "abs" and self.own.mean < 0:
            low, high = high, low
        return (Axis(column, low, high, tuple(range(start, start + len(self.names)))),)

    def encode(self, values: FloatArray) -> FloatArray:
        """Turn a catalog column, shape (n_tracks,), into columns of the matrix.

        Raises
        ------
        FeatureError
            If a logarithm or an octave is asked of a value that is 0 or below.
        """
        _refuse_zeros(self.spec, values)
        if self.spec.transform == "circle":
            columns = circle_columns(values)
        else:
            transformed = transform_values(values, self.spec.transform)
            columns = scale_values(transformed, self.spec.scale, self.bounds)
        return columns * self.spec.weight

    def decode(self, columns: FloatArray) -> FloatArray:
        """Turn columns of the matrix into values of the catalog column, shape (n,)."""
        columns = columns / self.spec.weight
        if self.spec.transform == "circle":
            return key_from_circle(columns)
        values = unscale_values(columns, self.spec.scale, self.bounds)
        sign = -1.0 if self.own.mean < 0 else 1.0
        return untransform_values(values, self.spec.transform, sign=sign)

    def level(self, values: FloatArray) -> FloatArray:
        """Count standard deviations above the average of the fit, clipped at 3.

        `values` is a catalog column, shape (n_tracks,).
        """
        own = (
            values
            if self.spec.transform == "abs"
            else transform_values(values, self.spec.transform)
        )
        return standardise(own, self.own)

    def to_dict(self) -> dict[str, Any]:
        """Return what was learned, as plain data."""
        return {"bounds": asdict(self.bounds), "own": asdict(self.own)}

    @classmethod
    def from_dict(cls, spec: FeatureSpec, data: Mapping[str, Any]) -> "FittedFeature":
        """Join a spec to what :meth:`to_dict` wrote."""
        return cls(spec, _read_bounds(data["bounds"]), _read_bounds(data["own"]))


def read_column(tracks: pl.DataFrame, column: str) -> FloatArray:
    """Return a column as numbers, NaN where it is missing, infinite or not there at all.

    Examples
    --------
    >>> read_column(pl.DataFrame({"energy": [0.5, None]}), "energy")
    array([0.5, nan])
    """
    if column not in tracks.columns:
        return np.full(len(tracks), np.nan)
    values = tracks.get_column(column).cast(pl.Float64).to_numpy()
    return np.where(np.isfinite(values), values, np.nan)


def _read_bounds(data: Mapping[str, Any]) -> Bounds:
    return Bounds(**{**data, "quantiles": tuple(data["quantiles"])})


def _refuse_zeros(spec: FeatureSpec, values: FloatArray) -> None:
    count = int((values <= 0).sum())
    if count and spec.transform in {"log", "octave"}:
        raise FeatureError(
            f"{spec.column!r} is 0 or below for {count} tracks, "
            f"which transform = {spec.transform!r} cannot take.",
            hint="Import the tracks again, since an import turns such values into missing ones, "
            f"or use transform = 'none' for {spec.column!r}.",
        )

"""How far a catalog has moved away from the one that a recipe learned its bounds from."""

import math
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from partsong.features import FittedRecipe

__all__ = ["FeatureMove", "measure_moves"]


@dataclass(frozen=True, slots=True)
class FeatureMove:
    """How far a feature of the catalog has moved since its bounds were learned.

    Attributes
    ----------
    feature
        The catalog column.
    shift
        By how much its average has risen, in standard deviations as they were.
    spread
        Its standard deviation now, over that of the fit.
    """

    feature: str
    shift: float
    spread: float

    @property
    def size(self) -> float:
        """The larger of the shift and the logarithm of the spread, both without their sign."""
        return max(abs(self.shift), abs(math.log(self.spread)) if self.spread else math.inf)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data, for ``partsong update --json``."""
        return {"feature": self.feature, "shift": self.shift, "spread": self.spread}


def measure_moves(recipe: FittedRecipe, tracks: pl.DataFrame) -> tuple[FeatureMove, ...]:
    """Measure how far the features of a catalog have moved since a recipe learned its bounds.

    Parameters
    ----------
    recipe
        With the bounds of the fit.
    tracks
        What the catalog holds now, or a sample of it: `track_id` and the columns of the recipe.

    Returns
    -------
    tuple of FeatureMove
        The largest first. The key has no average, and a feature that did not vary no spread.

    Examples
    --------
    >>> from partsong.features import FeatureSpec, Recipe
    >>> tracks = pl.DataFrame({"track_id": ["a", "b"], "energy": [0.25, 0.75]})
    >>> recipe = Recipe("mine", "", (FeatureSpec("energy", scale="split"),))
    >>> fitted = FittedRecipe.fit(recipe, tracks)
    >>> measure_moves(fitted, tracks.with_columns(pl.col("energy") + 0.25))
    (FeatureMove(feature='energy', shift=1.0, spread=1.0),)
    """
    now = FittedRecipe.fit(replace(recipe.recipe, genres=None), tracks)
    own = {feature.spec.column: feature.own for feature in now.features}
    moves = [
        FeatureMove(
            feature.spec.column,
            (own[feature.spec.column].mean - feature.own.mean) / feature.own.sd,
            own[feature.spec.column].sd / feature.own.sd,
        )
        for feature in recipe.features
        if feature.spec.column in own and feature.spec.column != "key" and feature.own.sd
    ]
    return tuple(sorted(moves, key=lambda move: -move.size))

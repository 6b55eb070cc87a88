"""A model: one fitted run, joined to the ids and names it was made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong import __version__
from partsong.features import FittedRecipe
from partsong.parts.assignment import Assignment, assign_parts
from partsong.parts.part import Part, shown_parts

__all__ = ["FitRecord", "Model", "Setting"]

Setting = str | int | float | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRecord:
    """How a model came about and how well it fits.

    Attributes
    ----------
    relative_error
        Frobenius norm of ``X - W H`` over that of ``X``, observed entries only.
    n_iter
        Iterations of the solver.
    seconds
        What the fit took.
    random_state
        The seed; the same one makes the same model again.
    settings
        Parameters of the estimator that were not left at their defaults.
    created
        When, in UTC.
    version
        Of partsong.
    """

    relative_error: float
    n_iter: int
    seconds: float
    random_state: int | None = None
    settings: Mapping[str, Setting] = field(default_factory=dict)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    version: str = __version__


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Model:
    """A fitted run.

    A view reads it by its shown parts: `shown`, `part_loadings` and `assign` leave out what a user
    has hidden and treat merged parts as one. `W`, `H` and `R` stay as they were learned.

    Attributes
    ----------
    name
        What the model is called.
    recipe
        With the bounds it learned, so that new tracks can be placed.
    H
        Components with rows of norm 1, shape (n_components, n_features).
    W
        Balanced loadings, float32, shape (n_tracks, n_components). A memory map where the model
        was read from its folder.
    track_ids
        The id of each row of `W`.
    parts
        Each component is in one of them. The largest share came first when the model was learned.
    fit
        How it came about.
    confidence
        How surely each track goes to the same part when the fit is repeated on other tracks, in
        [0, 1]; shape (n_tracks,). NaN for tracks that were folded in later; None where it was not
        measured.
    R
        What the parts leave unexplained of each track along the axes of the recipe, signed,
        float32, shape (n_tracks, n_axes); see `track_space`. A memory map like `W`; None in models
        that were learned before it was kept.
    """

    name: str
    recipe: FittedRecipe
    H: NDArray[np.float64]
    W: NDArray[np.float32]
    track_ids: pl.Series
    parts: tuple[Part, ...]
    fit: FitRecord
    confidence: NDArray[np.float32] | None = None
    R: NDArray[np.float32] | None = None

    @property
    def shown(self) -> tuple[Part, ...]:
        """The parts that are not hidden, the largest share first."""
        return shown_parts(self.parts)

    def part_loadings(self) -> NDArray[np.float32]:
        """Return how much of each shown part is in each track.

        Returns
        -------
        ndarray of shape (n_tracks, len(shown)), float32
            For each of `shown` the sum of its components' columns of `W`. It is `W` itself, and
            may lie on disk, where every part is one component in their order.
        """
        groups = [part.components for part in self.shown]
        if groups == [(component,) for component in range(self.W.shape[1])]:
            return self.W
        loadings = np.empty((len(self.W), len(groups)), dtype=np.float32)
        for column, components in enumerate(groups):
            loadings[:, column] = self.W[:, list(components)].sum(axis=1)
        return loadings

    def assign(self, *, margin: float = 0.1, min_confidence: float = 0.5) -> Assignment:
        """Assign each track to its strongest shown part, or to none.

        Parameters
        ----------
        margin
            A track is mixed where its strongest part leads the runner-up by less than this, in
            shares of its own strength; see `assign_parts`.
        min_confidence
            A track whose confidence is known and less than this is mixed too.

        Returns
        -------
        Assignment
            Its labels are indices of `shown`.
        """
        loadings = self.part_loadings()
        return assign_parts(
            loadings,
            np.eye(loadings.shape[1]),
            margin=margin,
            confidence=self.confidence,
            min_confidence=min_confidence,
        )

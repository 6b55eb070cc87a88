"""The space in which tracks are compared: their parts, and what the parts leave unexplained.

Compared by loadings alone, tracks of few parts have worse neighbours than their features would
give them. With the rest beside the loadings nothing that the recipe heard is lost. What is above
and what is below the parts are columns of their own, so no entry is negative, and a cosine stays a
sum of contributions of which none is.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.parts.edits.finding import find_part
from partsong.parts.model import Model
from partsong.parts.part import Part

__all__ = ["BEYOND", "TrackSpace", "track_space"]

FloatArray = NDArray[np.floating]

BEYOND: Final = "beyond the parts"
"""What a reason is called that no part holds."""

_BLOCK_ROWS: Final = 65_536


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TrackSpace:
    """Rows that tracks are compared by, and what each column of them means.

    Attributes
    ----------
    loadings
        Non-negative, float32, shape (n_tracks, n_columns): the components of the shown parts,
        then of each axis of the recipe what a track has more of than its parts say, then what it
        has less of. The parts alone where a model was learned before their rest was kept.
    parts
        The shown parts of the model.
    owner
        Of each column the index of its part, -1 beyond the parts; shape (n_columns,).
    words
        What a track is called that has much in a column; empty for the columns of parts.
    """

    loadings: NDArray[np.float32]
    parts: tuple[Part, ...]
    owner: NDArray[np.intp]
    words: tuple[str, ...]

    def columns_of(self, part_name: str) -> tuple[int, ...]:
        """Return the columns that a part owns.

        Parameters
        ----------
        part_name
            A shown part, as `find_part` understands it.

        Raises
        ------
        QueryError
            If no part, or more than one, is meant; with the names to choose from.
        """
        place = self.parts.index(find_part(self.parts, part_name))
        return tuple(np.flatnonzero(self.owner == place).tolist())

    def by_part(self, contributions: FloatArray) -> NDArray[np.float64]:
        """Add up what the columns contribute to scores, by part.

        Parameters
        ----------
        contributions
            What each column adds to a score, shape (n, n_columns).

        Returns
        -------
        ndarray of shape (n, len(parts) + 1)
            What each part adds, and last what is beyond the parts. Rows have the same sums.
        """
        sums = np.zeros((len(contributions), len(self.parts) + 1))
        for column, part in enumerate(self.owner):
            sums[:, part] += contributions[:, column]
        return sums

    def beyond(
        self, contributions: FloatArray, *, n: int = 2
    ) -> list[tuple[tuple[str, float], ...]]:
        """Say in which features tracks agree beyond their parts.

        Parameters
        ----------
        contributions
            What each column adds to a score, shape (n_scores, n_columns).
        n
            How many words, at most.

        Returns
        -------
        list of tuple of (word, contribution)
            For each score, the most first; those that add nothing are left out.
        """
        outside = np.flatnonzero(self.owner < 0)
        added = np.asarray(contributions)[:, outside]
        most = np.argsort(-added, axis=1, kind="stable")[:, :n]
        words = [self.words[column] for column in outside]
        return [
            tuple((words[place], amount) for place, amount in zip(*own, strict=True) if amount > 0)
            for own in zip(
                most.tolist(), np.take_along_axis(added, most, axis=1).tolist(), strict=True
            )
        ]


def track_space(model: Model) -> TrackSpace:
    """Return the space in which the tracks of a model are compared.

    Hidden parts are no part of it. Merged parts keep the columns of all their components, so
    merging changes no likeness.

    Parameters
    ----------
    model
        A fitted model.

    Returns
    -------
    TrackSpace
        Its rows stand in the order of `Model.track_ids`.

    Examples
    --------
    >>> import polars as pl
    >>> from partsong.features import FeatureSpec, FittedRecipe, Recipe
    >>> from partsong.parts import build_model
    >>> recipe = Recipe("mine", "", (FeatureSpec("energy", scale="split"),))
    >>> tracks = pl.DataFrame({"track_id": ["a", "b"], "energy": [0.9, 0.1]})
    >>> fitted = FittedRecipe.fit(recipe, tracks)
    >>> matrix, W, H = fitted.transform(tracks), np.ones((2, 1)), np.array([[1.0, 0.0]])
    >>> model = build_model(
    ...     matrix, W, H, name="x", recipe=fitted, tracks=tracks, n_iter=1, seconds=0
    ... )
    >>> space = track_space(model)
    >>> space.words, space.owner.tolist(), space.loadings.round(6).tolist()
    (('', 'energetic', 'calm'), [0, -1, -1], [[1.0, 0.0, 0.0], [1.0, 0.0, 2.0]])
    """
    parts = model.shown
    components = [component for part in parts for component in part.components]
    axes = model.recipe.axes if model.R is not None else ()
    return TrackSpace(
        loadings=_lay_out(model.W, components, model.R),
        parts=parts,
        owner=np.repeat(
            np.array([*range(len(parts)), -1], dtype=np.intp),
            [*(len(part.components) for part in parts), 2 * len(axes)],
        ),
        words=(
            *("" for _ in components),
            *(axis.high for axis in axes),
            *(axis.low for axis in axes),
        ),
    )


def _lay_out(
    W: NDArray[np.float32], components: list[int], R: NDArray[np.float32] | None
) -> NDArray[np.float32]:
    n_axes = 0 if R is None else R.shape[1]
    loadings = np.empty((len(W), len(components) + 2 * n_axes), dtype=np.float32)
    parts, more, less = np.split(loadings, [len(components), len(components) + n_axes], axis=1)
    for start in range(0, len(W), _BLOCK_ROWS):
        rows = slice(start, start + _BLOCK_ROWS)
        parts[rows] = W[rows][:, components]
        if R is not None:
            np.maximum(R[rows], 0, out=more[rows])
            np.maximum(-R[rows], 0, out=less[rows])
    return loadings

"""A model: one fitted run, joined to the ids and names it was made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong import __version__
from partsong.errors import QueryError
from partsong.features import FeatureMatrix, FittedRecipe
from partsong.nmf import balance_scale
from partsong.parts.assignment import part_shares
from partsong.parts.description import describe_parts
from partsong.parts.part import Part

__all__ = ["FitRecord", "Model", "Setting", "build_model", "rename_part"]

FloatArray = NDArray[np.floating]
Setting = str | int | float | bool | None

_BLOCK_ROWS = 65_536


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
        One for each component, the largest share first.
    fit
        How it came about.
    """

    name: str
    recipe: FittedRecipe
    H: NDArray[np.float64]
    W: NDArray[np.float32]
    track_ids: pl.Series
    parts: tuple[Part, ...]
    fit: FitRecord


def build_model(
    matrix: FeatureMatrix,
    W: FloatArray,
    H: FloatArray,
    *,
    name: str,
    recipe: FittedRecipe,
    tracks: pl.DataFrame,
    n_iter: int,
    seconds: float,
    random_state: int | None = None,
    settings: Mapping[str, Setting] | None = None,
) -> Model:
    """Join a factorisation to the tracks it was made of.

    The scale is moved to the loadings, and the parts are put in order of their share. So two
    factorisations that differ only in scale or order give the same model.

    Parameters
    ----------
    matrix
        What was factorised.
    W, H
        Loadings, shape (n_tracks, n_components), and components, shape
        (n_components, n_features).
    name
        What to call the model.
    recipe
        The fitted recipe that made `matrix`.
    tracks
        The tracks of `matrix`, in any order and possibly with others among them: `track_id`, the
        columns of the recipe, and `artists` if typical tracks are to be of different ones.
    n_iter, seconds, random_state, settings
        For the record, see `FitRecord`.

    Examples
    --------
    >>> from partsong.features import FeatureSpec, Recipe
    >>> recipe = Recipe("mine", "", (FeatureSpec("energy", scale="split"),))
    >>> tracks = pl.DataFrame({"track_id": ["a", "b"], "energy": [0.1, 0.9]})
    >>> fitted = FittedRecipe.fit(recipe, tracks)
    >>> matrix = fitted.transform(tracks)
    >>> model = build_model(
    ...     matrix, matrix.X, np.eye(2), name="x", recipe=fitted, tracks=tracks, n_iter=1, seconds=0
    ... )
    >>> [part.name for part in model.parts], model.fit.relative_error
    (['energetic', 'calm'], 0.0)
    """
    W, H = balance_scale(np.asarray(W, dtype=np.float64), np.asarray(H, dtype=np.float64))
    # Rounded, so that parts of equal share keep their order whatever the scale was.
    order = np.argsort(-part_shares(W, H).mean(axis=0).round(9), kind="stable")
    W, H = W[:, order], H[order]
    ids = matrix.track_ids.alias("track_id")
    rows = ids.to_frame().join(tracks, on="track_id", how="left", maintain_order="left")
    if "key" not in recipe.columns:
        rows = rows.drop("key", strict=False)  # no part was made by it, so none is named after it
    return Model(
        name=name,
        recipe=recipe,
        H=np.ascontiguousarray(H, dtype=np.float64),
        W=np.ascontiguousarray(W, dtype=np.float32),
        track_ids=ids,
        parts=describe_parts(W, H, tracks=rows, levels=recipe.levels(rows)),
        fit=FitRecord(
            relative_error=_relative_error(matrix.X, W, H),
            n_iter=n_iter,
            seconds=seconds,
            random_state=random_state,
            settings=dict(settings or {}),
        ),
    )


def rename_part(model: Model, old: str, new: str) -> Model:
    """Give a part another name.

    Parameters
    ----------
    model
        Whose part it is; it is not changed.
    old, new
        The names.

    Raises
    ------
    QueryError
        If no part is called `old`, or another one is called `new` already.
    """
    names = [part.name for part in model.parts]
    if old not in names:
        raise QueryError(
            f"There is no part called {old!r}.", hint=f"Parts are: {'; '.join(names)}."
        )
    if not new.strip() or (new != old and new in names):
        raise QueryError(
            f"A part cannot be called {new!r}: names are unique and not empty.",
            hint="Choose another name.",
        )
    parts = tuple(replace(part, name=new) if part.name == old else part for part in model.parts)
    return replace(model, parts=parts)


def _relative_error(X: FloatArray, W: FloatArray, H: FloatArray) -> float:
    missed = total = 0.0
    for start in range(0, len(X), _BLOCK_ROWS):
        block = X[start : start + _BLOCK_ROWS]
        missed += float(np.nansum((block - W[start : start + _BLOCK_ROWS] @ H) ** 2))
        total += float(np.nansum(block**2))
    return float(np.sqrt(missed / total)) if total else 0.0

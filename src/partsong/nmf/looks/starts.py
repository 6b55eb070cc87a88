"""Where descents by looks start from: rows drawn, and components made of them."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from partsong.nmf.blocks import FloatArray
from partsong.nmf.initialization import Init, initialize
from partsong.nmf.penalties import NO_PENALTIES, Penalties

__all__ = ["RowDraw", "draw_rows", "draw_starts"]

_LIFT = 0.02
"""Of the largest value: added to rows that serve as a start, as a zero is slow to leave."""


def draw_starts(
    X: FloatArray,
    n_components: int,
    *,
    random_state: np.random.RandomState,
    init: Init | None = None,
    n_init: int = 8,
) -> Iterator[FloatArray]:
    """Yield components to start from.

    Parameters
    ----------
    X
        Rows, NaN where missing.
    n_components
        Number of components.
    random_state
        What random starts are drawn from.
    init
        As in `initialize`. None: one from singular vectors, the rest from rows drawn at random;
        where there are as many components as features, also the features themselves.
    n_init
        How many. Starts that know no chance come once.

    Examples
    --------
    >>> starts = draw_starts(np.eye(3), 3, random_state=np.random.RandomState(0), n_init=3)
    >>> len(list(starts))
    3
    """
    if init in {"nndsvd", "nndsvda"}:
        yield initialize(X, n_components, init=init, random_state=random_state)[1]
        return
    n_features = X.shape[1]
    n_drawn = 0
    if init is None and n_components >= n_features:
        yield np.eye(n_components, n_features)
        n_drawn += 1
    elif init is None and n_components <= len(X):
        yield initialize(X, n_components, init="nndsvda", random_state=random_state)[1]
        n_drawn += 1
    for _ in range(n_drawn, n_init):
        if init is None:
            chosen = random_state.choice(len(X), n_components, replace=n_components > len(X))
            lift = _LIFT * float(np.nanmax(X))
            yield np.nan_to_num(np.asarray(X[chosen], dtype=np.float64)) + lift
        else:
            yield initialize(X, n_components, init=init, random_state=random_state)[1]


class RowDraw(NamedTuple):
    """Some rows of a table, and what they cost.

    Attributes
    ----------
    X
        The rows.
    weights
        How often each counts; None where each counts once.
    penalties
        What factors cost, for so many rows.
    """

    X: FloatArray
    weights: FloatArray | None
    penalties: Penalties


def draw_rows(
    X: FloatArray,
    size: int,
    random_state: np.random.RandomState,
    *,
    weights: FloatArray | None = None,
    penalties: Penalties = NO_PENALTIES,
) -> RowDraw:
    """Draw rows without repeats, in their order; all where these are few enough.

    Parameters
    ----------
    X
        All rows.
    size
        How many to draw.
    random_state
        What they are drawn from.
    weights
        How often each row counts.
    penalties
        What factors cost, for all rows.

    Examples
    --------
    >>> len(draw_rows(np.eye(100), 5, np.random.RandomState(0)).X)
    5
    """
    if len(X) <= size:
        return RowDraw(X, weights, penalties)
    generator = np.random.Generator(np.random.PCG64(random_state.randint(2**31)))
    rows = np.sort(generator.choice(len(X), size, replace=False, shuffle=False))
    own = None if weights is None else weights[rows]
    return RowDraw(X[rows], own, penalties.for_part(size / len(X)))

"""A fit by looks, from many starts: tried on few rows, carried on with more, ended on all.

Starts are cheap on a few thousand rows, and the components that are best there are nearly so on
all. So the many looks that a poor start needs are spent on a small sample, and two to four at all
rows are enough.
"""

from collections.abc import Callable, Iterator

import numpy as np

from partsong.nmf.blocks import FloatArray
from partsong.nmf.initialization import Init, initialize
from partsong.nmf.looks.patterns import PatternLook
from partsong.nmf.looks.projection import Look, LookDescent, descend_by_looks
from partsong.nmf.penalties import NO_PENALTIES, Penalties
from partsong.nmf.workers import map_in_threads

__all__ = ["draw_rows", "draw_starts", "fit_by_looks", "fit_sample"]

_FEW_ROWS = 4_000
"""Enough to tell a good start from a poor one."""

_SAMPLE_ROWS = 20_000
"""Enough that the components found are within a look or two of those of all rows."""

_START_TOLERANCE = 1e-4
_SAMPLE_TOLERANCE = 1e-5
_START_LOOKS = 8
_START_STEPS = 25
_SAMPLE_LOOKS = 30

_LIFT = 0.02
"""Of the largest value: added to rows that serve as a start, as a zero is slow to leave."""

LookFactory = Callable[[FloatArray, FloatArray | None, Penalties], Callable[[FloatArray], Look]]


def fit_by_looks(
    X: FloatArray,
    n_components: int,
    *,
    look: Callable[[FloatArray], Look],
    tol: float,
    max_iter: int,
    random_state: np.random.RandomState,
    init: Init | None = None,
    n_init: int = 8,
    penalties: Penalties = NO_PENALTIES,
    weights: FloatArray | None = None,
    n_jobs: int = 1,
    sample_look: LookFactory = PatternLook,
    callback: Callable[[int, float], object] | None = None,
) -> LookDescent:
    """Fit the components of rows in memory.

    Parameters
    ----------
    X
        Shape (n_samples, n_features), non-negative.
    n_components
        Number of components.
    look
        Looks at all rows of ``X``.
    tol, max_iter, callback
        For the looks at all rows, as in `descend_by_looks`.
    random_state
        What the sample and the random starts are drawn from.
    init, n_init
        The kind of start and their number, as in `draw_starts`.
    penalties
        What factors cost.
    weights
        How often each row counts.
    n_jobs
        Threads, for starts beside each other.
    sample_look
        Makes what looks at a sample: called with its rows, their weights and their penalties.

    Returns
    -------
    LookDescent
        The components, and how the loss over all rows fell.

    Examples
    --------
    >>> X = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 3.0]])
    >>> rng = np.random.RandomState(0)
    >>> fit_by_looks(X, 1, look=PatternLook(X), tol=1e-6, max_iter=20, random_state=rng).converged
    True
    """
    rows = draw_rows(len(X), _SAMPLE_ROWS, random_state)
    H = fit_sample(
        X if rows is None else X[rows],
        n_components,
        random_state=random_state,
        init=init,
        n_init=n_init,
        penalties=penalties if rows is None else penalties.for_part(len(rows) / len(X)),
        weights=weights if rows is None or weights is None else weights[rows],
        n_jobs=n_jobs,
        sample_look=sample_look,
        is_all=rows is None,
    )
    return descend_by_looks(
        look, H, tol=tol, max_iter=max_iter, callback=callback, is_free=penalties == NO_PENALTIES
    )


def fit_sample(
    X: FloatArray,
    n_components: int,
    *,
    random_state: np.random.RandomState,
    init: Init | None = None,
    n_init: int = 8,
    penalties: Penalties = NO_PENALTIES,
    weights: FloatArray | None = None,
    n_jobs: int = 1,
    sample_look: LookFactory = PatternLook,
    is_all: bool = False,
) -> FloatArray:
    """Return the best components of a sample: to start from on all rows.

    Parameters
    ----------
    X
        The rows drawn, about 20,000.
    n_components, random_state, init, n_init, penalties, weights, n_jobs, sample_look
        As in `fit_by_looks`; the penalties those of this many rows.
    is_all
        Whether these are all rows there are. Then the last descent is left to the caller.

    Returns
    -------
    ndarray of shape (n_components, n_features)
        Non-negative.

    Examples
    --------
    >>> X = np.array([[1.0, 2.0], [2.0, 4.0]])
    >>> fit_sample(X, 1, random_state=np.random.RandomState(0)).round(4)
    array([[0.4472, 0.8944]])
    """
    is_free = penalties == NO_PENALTIES
    few = draw_rows(len(X), _FEW_ROWS, random_state)
    rows = X if few is None else X[few]
    own_weights = weights if few is None or weights is None else weights[few]
    price = penalties if few is None else penalties.for_part(len(rows) / len(X))
    starts = list(
        draw_starts(rows, n_components, init=init, n_init=n_init, random_state=random_state)
    )
    if len(starts) == 1:
        best = starts[0]
    else:

        def follow(start: FloatArray) -> LookDescent:
            return descend_by_looks(
                sample_look(rows, own_weights, price),
                start,
                tol=_START_TOLERANCE,
                max_iter=_START_LOOKS,
                is_free=is_free,
                model_steps=_START_STEPS,
            )

        descents = map_in_threads(follow, starts, n_jobs=n_jobs)
        best = min(descents, key=lambda descent: float(descent.loss_curve[-1])).H
    if is_all:
        return best
    return descend_by_looks(
        sample_look(X, weights, penalties),
        best,
        tol=_SAMPLE_TOLERANCE,
        max_iter=_SAMPLE_LOOKS,
        is_free=is_free,
    ).H


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


def draw_rows(
    n_rows: int, size: int, random_state: np.random.RandomState
) -> np.ndarray[tuple[int], np.dtype[np.intp]] | None:
    """Draw rows without repeats, in their order; None where all are few enough.

    Examples
    --------
    >>> draw_rows(3, 5, np.random.RandomState(0)) is None
    True
    >>> len(draw_rows(100, 5, np.random.RandomState(0)))
    5
    """
    if n_rows <= size:
        return None
    generator = np.random.Generator(np.random.PCG64(random_state.randint(2**31)))
    return np.sort(generator.choice(n_rows, size, replace=False, shuffle=False))

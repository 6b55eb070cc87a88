"""A fit by looks, from many starts: tried on few rows, carried on with more, ended on all.

Starts are cheap on a few thousand rows, and the components that are best there are nearly so on
all. So the many looks that a poor start needs are spent on a small sample, and two to four at all
rows are enough. What is nearly as good as the best on the sample goes on too, as all rows may see
it otherwise; without that, which of two minima a fit ends in is up to the sample.
"""

from collections.abc import Callable

import numpy as np

from partsong.nmf.blocks import FloatArray, split_into_blocks
from partsong.nmf.descents.descent import descend
from partsong.nmf.descents.hals import HierarchicalLeastSquares
from partsong.nmf.initialization import Init
from partsong.nmf.looks.contenders import (
    MOST_ROUNDS,
    Contender,
    carry_on,
    choose_contender,
    keep_contenders,
    try_starts,
)
from partsong.nmf.looks.patterns import PatternLook, solve_by_patterns
from partsong.nmf.looks.projection import Look, LookDescent, descend_by_looks
from partsong.nmf.looks.starts import RowDraw, draw_rows, draw_starts
from partsong.nmf.penalties import NO_PENALTIES, Penalties

__all__ = ["fit_by_looks", "fit_sample"]

_FEW_ROWS = 4_000
"""Enough to tell a good start from a poor one."""

_SAMPLE_ROWS = 20_000
"""Enough that the components found are within a look or two of those of all rows."""

_START_TOLERANCE = 1e-4
_SAMPLE_TOLERANCE = 1e-5
_START_LOOKS = 8
_START_STEPS = 25
_MANY_COMPONENTS = 8
"""With more, a few thousand rows have nearly as many patterns, and looks no advantage."""

_START_TURNS = 500
_SAMPLE_LOOKS = 30

_ROUNDING = 1e-12
"""Of the squares of the rows."""

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
    sample = draw_rows(X, _SAMPLE_ROWS, random_state, weights=weights, penalties=penalties)
    contenders = fit_sample(
        sample.X,
        n_components,
        random_state=random_state,
        init=init,
        n_init=n_init,
        penalties=sample.penalties,
        weights=sample.weights,
        n_jobs=n_jobs,
        sample_look=sample_look,
        is_all=len(sample.X) == len(X),
    )
    return descend_by_looks(
        look,
        choose_contender(contenders, look),
        tol=tol,
        max_iter=max_iter,
        callback=callback,
        is_free=penalties == NO_PENALTIES,
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
) -> list[Contender]:
    """Return what starts on a sample come to, as far as it may be the best on all rows.

    Parameters
    ----------
    X
        The rows drawn, about 20,000.
    n_components, random_state, init, n_init, penalties, weights, n_jobs, sample_look
        As in `fit_by_looks`; the penalties those of this many rows.
    is_all
        Whether these are all rows there are. Then the last descents are left to the caller.

    Returns
    -------
    list of Contender
        Best first.

    Examples
    --------
    >>> X = np.array([[1.0, 2.0], [2.0, 4.0]])
    >>> [one.H.round(4) for one in fit_sample(X, 1, random_state=np.random.RandomState(0))]
    [array([[0.4472, 0.8944]])]
    """
    few = draw_rows(X, _FEW_ROWS, random_state, weights=weights, penalties=penalties)
    is_free = penalties == NO_PENALTIES

    def follow(start: FloatArray) -> Contender:
        if n_components > _MANY_COMPONENTS:
            return _follow_in_turns(few, start)
        descent = descend_by_looks(
            sample_look(*few),
            start,
            tol=_START_TOLERANCE,
            max_iter=_START_LOOKS,
            is_free=is_free,
            model_steps=_START_STEPS,
        )
        return Contender(float(descent.loss_curve[-1]), descent.H)

    contenders = try_starts(
        draw_starts(
            few.X, n_components, init=init, n_init=MOST_ROUNDS * n_init, random_state=random_state
        ),
        follow,
        n_init=n_init,
        n_rows=len(few.X),
        rounding=_ROUNDING * float((few.X**2).sum()),
        n_jobs=n_jobs,
    )
    if is_all:
        return contenders
    contenders = carry_on(
        contenders,
        sample_look(X, weights, penalties),
        tol=_SAMPLE_TOLERANCE,
        max_iter=_SAMPLE_LOOKS,
        is_free=is_free,
    )
    return keep_contenders(contenders, len(X))


def _follow_in_turns(few: RowDraw, H: FloatArray) -> Contender:
    """Descend by moving loadings and components in turn."""
    W = solve_by_patterns(few.X, H, penalties=few.penalties)
    descent = descend(
        split_into_blocks(few.X, few.weights),
        (W, H),
        HierarchicalLeastSquares(penalties=few.penalties),
        tol=_START_TOLERANCE,
        max_iter=_START_TURNS,
        penalties=few.penalties,
    )
    return Contender(float(descent.loss_curve[-1]), descent.H)

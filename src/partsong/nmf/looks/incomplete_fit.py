"""A fit of rows with missing entries: starts are tried on few rows, the best goes on with all.

Each row costs about ten times as much as a complete one, so the few are fewer, and what is nearly
as good as the best is told from it before all rows are looked at.
"""

from collections.abc import Callable, Iterator

import numpy as np

from partsong.nmf.blocks import FloatArray
from partsong.nmf.descents.solver import Sums
from partsong.nmf.initialization import Init
from partsong.nmf.looks.contenders import (
    Contender,
    carry_on,
    choose_contender,
    keep_contenders,
    try_starts,
)
from partsong.nmf.looks.incomplete import build_look, visit_incomplete
from partsong.nmf.looks.pattern_tables import every_component
from partsong.nmf.looks.projection import LookDescent, descend_by_looks, minimize_model
from partsong.nmf.looks.starts import RowDraw, draw_rows, draw_starts
from partsong.nmf.penalties import NO_PENALTIES, Penalties

__all__ = ["fit_incomplete", "summarise_incomplete"]

_FEW_ROWS = 4_000
_SAMPLE_ROWS = 20_000
_ROUNDS = 2
"""Of starts, at most."""

_START_STEPS = (25, 25, 50)
"""Of each start, after each of which the patterns are looked at again."""

_START_TOLERANCE = 1e-5
_ROUNDING = 1e-12
"""Of the squares of the rows."""

_SAMPLE_TOLERANCE = 1e-4
_SAMPLE_LOOKS = 3
_MODEL_STEPS = 20
"""With a model of 20,000 rows each takes a hundredth of a second."""


def fit_incomplete(
    X: FloatArray,
    n_components: int,
    *,
    tol: float,
    max_iter: int,
    random_state: np.random.RandomState,
    init: Init | None = None,
    n_init: int = 8,
    H: FloatArray | None = None,
    penalties: Penalties = NO_PENALTIES,
    weights: FloatArray | None = None,
    n_jobs: int = 1,
    callback: Callable[[int, float], object] | None = None,
) -> LookDescent:
    """Fit the components of rows in memory, with missing entries or without.

    Parameters
    ----------
    X
        Shape (n_samples, n_features), C-contiguous, non-negative, NaN where missing. Every
        feature was observed somewhere.
    n_components
        Number of components, at most 16.
    tol, max_iter, callback
        For the looks at all rows, as in `descend_by_looks`.
    random_state
        What samples and random starts are drawn from.
    init, n_init
        The kind of start and their number, as in `draw_starts`.
    H
        Components to start from instead.
    penalties
        What factors cost.
    weights
        How often each row counts.
    n_jobs
        Threads. The result is the same, bit for bit, for any number.

    Returns
    -------
    LookDescent
        The components, and how the loss over all rows fell. The loss is that of `IncompleteLook`,
        a little above that of the observed entries alone.

    Examples
    --------
    >>> X = np.array([[1.0, 2.0, 3.0], [2.0, np.nan, 6.0], [3.0, 6.0, np.nan]])
    >>> rng = np.random.RandomState(0)
    >>> descent = fit_incomplete(X, 1, tol=1e-6, max_iter=20, random_state=rng)
    >>> (descent.H / descent.H[0, 0]).round(3)
    array([[1., 2., 3.]])
    """
    is_free = penalties == NO_PENALTIES
    look = build_look(X, weights, penalties, n_jobs)
    if H is None:
        few = draw_rows(X, _FEW_ROWS, random_state, weights=weights, penalties=penalties)
        starts = draw_starts(
            few.X, n_components, init=init, n_init=_ROUNDS * n_init, random_state=random_state
        )
        contenders = _try_starts(few, starts, n_init=n_init, n_jobs=n_jobs)
        if len(X) > _SAMPLE_ROWS:
            sample = draw_rows(X, _SAMPLE_ROWS, random_state, weights=weights, penalties=penalties)
            contenders = carry_on(
                contenders,
                build_look(*sample, n_jobs),
                tol=_SAMPLE_TOLERANCE,
                max_iter=_SAMPLE_LOOKS,
                is_free=is_free,
            )
        H = choose_contender(keep_contenders(contenders, min(len(X), _SAMPLE_ROWS)), look)
    return descend_by_looks(
        look,
        H,
        tol=tol,
        max_iter=max_iter,
        callback=callback,
        is_free=is_free,
        model_steps=_MODEL_STEPS,
    )


def summarise_incomplete(
    X: FloatArray,
    H: FloatArray,
    *,
    penalties: Penalties = NO_PENALTIES,
    weights: FloatArray | None = None,
    n_jobs: int = 1,
) -> tuple[Sums, FloatArray]:
    """Return the normal equations of components, and the loss, with the exact loadings of all rows.

    Parameters
    ----------
    X
        Shape (n_rows, n_features), C-contiguous, NaN where missing.
    H
        Components, shape (n_components, n_features), at most 16.
    penalties
        What loadings cost.
    weights
        How often each row counts.
    n_jobs
        Threads.

    Returns
    -------
    sums
        As those of the solver ``"hals"``: one denominator for each feature. The loss is that of
        the observed entries, without penalties.
    W
        The loadings, shape (n_rows, n_components), of the precision of ``X``.

    Examples
    --------
    >>> X = np.array([[2.0, np.nan], [2.0, 4.0]])
    >>> sums, W = summarise_incomplete(X, np.array([[1.0, 1.0]]))
    >>> sums.numerator, sums.denominator, round(sums.loss, 6)
    (array([[10., 12.]]), array([[[13.,  9.]]]), 1.0)
    """
    W = np.empty((len(X), len(H)), dtype=X.dtype)
    found = visit_incomplete(
        X,
        H,
        every_component(len(X), len(H)),
        penalties=penalties,
        weights=weights,
        n_jobs=n_jobs,
        with_products=True,
        loadings=W,
    )
    assert found.products is not None
    numerator = np.einsum("ijf,jf->if", found.products, H) - found.gradient
    return Sums(numerator, found.products, found.loss), W


def _try_starts(
    few: RowDraw, starts: Iterator[FloatArray], *, n_init: int, n_jobs: int
) -> list[Contender]:
    """Return what may be the best on all rows, best first."""

    def follow(H: FloatArray) -> Contender:
        loss = np.nan
        for steps in _START_STEPS:
            model = build_look(*few)(H).model
            H, loss = minimize_model(model, H, tol=_START_TOLERANCE, max_steps=steps)
        return Contender(loss, H)

    return try_starts(
        starts,
        follow,
        n_init=n_init,
        n_rows=len(few.X),
        rounding=_ROUNDING * float(np.nansum(few.X**2)),
        n_jobs=n_jobs,
    )

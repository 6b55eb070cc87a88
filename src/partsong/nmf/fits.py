"""How a fit is carried out: which solver suits, where it starts, what it leaves behind.

Two ways lead to the components. Looks (see :mod:`partsong.nmf.looks.projection`) need dense rows, the
Frobenius loss and few components; where they can be had, they are far the fastest. Descents that
move loadings and components in turn (see :mod:`partsong.nmf.descents.descent`) do for everything else.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from partsong.nmf.blocks import Block, FloatArray, split_into_blocks
from partsong.nmf.descents.descent import Descent, descend, sum_blocks
from partsong.nmf.descents.hals import HierarchicalLeastSquares, half_squares
from partsong.nmf.descents.sampled_descent import descend_from_sample, sample_size
from partsong.nmf.descents.solver import Solver, Sums
from partsong.nmf.divergence import BetaLoss
from partsong.nmf.initialization import Init, initialize
from partsong.nmf.loadings import join_loadings, solve_blocks
from partsong.nmf.looks.incomplete_fit import fit_incomplete, summarise_incomplete
from partsong.nmf.looks.pattern_fit import fit_by_looks
from partsong.nmf.looks.pattern_loss import PatternLoss
from partsong.nmf.looks.pattern_tables import PatternArray
from partsong.nmf.looks.patterns import PatternLook
from partsong.nmf.looks.projection import LookDescent, descend_by_looks
from partsong.nmf.optimality import kkt_residual_of_blocks, kkt_residual_of_sums
from partsong.nmf.penalties import NO_PENALTIES, Penalties, loading_penalty

__all__ = [
    "Fit",
    "FitSettings",
    "fit_by_descent",
    "fit_by_patterns",
    "fit_incomplete_by_patterns",
]


_SAFE_EXPONENT = 200
"""Fourth powers of numbers below two to this are no overflow, nor those of their inverses lost."""

_SAMPLE_ROWS = 20_000
"""Enough rows to tell a good start from a poor one, and cheap to descend on several times."""


@dataclass(frozen=True, slots=True)
class FitSettings:
    """What a fit has to know beside the data; see the parameters of `NMF`."""

    n_components: int
    beta_loss: BetaLoss
    init: Init | None
    n_init: int
    tol: float
    max_iter: int
    penalties: Penalties
    n_jobs: int
    random_state: np.random.RandomState
    callback: Callable[[int, float], object] | None


@dataclass(frozen=True, slots=True)
class Fit:
    """What a fit leaves behind.

    Parameters
    ----------
    components
        `H`, in the precision of the data.
    descent
        How the loss fell.
    sums
        The normal equations of the components, and the loss without penalties.
    kkt_residual
        How far from a first-order optimum it ended; see `kkt_residual`.
    patterns
        The pattern of every row, where looks were taken.
    """

    components: FloatArray
    descent: Descent | LookDescent
    sums: Sums
    kkt_residual: float
    patterns: PatternArray | None = None


def fit_by_patterns(
    X: FloatArray, settings: FitSettings, *, weights: FloatArray | None, H: FloatArray | None
) -> Fit:
    """Fit dense, complete rows by looks.

    Parameters
    ----------
    X
        Shape (n_samples, n_features), C-contiguous.
    settings
        What else was asked for.
    weights
        How often each row counts.
    H
        Components to start from; None: starts on a sample.
    """
    penalties = settings.penalties
    unit = 1.0 if penalties != NO_PENALTIES else _unit(X)
    dtype = X.dtype
    if unit != 1:
        X = X / X.dtype.type(unit)
    look = PatternLook(X, weights, penalties, settings.n_jobs)
    if H is None:
        descent = fit_by_looks(
            X,
            settings.n_components,
            look=look,
            tol=settings.tol,
            max_iter=settings.max_iter,
            random_state=settings.random_state,
            init=settings.init,
            n_init=settings.n_init,
            penalties=penalties,
            weights=weights,
            n_jobs=settings.n_jobs,
            callback=settings.callback,
        )
    else:
        descent = descend_by_looks(
            look,
            H,
            tol=settings.tol,
            max_iter=settings.max_iter,
            callback=settings.callback,
            is_free=penalties == NO_PENALTIES,
        )
    assert isinstance(descent.model, PatternLoss)
    sums = descent.model.sums(descent.H)
    residual = kkt_residual_of_sums(
        sums, descent.H, descent.model.total_squares, penalties=penalties
    )
    descent = replace(descent, loss_curve=descent.loss_curve * unit**2)
    return Fit(descent.H.astype(dtype), descent, sums.scaled(unit**2), residual, look.patterns)


def _unit(X: FloatArray) -> float:
    """Return a power of two to divide data by whose squares would leave the range of numbers."""
    exponent = int(np.frexp(X.max(initial=0.0))[1])
    return 1.0 if abs(exponent) < _SAFE_EXPONENT else 2.0 ** (exponent - 1)


def fit_incomplete_by_patterns(
    X: FloatArray, settings: FitSettings, *, weights: FloatArray | None, H: FloatArray | None
) -> tuple[Fit, FloatArray]:
    """Fit dense rows that miss something by looks.

    Parameters
    ----------
    X
        Shape (n_samples, n_features), C-contiguous, NaN where missing.
    settings
        What else was asked for.
    weights
        How often each row counts.
    H
        Components to start from; None: starts on a sample.
    """
    penalties = settings.penalties
    descent = fit_incomplete(
        X,
        settings.n_components,
        tol=settings.tol,
        max_iter=settings.max_iter,
        random_state=settings.random_state,
        init=settings.init,
        n_init=settings.n_init,
        H=H,
        penalties=penalties,
        weights=weights,
        n_jobs=settings.n_jobs,
        callback=settings.callback,
    )
    components = descent.H.astype(X.dtype)
    sums, W = summarise_incomplete(
        X, components, penalties=penalties, weights=weights, n_jobs=settings.n_jobs
    )
    squares = X**2 if weights is None else X**2 * weights[:, np.newaxis]
    residual = kkt_residual_of_sums(
        sums, components, float(np.nansum(squares)), penalties=penalties
    )
    return Fit(components, descent, sums, residual), W


def fit_by_descent(
    X: Any,
    settings: FitSettings,
    solver: Solver,
    *,
    weights: FloatArray | None,
    start: tuple[FloatArray | None, FloatArray] | None,
    solve: Callable[[FloatArray], FloatArray],
) -> tuple[Fit, FloatArray]:
    """Fit rows of any kind by moving loadings and components in turn.

    Parameters
    ----------
    X
        Shape (n_samples, n_features): an array, where NaN means missing, or a CSR array.
    settings
        What else was asked for.
    solver
        What makes the steps.
    weights
        How often each row counts.
    start
        Factors to start from; None: those of `initialize`. Of several starts on more than 20,000
        rows a random sample of that many decides which is best.
    solve
        Returns the best loadings of ``X`` for components.

    Returns
    -------
    Fit, W
        The fit, and its loadings.
    """
    blocks = split_into_blocks(X, weights)
    if start is None and (size := _rows_to_draw(X, blocks, settings, solver)):
        assert isinstance(solver, HierarchicalLeastSquares)
        descent = descend_from_sample(
            X,
            blocks,
            solver,
            lambda rows: _starts(rows, settings),
            sample_rows=size,
            tol=settings.tol,
            max_iter=settings.max_iter,
            random_state=settings.random_state,
            weights=weights,
            n_jobs=settings.n_jobs,
            callback=settings.callback,
        )
    else:
        starts = _starts_on_all(X, blocks, settings, solver, weights=weights, start=start)
        descent = _best_descent(blocks, starts, settings, solver)
    components = descent.H.astype(X.dtype)
    W = solve(components)
    parts = [np.array(W[block.rows].T, dtype=np.float64, order="C") for block in blocks]
    H = components.astype(np.float64)
    sums = sum_blocks(blocks, parts, H, solver, n_jobs=settings.n_jobs)
    if isinstance(solver, HierarchicalLeastSquares):
        squares = 2 * sum(half_squares(block) for block in blocks)
        residual = kkt_residual_of_sums(sums, H, squares, penalties=settings.penalties)
    else:
        residual = kkt_residual_of_blocks(
            blocks, parts, H, beta_loss=settings.beta_loss, penalties=settings.penalties
        )
    paid = sum(
        loading_penalty(settings.penalties, part, block.weights)
        for block, part in zip(blocks, parts, strict=True)
    )
    bare = Sums(sums.numerator, sums.denominator, max(sums.loss - paid, 0.0))
    return Fit(components, descent, bare, residual), W


def _rows_to_draw(X: Any, blocks: list[Block], settings: FitSettings, solver: Solver) -> int:
    """Return the size of a sample that saves most of the work on all rows; 0 if none does."""
    is_dense = not hasattr(X, "tocsr") and all(block.seen is None for block in blocks)
    if not (is_dense and isinstance(solver, HierarchicalLeastSquares)):
        return 0
    return sample_size(X.shape[0], settings.n_components)


def _starts_on_all(
    X: Any,
    blocks: list[Block],
    settings: FitSettings,
    solver: Solver,
    *,
    weights: FloatArray | None,
    start: tuple[FloatArray | None, FloatArray] | None,
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Return factors to start from on all rows: those given, the best of a sample, or all kinds."""
    if start is not None:
        W, H = start
    elif (rows := _draw_sample(X, settings)) is not None:
        sample = split_into_blocks(X[rows], None if weights is None else weights[rows])
        W, H = None, _best_descent(sample, _starts(X[rows], settings), settings, solver).H
    else:
        return _starts(X, settings)
    if W is None:
        found = solve_blocks(blocks, H, solver, n_jobs=settings.n_jobs)
        W = join_loadings(blocks, found, like=X)
    return iter([(W, H)])


def _starts(X: Any, settings: FitSettings) -> Iterator[tuple[FloatArray, FloatArray]]:
    for turn in range(settings.n_init):
        init = "random" if settings.init is None and turn else settings.init
        yield initialize(
            X,
            settings.n_components,
            init=init,
            random_state=settings.random_state,
            n_jobs=settings.n_jobs,
        )


def _draw_sample(X: Any, settings: FitSettings) -> np.ndarray[Any, np.dtype[np.intp]] | None:
    """Draw the rows that starts are compared on; None where all rows shall decide."""
    if settings.n_init == 1 or X.shape[0] <= _SAMPLE_ROWS:
        return None
    rows = np.sort(settings.random_state.choice(X.shape[0], _SAMPLE_ROWS, replace=False))
    if not hasattr(X, "tocsr") and np.isnan(X[rows]).all(axis=0).any():
        return None
    return rows


def _best_descent(
    blocks: list[Block],
    starts: Iterator[tuple[FloatArray, FloatArray]],
    settings: FitSettings,
    solver: Solver,
) -> Descent:
    descents = (
        descend(
            blocks,
            start,
            solver,
            tol=settings.tol,
            max_iter=settings.max_iter,
            callback=settings.callback,
            n_jobs=settings.n_jobs,
            penalties=settings.penalties,
        )
        for start in starts
    )
    return min(descents, key=lambda descent: float(descent.loss_curve[-1]))

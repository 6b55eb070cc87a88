"""A descent on very many rows that does most of its work on a few of them.

A random sample of rows knows the components nearly as well as all rows do, and where it errs, it
errs in the slope of the loss far more than in its curvature. So one iteration on all rows gives
the true slope, and a descent on the sample, tilted until its slope there is the true one, finds
where to go. A few iterations on all rows take the place of a hundred.

Shamir, Srebro and Zhang, "Communication-efficient distributed optimization using an approximate
Newton-type method", ICML (2014): their method DANE, with the sample as the only machine.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from partsong.nmf.blocks import Block, FloatArray, split_into_blocks
from partsong.nmf.descents.convergence import Descent
from partsong.nmf.descents.descent import descend, improve_blocks
from partsong.nmf.descents.hals import HierarchicalLeastSquares
from partsong.nmf.descents.solver import Sums
from partsong.nmf.loadings import join_loadings
from partsong.nmf.penalties import NO_PENALTIES, component_penalty
from partsong.nmf.workers import Workers

__all__ = ["descend_from_sample", "sample_size"]

_MOST_ROWS = 20_000
_SHARE = 1 / 8
"""A sample is at most this part of the rows, so that it costs little beside them."""

_ROWS_OF_A_COMPONENT = 100
"""Fewer would not know the components well."""

_SHARE_FOR_STARTS = 1 / 5
"""Part of the sample that tells a good start from a poor one."""

_SWEEPS, _SWEEPS_FROM_ZERO = 10, 40
"""Over the loadings, where the slope has to be all but that of the best ones."""

_MOST_STEPS = 1000
_STEPS = 100
"""Most iterations on the sample: to begin with, and between two on all rows."""

_FINER = 0.1
"""How much less than one on all rows an iteration on the sample must be worth."""


def sample_size(n_rows: int, n_components: int) -> int:
    """Return how many rows to draw, or 0 where a sample would be too small to be of use.

    Examples
    --------
    >>> sample_size(200_000, 10), sample_size(16_000, 10), sample_size(5_000, 10)
    (20000, 2000, 0)
    """
    size = min(_MOST_ROWS, int(n_rows * _SHARE))
    return size if size >= _ROWS_OF_A_COMPONENT * n_components else 0


def descend_from_sample(
    X: FloatArray,
    blocks: list[Block],
    solver: HierarchicalLeastSquares,
    starts: Callable[[FloatArray], Iterable[tuple[FloatArray, FloatArray]]],
    *,
    sample_rows: int,
    tol: float,
    max_iter: int,
    random_state: np.random.RandomState,
    weights: FloatArray | None = None,
    n_jobs: int = 1,
    callback: Callable[[int, float], object] | None = None,
) -> Descent:
    """Fit very many dense, complete rows: starts on few, the best on more, and then on all.

    Parameters
    ----------
    X
        Shape (n_samples, n_features), non-negative and finite.
    blocks
        The same in blocks.
    solver
        What makes the steps.
    starts
        Returns factors to start from for the rows it is given.
    sample_rows
        Rows to draw; see `sample_size`.
    tol
        Least part of the loss that one more iteration on all rows must promise to be worth it.
    max_iter
        Most iterations on all rows.
    random_state
        Draws the sample.
    weights
        How often each row counts, shape (n_samples,).
    n_jobs
        Threads. The result does not depend on them.
    callback
        Called with the number of the iteration on all rows, from 1, and the loss.

    Returns
    -------
    Descent
        The components, and how the loss fell on all rows.

    Examples
    --------
    >>> from partsong.nmf import initialize
    >>> X = np.outer(np.arange(1.0, 1001.0), [1.0, 2.0])
    >>> descent = descend_from_sample(
    ...     X,
    ...     split_into_blocks(X),
    ...     HierarchicalLeastSquares(),
    ...     lambda rows: [initialize(rows, 1)],
    ...     sample_rows=100,
    ...     tol=1e-5,
    ...     max_iter=9,
    ...     random_state=np.random.RandomState(0),
    ... )
    >>> bool(descent.loss_curve[-1] < 1e-9)
    True
    """
    drawn = random_state.permutation(len(X))[:sample_rows]
    few_rows = drawn[: max(1, int(sample_rows * _SHARE_FOR_STARTS))]
    few, sample = (_draw(X, rows, weights, solver) for rows in (few_rows, drawn))
    tried = [few.descend(start, tol=tol, n_jobs=n_jobs) for start in starts(few.X)]
    H = min(tried, key=lambda descent: float(descent.loss_curve[-1])).H
    H = sample.descend((sample.look(H, n_jobs=n_jobs)[0], H), tol=tol, n_jobs=n_jobs).H

    reached, H = H, _at_unit_length(H, solver)
    loadings = _zeros(blocks, len(H))
    curve: list[float] = []
    while len(curve) < max_iter:
        precise = replace(solver, loading_sweeps=_SWEEPS if curve else _SWEEPS_FROM_ZERO)
        with Workers(n_jobs) as workers:
            trial, sums = improve_blocks(blocks, loadings, H, precise, workers=workers)
        loss = sums.loss + component_penalty(H, solver.penalties)
        if curve and loss > curve[-1]:
            break
        curve.append(loss)
        if callback is not None:
            callback(len(curve), loss)
        loadings, reached = trial, solver.update_components(H, sums)
        target, promise = sample.seek(H, sums, tol=tol, n_jobs=n_jobs)
        if promise <= tol * loss:
            return Descent(reached, np.array(curve), converged=True)
        H = _at_unit_length(target, solver)
    rest = descend(  # where the sample misled, which is rare
        blocks,
        (join_loadings(blocks, loadings, like=X), reached),
        solver,
        tol=tol,
        max_iter=max_iter - len(curve),
        penalties=solver.penalties,
        n_jobs=n_jobs,
        callback=None if callback is None else partial(_call_later, callback, len(curve)),
    )
    return Descent(rest.H, np.append(curve, rest.loss_curve), converged=rest.converged)


def _call_later(
    callback: Callable[[int, float], object], n_before: int, number: int, loss: float
) -> None:
    callback(n_before + number, loss)


@dataclass(frozen=True, slots=True)
class _Sample:
    """Some rows that stand for all; what they lose is about `share` of what all lose."""

    X: FloatArray
    blocks: list[Block]
    share: float
    solver: HierarchicalLeastSquares

    def look(self, H: FloatArray, *, n_jobs: int) -> tuple[FloatArray, Sums]:
        """Return all but the best loadings for components, and their sums."""
        start, precise = (
            _zeros(self.blocks, len(H)),
            replace(self.solver, loading_sweeps=_SWEEPS_FROM_ZERO),
        )
        with Workers(n_jobs) as workers:
            loadings, sums = improve_blocks(self.blocks, start, H, precise, workers=workers)
        return join_loadings(self.blocks, loadings, like=self.X), sums

    def descend(self, start: tuple[FloatArray, FloatArray], *, tol: float, n_jobs: int) -> Descent:
        """Bring the loss on the sample down."""
        return descend(
            self.blocks,
            start,
            self.solver,
            tol=tol,
            max_iter=_MOST_STEPS,
            penalties=self.solver.penalties,
            n_jobs=n_jobs,
        )

    def seek(
        self, H: FloatArray, sums: Sums, *, tol: float, n_jobs: int
    ) -> tuple[FloatArray, float]:
        """Return components that should lose less on all rows, whose sums are given, and how much."""
        W, own = self.look(H, n_jobs=n_jobs)
        tilt = _slope(H, own) - self.share * _slope(H, sums)
        descent = descend(
            self.blocks,
            (W, H),
            _TiltedSolver(self.solver, tilt / len(self.blocks)),
            tol=tol * _FINER,
            max_iter=_STEPS,
            penalties=self.solver.penalties,
            n_jobs=n_jobs,
        )
        return descent.H, float(descent.loss_curve[0] - descent.loss_curve[-1]) / self.share


@dataclass(frozen=True, slots=True)
class _TiltedSolver:
    """A solver for the loss of some blocks less ``tilt * H``, a part of it for each block."""

    extrapolates: ClassVar[bool] = True

    solver: HierarchicalLeastSquares
    tilt: FloatArray

    def update_loadings(self, block: Block, loadings: FloatArray, H: FloatArray) -> FloatArray:
        return self.solver.update_loadings(block, loadings, H)

    def summarise(self, block: Block, loadings: FloatArray, H: FloatArray) -> Sums:
        sums = self.solver.summarise(block, loadings, H)
        loss = sums.loss - float(np.vdot(self.tilt, H))
        return Sums(sums.numerator + self.tilt, sums.denominator, loss)

    def update_components(self, H: FloatArray, sums: Sums) -> FloatArray:
        better = self.solver.update_components(H, sums)
        if self.solver.penalties == NO_PENALTIES:  # else the tilt falls without end, by scale alone
            better /= np.maximum(np.linalg.norm(better, axis=1, keepdims=True), 1.0)
        return better

    def solve_loadings(self, block: Block, H: FloatArray) -> FloatArray:
        return self.solver.solve_loadings(block, H)


def _draw(
    X: FloatArray,
    rows: npt.NDArray[np.intp],
    weights: FloatArray | None,
    solver: HierarchicalLeastSquares,
) -> _Sample:
    rows = np.sort(rows)
    share, own = len(rows) / len(X), None
    if weights is not None:
        own = weights[rows]
        share = float(own.sum() / weights.sum())
    price = solver.penalties.for_part(share)
    return _Sample(
        X[rows], split_into_blocks(X[rows], own), share, replace(solver, penalties=price)
    )


def _zeros(blocks: list[Block], n_components: int) -> list[FloatArray]:
    return [np.zeros((n_components, len(block.values))) for block in blocks]


def _slope(H: FloatArray, sums: Sums) -> FloatArray:
    slope: FloatArray = sums.denominator @ H - sums.numerator
    return slope


def _at_unit_length(H: FloatArray, solver: HierarchicalLeastSquares) -> FloatArray:
    """Fix the scale, which the tilt would drive away; penalties fix it by themselves."""
    if solver.penalties != NO_PENALTIES:
        return H
    lengths = np.linalg.norm(H, axis=1, keepdims=True)
    return H / np.where(lengths > 0, lengths, 1)

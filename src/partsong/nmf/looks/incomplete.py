"""Looks at rows with missing entries, which learn the shape of the loss from a few of them.

A look at all rows gives the loss for some components and its slope, exactly. What complete rows
add up to, one Gram matrix for each pattern, incomplete ones do not: hardly two of them have one
map to their loadings. But many rows are alike, so the loss of a fixed sample of them bends as that
of all rows does. Shifted so that its value and slope are right where the look was taken, it is the
model of the loss from look to look (Shamir, Srebro and Zhang, "Communication-efficient distributed
optimization using an approximate Newton-type method", ICML 2014). Two or three looks at all rows
are then enough.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial, reduce
from operator import add

import numpy as np
import numpy.typing as npt

from partsong.nmf.blocks import FloatArray
from partsong.nmf.looks.pattern_tables import PatternArray, every_component
from partsong.nmf.looks.patterns import PatternLook
from partsong.nmf.looks.projection import Look, LossModel
from partsong.nmf.looks.row_systems import RowSums, RowSystems
from partsong.nmf.penalties import NO_PENALTIES, Penalties
from partsong.nmf.workers import Workers

__all__ = ["IncompleteLook", "build_look", "is_incomplete", "solve_incomplete", "visit_incomplete"]

_CHUNKS = 64
_CHUNK_ROWS = 2_048
"""At least: fewer would not be worth the call."""

_SAMPLE_ROWS = 20_000
"""Rows that the model is made of: the more of them, the fewer looks and the longer each takes."""

_MOST_UNSEEN = 0.01
"""Largest weight of what components would put where rows were not observed."""

_RARE = 100
"""Observations of a feature in the sample that are too few to tell how the loss bends."""

_TINY = float(np.finfo(np.float64).tiny)
_SEED = 0
"""The rows of the model change how many looks are taken, not where they lead."""

_MOST_INCOMPLETE = 0.5
"""Of the rows: where more are incomplete, the others are not worth a copy."""


def is_incomplete(X: FloatArray) -> npt.NDArray[np.bool_]:
    """Return for each row whether something is missing.

    Examples
    --------
    >>> is_incomplete(np.array([[1.0, 2.0], [np.nan, 0.0]]))
    array([False,  True])
    """
    incomplete: npt.NDArray[np.bool_] = np.isnan(X @ np.ones(X.shape[1], dtype=X.dtype))
    return incomplete


def visit_incomplete(
    X: FloatArray,
    H: FloatArray,
    patterns: PatternArray,
    *,
    penalties: Penalties = NO_PENALTIES,
    weights: FloatArray | None = None,
    n_jobs: int = 1,
    unseen: FloatArray | float = 0.0,
    with_products: bool = False,
    loadings: FloatArray | None = None,
) -> RowSums:
    """Look at rows in memory.

    Parameters
    ----------
    X
        Shape (n_rows, n_features), C-contiguous, NaN where missing; at least one row.
    H
        Components, shape (n_components, n_features), at most 16.
    patterns
        Guesses, as the last look left them or `every_component`; overwritten.
    penalties
        What loadings cost.
    weights
        How often each row counts.
    n_jobs
        Threads. The sums are the same, bit for bit, for any number.
    unseen
        Weight of what components would put where a row was not observed; see `RowSystems`.
    with_products
        Whether to sum the products of loadings too.
    loadings
        To be filled, shape (n_rows, n_components), of the precision of ``X``.

    Returns
    -------
    RowSums
        The sums.

    Examples
    --------
    >>> X = np.array([[2.0, 4.0], [2.0, np.nan]])
    >>> round(visit_incomplete(X, np.array([[1.0, 1.0]]), every_component(2, 1)).loss, 6)
    1.0
    """
    systems = RowSystems(H, penalties, unseen=unseen)

    def visit(rows: slice) -> RowSums:
        return systems.sums(
            X[rows],
            patterns[rows],
            weights=None if weights is None else weights[rows],
            with_products=with_products,
            loadings=None if loadings is None else loadings[rows],
        )

    with Workers(n_jobs) as workers:
        return reduce(add, workers.map(visit, _chunks(len(X))))


def solve_incomplete(
    X: FloatArray,
    H: FloatArray,
    *,
    penalties: Penalties = NO_PENALTIES,
    n_jobs: int = 1,
) -> FloatArray:
    """Return the best loadings of rows with missing entries.

    Parameters
    ----------
    X
        Shape (n_rows, n_features), C-contiguous, NaN where missing.
    H
        Components, shape (n_components, n_features).
    penalties
        What loadings cost.
    n_jobs
        Threads.

    Returns
    -------
    ndarray of shape (n_rows, n_components)
        Of the precision of ``X``. Where several are equally good, the shortest.

    Examples
    --------
    >>> solve_incomplete(np.array([[2.0, np.nan]]), np.array([[1.0, 1.0]]))
    array([[2.]])
    """
    systems = RowSystems(H, penalties)
    W = np.empty((len(X), len(H)), dtype=X.dtype)

    def solve(rows: slice) -> None:
        W[rows] = systems.solve(X[rows])

    with Workers(n_jobs) as workers:
        workers.map(solve, _chunks(len(X)))
    return W


def _chunks(n_rows: int) -> list[slice]:
    """Divide rows in a way that depends on their number alone."""
    size = max(_CHUNK_ROWS, -(-n_rows // _CHUNKS))
    return [slice(start, start + size) for start in range(0, n_rows, size)]


@dataclass
class IncompleteLook:
    """Look at rows with missing entries, remembering the pattern of each from look to look.

    Parameters
    ----------
    X
        Shape (n_rows, n_features), C-contiguous, non-negative, NaN where missing.
    weights
        How often each row counts.
    penalties
        What factors cost.
    n_jobs
        Threads.
    unseen
        Weight of the squares that each component alone would put where a row was not observed;
        see the notes. Where a look explains nearly all, it shrinks by tens; it never grows.

    Notes
    -----
    Without `unseen` a row that misses what a component is mostly made of would use huge loadings
    for the little of it that can be seen: the loss falls a little, in jumps, and means less. The
    weight is that of a Bayesian who holds the unseen entries to be about as large as the others
    and the noise to be what is left over. It vanishes where nothing is missing, and where the
    fit is perfect. Features that most rows miss count for less, so that theirs do not shrink.

    Examples
    --------
    >>> look = IncompleteLook(np.array([[2.0, 4.0], [2.0, np.nan]]))
    >>> round(look(np.array([[1.0, 1.0]])).loss, 1)
    1.0
    """

    X: FloatArray
    weights: FloatArray | None = None
    penalties: Penalties = NO_PENALTIES
    n_jobs: int = 1
    unseen: float = _MOST_UNSEEN

    def __post_init__(self) -> None:
        self._rows = _Rows(self.X, self.weights, self.penalties, self.n_jobs)
        self._sample = self._rows.draw_sample()
        self._squares = self._sample.sum_squares()
        self._odds = self._sample.seen_odds()

    def __call__(self, H: FloatArray) -> Look:
        """Look at all rows for components."""
        loss, gradient = self.loss_and_gradient(H)
        while (unexplained := 2 * loss / (self._squares or 1.0)) < self.unseen:
            self.unseen = _power_of_ten_below(unexplained)
            loss, gradient = self.loss_and_gradient(H)
        of_sample = partial(self._sample.loss_and_gradient, unseen=self.unseen * self._odds)
        if self._sample is self._rows:
            model = _ShiftedLoss(of_sample, H, 0.0, np.zeros_like(H))
        else:
            own_loss, own_gradient = of_sample(H)
            model = _ShiftedLoss(of_sample, H, loss - own_loss, gradient - own_gradient)
        return Look(loss, model, rounding=10 * float(np.finfo(np.float64).eps) * self._squares)

    def loss_and_gradient(self, H: FloatArray) -> tuple[float, FloatArray]:
        """Return the loss of all rows for components, penalties included, and its gradient."""
        return self._rows.loss_and_gradient(H, unseen=self.unseen * self._odds)


def _power_of_ten_below(value: float) -> float:
    """Round down to what fits from different starts are likely to agree on."""
    return float(10.0 ** np.floor(np.log10(value))) if value > _TINY else 0.0


@dataclass
class _Rows:
    """Some rows, and the pattern that each had last."""

    X: FloatArray
    weights: FloatArray | None
    penalties: Penalties
    n_jobs: int
    patterns: PatternArray | None = None

    def loss_and_gradient(self, H: FloatArray, *, unseen: FloatArray) -> tuple[float, FloatArray]:
        if self.patterns is None:
            self.patterns = every_component(len(self.X), len(H))
        sums = visit_incomplete(
            self.X,
            H,
            self.patterns,
            penalties=self.penalties,
            weights=self.weights,
            n_jobs=self.n_jobs,
            unseen=unseen,
        )
        price = self.penalties
        on_components = price.l1_H * float(H.sum()) + price.l2_H / 2 * float(np.vdot(H, H))
        gradient = sums.gradient + price.l1_H + price.l2_H * H
        return sums.loss + sums.cost + on_components, gradient

    def sum_squares(self) -> float:
        by_row = np.nansum(np.square(self.X, dtype=np.float64), axis=1)
        return float(by_row.sum() if self.weights is None else by_row @ self.weights)

    def seen_odds(self) -> FloatArray:
        """Return how often each feature was observed for once that it was not, at most 1."""
        weights = np.ones(len(self.X)) if self.weights is None else self.weights
        n_seen = weights @ ~np.isnan(self.X)
        odds: FloatArray = n_seen / np.maximum(np.maximum(n_seen, weights.sum() - n_seen), _TINY)
        return odds

    def draw_sample(self) -> "_Rows":
        """Draw the rows of the model, and count each for those it stands for.

        Rows where a feature was observed that few others have are taken all.
        """
        n = len(self.X)
        if n <= _SAMPLE_ROWS:
            return self
        drawn = np.random.default_rng(_SEED).choice(n, _SAMPLE_ROWS, replace=False, shuffle=False)
        drawn.sort()
        is_rare = (~np.isnan(self.X[drawn])).sum(axis=0) < _RARE
        is_taken = np.asarray((~np.isnan(self.X[:, is_rare])).any(axis=1))
        drawn = drawn[~is_taken[drawn]]
        taken = np.flatnonzero(is_taken)
        rows = np.concatenate([taken, drawn])
        counts = np.ones(len(rows))
        counts[len(taken) :] = (n - len(taken)) / max(len(drawn), 1)
        if self.weights is not None:
            counts *= self.weights[rows]
        return replace(self, X=self.X[rows], weights=counts)


@dataclass(frozen=True, slots=True)
class _ShiftedLoss:
    """The loss of some rows, plus a plane."""

    loss_and_gradient: Callable[[FloatArray], tuple[float, FloatArray]]
    at: FloatArray
    excess: float
    slope: FloatArray

    def value_and_gradient(self, H: FloatArray) -> tuple[float, FloatArray]:
        loss, gradient = self.loss_and_gradient(H)
        plane = self.excess + float(np.vdot(self.slope, H - self.at))
        return loss + plane, gradient + self.slope


def build_look(
    X: FloatArray,
    weights: FloatArray | None = None,
    penalties: Penalties = NO_PENALTIES,
    n_jobs: int = 1,
) -> Callable[[FloatArray], Look]:
    """Return what looks at rows, whether they are complete or not.

    Parameters
    ----------
    X
        Shape (n_rows, n_features), C-contiguous, non-negative, NaN where missing.
    weights, penalties, n_jobs
        As in `IncompleteLook`.

    Returns
    -------
    callable
        For components, at most 16, a `Look`. The loss of complete rows is modelled exactly, from
        all of them, unless they are so few that the others are nearly all.

    Examples
    --------
    >>> look = build_look(np.array([[2.0, 4.0], [2.0, np.nan]]))
    >>> round(look(np.array([[1.0, 1.0]])).loss, 1)
    1.0
    """
    incomplete = is_incomplete(X)
    n_incomplete = np.count_nonzero(incomplete)
    if n_incomplete == 0:
        return PatternLook(X, weights, penalties, n_jobs)
    if n_incomplete > _MOST_INCOMPLETE * len(X):
        return IncompleteLook(X, weights, penalties, n_jobs)
    on_loadings = replace(penalties, l1_H=0.0, l2_H=0.0)
    return _LookAtBoth(
        PatternLook(
            X[~incomplete], None if weights is None else weights[~incomplete], penalties, n_jobs
        ),
        IncompleteLook(
            X[incomplete], None if weights is None else weights[incomplete], on_loadings, n_jobs
        ),
    )


@dataclass(frozen=True, slots=True)
class _LookAtBoth:
    """Look at complete rows and at the others."""

    complete: PatternLook
    incomplete: IncompleteLook

    def __call__(self, H: FloatArray) -> Look:
        one, two = self.complete(H), self.incomplete(H)
        return Look(
            one.loss + two.loss, _SumOfLosses(one.model, two.model), one.rounding + two.rounding
        )


@dataclass(frozen=True, slots=True)
class _SumOfLosses:
    one: LossModel
    two: LossModel

    def value_and_gradient(self, H: FloatArray) -> tuple[float, FloatArray]:
        (loss, gradient), (other, other_gradient) = (
            model.value_and_gradient(H) for model in (self.one, self.two)
        )
        return loss + other, gradient + other_gradient

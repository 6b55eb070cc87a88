"""Measure one number of components on a sample of rows: fits, their agreement, their predictions."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from partsong.nmf.blocks import FloatArray
from partsong.nmf.estimator import NMF
from partsong.nmf.looks.contenders import Contender, gather_contenders, keep_contenders
from partsong.nmf.scale import balance_scale
from partsong.nmf.selection.component_scores import ComponentScores
from partsong.nmf.selection.held_out import (
    Learned,
    best_loadings,
    bound_loadings,
    held_out_error,
    split_features,
)
from partsong.nmf.selection.matching import match_components
from partsong.nmf.workers import Workers

__all__ = ["ComponentScorer", "Sample", "draw_sample"]

_WORST_ROWS = 0.02
"""Share of the rows, worst explained first, whose residuals suggest one component more."""

_START_ROWS = 4000
"""Starts are tried on so many rows at most, and the best goes on over more."""

_PIECE_ROWS = 16_384

_HIDDEN_ROWS = 2000
"""Rows of each half whose entries are hidden, at most: they tell numbers apart well enough."""


class _Split(NamedTuple):
    halves: tuple[FloatArray, FloatArray]
    groups: list[npt.NDArray[np.intp]]


class Sample(NamedTuple):
    """Rows that stand for all, in double precision, and how they are split."""

    rows: FloatArray
    splits: list[_Split]
    squared_singular_values: FloatArray
    entropy: int


def draw_sample(
    X: FloatArray,
    max_samples: int,
    *,
    n_splits: int,
    holdout: float | None,
    rng: np.random.RandomState,
) -> Sample:
    """Draw rows, and split them into halves and their features into groups.

    A split whose halves have not both observed every feature is left out.

    Examples
    --------
    >>> rng = np.random.RandomState(0)
    >>> sample = draw_sample(np.ones((9, 4)), 6, n_splits=1, holdout=0.5, rng=rng)
    >>> [half.shape for half in sample.splits[0].halves], len(sample.splits[0].groups)
    ([(3, 4), (3, 4)], 2)
    """
    entropy = int(rng.randint(2**31 - 1))
    rows = X
    if len(X) > max_samples:
        rows = X[np.sort(rng.choice(len(X), max_samples, replace=False))]
    rows = np.asarray(rows, dtype=np.float64)
    splits = []
    for _ in range(n_splits):
        order = rng.permutation(len(rows))
        halves = rows[order[::2]], rows[order[1::2]]
        groups = [] if holdout is None else split_features(X.shape[1], holdout, rng)
        if not any(np.isnan(half).all(axis=0).any() for half in halves):
            splits.append(_Split(halves, groups))
    filled = np.where(np.isnan(rows), np.nan_to_num(np.nanmean(rows, axis=0)), rows)
    squares = np.maximum(np.linalg.eigvalsh(filled.T @ filled)[::-1], 0)
    return Sample(rows, splits, squares, entropy)


class _Fit(NamedTuple):
    residual: float
    H: FloatArray
    W: FloatArray


@dataclass(frozen=True, slots=True)
class ComponentScorer:
    """Fit and compare, for one number of components after the other.

    Parameters
    ----------
    X
        All rows, shape (n_samples, n_features).
    sample
        The rows that everything but the final fit works on.
    n_init
        Starts of each number, and for each half of the rows: there half as many where entries are
        missing, but two at least.
    tol
        As in `NMF`.
    n_jobs
        Fits at the same time.

    Examples
    --------
    >>> X = np.random.default_rng(0).random((40, 5))
    >>> rng = np.random.RandomState(0)
    >>> sample = draw_sample(X, 40, n_splits=2, holdout=0.2, rng=rng)
    >>> scores = ComponentScorer(X, sample, n_init=2, tol=1e-3, n_jobs=1).score(2, None)
    >>> scores.n_components, scores.components.shape, len(scores.held_out_errors)
    (2, (2, 5), 4)
    """

    X: FloatArray
    sample: Sample
    n_init: int
    tol: float
    n_jobs: int
    length: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "length", _length(self.X))

    def score(self, number: int, previous: ComponentScores | None) -> ComponentScores:
        """Measure one number of components.

        Parameters
        ----------
        number
            The number.
        previous
            The scores of the next smaller number that was tried.
        """
        rows = _thin(self.sample.rows)
        seeds = _seeds(self.sample.entropy, number)
        fits = self._fit_starts(rows, number, self.n_init, seeds, previous)
        best, others = fits[0], fits[1:]
        labels = [_strongest(fit.W, fit.H) for fit in fits]
        similarity, similarity_se = _mean_and_se([_similarity(fit.H, best.H) for fit in others])
        ari, ari_se = _mean_and_se([_agreement(labels[0], other) for other in labels[1:]])
        _, balance_se = _mean_and_se([_balance(part, number) for part in labels])
        total = self.sample.squared_singular_values.sum() or 1.0
        unexplained = self.sample.squared_singular_values[number:].sum()
        H, residual = best.H, best.residual
        if len(rows) < len(self.X):
            final = NMF(number, init="custom", tol=self.tol, n_jobs=self.n_jobs).fit(self.X, H=H)
            H, residual = final.components_, final.reconstruction_err_
        again = self._refit(number, seeds) if self.sample.splits else []
        return replace(
            self.score_halves(number),
            relative_error=residual / self.length if self.length > 0 else 0.0,
            relative_error_se=_ratio_se(rows, best) * (len(rows) / len(self.X)) ** 0.5,
            svd_relative_error=float(np.sqrt(unexplained / total)),
            restart_similarity=similarity,
            restart_similarity_se=similarity_se,
            restart_ari=ari,
            restart_ari_se=ari_se,
            refit_similarity=_similarity(*again) if again else np.nan,
            refit_ari=self._agreement_of(*again) if again else np.nan,
            balance=_balance(labels[0], number),
            balance_se=balance_se,
            largest_cluster=float(np.bincount(labels[0]).max() / len(labels[0])),
            components=H,
        )

    def score_halves(self, number: int) -> ComponentScores:
        """Measure only what the halves of the rows say: their agreement and their predictions.

        Parameters
        ----------
        number
            The number of components.
        """
        seeds = _seeds(self.sample.entropy, -number)
        is_costly = bool(np.isnan(self.sample.rows).any())
        n_init = max(self.n_init // (2 if is_costly else 1), 2)
        fits = [
            [self._fit_half(half, number, n_init, seeds) for half in split.halves]
            for split in self.sample.splits
        ]
        learned = [(one.H, two.H) for one, two in fits]
        similarity, similarity_se = _mean_and_se([_similarity(one, two) for one, two in learned])
        ari, ari_se = _mean_and_se([self._agreement_of(one, two) for one, two in learned])
        held_out = [
            error
            for split, pair in zip(self.sample.splits, fits, strict=True)
            for error in _predict_each_other(split, pair)
        ]
        error, error_se = _mean_and_se(held_out)
        share, share_se = _mean_and_se(
            [
                _smallest_share(half, fit)
                for split, pair in zip(self.sample.splits, fits, strict=True)
                for half, fit in zip(split.halves, pair, strict=True)
            ]
        )
        return ComponentScores(
            number,
            half_similarity=similarity,
            half_similarity_se=similarity_se,
            half_ari=ari,
            half_ari_se=ari_se,
            smallest_share=share,
            smallest_share_se=share_se,
            held_out_error=error,
            held_out_error_se=error_se,
            held_out_errors=tuple(held_out),
        )

    @property
    def _solver(self) -> Literal["hals", "auto"]:
        """The faster for single starts, but one that is not misled by rows that miss much."""
        return "auto" if np.isnan(self.sample.rows).any() else "hals"

    def _fit_starts(
        self,
        X: FloatArray,
        number: int,
        n_init: int,
        seeds: Iterator[int],
        previous: ComponentScores | None,
    ) -> list[_Fit]:
        """Fit from several starts; best first."""
        starts: list[Callable[[], _Fit]] = []
        if previous is not None and len(previous.components) == number - 1:
            H = _add_component(X, previous.components)
            starts.append(lambda: self._carry_on(X, H))
        if len(starts) < n_init and number <= min(X.shape):
            starts.append(lambda: self._fit(X, number, "nndsvda", 0))
        while len(starts) < n_init:
            starts.append(self._random_start(X, number, next(seeds)))
        with Workers(self.n_jobs) as workers:
            return sorted(workers.map(lambda start: start(), starts), key=lambda fit: fit.residual)

    def _random_start(self, X: FloatArray, number: int, seed: int) -> Callable[[], _Fit]:
        return lambda: self._fit(X, number, "random", seed)

    def _fit_half(self, half: FloatArray, number: int, n_init: int, seeds: Iterator[int]) -> _Fit:
        rows = _thin(half)
        fits = self._fit_starts(rows, number, n_init, seeds, None)
        if len(rows) == len(half):
            return fits[0]
        found = gather_contenders(Contender(fit.residual**2, fit.H) for fit in fits)
        carried = [self._carry_on(half, one.H) for one in keep_contenders(found, len(rows))]
        return min(carried, key=lambda fit: fit.residual)

    def _fit(
        self, X: FloatArray, number: int, init: Literal["nndsvda", "random"], seed: int
    ) -> _Fit:
        model = NMF(
            number,
            init=init,
            n_init=1,
            solver=self._solver,
            tol=self.tol,
            n_jobs=1,
            random_state=seed,
        )
        W = model.fit_transform(X)
        return _Fit(model.reconstruction_err_, model.components_, W)

    def _carry_on(self, X: FloatArray, H: FloatArray) -> _Fit:
        model = NMF(len(H), init="custom", solver=self._solver, tol=self.tol, n_jobs=self.n_jobs)
        W = model.fit_transform(X, H=H)
        return _Fit(model.reconstruction_err_, model.components_, W)

    def _refit(self, number: int, seeds: Iterator[int]) -> list[FloatArray]:
        """Return the components of two fits by the defaults that share no start."""
        models = [NMF(number, n_jobs=self.n_jobs, random_state=next(seeds)) for _ in range(2)]
        return [model.fit(self.sample.rows).components_ for model in models]

    def _agreement_of(self, one: FloatArray, two: FloatArray) -> float:
        rows = self.sample.rows
        labels = [_strongest(best_loadings(rows, H), H) for H in (one, two)]
        return _agreement(*labels)


def _thin(X: FloatArray) -> FloatArray:
    """Return rows in even steps, few enough to try starts on."""
    rows = X[:: -(-len(X) // _START_ROWS)]
    return X if np.isnan(rows).all(axis=0).any() else rows


def _seeds(entropy: int, number: int) -> Iterator[int]:
    """Yield seeds that depend on the number of components and not on what was done before."""
    rng = np.random.default_rng([entropy, abs(number), int(number < 0)])
    while True:
        yield int(rng.integers(2**31))


def _length(X: FloatArray) -> float:
    """Return the root of the sum of squares of what was observed."""
    squares = (np.nansum(np.square(rows, dtype=np.float64)) for rows in _in_pieces(X))
    return float(np.sqrt(sum(squares)))


def _in_pieces(X: FloatArray) -> Iterator[FloatArray]:
    for start in range(0, len(X), _PIECE_ROWS):
        yield X[start : start + _PIECE_ROWS]


def _add_component(X: FloatArray, H: FloatArray) -> FloatArray:
    """Add what the worst explained rows have more of than the components give them."""
    residual = np.nan_to_num(X - best_loadings(X, H) @ H)
    n_worst = max(int(_WORST_ROWS * len(X)), 1)
    worst = np.argsort((residual**2).sum(axis=1), kind="stable")[-n_worst:]
    missed = np.maximum(residual[worst].mean(axis=0), 0)
    if not missed.any():
        missed = np.nanmean(X, axis=0)
    return np.vstack([H, missed])


def _strongest(W: FloatArray, H: FloatArray) -> npt.NDArray[np.intp]:
    labels: npt.NDArray[np.intp] = balance_scale(W, H)[0].argmax(axis=1)
    return labels


def _similarity(one: FloatArray, two: FloatArray) -> float:
    return float(match_components(one, two)[1].min())


def _agreement(one: npt.NDArray[np.intp], two: npt.NDArray[np.intp]) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(one, two))


def _predict_each_other(split: _Split, fits: Sequence[_Fit]) -> list[float]:
    if len(split.groups) < 2:
        return []
    learned = [
        Learned.from_fit(half, fit.W, fit.H) for half, fit in zip(split.halves, fits, strict=True)
    ]
    pairs = zip(reversed(split.halves), learned, strict=True)
    return [held_out_error(rows[:_HIDDEN_ROWS], part, split.groups) for rows, part in pairs]


def _smallest_share(X: FloatArray, fit: _Fit) -> float:
    """Return the squares that the slightest component adds, relative to the mean of all."""
    squares = (bound_loadings(X, fit.W, fit.H) ** 2).sum(axis=0) * (fit.H**2).sum(axis=1)
    return float(squares.min() / (squares.mean() or 1.0))


def _balance(labels: npt.NDArray[np.intp], number: int) -> float:
    shares = np.bincount(labels, minlength=number) / len(labels)
    shares = shares[shares > 0]
    return float(np.exp(-(shares * np.log(shares)).sum()) / number)


def _mean_and_se(values: Sequence[float]) -> tuple[float, float]:
    if not values:
        return np.nan, np.nan
    spread = np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    return float(np.mean(values)), float(spread)


def _ratio_se(X: FloatArray, fit: _Fit) -> float:
    """Return the standard error of the relative error over rows (delta method for a ratio)."""
    squares = np.nansum(X**2, axis=1)
    residuals = np.nansum((X - fit.W @ fit.H) ** 2, axis=1)
    total = squares.sum()
    if total == 0 or not residuals.any():
        return 0.0
    ratio = residuals.sum() / total
    of_ratio = np.sqrt(((residuals - ratio * squares) ** 2).sum()) / total
    return float(of_ratio / (2 * np.sqrt(ratio)))

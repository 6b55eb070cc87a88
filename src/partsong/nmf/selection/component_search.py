"""How many components: a sweep that measures more than the error, cheaply.

Everything statistical happens on a sample of rows; only the best fit of each number goes on over
all of them. Each number starts where its neighbour ended, besides fresh starts, and draws from a
random state of its own, so a sweep that was stopped can be taken up again.
"""

import warnings
from collections.abc import Callable, Iterable
from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval
from sklearn.utils.validation import validate_data

from partsong.nmf.blocks import FloatArray
from partsong.nmf.checks import check_entries
from partsong.nmf.initialization import RandomState
from partsong.nmf.selection.component_choice import choose_from_scores
from partsong.nmf.selection.component_scores import ComponentScores
from partsong.nmf.selection.component_scoring import ComponentScorer, draw_sample
from partsong.nmf.selection.parallel_analysis import ParallelAnalysis, parallel_analysis
from partsong.nmf.threads import one_blas_thread
from partsong.nmf.workers import count_jobs

__all__ = ["ComponentSearch", "choose_n_components"]

_LARGEST_DEFAULT = 14
_QUICK_ROWS = 4000
_QUICK_HOLDOUT = 0.1
_MOST_ENTRIES = 50_000_000
_PATIENCE = 3
"""Numbers in a row that predict worse than a smaller one, after which no more are tried."""


class ComponentSearch(BaseEstimator):
    """Sweep over numbers of components, and recommend one with the reasons.

    Parameters
    ----------
    n_components
        The numbers to try, or a single one. None: 2 to 14, but fewer than there are features and at most half as
        many as there are rows.
    n_init
        Starts of each number, at least 1: one from the next smaller number and one from singular
        vectors, the others at random. Each half of the rows has as many, or half as many where
        entries are missing.
    holdout
        Share of the features that are hidden together when entries are predicted, 0 to 0.5
        exclusive of 0. None leaves held-out entries out.
    n_splits
        How often the sample is split into two halves, which learn apart and predict each other's
        hidden entries. 0 leaves both out, so that only the error and the restarts remain.
    max_samples
        Rows of the random sample that everything but the final fit works on.
    tol
        As in `NMF`.
    n_jobs
        Threads. None or -1: as many as the process may use. The answer does not depend on it.
    random_state
        An integer, or a generator to draw from. To take up a stopped search it must be the same
        integer as before.
    callback
        Called with the `ComponentScores` of each number as soon as they are known, smallest number
        first.

    Attributes
    ----------
    best_n_components_
        The recommended number.
    reasons_
        Sentences that say why, and where the methods disagree.
    picks_
        What each method would choose on its own, by its name.
    table_
        List of `ComponentScores`, one for each number, smallest first.
    components_
        The components of the best fit for each number, by the number.
    parallel_analysis_
        The eigenvalues of the correlations beside those of permuted columns.
    n_features_in_, feature_names_in_
        What was seen in `fit`. Names only where ``X`` has some.

    Notes
    -----
    The rule is told in `choose_from_scores`. Errors are Euclidean.

    References
    ----------
    A. B. Owen and P. O. Perry, "Bi-cross-validation of the SVD and the nonnegative matrix
    factorization", Annals of Applied Statistics 3 (2009).

    J.-P. Brunet, P. Tamayo, T. R. Golub and J. P. Mesirov, "Metagenes and molecular pattern
    discovery using matrix factorization", PNAS 101 (2004), for stability over restarts.

    T. Lange, V. Roth, M. L. Braun and J. M. Buhmann, "Stability-based validation of clustering
    solutions", Neural Computation 16 (2004), for halves of the rows.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> H = np.kron(np.eye(3), np.ones(3))
    >>> X = rng.gamma(0.5, size=(300, 3)) @ H + 0.1 * rng.random((300, 9))
    >>> search = ComponentSearch(range(2, 6), n_init=3, random_state=0).fit(X)
    >>> search.best_n_components_
    3
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "n_components": [Interval(Integral, 1, None, closed="left"), "array-like", None],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "holdout": [Interval(Real, 0, 0.5, closed="right"), None],
        "n_splits": [Interval(Integral, 0, None, closed="left")],
        "max_samples": [Interval(Integral, 4, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "callback": [callable, None],
    }

    best_n_components_: int
    reasons_: list[str]
    picks_: dict[str, int]
    table_: list[ComponentScores]
    components_: dict[int, FloatArray]
    parallel_analysis_: ParallelAnalysis
    n_features_in_: int

    def __init__(
        self,
        n_components: Iterable[int] | int | None = None,
        *,
        n_init: int = 8,
        holdout: float | None = 0.1,
        n_splits: int = 3,
        max_samples: int = 20_000,
        tol: float = 1e-4,
        n_jobs: int | None = None,
        random_state: RandomState = None,
        callback: Callable[[ComponentScores], object] | None = None,
    ) -> None:
        self.n_components = n_components
        self.n_init = n_init
        self.holdout = holdout
        self.n_splits = n_splits
        self.max_samples = max_samples
        self.tol = tol
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.callback = callback

    def fit(self, X: Any, y: object = None, *, known: Iterable[ComponentScores] = ()) -> Self:
        """Measure every number of components, and choose.

        Parameters
        ----------
        X
            Shape (n_samples, n_features), non-negative. NaN means missing.
        y
            Ignored.
        known
            Rows that an earlier search of the same ``X`` and `random_state` has finished; they
            are not measured again. The result is the same as without a stop.

        Returns
        -------
        ComponentSearch
            Itself.

        Raises
        ------
        ValueError
            If ``X`` has negative values or a feature that was never observed, or a number of
            components is below 1.
        """
        del y
        X = self._validate(X)
        numbers = self._numbers((X.shape[0], X.shape[1]))
        finished = {row.n_components: row for row in known}
        rng = check_random_state(self.random_state)
        sample = draw_sample(
            X, self.max_samples, n_splits=self.n_splits, holdout=self.holdout, rng=rng
        )
        spectrum = parallel_analysis(sample.rows, random_state=rng)
        n_jobs = count_jobs(self.n_jobs)
        scorer = ComponentScorer(X, sample, n_init=self.n_init, tol=self.tol, n_jobs=n_jobs)
        table: list[ComponentScores] = []
        with one_blas_thread(), warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the sweep only compares
            for number in numbers:
                row = finished.get(number)
                if row is None:
                    row = scorer.score(number, table[-1] if table else None)
                    if self.callback is not None:
                        self.callback(row)
                table.append(row)
        choice = choose_from_scores(table, spectrum.n_components)
        self.best_n_components_ = choice.n_components
        self.reasons_ = choice.reasons
        self.picks_ = choice.picks
        self.table_ = table
        self.components_ = {row.n_components: row.components for row in table}
        self.parallel_analysis_ = spectrum
        return self

    def _validate(self, X: Any) -> FloatArray:
        self._validate_params()  # type: ignore[no-untyped-call]  # scikit-learn is untyped
        checked: FloatArray = validate_data(
            self,
            X,
            dtype=[np.float64, np.float32],
            order="C",
            ensure_all_finite=False,
            ensure_min_samples=2,
        )
        check_entries(checked, getattr(self, "feature_names_in_", None), learn=True)
        return checked

    def _numbers(self, shape: tuple[int, int]) -> list[int]:
        if self.n_components is None:
            return list(default_numbers(*shape))
        wanted = [self.n_components] if isinstance(self.n_components, int) else self.n_components
        numbers = sorted({int(number) for number in wanted})
        if not numbers or numbers[0] < 1:
            msg = f"n_components must hold numbers of at least 1, got {numbers}."
            raise ValueError(msg)
        return numbers

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[no-untyped-call]  # the same
        tags.input_tags.positive_only = True
        tags.input_tags.allow_nan = True
        return tags


def choose_n_components(X: Any, random_state: RandomState = None) -> int:
    """Choose a number of components by hidden entries of a small sample of rows.

    This is what ``NMF(n_components="auto")`` asks. `ComponentSearch` looks more closely and gives
    its reasons.

    Parameters
    ----------
    X
        Shape (n_samples, n_features), non-negative: an array, where NaN means missing, or a CSR
        array.
    random_state
        An integer, or a generator to draw from.

    Returns
    -------
    int
        1 to 14; fewer than there are features, and at most half as many as there are rows, but
        for matrices too small for that.

    Raises
    ------
    ValueError
        If sparse rows are too long for a sample of them to be written out.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.gamma(0.5, size=(300, 3)) @ np.kron(np.eye(3), np.ones(3))
    >>> choose_n_components(X + 0.1 * rng.random((300, 9)), random_state=0)
    3
    """
    rng = check_random_state(random_state)
    n_samples, n_features = X.shape
    if hasattr(X, "tocsr"):
        X = _write_out(X, rng)
    sample = draw_sample(X, _QUICK_ROWS, n_splits=2, holdout=_QUICK_HOLDOUT, rng=rng)
    scorer = ComponentScorer(sample.rows, sample, n_init=4, tol=1e-3, n_jobs=1)
    rows: list[ComponentScores] = []
    with one_blas_thread(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # only the final fit has to settle
        for number in default_numbers(n_samples, n_features):
            rows.append(scorer.score_halves(number))
            errors = [row.held_out_error for row in rows]
            if len(rows) > _PATIENCE and min(errors[-_PATIENCE:]) > min(errors):
                break
    return choose_from_scores(rows).n_components


def _write_out(X: Any, rng: np.random.RandomState) -> FloatArray:
    """Return some rows of a sparse array as a dense one."""
    n_rows = min(X.shape[0], _QUICK_ROWS)
    if n_rows * X.shape[1] > _MOST_ENTRIES:
        msg = (
            f"n_components='auto' looks at {n_rows} rows written out, which are too long with "
            f"{X.shape[1]} features. Give a number of components."
        )
        raise ValueError(msg)
    rows: FloatArray = X[np.sort(rng.choice(X.shape[0], n_rows, replace=False))].toarray()
    return rows


def default_numbers(n_samples: int, n_features: int) -> range:
    """Return 2 to 14, but fewer than there are features and at most half as many as rows.

    Examples
    --------
    >>> default_numbers(100, 6)
    range(2, 6)
    """
    largest = max(min(_LARGEST_DEFAULT, n_features - 1, n_samples // 2), 1)
    return range(min(2, largest), largest + 1)

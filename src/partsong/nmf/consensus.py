"""Components that come back: one fit, judged by many refits of parts of the data.

A fit always returns as many components as were asked for. Which of them are in the data, and which
are an accident of the start or of a few rows, shows when it is done again.
"""

import warnings
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from partsong.nmf.blocks import FloatArray
from partsong.nmf.checks import check_entries
from partsong.nmf.divergence import BetaLoss
from partsong.nmf.estimator import NMF, all_or_nothing
from partsong.nmf.initialization import Init, RandomState
from partsong.nmf.refits import Refit, find_strongest, refit_samples, share_of_votes
from partsong.nmf.selection.matching import SAME_COMPONENT
from partsong.nmf.solver_choice import SolverName
from partsong.nmf.streams.row_source import RowSource
from partsong.nmf.threads import one_blas_thread
from partsong.nmf.workers import count_jobs

__all__ = ["ConsensusNMF"]

_OF_NMF = (
    *("init", "solver", "beta_loss", "tol", "max_iter", "n_init", "alpha_W", "alpha_H"),
    "l1_ratio",
)
"""Parameters that are those of `NMF`, and are handed on to it."""


class ConsensusNMF(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Keep the components that come back when the fit is repeated, and say how surely rows fall.

    All rows are fitted as by `NMF`. Then random samples of the rows are fitted again, each from
    starts of its own, and their components are matched to those of the first fit. The *agreement*
    of a component is the share of refits in which it came back. While a component comes back too
    rarely, the weakest is given up and everything is done again with one less. The *confidence* of
    a row is the share of refits in which its strongest component is the same.

    Parameters
    ----------
    n_components
        Most components to keep; as in `NMF`.
    n_runs
        Refits for each number of components that is tried.
    max_samples
        Most rows of a refit, which has half of all rows if that is less.
    min_agreement
        Least agreement of a component, 0 to 1. With 0 all are kept, and only judged.
    min_confidence
        Rows below this confidence are mixed: their label is -1.
    init, solver, beta_loss, tol, max_iter, n_init, alpha_W, alpha_H, l1_ratio
        As in `NMF`, of the fit of all rows. Refits have a `tol` of at least 1e-4 and
        at most 2 starts, or rounds of 2; then 4, where the components of the first fit do better
        on the same rows.
    n_jobs
        Threads. None or -1: as many as the process may use. The result does not depend on it.
    random_state
        An integer, or a generator to draw from, for samples and starts.
    callback
        Called after each refit with its number, from 1 for each number of components, and the
        number of components.

    Attributes
    ----------
    components_
        Those kept, shape (n_components_, n_features). Where all that were asked for come back,
        they are just those of `NMF` with the same parameters.
    n_components_
        How many have been kept, at least 1.
    agreement_
        Share of refits in which each came back: matched to one of theirs with a cosine of at
        least 0.9. Shape (n_components_,).
    similarities_
        The cosines, shape (n_runs, n_components_).
    confidence_
        Share of refits in which the strongest component of a row is the one it has here; 0 for
        a row without loadings. Shape (n_samples,).
    labels_
        The strongest component of each row, with the scale moved to the loadings; -1 for mixed
        ones. Shape (n_samples,).
    nmf_
        The fit of all rows that was kept, an `NMF`.
    reconstruction_err_, n_iter_, converged_, solver_
        Of that fit.
    n_features_in_, feature_names_in_
        What was seen in `fit`. Names only where ``X`` has some.

    Notes
    -----
    Where components are taken away, the fit of all rows is the better of a fresh one and one that
    starts from those kept. Agreement is always that of refits with the same number of components.

    For 81,193 rows with 20 features ten refits took the time of 2 to 6 fits of all rows, at worst
    of 13, for each number of components that is tried. With more rows they cost the same, but for
    the votes, each of which is one `transform`.

    A confidence tells how repeatable a label is, not how clearly one component leads; a row may
    lie between two components in every refit, on the same side of the middle.

    References
    ----------
    J.-P. Brunet, P. Tamayo, T. R. Golub and J. P. Mesirov, "Metagenes and molecular pattern
    discovery using matrix factorization", PNAS 101 (2004), for labels that come back.

    D. Kotliar et al., "Identifying gene expression programs of cell-type identity and cellular
    activity with single-cell RNA-Seq", eLife 8 (2019), for components that do.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.gamma(0.5, size=(300, 3)) @ np.kron(np.eye(3), np.ones(3)) + 0.1 * rng.random((300, 9))
    >>> model = ConsensusNMF(4, random_state=0).fit(X)
    >>> model.agreement_
    array([1., 1., 1.])
    >>> model.components_.shape
    (3, 9)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **{
            name: NMF._parameter_constraints[name]  # noqa: SLF001 - its twin in this package
            for name in ("n_components", *_OF_NMF, "n_jobs", "random_state", "callback")
        },
        "init": [StrOptions({"random", "nndsvd", "nndsvda", "nndsvdar"}), None],
        "n_runs": [Interval(Integral, 1, None, closed="left")],
        "max_samples": [Interval(Integral, 1, None, closed="left")],
        "min_agreement": [Interval(Real, 0, 1, closed="both")],
        "min_confidence": [Interval(Real, 0, 1, closed="both")],
    }

    components_: FloatArray
    n_components_: int
    agreement_: FloatArray
    similarities_: FloatArray
    confidence_: FloatArray
    labels_: npt.NDArray[np.intp]
    nmf_: NMF
    reconstruction_err_: float
    n_iter_: int
    converged_: bool
    solver_: SolverName
    n_features_in_: int

    def __init__(
        self,
        n_components: int | Literal["auto"] | None = "auto",
        *,
        n_runs: int = 10,
        max_samples: int = 20_000,
        min_agreement: float = 0.9,
        min_confidence: float = 0.5,
        init: Init | None = None,
        solver: Literal["auto", "patterns", "hals", "mu"] = "auto",
        beta_loss: BetaLoss = "frobenius",
        tol: float = 1e-5,
        max_iter: int = 1000,
        n_init: int | Literal["auto"] = "auto",
        alpha_W: float = 0.0,
        alpha_H: float | Literal["same"] = "same",
        l1_ratio: float = 0.0,
        n_jobs: int | None = None,
        random_state: RandomState = None,
        callback: Callable[[int, int], object] | None = None,
    ) -> None:
        self.n_components = n_components
        self.n_runs = n_runs
        self.max_samples = max_samples
        self.min_agreement = min_agreement
        self.min_confidence = min_confidence
        self.init = init
        self.solver = solver
        self.beta_loss = beta_loss
        self.tol = tol
        self.max_iter = max_iter
        self.n_init = n_init
        self.alpha_W = alpha_W
        self.alpha_H = alpha_H
        self.l1_ratio = l1_ratio
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.callback = callback

    def fit(self, X: Any, y: object = None, *, sample_weight: Any = None) -> Self:
        """Learn the components of ``X`` that come back.

        Parameters
        ----------
        X
            Shape (n_samples, n_features), non-negative: an array, where NaN means missing, or a
            sparse array or matrix.
        y
            Ignored.
        sample_weight
            How often each row counts, shape (n_samples,).

        Returns
        -------
        ConsensusNMF
            Itself.

        Raises
        ------
        ValueError
            If ``X`` has negative values, a feature that was never observed, or none at all.
        """
        del y
        self.fit_transform(X, sample_weight=sample_weight)
        return self

    def fit_transform(  # type: ignore[override]  # takes weights, as NMF's does
        self, X: Any, y: object = None, *, sample_weight: Any = None
    ) -> FloatArray:
        """Learn the components of ``X`` that come back, and return its loadings.

        Parameters
        ----------
        X
            Shape (n_samples, n_features), non-negative: an array, where NaN means missing, or a
            sparse array or matrix.
        y
            Ignored.
        sample_weight
            How often each row counts, shape (n_samples,).

        Returns
        -------
        ndarray of shape (n_samples, n_components_)
            The best loadings for the components kept.
        """
        del y
        self._validate_params()  # type: ignore[no-untyped-call]  # scikit-learn is untyped
        with all_or_nothing(self), one_blas_thread():  # type: ignore[arg-type]  # any estimator will do
            X = self._check(X, learn=True)
            weights = None
            if sample_weight is not None:
                weights = _check_sample_weight(
                    sample_weight, X, dtype=np.float64, ensure_non_negative=True
                )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)  # said below, of the fit kept
                W = self._learn(X, weights)
        if not self.converged_ and self.tol > 0:
            warnings.warn(
                f"The fit of all rows stopped after max_iter={self.max_iter} iterations before "
                f"the loss settled. Raise max_iter, or tol above {self.tol:g}.",
                ConvergenceWarning,
                stacklevel=2,
            )
        return W

    def transform(self, X: Any) -> FloatArray:
        """Return the best loadings of rows for the components kept.

        Parameters
        ----------
        X
            Shape (n_samples, n_features), non-negative: an array, where NaN means missing, or a
            sparse array or matrix.

        Returns
        -------
        ndarray of shape (n_samples, n_components_)
            Zeros for a row that was never observed.
        """
        check_is_fitted(self)
        W: FloatArray = self.nmf_.transform(self._check(X, learn=False))
        return W

    def inverse_transform(self, X: Any) -> FloatArray:
        """Return the rows that loadings stand for, ``W @ components_``.

        Parameters
        ----------
        X
            Loadings, shape (n_samples, n_components_).

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        return self.nmf_.inverse_transform(X)

    def _learn(self, X: Any, weights: FloatArray | None) -> FloatArray:
        rng = check_random_state(self.random_state)
        nmf = self._build(self.n_components, random_state=rng)
        W = nmf.fit_transform(X, sample_weight=weights)
        refits = self._refit(X, nmf, weights, rng)
        while (weakest := self._find_weakest(refits)) is not None:
            kept = np.delete(nmf.components_, weakest, axis=0)
            nmf, W = self._fit_fewer(X, kept, weights, rng)
            refits = self._refit(X, nmf, weights, rng)
        labels = find_strongest(W, nmf.components_)
        n_jobs = count_jobs(self.n_jobs)
        self.confidence_ = share_of_votes(X, labels, refits, n_jobs=n_jobs)
        self.labels_ = np.where(self.confidence_ >= self.min_confidence, labels, -1)
        self.similarities_ = _similarities(refits)
        self.agreement_ = _agreement(refits)
        self.nmf_ = nmf
        self.components_, self.n_components_ = nmf.components_, nmf.n_components_
        self.reconstruction_err_, self.n_iter_ = nmf.reconstruction_err_, nmf.n_iter_
        self.converged_, self.solver_ = nmf.converged_, nmf.solver_
        return W

    def _build(self, n_components: int | Literal["auto"] | None, **changes: Any) -> NMF:
        return NMF(n_components, **{**self._settings(), "n_jobs": self.n_jobs, **changes})

    def _settings(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in _OF_NMF}

    def _refit(
        self, X: Any, nmf: NMF, weights: FloatArray | None, rng: np.random.RandomState
    ) -> list[Refit]:
        tell = self.callback
        return refit_samples(
            X,
            nmf,
            settings=self._settings(),
            seeds=rng.randint(2**31 - 1, size=self.n_runs).tolist(),
            max_samples=self.max_samples,
            weights=weights,
            n_jobs=count_jobs(self.n_jobs),
            callback=None if tell is None else lambda run: tell(run, nmf.n_components_),
        )

    def _find_weakest(self, refits: list[Refit]) -> int | None:
        """Return the component that is given up next; None where all come back, or one is left."""
        agreement = _agreement(refits)
        weakest = int(np.lexsort((_similarities(refits).mean(axis=0), agreement))[0])
        if len(agreement) == 1 or agreement[weakest] >= self.min_agreement:
            return None
        return weakest

    def _fit_fewer(
        self, X: Any, kept: FloatArray, weights: FloatArray | None, rng: np.random.RandomState
    ) -> tuple[NMF, FloatArray]:
        """Fit as many components as are kept: from these, and afresh; return the better."""
        fresh = self._build(len(kept), random_state=rng)
        carried = self._build(len(kept), random_state=rng, init="custom")
        fits = [
            (fresh, fresh.fit_transform(X, sample_weight=weights)),
            (carried, carried.fit_transform(X, H=kept, sample_weight=weights)),
        ]
        return min(fits, key=lambda fit: float(fit[0].loss_curve_[-1]))

    def _check(self, X: Any, *, learn: bool) -> Any:
        """Return ``X`` as a C-contiguous or CSR array."""
        if isinstance(X, RowSource):
            msg = "Rows of a source are fitted by NMF alone. Bring a sample of them into memory."
            raise TypeError(msg)
        checked = validate_data(
            self,
            X,
            reset=learn,
            dtype=[np.float64, np.float32],
            order="C",
            accept_sparse="csr",
            ensure_all_finite=False,
        )
        names = getattr(self, "feature_names_in_", None)
        check_entries(checked, names, learn=learn, n_jobs=count_jobs(self.n_jobs))
        return checked

    @property
    def _n_features_out(self) -> int:
        return self.n_components_

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[no-untyped-call]  # the same
        tags.input_tags.positive_only = True
        tags.input_tags.allow_nan = True
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _similarities(refits: list[Refit]) -> FloatArray:
    return np.array([refit.similarities for refit in refits])


def _agreement(refits: list[Refit]) -> FloatArray:
    agreement: FloatArray = (_similarities(refits) >= SAME_COMPONENT).mean(axis=0)
    return agreement

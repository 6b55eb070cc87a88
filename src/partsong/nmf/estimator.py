"""The estimator: scikit-learn's contract around the blocks, the solvers and the descent."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_array, check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from partsong.nmf.blocks import FloatArray
from partsong.nmf.checks import check_entries, check_factor
from partsong.nmf.descents.convergence import Descent
from partsong.nmf.descents.solver import Solver, Sums
from partsong.nmf.divergence import BetaLoss, check_no_observed_zeros
from partsong.nmf.fits import (
    Fit,
    FitSettings,
    fit_by_descent,
    fit_by_patterns,
    fit_incomplete_by_patterns,
)
from partsong.nmf.initialization import Init, RandomState
from partsong.nmf.kernels import has_kernel
from partsong.nmf.loadings import solve_loadings
from partsong.nmf.looks.incomplete import solve_incomplete
from partsong.nmf.looks.pattern_tables import MOST_COMPONENTS
from partsong.nmf.looks.patterns import solve_by_patterns
from partsong.nmf.looks.projection import LookDescent
from partsong.nmf.online import learn_batch
from partsong.nmf.penalties import Penalties, scale_penalties
from partsong.nmf.solver_choice import SolverName, build_solver, choose_solver
from partsong.nmf.streams.row_passes import transform_rows
from partsong.nmf.streams.row_source import RowSource
from partsong.nmf.streams.streaming import RowsFit, fit_rows
from partsong.nmf.threads import one_blas_thread
from partsong.nmf.workers import count_jobs

__all__ = ["NMF"]

_FEW_ROWS = 1_000
"""So few are not worth the question how many threads there are."""

_STARTS = 8
"""Where starts are cheap: enough that ten seeds agreed on every table looked at."""


class NMF(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Explain non-negative rows as sums of a few non-negative components.

    Finds `W` and `H`, both non-negative, that minimise a loss between ``X`` and ``W @ H``, over
    the entries of ``X`` that were observed: NaN means missing, in every method. Parameters that
    scikit-learn's ``NMF`` has mean the same here, except that `tol` is measured by the loss.

    Parameters
    ----------
    n_components
        Number of components. ``"auto"``: as many as the given `H` has, else as many as the data
        support (see `ComponentSearch`). None: as many as there are features.
    init
        Where to start: ``"random"``, ``"nndsvd"``, ``"nndsvda"``, ``"nndsvdar"``, or
        ``"custom"`` for the `W` and `H` given to `fit`. None: what suits the solver, which is
        several kinds for ``"patterns"``, else ``"nndsvda"`` where `n_components` is at most the
        smaller side of ``X``, else ``"random"``. See `initialize`.
    solver
        ``"patterns"``: a few looks at all rows, between which the loss is minimised without
        them; for the Frobenius loss, dense ``X`` and at most 16 components. ``"hals"``:
        hierarchical alternating least squares, for the Frobenius loss and any ``X``. ``"mu"``:
        Lee and Seung's multiplicative updates, for every loss. ``"auto"``: the first of these
        that suits; ``"patterns"`` only up to 64 features.
    beta_loss
        ``"frobenius"``, ``"kullback-leibler"`` or ``"itakura-saito"``.
    tol
        The descent ends when ten iterations together lower the loss by less than this part of
        it; once the loss is below a tenth of where it began, of that tenth. With looks, when one
        more promises less than this part of the loss. 0: never.
    max_iter
        Most iterations of one descent, or looks at all rows.
    n_init
        Number of starts; the one with the smallest loss is carried on, as in scikit-learn's
        ``KMeans``. Only random ones differ. Of more than 20,000 rows a random sample decides
        which start is best. ``"auto"``: 8 for ``"patterns"``, where a start costs next to
        nothing, else 1. With ``"patterns"`` as many again are made, up to four times (two
        where entries are missing), while something about as good as the best was found but once,
        and all that may be the best is compared on all rows.
    alpha_W, alpha_H
        Weights of the penalties on the loadings and the components, as in scikit-learn, where
        they are multiplied by the number of features and of rows. ``alpha_H="same"``: `alpha_W`.
    l1_ratio
        Share of the penalties that is on the sum, and not on the squares.
    forgetting
        How fast `partial_fit` forgets, at least 0. When the rows seen have become twice as many,
        what was known of the first half counts ``2 ** -forgetting`` times; 0 forgets nothing.
    n_jobs
        Threads. None or -1: as many as the process may use. The result does not depend on it.
    random_state
        An integer, or a generator to draw from, for samples and random starts.
    callback
        Called after each iteration over all rows with its number, from 1 in each descent, and
        the loss.

    Attributes
    ----------
    components_
        `H`, shape (n_components, n_features).
    n_components_
        The number of components.
    solver_
        The solver that was used.
    n_iter_
        Iterations of the descent that was kept.
    loss_curve_
        Its loss after the loadings of each iteration were updated, shape (n_iter,). It never
        rises but for rounding.
    converged_
        Whether it ended by `tol`.
    reconstruction_err_
        The root of twice the loss of ``W @ H``: for Frobenius the length of what is left of the
        observed entries.
    kkt_residual_
        How far the factors are from where no descent can go on, as a part of the length of ``X``;
        see `kkt_residual`.
    n_samples_seen_
        Rows that the components have been learned from, in `fit` and later batches.
    n_features_in_, feature_names_in_
        What was seen in `fit`. Names only where ``X`` has some.

    Notes
    -----
    After the descent the loadings are solved for the final components from scratch, to the
    conditions of optimality. So ``fit_transform(X)`` is ``fit(X).transform(X)``.

    Arithmetic is in double precision; results come in the precision of ``X``. A fit that is
    interrupted, or that fails, leaves the estimator as it was.

    Examples
    --------
    >>> X = np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 0.0, 5.0], [1.0, np.nan, 5.0]])
    >>> model = NMF(n_components=2, random_state=0).fit(X)
    >>> model.inverse_transform(model.transform(X)).round(2) + 0.0
    array([[1., 2., 0.],
           [2., 4., 0.],
           [0., 0., 5.],
           [1., 2., 5.]])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "n_components": [Interval(Integral, 1, None, closed="left"), None, StrOptions({"auto"})],
        "init": [StrOptions({"random", "nndsvd", "nndsvda", "nndsvdar", "custom"}), None],
        "solver": [StrOptions({"auto", "patterns", "hals", "mu"})],
        "beta_loss": [StrOptions({"frobenius", "kullback-leibler", "itakura-saito"})],
        "tol": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "n_init": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "alpha_W": [Interval(Real, 0, None, closed="left")],
        "alpha_H": [Interval(Real, 0, None, closed="left"), StrOptions({"same"})],
        "l1_ratio": [Interval(Real, 0, 1, closed="both")],
        "forgetting": [Interval(Real, 0, None, closed="left")],
        "n_jobs": [Integral, None],
        "random_state": ["random_state"],
        "callback": [callable, None],
    }

    components_: FloatArray
    n_components_: int
    solver_: SolverName
    n_iter_: int
    loss_curve_: FloatArray
    converged_: bool
    reconstruction_err_: float
    kkt_residual_: float
    n_samples_seen_: int
    n_features_in_: int
    _sums: Sums
    _n_rows_known: float

    def __init__(
        self,
        n_components: int | Literal["auto"] | None = "auto",
        *,
        init: Init | Literal["custom"] | None = None,
        solver: Literal["auto", "patterns", "hals", "mu"] = "auto",
        beta_loss: BetaLoss = "frobenius",
        tol: float = 1e-5,
        max_iter: int = 1000,
        n_init: int | Literal["auto"] = "auto",
        alpha_W: float = 0.0,
        alpha_H: float | Literal["same"] = "same",
        l1_ratio: float = 0.0,
        forgetting: float = 1.0,
        n_jobs: int | None = None,
        random_state: RandomState = None,
        callback: Callable[[int, float], object] | None = None,
    ) -> None:
        self.n_components = n_components
        self.init = init
        self.solver = solver
        self.beta_loss = beta_loss
        self.tol = tol
        self.max_iter = max_iter
        self.n_init = n_init
        self.alpha_W = alpha_W
        self.alpha_H = alpha_H
        self.l1_ratio = l1_ratio
        self.forgetting = forgetting
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.callback = callback

    def fit(self, X: Any, y: object = None, *, sample_weight: Any = None, **factors: Any) -> Self:
        """Learn the components of ``X``.

        Parameters
        ----------
        X
            Shape (n_samples, n_features), non-negative: an array, where NaN means missing, a
            sparse array or matrix, or a `RowSource` of rows that need not fit in memory.
        y
            Ignored.
        sample_weight
            How often each row counts, shape (n_samples,).
        **factors
            `W` and `H` to start from, for ``init="custom"``.

        Returns
        -------
        NMF
            Itself.

        Raises
        ------
        ValueError
            If ``X`` has negative values, a feature that was never observed, or none at all.
        """
        del y
        with all_or_nothing(self), one_blas_thread():
            if isinstance(X, RowSource):
                self._learn_source(X, sample_weight, factors)
            else:
                self._learn(self._validate(X, learn=True), sample_weight, **factors)
        return self

    def fit_transform(  # type: ignore[override]  # names W and H, as scikit-learn's NMF does
        self, X: Any, y: object = None, W: Any = None, H: Any = None, *, sample_weight: Any = None
    ) -> FloatArray:
        """Learn the components of ``X`` and return its loadings.

        Parameters
        ----------
        X
            Shape (n_samples, n_features), non-negative: an array, where NaN means missing, or a
            sparse array or matrix.
        y
            Ignored.
        W, H
            Factors to start from, for ``init="custom"``. Without `W` the best for `H` are taken.
        sample_weight
            How often each row counts, shape (n_samples,).

        Returns
        -------
        ndarray of shape (n_samples, n_components)
            The best loadings for the components. Zeros for a row that was never observed.
        """
        del y
        if isinstance(X, RowSource):
            msg = "The loadings of a source do not come as one array. Call fit, then transform."
            raise TypeError(msg)
        with all_or_nothing(self), one_blas_thread():
            X, is_complete = self._validate(X, learn=True)
            fit, loadings = self._learn((X, is_complete), sample_weight, W, H)
            if loadings is None:
                loadings = self._solve(
                    X, fit.components, is_complete=is_complete, patterns=fit.patterns
                )
            return loadings

    def transform(self, X: Any) -> Any:
        """Return the best loadings of rows for the components.

        Parameters
        ----------
        X
            Shape (n_samples, n_features), non-negative: an array, where NaN means missing, a
            sparse array or matrix, or a `RowSource`.

        Returns
        -------
        ndarray of shape (n_samples, n_components), or an iterator of them
            Zeros for a row that was never observed. Those of a source come block by block.
        """
        if not self.__sklearn_is_fitted__():
            check_is_fitted(self)
        if isinstance(X, RowSource):
            price = self._penalties((0, self.n_features_in_))
            n_jobs = count_jobs(self.n_jobs)
            return transform_rows(X, self.components_, penalties=price, n_jobs=n_jobs)
        X, is_complete = self._validate(X, learn=False)
        return self._solve(X, self.components_, is_complete=is_complete)

    def inverse_transform(self, X: Any) -> FloatArray:
        """Return the rows that loadings stand for, ``W @ components_``.

        Parameters
        ----------
        X
            Loadings, shape (n_samples, n_components).

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        W = check_array(X, dtype=[np.float64, np.float32])
        if W.shape[1] != self.n_components_:
            msg = f"X has {W.shape[1]} columns, but {self.n_components_} components are expected."
            raise ValueError(msg)
        restored: FloatArray = W @ self.components_
        return restored

    def partial_fit(self, X: Any, y: object = None) -> Self:
        """Let the components follow one more batch of rows.

        The first batch is learned as by `fit`; so it must have observed every feature. Later ones
        add their sums to those of earlier rows, which `forgetting` discounts, and the components
        are updated from all of them (Mairal et al. 2010, algorithm 1, with the past rescaled as
        in section 3.4.2; Lefevre et al. 2011 for ``solver="mu"``). Rows themselves are not kept.
        `n_iter_`, `loss_curve_`, `converged_` and `reconstruction_err_` remain those of the first
        batch, or of `fit`.

        Parameters
        ----------
        X
            The batch, shape (n_samples, n_features), non-negative. NaN means missing.
        y
            Ignored.

        Returns
        -------
        NMF
            Itself.

        References
        ----------
        J. Mairal, F. Bach, J. Ponce and G. Sapiro, "Online learning for matrix factorization and
        sparse coding", Journal of Machine Learning Research 11 (2010).

        A. Lefevre, F. Bach and C. Fevotte, "Online algorithms for nonnegative matrix
        factorization with the Itakura-Saito divergence", WASPAA (2011).
        """
        del y
        with all_or_nothing(self), one_blas_thread():
            if not self.__sklearn_is_fitted__():
                self._learn(self._validate(X, learn=True), None)
                return self
            X, _ = self._validate(X, learn=False)
            seen = self.n_samples_seen_ + X.shape[0]
            kept = (self.n_samples_seen_ / seen) ** self.forgetting
            self._n_rows_known = self._n_rows_known * kept + X.shape[0]
            step = learn_batch(
                X,
                self.components_,
                self._sums,
                self._build_solver(self._n_rows_known),
                kept=kept,
                n_jobs=count_jobs(self.n_jobs),
            )
            self._sums = step.sums
            self.n_samples_seen_ = seen
            self.components_ = step.H.astype(self.components_.dtype)
        return self

    def _learn(
        self, checked: tuple[Any, bool], sample_weight: Any, W: Any = None, H: Any = None
    ) -> tuple[Fit, FloatArray | None]:
        """Fit, and keep what was learned; return loadings where the fit has made some."""
        X, is_complete = checked
        weights = None if sample_weight is None else self._check_weights(sample_weight, X)
        settings = self._settle(X, H, weights)
        self.solver_ = choose_solver(
            self.solver,
            self.beta_loss,
            n_components=settings.n_components,
            n_features=X.shape[1],
            is_sparse=_is_sparse(X),
        )
        start = self._check_start(X, W, H, settings.n_components)
        loadings = None
        if self.solver_ == "patterns":
            settings = replace(settings, n_init=_STARTS if self.n_init == "auto" else self.n_init)
            H = None if start is None else start[1]
            if is_complete:
                fit = fit_by_patterns(X, settings, weights=weights, H=H)
            else:
                fit, loadings = fit_incomplete_by_patterns(X, settings, weights=weights, H=H)
        else:
            solver = build_solver(
                self.solver_,
                self.beta_loss,
                settings.penalties,
                is_free=self.solver == "auto",
            )
            fit, loadings = fit_by_descent(
                X,
                settings,
                solver,
                weights=weights,
                start=start,
                solve=lambda H: self._solve(X, H, is_complete=is_complete),
            )
        self.n_samples_seen_ = X.shape[0]
        self._n_rows_known = float(X.shape[0] if weights is None else weights.sum())
        self._keep(fit.components, fit.descent, fit.sums, fit.kkt_residual)
        return fit, loadings

    def _learn_source(self, X: RowSource, sample_weight: Any, factors: dict[str, Any]) -> None:
        """Fit rows that need not be in memory, and keep what was learned."""
        self._validate_params()  # type: ignore[no-untyped-call]  # scikit-learn is untyped
        obstacles = {
            "sample_weight": sample_weight is not None,
            "init='custom'": self.init == "custom" or bool(factors),
            f"beta_loss={self.beta_loss!r}": self.beta_loss != "frobenius",
            f"solver={self.solver!r}": self.solver not in {"auto", "patterns"},
            f"n_components={self.n_components!r}": not isinstance(self.n_components, Integral),
        }
        named = [name for name, stands in obstacles.items() if stands]
        if named:
            msg = (
                f"Rows from a source are fitted by looks, which do not go with "
                f"{' and '.join(named)}. Set it otherwise, learn from batches with MiniBatchNMF, "
                "or bring the rows into memory."
            )
            raise ValueError(msg)
        assert isinstance(self.n_components, Integral)
        fit = fit_rows(
            X,
            int(self.n_components),
            init=None if self.init == "custom" else self.init,
            n_init=_STARTS if self.n_init == "auto" else self.n_init,
            tol=self.tol,
            max_iter=self.max_iter,
            alpha_W=self.alpha_W,
            alpha_H=self.alpha_H,
            l1_ratio=self.l1_ratio,
            n_jobs=count_jobs(self.n_jobs),
            random_state=self.random_state,
            callback=self.callback,
        )
        self.solver_ = "patterns"
        self.n_features_in_ = fit.H.shape[1]
        if X.feature_names is not None:
            self.feature_names_in_ = np.array(X.feature_names, dtype=object)
        elif hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        self.n_samples_seen_ = fit.n_rows
        self._n_rows_known = float(fit.n_rows)
        self._keep(fit.H, fit, fit.sums, fit.kkt_residual)

    def _keep(
        self, H: FloatArray, descent: Descent | LookDescent | RowsFit, sums: Sums, residual: float
    ) -> None:
        """Set the attributes that every fit has, and say where it did not settle."""
        self.components_ = H
        self.n_components_ = len(H)
        self.n_iter_ = len(descent.loss_curve)
        self.loss_curve_ = descent.loss_curve
        self.converged_ = descent.converged
        self.reconstruction_err_ = float(np.sqrt(2 * sums.loss))
        self.kkt_residual_ = residual
        self._sums = sums
        if not self.converged_ and self.tol > 0:
            warnings.warn(
                f"NMF stopped after max_iter={self.max_iter} iterations before the loss settled. "
                f"Raise max_iter, or tol above {self.tol:g}.",
                ConvergenceWarning,
                stacklevel=4,
            )

    def _solve(
        self, X: Any, H: FloatArray, *, is_complete: bool, patterns: Any = None
    ) -> FloatArray:
        """Return the best loadings of checked rows."""
        n_jobs = count_jobs(self.n_jobs) if X.shape[0] > _FEW_ROWS else 1
        price = self._penalties((0, X.shape[1]))
        is_dense = not _is_sparse(X)
        has_tables = self.beta_loss == "frobenius" and is_dense and len(H) <= MOST_COMPONENTS
        if has_tables and is_complete and has_kernel("patterns"):  # no BLAS to be kept quiet
            return solve_by_patterns(X, H, patterns=patterns, penalties=price, n_jobs=n_jobs)
        with one_blas_thread():
            if not has_tables:
                return solve_loadings(X, H, self._build_solver(0), n_jobs=n_jobs)
            if is_complete:
                return solve_by_patterns(X, H, patterns=patterns, penalties=price, n_jobs=n_jobs)
            return solve_incomplete(X, H, penalties=price, n_jobs=n_jobs)

    def _settle(self, X: Any, H: Any, weights: FloatArray | None) -> FitSettings:
        """Put values in the place of ``"auto"`` and None."""
        rng = check_random_state(self.random_state)
        n_rows = X.shape[0] if weights is None else float(weights.sum())
        if isinstance(self.n_components, Integral):
            n_components = int(self.n_components)
        elif self.n_components == "auto" and self.init == "custom" and H is not None:
            n_components = len(H)
        elif self.n_components == "auto":
            from partsong.nmf.selection.component_search import choose_n_components

            n_components = choose_n_components(X, rng)
        else:
            n_components = X.shape[1]
        return FitSettings(
            n_components=n_components,
            beta_loss=self.beta_loss,
            init=None if self.init == "custom" else self.init,
            n_init=1 if self.n_init == "auto" else self.n_init,
            tol=self.tol,
            max_iter=self.max_iter,
            penalties=self._penalties((n_rows, X.shape[1])),
            n_jobs=count_jobs(self.n_jobs),
            random_state=rng,
            callback=self.callback,
        )

    def _penalties(self, shape: tuple[float, int]) -> Penalties:
        return scale_penalties(self.alpha_W, self.alpha_H, l1_ratio=self.l1_ratio, shape=shape)

    def _build_solver(self, n_rows: float) -> Solver:
        """Return the solver that goes on from what was learned."""
        penalties = self._penalties((n_rows, self.n_features_in_))
        return build_solver(self.solver_, self.beta_loss, penalties)

    def _check_start(
        self, X: Any, W: Any, H: Any, n_components: int
    ) -> tuple[FloatArray | None, FloatArray] | None:
        if self.init == "custom":
            return (
                None if W is None else check_factor(W, (X.shape[0], n_components), "W"),
                check_factor(H, (n_components, X.shape[1]), "H"),
            )
        if W is not None or H is not None:
            warnings.warn(
                "When init!='custom', provided W or H are ignored. Set init='custom' to use them "
                "as initialization.",
                RuntimeWarning,
                stacklevel=4,
            )
        if self.init == "nndsvd" and self.solver_ == "mu":
            warnings.warn(
                "The multiplicative update ('mu') solver cannot update zeros present in the "
                "initialization, and so leads to poorer results when used jointly with "
                "init='nndsvd'. Use init='nndsvda' or init='nndsvdar' instead.",
                UserWarning,
                stacklevel=4,
            )
        return None

    def _check_weights(self, sample_weight: Any, X: Any) -> FloatArray:
        weights: FloatArray = _check_sample_weight(
            sample_weight, X, dtype=np.float64, ensure_non_negative=True
        )
        if not weights.any():
            msg = "Every sample_weight is zero, so nothing can be learned."
            raise ValueError(msg)
        return weights

    def _validate(self, X: Any, *, learn: bool) -> tuple[Any, bool]:
        """Return ``X`` as a C-contiguous or CSR array, and whether nothing is missing."""
        if learn:
            self._validate_params()  # type: ignore[no-untyped-call]  # scikit-learn is untyped
        checked = X
        if learn or not self._is_plain(X):
            checked = validate_data(
                self,
                X,
                reset=learn,
                dtype=[np.float64, np.float32],
                order="C",
                accept_sparse="csr",
                ensure_all_finite=False,
            )
        if not _is_sparse(checked) and not checked.flags.aligned:
            checked = checked.copy()
        names = getattr(self, "feature_names_in_", None)
        n_jobs = count_jobs(self.n_jobs) if checked.shape[0] > _FEW_ROWS else 1
        is_complete = check_entries(checked, names, learn=learn, n_jobs=n_jobs)
        if self.beta_loss == "itakura-saito":
            check_no_observed_zeros(checked, names)
        return checked, is_complete

    def _is_plain(self, X: Any) -> bool:
        """Tell whether rows are just what is worked on, so that a single one is answered fast."""
        return (
            type(X) is np.ndarray
            and X.dtype in (np.float64, np.float32)
            and X.ndim == 2
            and X.flags.c_contiguous
            and len(X) > 0
            and X.shape[1] == self.n_features_in_
            and not hasattr(self, "feature_names_in_")
        )

    @property
    def _n_features_out(self) -> int:
        return self.n_components_

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "components_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[no-untyped-call]  # the same
        tags.input_tags.positive_only = True
        tags.input_tags.allow_nan = True
        tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


@contextmanager
def all_or_nothing(estimator: NMF) -> Iterator[None]:
    """Give an estimator its old attributes back if anything goes wrong, Ctrl-C included."""
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise


def _is_sparse(X: Any) -> bool:
    return hasattr(X, "tocsr")

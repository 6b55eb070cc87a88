"""The estimator: scikit-learn's contract around the blocks, the solvers and the descent."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, NamedTuple, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_array, check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from partsong.nmf.blocks import Block, FloatArray, split_into_blocks
from partsong.nmf.checks import check_every_feature_seen, check_factor, check_not_negative
from partsong.nmf.descent import Descent, descend, sum_blocks
from partsong.nmf.divergence import BetaLoss
from partsong.nmf.hals import HierarchicalLeastSquares
from partsong.nmf.initialization import Init, RandomState, initialize
from partsong.nmf.multiplicative import MultiplicativeUpdates
from partsong.nmf.solver import Solver, Sums
from partsong.nmf.threads import one_blas_thread

__all__ = ["NMF"]


_SAMPLE_ROWS = 20_000
"""Enough rows to tell a good start from a poor one, and cheap to descend on several times."""


class _Fit(NamedTuple):
    descent: Descent
    components: FloatArray
    loadings: list[FloatArray]
    sums: Sums


class NMF(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Explain non-negative rows as sums of a few non-negative components.

    Finds `W` and `H`, both non-negative, that minimise a loss between ``X`` and ``W @ H``, over
    the entries of ``X`` that were observed: NaN means missing, in every method. Parameters that
    scikit-learn's ``NMF`` has mean the same here, except that `tol` is measured by the loss.

    Parameters
    ----------
    n_components
        Number of components. ``"auto"``: as many as the given `H` has, else as many as there are
        features. None: as many as there are features.
    init
        Where to start: ``"random"``, ``"nndsvd"``, ``"nndsvda"``, ``"nndsvdar"``, or
        ``"custom"`` for the `W` and `H` given to `fit`. None: ``"nndsvda"`` where `n_components`
        is at most the smaller side of ``X``, else ``"random"``. See `initialize`.
    solver
        ``"hals"``: hierarchical alternating least squares, for the Frobenius loss. ``"mu"``:
        Lee and Seung's multiplicative updates, for both losses.
    beta_loss
        ``"frobenius"`` or ``"kullback-leibler"``.
    tol
        The descent ends when ten iterations together lower the loss by less than this part of
        it; once the loss is below a tenth of where it began, of that tenth. 0: never.
    max_iter
        Most iterations of one descent.
    n_init
        Number of descents from different random starts; the one with the smallest loss is kept,
        as in scikit-learn's ``KMeans``. Needs ``init="random"`` or ``"nndsvdar"`` to differ. Of
        more than 20,000 rows a random sample of that many decides which start is best, and only
        that one goes on over all rows.
    forgetting
        How fast `partial_fit` forgets, at least 0. When the rows seen have become twice as many,
        what was known of the first half counts ``2 ** -forgetting`` times; 0 forgets nothing.
    random_state
        An integer, or a generator to draw from, for the random starts.
    callback
        Called after each iteration with its number, from 1 in each descent, and the loss.

    Attributes
    ----------
    components_
        `H`, shape (n_components, n_features).
    n_components_
        The number of components.
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
        "solver": [StrOptions({"hals", "mu"})],
        "beta_loss": [StrOptions({"frobenius", "kullback-leibler"})],
        "tol": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "forgetting": [Interval(Real, 0, None, closed="left")],
        "random_state": ["random_state"],
        "callback": [callable, None],
    }

    components_: FloatArray
    n_components_: int
    n_iter_: int
    loss_curve_: FloatArray
    converged_: bool
    reconstruction_err_: float
    n_samples_seen_: int
    n_features_in_: int
    _sums: Sums

    def __init__(
        self,
        n_components: int | Literal["auto"] | None = "auto",
        *,
        init: Init | Literal["custom"] | None = None,
        solver: Literal["hals", "mu"] = "hals",
        beta_loss: BetaLoss = "frobenius",
        tol: float = 1e-5,
        max_iter: int = 1000,
        n_init: int = 1,
        forgetting: float = 1.0,
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
        self.forgetting = forgetting
        self.random_state = random_state
        self.callback = callback

    def fit(self, X: Any, y: object = None, **factors: Any) -> Self:
        """Learn the components of ``X``.

        Parameters
        ----------
        X
            Shape (n_samples, n_features), non-negative. NaN means missing.
        y
            Ignored.
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
        self.fit_transform(X, y, **factors)
        return self

    def fit_transform(  # type: ignore[override]  # names W and H, as scikit-learn's NMF does
        self, X: Any, y: object = None, W: Any = None, H: Any = None
    ) -> FloatArray:
        """Learn the components of ``X`` and return its loadings.

        Parameters
        ----------
        X
            Shape (n_samples, n_features), non-negative. NaN means missing.
        y
            Ignored.
        W, H
            Factors to start from, for ``init="custom"``.

        Returns
        -------
        ndarray of shape (n_samples, n_components)
            The best loadings for the components. Zeros for a row that was never observed.
        """
        del y
        with _all_or_nothing(self), one_blas_thread():
            return self._learn(self._validate(X, reset=True), W, H)

    def transform(self, X: Any) -> FloatArray:
        """Return the best loadings of rows for the components.

        Parameters
        ----------
        X
            Shape (n_samples, n_features), non-negative. NaN means missing.

        Returns
        -------
        ndarray of shape (n_samples, n_components)
            Zeros for a row that was never observed.
        """
        check_is_fitted(self)
        X = self._validate(X, reset=False)
        blocks = split_into_blocks(X)
        with one_blas_thread():
            loadings = _solve(blocks, self.components_, self._build_solver())
        return _join(blocks, loadings, like=X)

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
        with _all_or_nothing(self), one_blas_thread():
            if not self.__sklearn_is_fitted__():
                self._learn(self._validate(X, reset=True), None, None)
                return self
            X = self._validate(X, reset=False)
            solver, blocks = self._build_solver(), split_into_blocks(X)
            loadings = _solve(blocks, self.components_, solver)
            batch = sum_blocks(blocks, loadings, self.components_, solver)
            seen = self.n_samples_seen_ + len(X)
            kept = (self.n_samples_seen_ / seen) ** self.forgetting
            self._sums = self._sums.scaled(kept) + batch
            self.n_samples_seen_ = seen
            H = solver.update_components(self.components_, self._sums)
            self.components_ = H.astype(self.components_.dtype)
        return self

    def _learn(self, X: FloatArray, W: Any, H: Any) -> FloatArray:
        """Descend from every start, keep the best, and return its loadings."""
        solver, blocks = self._build_solver(), split_into_blocks(X)
        rng = check_random_state(self.random_state)
        sample = self._sample_for_starts(X, rng)
        if sample is None:
            starts = self._starts(X, W, H, rng)
        else:
            tried = self._starts(sample, W, H, rng)
            H = self._best_fit(split_into_blocks(sample), tried, solver, X.dtype).components
            starts = iter([(_join(blocks, _solve(blocks, H, solver), like=X), H)])
        best = self._best_fit(blocks, starts, solver, X.dtype)
        self.components_ = best.components
        self.n_components_ = len(best.components)
        self.n_iter_ = len(best.descent.loss_curve)
        self.loss_curve_ = best.descent.loss_curve
        self.converged_ = best.descent.converged
        self.reconstruction_err_ = float(np.sqrt(2 * best.sums.loss))
        self.n_samples_seen_ = len(X)
        self._sums = best.sums
        if not self.converged_ and self.tol > 0:
            warnings.warn(
                f"NMF stopped after max_iter={self.max_iter} iterations before the loss settled. "
                f"Raise max_iter, or tol above {self.tol:g}.",
                ConvergenceWarning,
                stacklevel=4,
            )
        return _join(blocks, best.loadings, like=X)

    def _sample_for_starts(self, X: FloatArray, rng: np.random.RandomState) -> FloatArray | None:
        """Draw the rows that starts are compared on; None where all rows shall decide."""
        if self.n_init == 1 or self.init == "custom" or len(X) <= _SAMPLE_ROWS:
            return None
        sample: FloatArray = X[np.sort(rng.choice(len(X), _SAMPLE_ROWS, replace=False))]
        return None if np.isnan(sample).all(axis=0).any() else sample

    def _best_fit(
        self,
        blocks: list[Block],
        starts: Iterator[tuple[FloatArray, FloatArray]],
        solver: Solver,
        dtype: np.dtype[Any],
    ) -> _Fit:
        fits = (self._fit_once(blocks, start, solver, dtype) for start in starts)
        return min(fits, key=lambda fit: fit.sums.loss)

    def _fit_once(
        self,
        blocks: list[Block],
        start: tuple[FloatArray, FloatArray],
        solver: Solver,
        dtype: np.dtype[Any],
    ) -> _Fit:
        descent = descend(
            blocks, start, solver, tol=self.tol, max_iter=self.max_iter, callback=self.callback
        )
        components = descent.H.astype(dtype)
        loadings = _solve(blocks, components, solver)
        return _Fit(descent, components, loadings, sum_blocks(blocks, loadings, components, solver))

    def _starts(
        self, X: FloatArray, W: Any, H: Any, rng: np.random.RandomState
    ) -> Iterator[tuple[FloatArray, FloatArray]]:
        if isinstance(self.n_components, Integral):
            n_components = int(self.n_components)
        elif self.n_components == "auto" and self.init == "custom" and H is not None:
            n_components = len(H)
        else:
            n_components = X.shape[1]
        if self.init == "custom":
            yield (
                check_factor(W, (len(X), n_components), "W"),
                check_factor(H, (n_components, X.shape[1]), "H"),
            )
            return
        if W is not None or H is not None:
            warnings.warn(
                "When init!='custom', provided W or H are ignored. Set init='custom' to use them "
                "as initialization.",
                RuntimeWarning,
                stacklevel=6,
            )
        if self.init == "nndsvd" and self.solver == "mu":
            warnings.warn(
                "The multiplicative update ('mu') solver cannot update zeros present in the "
                "initialization, and so leads to poorer results when used jointly with "
                "init='nndsvd'. Use init='nndsvda' or init='nndsvdar' instead.",
                UserWarning,
                stacklevel=6,
            )
        for _ in range(self.n_init):
            yield initialize(X, n_components, init=self.init, random_state=rng)

    def _build_solver(self) -> Solver:
        if self.solver == "mu":
            return MultiplicativeUpdates(self.beta_loss)
        if self.beta_loss != "frobenius":
            msg = (
                f"solver='hals' minimises beta_loss='frobenius' only, got {self.beta_loss!r}; "
                "use solver='mu'."
            )
            raise ValueError(msg)
        return HierarchicalLeastSquares()

    def _validate(self, X: Any, *, reset: bool) -> FloatArray:
        checked: FloatArray = validate_data(
            self,
            X,
            reset=reset,
            dtype=[np.float64, np.float32],
            order="C",
            ensure_all_finite="allow-nan",
        )
        names = getattr(self, "feature_names_in_", None)
        check_not_negative(checked, names)
        if reset:
            self._validate_params()  # type: ignore[no-untyped-call]  # scikit-learn is untyped
            check_every_feature_seen(checked, names)
        return checked

    @property
    def _n_features_out(self) -> int:
        return self.n_components_

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "components_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[no-untyped-call]  # the same
        tags.input_tags.positive_only = True
        tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


@contextmanager
def _all_or_nothing(estimator: NMF) -> Iterator[None]:
    """Give an estimator its old attributes back if anything goes wrong, Ctrl-C included."""
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise


def _solve(blocks: list[Block], H: FloatArray, solver: Solver) -> list[FloatArray]:
    H = H.astype(np.float64)
    return [solver.solve_loadings(block, H) for block in blocks]


def _join(blocks: list[Block], loadings: list[FloatArray], *, like: FloatArray) -> FloatArray:
    W = np.empty((len(like), len(loadings[0])), dtype=like.dtype)
    for block, part in zip(blocks, loadings, strict=True):
        W[block.rows] = part.T
    return W

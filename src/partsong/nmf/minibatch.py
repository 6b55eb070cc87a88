"""Learning in small steps: components follow one batch of rows after the other."""

import itertools
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval

from partsong.nmf.blocks import FloatArray
from partsong.nmf.checks import check_factor
from partsong.nmf.divergence import BetaLoss, reconstruction_error
from partsong.nmf.estimator import NMF, all_or_nothing
from partsong.nmf.initialization import Init, RandomState
from partsong.nmf.online import learn_batch
from partsong.nmf.threads import one_blas_thread
from partsong.nmf.workers import count_jobs

__all__ = ["MiniBatchNMF"]


class MiniBatchNMF(NMF):
    """Learn the components of many rows from batches of them, before all have been seen often.

    A batch is drawn at random; its best loadings are solved for the components of the moment;
    what they say is added to the discounted sums of earlier batches; and the components are
    updated from these sums. Parameters that scikit-learn's ``MiniBatchNMF`` has mean the same
    here. As loadings are solved exactly, nothing has to be said about restarts.

    For rows in memory `NMF` is usually the better choice, as it ends at a minimum.

    Parameters
    ----------
    n_components, init
        As in `NMF`; they are settled by the first batch.
    batch_size
        Rows of a batch.
    beta_loss
        ``"frobenius"``, ``"kullback-leibler"`` or ``"itakura-saito"``.
    tol
        Learning ends when a batch changes the components by less than this part of their length.
        0: never.
    max_no_improvement
        It ends, too, when so many batches in a row have not improved the smoothed loss. None:
        never.
    max_iter
        Most rounds through all rows.
    alpha_W, alpha_H, l1_ratio
        As in `NMF`.
    forget_factor
        What the sums of earlier rows count after one round through all rows, or after one call of
        `partial_fit`, 0 to 1.
    n_jobs
        Threads. None or -1: as many as the process may use. The result does not depend on it.
    random_state
        An integer, or a generator to draw from, for starts and the order of the rows.
    callback
        Called after each batch with its number, from 1, and its loss for one row.

    Attributes
    ----------
    components_, n_components_, solver_, n_features_in_, feature_names_in_
        As in `NMF`.
    n_iter_
        Rounds begun.
    n_steps_
        Batches learned from.
    converged_
        Whether it ended before `max_iter`.
    reconstruction_err_
        The root of twice the loss over all rows of `fit`.
    n_samples_seen_
        Rows that the components have been learned from, each as often as it came.

    References
    ----------
    J. Mairal, F. Bach, J. Ponce and G. Sapiro, "Online learning for matrix factorization and
    sparse coding", Journal of Machine Learning Research 11 (2010).

    A. Lefevre, F. Bach and C. Fevotte, "Online algorithms for nonnegative matrix factorization
    with the Itakura-Saito divergence", WASPAA (2011).

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.random((500, 2)) @ np.array([[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])
    >>> model = MiniBatchNMF(2, batch_size=50, random_state=0).fit(X)
    >>> bool(model.reconstruction_err_ < 0.01 * np.linalg.norm(X))
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **{
            name: NMF._parameter_constraints[name]  # noqa: SLF001 - its own base
            for name in (
                *("n_components", "init", "beta_loss", "tol", "max_iter", "alpha_W", "alpha_H"),
                *("l1_ratio", "n_jobs", "random_state", "callback"),
            )
        },
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "max_no_improvement": [Interval(Integral, 1, None, closed="left"), None],
        "forget_factor": [Interval(Real, 0, 1, closed="both")],
    }

    n_steps_: int

    def __init__(  # NMF's own is not called: parameters differ, and are stored untouched
        self,
        n_components: int | Literal["auto"] | None = "auto",
        *,
        init: Init | Literal["custom"] | None = None,
        batch_size: int = 1024,
        beta_loss: BetaLoss = "frobenius",
        tol: float = 1e-4,
        max_no_improvement: int | None = 10,
        max_iter: int = 200,
        alpha_W: float = 0.0,
        alpha_H: float | Literal["same"] = "same",
        l1_ratio: float = 0.0,
        forget_factor: float = 0.7,
        n_jobs: int | None = None,
        random_state: RandomState = None,
        callback: Callable[[int, float], object] | None = None,
    ) -> None:
        self.n_components = n_components
        self.init = init
        self.batch_size = batch_size
        self.beta_loss = beta_loss
        self.tol = tol
        self.max_no_improvement = max_no_improvement
        self.max_iter = max_iter
        self.alpha_W = alpha_W
        self.alpha_H = alpha_H
        self.l1_ratio = l1_ratio
        self.forget_factor = forget_factor
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.callback = callback

    def fit(self, X: Any, y: object = None, **factors: Any) -> Self:
        """Learn the components of ``X``.

        Parameters
        ----------
        X
            Shape (n_samples, n_features), non-negative: an array, where NaN means missing, or a
            sparse array or matrix.
        y
            Ignored.
        **factors
            `H` to start from, for ``init="custom"``.

        Returns
        -------
        MiniBatchNMF
            Itself.
        """
        self.fit_transform(X, y, **factors)
        return self

    def fit_transform(  # type: ignore[override]  # rows have no weights here
        self, X: Any, y: object = None, W: Any = None, H: Any = None
    ) -> FloatArray:
        """Learn the components of ``X`` and return its loadings.

        Parameters
        ----------
        X
            Shape (n_samples, n_features), non-negative: an array, where NaN means missing, or a
            sparse array or matrix.
        y
            Ignored.
        W
            Ignored: loadings are solved anew for each batch.
        H
            Components to start from, for ``init="custom"``.

        Returns
        -------
        ndarray of shape (n_samples, n_components)
            The best loadings for the components.
        """
        del y, W
        with all_or_nothing(self), one_blas_thread():
            X, is_complete = self._validate(X, learn=True)
            rng = check_random_state(self.random_state)
            order = rng.permutation(X.shape[0])
            self._forget()
            self._start(X, order[: self.batch_size], H, rng)
            self._learn_rounds(X, order)
            loadings = self._solve(X, self.components_, is_complete=is_complete)
            self.reconstruction_err_ = reconstruction_error(
                X, loadings, self.components_, beta_loss=self.beta_loss
            )
            return loadings

    def partial_fit(self, X: Any, y: object = None) -> Self:
        """Let the components follow one more batch of rows.

        The first batch also settles where they start, so it must have observed every feature.
        Before each later one, what is known is discounted by `forget_factor`.

        Parameters
        ----------
        X
            The batch, shape (n_samples, n_features), non-negative.
        y
            Ignored.

        Returns
        -------
        MiniBatchNMF
            Itself.
        """
        del y
        with all_or_nothing(self), one_blas_thread():
            is_first = not self.__sklearn_is_fitted__()
            X, _ = self._validate(X, learn=is_first)
            if is_first:
                self._forget()
                self._start(X, np.arange(X.shape[0]), None, check_random_state(self.random_state))
            self._follow(X, self.forget_factor)
            self.n_iter_ = self.n_steps_
        return self

    def _forget(self) -> None:
        self.n_steps_ = 0
        self.n_samples_seen_ = 0
        self._known: Any = None
        self._n_rows_known = 0.0

    def _start(self, X: Any, rows: Any, H: Any, rng: np.random.RandomState) -> None:
        """Settle the components to start from, and how many they are."""
        self.solver_ = "hals" if self.beta_loss == "frobenius" else "mu"
        if self.init == "custom":
            n_components = len(H) if isinstance(self.n_components, str) else self.n_components
            start = check_factor(H, (n_components or X.shape[1], X.shape[1]), "H")
        else:
            batch = X[rows]
            if not hasattr(X, "tocsr") and np.isnan(batch).all(axis=0).any():
                batch = X  # every feature must have been observed
            first = NMF(
                self.n_components,
                init=self.init,
                beta_loss=self.beta_loss,
                tol=max(self.tol, 1e-4),
                alpha_W=self.alpha_W,
                alpha_H=self.alpha_H,
                l1_ratio=self.l1_ratio,
                n_jobs=self.n_jobs,
                random_state=rng,
            )
            start = first.fit(batch).components_
        self.components_ = start.astype(X.dtype)
        self.n_components_ = len(start)

    def _learn_rounds(self, X: Any, order: Any) -> None:
        """Go through the rows in batches until nothing changes any more."""
        n_samples = X.shape[0]
        n_batches = -(-n_samples // self.batch_size)
        weight = min(2 * self.batch_size / (n_samples + 1), 1.0)
        smoothed, best, n_idle = np.inf, np.inf, 0
        self.converged_ = False
        for step, turn in zip(
            range(1, self.max_iter * n_batches + 1), itertools.cycle(range(n_batches))
        ):
            rows = order[turn * self.batch_size : (turn + 1) * self.batch_size]
            before = self.components_
            loss = self._follow(X[rows], self.forget_factor ** (len(rows) / n_samples))
            loss /= len(rows)
            if self.callback is not None:
                self.callback(step, loss)
            if step == 1:  # the start was learned from these rows, so they look too good
                continue
            smoothed = loss if np.isinf(smoothed) else smoothed * (1 - weight) + loss * weight
            n_idle = 0 if smoothed < best else n_idle + 1
            best = min(best, smoothed)
            change = np.linalg.norm(self.components_ - before)
            is_still = change <= self.tol * np.linalg.norm(self.components_) and self.tol > 0
            if is_still or n_idle == self.max_no_improvement:
                self.converged_ = True
                break
        self.n_iter_ = -(-self.n_steps_ // n_batches)

    def _follow(self, X: Any, kept: float) -> float:
        """Learn from one batch and return its loss."""
        self._n_rows_known = kept * self._n_rows_known + X.shape[0]
        step = learn_batch(
            X,
            self.components_,
            self._known,
            self._build_solver(round(self._n_rows_known)),
            kept=kept,
            n_jobs=count_jobs(self.n_jobs),
        )
        self._known = step.sums
        self.components_ = step.H.astype(self.components_.dtype)
        self.n_steps_ += 1
        self.n_samples_seen_ += X.shape[0]
        return step.loss

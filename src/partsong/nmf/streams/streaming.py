"""Fits to rows that are read block by block, in memory bounded by a few blocks.

A fit of few components needs few looks at the rows (see :mod:`partsong.nmf.looks.patterns`), and a look
needs no more than one block at a time. So a table larger than memory is read about three times:
once to check it and to draw a sample, on which the starts are tried, and then for each look.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Literal, NamedTuple

import numpy as np

from partsong.nmf.blocks import FloatArray
from partsong.nmf.descents.solver import Sums
from partsong.nmf.initialization import Init, RandomState
from partsong.nmf.looks.pattern_fit import fit_by_looks
from partsong.nmf.looks.pattern_loss import PatternLoss
from partsong.nmf.looks.pattern_tables import MOST_COMPONENTS
from partsong.nmf.looks.patterns import PatternLook
from partsong.nmf.looks.projection import Look, descend_by_looks
from partsong.nmf.optimality import kkt_residual_of_sums
from partsong.nmf.penalties import NO_PENALTIES, scale_penalties
from partsong.nmf.streams.row_passes import LocalPasses, RowPasses
from partsong.nmf.streams.row_source import RowSource, RowSourceError

__all__ = ["RowsFit", "fit_passes", "fit_rows"]

_KEPT_BYTES = 2**30
"""Rows that take less are decoded once and stay in memory, as decoding takes longer than a look."""


class RowsFit(NamedTuple):
    """What was learned of rows that are not in memory.

    Attributes
    ----------
    H
        Components, shape (n_components, n_features).
    loss_curve
        The loss at each look that lowered it, penalties included.
    converged
        Whether the loss settled before the looks ran out.
    n_rows
        Rows that there are.
    squares
        The sum of their squares; ``sqrt(2 * loss / squares)`` is the relative error of a fit
        without penalties.
    sums
        The normal equations of the components, and the loss without penalties.
    kkt_residual
        How far from a first-order optimum the fit ended; see `kkt_residual`.
    """

    H: FloatArray
    loss_curve: FloatArray
    converged: bool
    n_rows: int
    squares: float
    sums: Sums
    kkt_residual: float

    @property
    def relative_error(self) -> float:
        """The length of what is left of the rows, over that of the rows."""
        return float(np.sqrt(2 * self.loss_curve[-1] / self.squares)) if self.squares else 0.0


def fit_rows(
    source: RowSource,
    n_components: int,
    *,
    init: Init | None = None,
    n_init: int = 8,
    tol: float = 1e-5,
    max_iter: int = 1000,
    alpha_W: float = 0.0,
    alpha_H: float | Literal["same"] = "same",
    l1_ratio: float = 0.0,
    n_jobs: int = 1,
    keep_bytes: int = _KEPT_BYTES,
    random_state: RandomState = None,
    callback: Callable[[int, float], object] | None = None,
    on_rows: Callable[[int], object] | None = None,
) -> RowsFit:
    """Learn the components of rows that are read block by block.

    The squared (Frobenius) loss of complete rows is minimised. Other losses and missing entries
    need all rows in memory, or batches (`NMF.partial_fit`).

    Parameters
    ----------
    source
        Where the rows come from.
    n_components
        Number of components, 1 to 16.
    init, n_init
        The kind of start and how many, tried on a sample of 262,144 rows.
    tol, max_iter
        The fit ends when one more look promises to lower the loss by less than this part, or
        after so many looks.
    alpha_W, alpha_H, l1_ratio
        Penalties, as in scikit-learn.
    n_jobs
        Threads, beside the one that reads. The components are the same for any number.
    keep_bytes
        Rows that take up to so many bytes stay in memory after the first pass. 0: none do.
    random_state
        What the sample and the starts are drawn from.
    callback
        Called after each look that lowered the loss with their number and the loss.
    on_rows
        Called with the number of rows that were gone over, many times in every pass.

    Returns
    -------
    RowsFit
        The components, at unit length where there are no penalties, and how the loss fell.

    Raises
    ------
    RowSourceError
        If rows cannot be read, or are negative, infinite or missing; the first is named. And if
        there are more than 16 components.

    Examples
    --------
    >>> from partsong.nmf.streams.row_source import ArrayBlocks
    >>> X = np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 0.0, 5.0]])
    >>> fit = fit_rows(ArrayBlocks([X[:1], X[1:]]), 2, random_state=0)
    >>> fit.n_rows, fit.converged, round(fit.relative_error, 6)
    (3, True, 0.0)
    """
    passes = LocalPasses(source, n_jobs=n_jobs, keep_bytes=keep_bytes, on_rows=on_rows)
    return fit_passes(
        passes,
        n_components,
        init=init,
        n_init=n_init,
        tol=tol,
        max_iter=max_iter,
        alpha_W=alpha_W,
        alpha_H=alpha_H,
        l1_ratio=l1_ratio,
        n_jobs=n_jobs,
        random_state=random_state,
        callback=callback,
    )


def fit_passes(
    passes: RowPasses,
    n_components: int,
    *,
    init: Init | None = None,
    n_init: int = 8,
    tol: float = 1e-5,
    max_iter: int = 1000,
    alpha_W: float = 0.0,
    alpha_H: float | Literal["same"] = "same",
    l1_ratio: float = 0.0,
    n_jobs: int = 1,
    random_state: RandomState = None,
    callback: Callable[[int, float], object] | None = None,
) -> RowsFit:
    """Learn the components of rows, wherever the passes over them are made; see `fit_rows`.

    Parameters
    ----------
    passes
        Goes over all rows.
    n_components, init, n_init, tol, max_iter, alpha_W, alpha_H, l1_ratio, random_state, callback
        As in `fit_rows`.
    n_jobs
        Threads, for the sample.

    Examples
    --------
    >>> from partsong.nmf.streams.row_passes import LocalPasses
    >>> from partsong.nmf.streams.row_source import ArrayBlocks
    >>> passes = LocalPasses(ArrayBlocks([np.array([[3.0, 4.0]])]))
    >>> fit_passes(passes, 1, random_state=0).H
    array([[0.6, 0.8]])
    """
    from sklearn.utils import check_random_state

    from partsong.nmf.threads import one_blas_thread

    if not 1 <= n_components <= MOST_COMPONENTS:
        raise RowSourceError(
            f"Rows that are read block by block can be fitted with 1 to {MOST_COMPONENTS} "
            f"components, not {n_components}.",
            "Fit a sample of them in memory, or batches by NMF.partial_fit.",
        )
    rng = check_random_state(random_state)
    with one_blas_thread():
        n_rows, sample = passes.survey(deepcopy(rng).randint(2**31))
        price = partial(scale_penalties, alpha_W, alpha_H, l1_ratio=l1_ratio)
        own = price(shape=sample.shape)
        first = fit_by_looks(
            sample,
            n_components,
            look=PatternLook(sample, penalties=own, n_jobs=n_jobs),
            tol=tol,
            max_iter=max_iter,
            random_state=rng,
            init=init,
            n_init=n_init,
            penalties=own,
            n_jobs=n_jobs,
        )
        penalties = price(shape=(n_rows, sample.shape[1]))

        def look(H: FloatArray) -> Look:
            return passes.visit(H, penalties).look(H, penalties)

        descent = descend_by_looks(
            look,
            first.H,
            tol=tol,
            max_iter=max_iter,
            callback=callback,
            is_free=penalties == NO_PENALTIES,
        )
    assert isinstance(descent.model, PatternLoss)
    sums, squares = descent.model.sums(descent.H), descent.model.total_squares
    residual = kkt_residual_of_sums(sums, descent.H, squares, penalties=penalties)
    return RowsFit(
        H=descent.H,
        loss_curve=descent.loss_curve,
        converged=descent.converged,
        n_rows=n_rows,
        squares=squares,
        sums=sums,
        kkt_residual=residual,
    )

"""How well components predict what they have not seen: entries held out of rows held out.

A fit that sees an entry can always fit it better with one component more. So components are
learned from some rows; of other rows some entries are hidden, the loadings solved from the rest,
and the hidden entries predicted. Neither the components nor the loadings know them. This is the
bi-cross-validation of A. B. Owen and P. O. Perry, "Bi-cross-validation of the SVD and the
nonnegative matrix factorization", Annals of Applied Statistics 3 (2009), with blocks of columns
that go round until every entry has been hidden once.

Loadings solved from few noisy entries are too bold: a component that is all but absent from the
entries left can take any size. So they are drawn towards what the rows learned from had, as far
as the noise demands (regression scores, G. H. Thomson, "The Factorial Analysis of Human Ability",
1951, here not below zero).
"""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from partsong.nmf.blocks import FloatArray
from partsong.nmf.least_squares import nonnegative_least_squares
from partsong.nmf.looks.pattern_tables import MOST_COMPONENTS
from partsong.nmf.looks.patterns import solve_by_patterns

__all__ = ["Learned", "best_loadings", "bound_loadings", "held_out_error", "split_features"]

_LEAST_SPREAD = 1e-6
"""Of a mean loading: components that vary less are all but fixed."""


class Learned(NamedTuple):
    """What rows have taught, to predict others with.

    Attributes
    ----------
    H
        The components, shape (n_components, n_features).
    mean
        The mean loading of each component, shape (n_components,).
    pull
        How strongly loadings are drawn to it: the variance of an entry's noise divided by that
        of the loadings, shape (n_components,).
    """

    H: FloatArray
    mean: FloatArray
    pull: FloatArray

    @classmethod
    def from_fit(cls, X: FloatArray, W: FloatArray, H: FloatArray) -> Self:
        """Learn from rows and their loadings.

        Examples
        --------
        >>> W, H = np.array([[1.0], [3.0]]), np.array([[1.0, 1.0]])
        >>> Learned.from_fit(W @ H, W, H)
        Learned(H=array([[1., 1.]]), mean=array([2.]), pull=array([0.]))
        """
        squares = float(np.nansum((X - W @ H) ** 2))
        W = bound_loadings(X, W, H)
        n_entries = np.count_nonzero(~np.isnan(X))
        n_free = max(n_entries - np.count_nonzero(W), n_entries // X.shape[1], 1)
        mean = W.mean(axis=0)
        spread = np.maximum(W.var(axis=0), (_LEAST_SPREAD * mean) ** 2)
        noise = np.full(len(H), squares / n_free)
        return cls(H, mean, np.divide(noise, spread, out=np.zeros(len(H)), where=spread > 0))


def split_features(
    n_features: int, share: float, rng: np.random.RandomState
) -> list[npt.NDArray[np.intp]]:
    """Split the features at random into groups of about this share, at least two groups.

    Examples
    --------
    >>> groups = split_features(5, 0.4, np.random.RandomState(0))
    >>> sorted(len(group) for group in groups)
    [2, 3]
    """
    n_groups = min(max(round(1 / share), 2), n_features)
    return np.array_split(rng.permutation(n_features), n_groups)


def held_out_error(
    X: FloatArray, learned: Learned, groups: Sequence[npt.NDArray[np.intp]]
) -> float:
    """Hide one group of features after the other, and predict it from the others.

    Parameters
    ----------
    X
        Rows that were not learned from, shape (n_samples, n_features). NaN means missing: such
        entries are neither used nor predicted.
    learned
        What other rows have taught.
    groups
        The features to hide together, each feature in one group.

    Returns
    -------
    float
        Length of the residual of the predictions, relative to that of the observed entries.

    Examples
    --------
    >>> X, H = np.array([[2.0, 4.0]]), np.array([[1.0, 1.0]])
    >>> learned = Learned(H, mean=np.zeros(1), pull=np.zeros(1))
    >>> error = held_out_error(X, learned, [np.array([0]), np.array([1])])
    >>> round(error**2 * (2**2 + 4**2), 6)  # (2 - 4) ** 2 + (4 - 2) ** 2
    8.0
    """
    H, roots = learned.H, np.sqrt(learned.pull)
    towards = np.tile(roots * learned.mean, (len(X), 1))
    squares = 0.0
    for group in groups:
        others = np.setdiff1d(np.arange(X.shape[1]), group)
        W = best_loadings(
            np.hstack([X[:, others], towards]), np.hstack([H[:, others], np.diag(roots)])
        )
        squares += float(np.nansum((X[:, group] - W @ H[:, group]) ** 2))
    total = float(np.nansum(np.square(X)))
    return float(np.sqrt(squares / total)) if total > 0 else 0.0


def best_loadings(X: FloatArray, H: FloatArray) -> FloatArray:
    """Return the best loadings of rows, complete or not, by the faster way.

    Examples
    --------
    >>> best_loadings(np.array([[2.0, 4.0], [1.0, np.nan]]), np.array([[1.0, 2.0]]))
    array([[2.],
           [1.]])
    """
    if len(H) > MOST_COMPONENTS or np.isnan(X).any():
        return nonnegative_least_squares(X, H)
    return solve_by_patterns(np.ascontiguousarray(X), H)


def bound_loadings(X: FloatArray, W: FloatArray, H: FloatArray) -> FloatArray:
    """Return loadings that add no more to any feature than was ever observed of it.

    A row that misses what a component is mostly made of says next to nothing about its loading,
    which may come out huge. A few such loadings would drown all others in their mean and spread.

    Examples
    --------
    >>> X = np.array([[2.0, 4.0], [1.0, np.nan]])
    >>> bound_loadings(X, np.array([[1.0], [90.0]]), np.array([[0.1, 4.0]]))
    array([[1.],
           [1.]])
    """
    largest = np.broadcast_to(np.nanmax(X, axis=0), H.shape)
    bounds = np.divide(largest, H, out=np.full(H.shape, np.inf), where=H > 0)
    bounded: FloatArray = np.minimum(W, bounds.min(axis=1))
    return bounded

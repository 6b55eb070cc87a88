"""How good a list is, query by query: plain functions on arrays.

A list is a row of `hits`, best first: whether the track at each place is one of those wanted. All
of them take many lists at once and return a number a list, so that lists can be averaged and
resampled.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["hit_rate", "ndcg", "precision", "recall", "reciprocal_rank"]

_Hits = NDArray[np.bool_]
_Floats = NDArray[np.float64]


def hit_rate(hits: _Hits) -> _Floats:
    """Say whether a list holds anything wanted.

    Parameters
    ----------
    hits
        Shape (n_queries, k).

    Returns
    -------
    ndarray of shape (n_queries,)
        0 or 1.

    Examples
    --------
    >>> hit_rate(np.array([[False, True], [False, False]])).tolist()
    [1.0, 0.0]
    """
    return np.asarray(hits.any(axis=1), dtype=np.float64)


def precision(hits: _Hits) -> _Floats:
    """Return the share of a list that is wanted; empty places count as not wanted.

    Parameters
    ----------
    hits
        Shape (n_queries, k).

    Examples
    --------
    >>> precision(np.array([[False, True], [False, False]])).tolist()
    [0.5, 0.0]
    """
    return np.asarray(hits.mean(axis=1), dtype=np.float64)


def recall(hits: _Hits, n_wanted: NDArray[np.integer]) -> _Floats:
    """Return the share of what is wanted that a list holds.

    Parameters
    ----------
    hits
        Shape (n_queries, k).
    n_wanted
        How many tracks are wanted of each query, shape (n_queries,).

    Returns
    -------
    ndarray of shape (n_queries,)
        NaN where nothing is wanted.

    Examples
    --------
    >>> recall(np.array([[False, True], [True, True]]), np.array([4, 2])).tolist()
    [0.25, 1.0]
    """
    return _of_wanted(hits.sum(axis=1, dtype=np.float64), n_wanted.astype(np.float64))


def ndcg(hits: _Hits, n_wanted: NDArray[np.integer]) -> _Floats:
    """Return the normalised discounted cumulative gain: early hits count more.

    Parameters
    ----------
    hits
        Shape (n_queries, k).
    n_wanted
        How many tracks are wanted of each query, shape (n_queries,). The best possible list has as
        many of them in front as it can hold.

    Returns
    -------
    ndarray of shape (n_queries,)
        From 0 to 1; NaN where nothing is wanted.

    References
    ----------
    K. Järvelin and J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM
    Transactions on Information Systems 20 (2002); binary gains, logarithm of base 2.

    Examples
    --------
    >>> ndcg(np.array([[True, False], [False, True]]), np.array([1, 1])).round(3).tolist()
    [1.0, 0.631]
    """
    length = hits.shape[1]
    discounts = 1 / np.log2(np.arange(2, length + 2))
    ideal = np.concatenate([[0.0], np.cumsum(discounts)])
    return _of_wanted(hits @ discounts, ideal[np.minimum(n_wanted, length)])


def reciprocal_rank(ranks: NDArray[np.floating]) -> _Floats:
    """Return one over the place of the first wanted track in the full ranking.

    Parameters
    ----------
    ranks
        From `first_ranks`, shape (n_queries,).

    Returns
    -------
    ndarray of shape (n_queries,)
        Its mean is the mean reciprocal rank (Voorhees, TREC-8, 1999).

    Examples
    --------
    >>> reciprocal_rank(np.array([1.0, 4.0, np.inf])).tolist()
    [1.0, 0.25, 0.0]
    """
    return np.asarray(1 / ranks, dtype=np.float64)


def _of_wanted(found: _Floats, most: _Floats) -> _Floats:
    shares: _Floats = np.full(len(found), np.nan)
    np.divide(found, most, out=shares, where=most > 0)
    return shares

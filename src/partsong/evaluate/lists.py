"""What lists are like whether or not they are right: spread, novelty, and how they share tracks.

A list is a row of track numbers, best first, with -1 where it has no more.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["coverage", "gini", "hubness", "novelty", "occurrences", "overlap", "spread"]

_Lists = NDArray[np.integer]
_Floats = NDArray[np.float64]


def occurrences(lists: _Lists, n_tracks: int) -> NDArray[np.intp]:
    """Count in how many lists each track stands.

    Parameters
    ----------
    lists
        Shape (n_queries, k).
    n_tracks
        How many tracks there are to recommend.

    Examples
    --------
    >>> occurrences(np.array([[0, 2], [2, -1]]), 4).tolist()
    [1, 0, 2, 0]
    """
    return np.bincount(lists[lists >= 0], minlength=n_tracks)


def coverage(counts: NDArray[np.integer]) -> float:
    """Return the share of the tracks that stand in at least one list.

    Parameters
    ----------
    counts
        From `occurrences`, shape (n_tracks,).

    Examples
    --------
    >>> coverage(np.array([1, 0, 2, 0]))
    0.5
    """
    return float(np.count_nonzero(counts) / len(counts))


def gini(counts: NDArray[np.integer]) -> float:
    """Return how unevenly tracks are shown: 0 all alike, towards 1 few take all places.

    Parameters
    ----------
    counts
        From `occurrences`, shape (n_tracks,).

    References
    ----------
    G. Shani and A. Gunawardana, "Evaluating recommendation systems", Recommender Systems
    Handbook (2011).

    Examples
    --------
    >>> gini(np.array([2, 2, 2])), gini(np.array([0, 0, 0, 4]))
    (0.0, 0.75)
    """
    total = counts.sum()
    if not total:
        return 0.0
    n = len(counts)
    weights = 2 * np.arange(1, n + 1) - n - 1
    return float(weights @ np.sort(counts) / (n * total))


def hubness(counts: NDArray[np.integer]) -> float:
    """Return the skewness of how often tracks are shown; large where a few are near everything.

    Parameters
    ----------
    counts
        From `occurrences`, shape (n_tracks,): the k-occurrences.

    References
    ----------
    M. Radovanović, A. Nanopoulos and M. Ivanović, "Hubs in space", Journal of Machine Learning
    Research 11 (2010).

    Examples
    --------
    >>> hubness(np.array([1, 1, 1])), hubness(np.array([0, 0, 0, 4])) > 1
    (0.0, True)
    """
    away = counts - counts.mean()
    deviation = np.sqrt((away**2).mean())
    return float((away**3).mean() / deviation**3) if deviation else 0.0


def novelty(lists: _Lists, popularity: NDArray[np.floating]) -> _Floats:
    """Return how unlikely it is to have met the tracks of a list, in bits.

    A track counts with minus the logarithm of its share of all popularity.

    Parameters
    ----------
    lists
        Shape (n_queries, k).
    popularity
        Of each track, positive; NaN where it is not known. Shape (n_tracks,).

    Returns
    -------
    ndarray of shape (n_queries,)
        The mean over the tracks of known popularity; NaN where there is none.

    References
    ----------
    S. Vargas and P. Castells, "Rank and relevance in novelty and diversity metrics for
    recommender systems", RecSys 2011.

    Examples
    --------
    >>> novelty(np.array([[0, 1], [2, -1]]), np.array([2.0, 1.0, 1.0])).tolist()
    [1.5, 2.0]
    """
    bits = -np.log2(popularity / np.nansum(popularity))
    return _mean_where(bits[lists], (lists >= 0) & ~np.isnan(bits[lists]))


def spread(lists: _Lists, vectors: NDArray[np.floating]) -> _Floats:
    """Return how unlike the tracks of a list are: one minus the mean cosine of its pairs.

    Parameters
    ----------
    lists
        Shape (n_queries, k).
    vectors
        What tracks are compared by, shape (n_tracks, n_features); the same for every method that
        is judged, or each would be judged by itself.

    Returns
    -------
    ndarray of shape (n_queries,)
        NaN for lists of fewer than two tracks.

    References
    ----------
    B. Smyth and P. McClave, "Similarity vs. diversity", ICCBR 2001.

    Examples
    --------
    >>> vectors = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
    >>> spread(np.array([[0, 1], [1, 2], [1, -1]]), vectors).tolist()
    [0.0, 1.0, nan]
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    is_there = lists >= 0
    rows = unit[lists] * is_there[..., None]
    # All pairs of unit vectors at once: the square of their sum, less each with itself.
    own = (rows**2).sum(axis=(1, 2))
    pairs = is_there.sum(axis=1) * (is_there.sum(axis=1) - 1.0)
    alike = (rows.sum(axis=1) ** 2).sum(axis=1) - own
    cosines: _Floats = np.full(len(lists), np.nan)
    np.divide(alike, pairs, out=cosines, where=pairs > 0)
    return 1 - cosines


def overlap(lists: _Lists, others: _Lists) -> _Floats:
    """Return how far two lists hold the same tracks: the Jaccard index.

    Parameters
    ----------
    lists, others
        Answers of two methods to the same queries, shape (n_queries, k).

    Returns
    -------
    ndarray of shape (n_queries,)
        From 0 to 1; NaN where both lists are empty.

    Examples
    --------
    >>> overlap(np.array([[1, 2, 3], [1, 2, -1]]), np.array([[3, 2, 4], [2, 1, -1]])).tolist()
    [0.5, 1.0]
    """
    is_there = lists >= 0
    both = ((lists[:, :, None] == others[:, None, :]) & is_there[:, :, None]).sum(axis=(1, 2))
    either = is_there.sum(axis=1) + (others >= 0).sum(axis=1) - both
    shares: _Floats = np.full(len(lists), np.nan)
    np.divide(both, either, out=shares, where=either > 0)
    return shares


def _mean_where(values: _Floats, counts: NDArray[np.bool_]) -> _Floats:
    total = np.where(counts, values, 0.0).sum(axis=1)
    n = counts.sum(axis=1)
    means: _Floats = np.full(len(values), np.nan)
    np.divide(total, n, out=means, where=n > 0)
    return means

"""The best few of many scores, and the place of the best one wanted: one full ranking, no sort.

Every score counts, as sampled negatives put methods into the wrong order (Krichene & Rendle,
"On sampled metrics for item recommendation", KDD 2020). But only the head of a list is looked at,
and finding that takes a few passes over the scores instead of a sort.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["best_columns", "first_ranks"]

_CHUNKS: Final = 64


def best_columns(
    scores: NDArray[np.floating], n: int, *, priority: NDArray[np.integer] | None = None
) -> NDArray[np.intp]:
    """Return the columns of the highest scores of each row, best first.

    Parameters
    ----------
    scores
        Shape (n_queries, n_columns). Columns of minus infinity never come back.
    n
        How many.
    priority
        Which of two equal scores comes first: the column with the smaller number; shape
        (n_columns,). By default the order of the columns.

    Returns
    -------
    ndarray of shape (n_queries, n)
        -1 where a row has fewer than `n` columns to offer.

    Examples
    --------
    >>> scores = np.array([[0.1, 0.9, 0.5, 0.5], [-np.inf, 0.2, -np.inf, 0.3]])
    >>> best_columns(scores, 3).tolist()
    [[1, 2, 3], [3, 1, -1]]
    """
    n_queries, n_columns = scores.shape
    if priority is None:
        priority = np.arange(n_columns)
    lowest = np.finfo(scores.dtype).min
    floor = np.maximum(_floor(scores, n), lowest)
    rows, columns = np.divmod(np.flatnonzero((scores >= floor[:, None]).ravel()), n_columns)
    order = np.lexsort((priority[columns], -scores[rows, columns], rows))
    rows, columns = rows[order], columns[order]
    starts = np.searchsorted(rows, np.arange(n_queries))
    places = np.arange(len(rows)) - starts[rows]
    is_best = places < n
    best = np.full((n_queries, n), -1, dtype=np.intp)
    best[rows[is_best], places[is_best]] = columns[is_best]
    return best


def _floor(scores: NDArray[np.floating], n: int) -> NDArray[np.floating]:
    """Return a score that at least `n` columns of each row reach, and few beside them.

    The n-th largest of the maxima of chunks is such a score, and there are few of these.
    """
    n_queries, n_columns = scores.shape
    if n >= n_columns:
        return np.full(n_queries, -np.inf, dtype=scores.dtype)
    width = n_columns // _CHUNKS
    table = scores
    if width >= 8 * n:
        table = scores[:, : width * _CHUNKS].reshape(n_queries, _CHUNKS, width).max(axis=1)
    return np.asarray(np.partition(table, -n, axis=1)[:, -n])


def first_ranks(
    scores: NDArray[np.floating], rows: NDArray[np.integer], columns: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return at which place of the full ranking the first wanted column of each query stands.

    Parameters
    ----------
    scores
        Shape (n_queries, n_columns).
    rows, columns
        Where the wanted columns are, one entry each; `rows` never falls.

    Returns
    -------
    ndarray of shape (n_queries,)
        From 1. Among equal scores the place that a random order would give on average. Infinite
        where nothing is wanted.

    Examples
    --------
    >>> scores = np.array([[0.9, 0.5, 0.7], [0.1, 0.1, 0.1], [0.0, 0.0, 1.0]])
    >>> first_ranks(scores, np.array([0, 0, 1]), np.array([1, 2, 0])).tolist()
    [2.0, 2.0, inf]
    """
    ranks = np.full(len(scores), np.inf)
    if not len(rows):
        return ranks
    asked, starts = np.unique(rows, return_index=True)
    found = scores[rows, columns]
    best = np.maximum.reduceat(found, starts)
    mine = scores if len(asked) == len(scores) else scores[asked]
    ahead = np.count_nonzero(mine > best[:, None], axis=1)
    level = np.count_nonzero(mine == best[:, None], axis=1)
    wanted = np.add.reduceat(found == np.repeat(best, np.diff([*starts, len(rows)])), starts)
    ranks[asked] = 1 + ahead + (level - wanted) / (wanted + 1)
    return ranks

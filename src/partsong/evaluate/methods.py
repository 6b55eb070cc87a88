"""Ways to recommend, each of which scores every track for every query."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from partsong.recommend import find_centres, unit_rows

__all__ = [
    "Method",
    "by_artist",
    "by_centres",
    "by_cluster",
    "by_cosine",
    "by_distance",
    "by_value",
]

_Floats = NDArray[np.float32]
Score = Callable[[sparse.csr_array], _Floats]
"""From the seeds of some queries, shape (n_queries, n_tracks) with rows that sum to 1, to scores of
the same shape, which may be overwritten."""


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A way to recommend.

    Attributes
    ----------
    name
        What it is called.
    score
        From the seeds of some queries, shape (n_queries, n_tracks) with rows that sum to 1, to a
        new array of scores of that shape.
    has_ties
        Whether many tracks have the same score, and unequal ones differ by at least 1. The ties of
        each query are then put in a random order of their own.
    """

    name: str
    score: Score
    has_ties: bool = False


def by_cosine(name: str, vectors: NDArray[np.floating]) -> Method:
    """Rank tracks by the cosine with the mean direction of the seeds.

    Parameters
    ----------
    name
        What to call the method.
    vectors
        Shape (n_tracks, n_features). A row of zeros is like nothing.

    Examples
    --------
    >>> method = by_cosine("mine", np.array([[2.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
    >>> method.score(sparse.csr_array([[1.0, 0.0, 0.0]])).round(2).tolist()
    [[1.0, 0.0, 0.7099999785423279]]
    """
    unit = np.array(vectors, dtype=np.float32)
    lengths = np.linalg.norm(unit, axis=1, keepdims=True)
    np.divide(unit, lengths, out=unit, where=lengths > 0)
    return Method(name, lambda seeds: _product(seeds @ unit, unit))


def by_distance(name: str, vectors: NDArray[np.floating]) -> Method:
    """Rank tracks by their Euclidean distance to the mean of the seeds, the nearest first.

    Parameters
    ----------
    name
        What to call the method.
    vectors
        Shape (n_tracks, n_features).

    Examples
    --------
    >>> method = by_distance("mine", np.array([[0.0], [3.0], [1.0]]))
    >>> method.score(sparse.csr_array([[1.0, 0.0, 0.0]])).tolist()
    [[0.0, -9.0, -1.0]]
    """
    rows = np.array(vectors, dtype=np.float32)
    squares = (rows**2).sum(axis=1)

    def score(seeds: sparse.csr_array) -> _Floats:
        scores = _product(2 * (seeds @ rows), rows)
        scores -= squares
        return scores

    return Method(name, score)


def by_value(name: str, values: NDArray[np.floating] | None, *, n_tracks: int) -> Method:
    """Rank tracks the same for every query, such as by popularity; or at random.

    Parameters
    ----------
    name
        What to call the method.
    values
        Whole numbers, the highest first; NaN comes last. None ranks at random. Shape (n_tracks,).
    n_tracks
        How many tracks are ranked.

    Examples
    --------
    >>> method = by_value("popularity", np.array([40, np.nan, 70]), n_tracks=3)
    >>> method.score(sparse.csr_array([[1.0, 0.0, 0.0]])).tolist()
    [[40.0, -1.0, 70.0]]
    """
    known = np.zeros(n_tracks) if values is None else np.asarray(values, dtype=np.float64)
    lowest = np.nanmin(known) - 1 if (~np.isnan(known)).any() else 0.0
    row = np.where(np.isnan(known), min(lowest, -1.0), known).astype(np.float32)
    return Method(name, lambda seeds: np.tile(row, (seeds.shape[0], 1)), has_ties=True)


def by_artist(name: str, artists: sparse.csr_array) -> Method:
    """Recommend tracks by an artist of the seeds; the others follow at random.

    Parameters
    ----------
    name
        What to call the method.
    artists
        From `label_matrix`, shape (n_tracks, n_artists).

    Examples
    --------
    >>> artists = sparse.csr_array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> by_artist("same artist", artists).score(sparse.csr_array([[1.0, 0.0, 0.0]])).tolist()
    [[1.0, 0.0, 1.0]]
    """

    def score(seeds: sparse.csr_array) -> _Floats:
        shared = ((seeds > 0).astype(np.float32) @ artists) @ artists.T
        return np.asarray(shared.toarray(), dtype=np.float32)

    return Method(name, score, has_ties=True)


def by_cluster(name: str, labels: NDArray[np.integer], distances: NDArray[np.floating]) -> Method:
    """Recommend tracks of the seeds' clusters, those nearest to the middle of a cluster first.

    The others follow at random. Of several seeds, a cluster with more of them comes first.

    Parameters
    ----------
    name
        What to call the method.
    labels
        The cluster of each track, shape (n_tracks,).
    distances
        Of each track to the middle of its cluster, shape (n_tracks,).

    Examples
    --------
    >>> method = by_cluster("k-means", np.array([0, 0, 1, 0]), np.array([0.5, 0.1, 0.2, 0.9]))
    >>> method.score(sparse.csr_array([[1.0, 0.0, 0.0, 0.0]])).tolist()
    [[6.0, 7.0, 0.0, 5.0]]
    """
    n_tracks, n_clusters = len(labels), int(labels.max(initial=0)) + 1
    order = np.lexsort((distances, labels))
    starts = np.searchsorted(labels[order], np.arange(n_clusters))
    nearness = np.empty(n_tracks, dtype=np.float32)
    nearness[order] = n_tracks - 1 - (np.arange(n_tracks) - starts[labels[order]])
    among = np.zeros((n_clusters, n_tracks), dtype=np.float32)
    among[labels, np.arange(n_tracks)] = 1
    columns = np.concatenate([among * n_tracks, among * nearness])

    def score(seeds: sparse.csr_array) -> _Floats:
        counts = (seeds > 0).astype(np.float32) @ among.T
        return np.asarray(np.concatenate([counts, counts > 0], axis=1) @ columns)

    return Method(name, score, has_ties=True)


def by_centres(name: str, loadings: NDArray[np.floating], *, most: int = 4) -> Method:
    """Rank tracks as recommendations do: the moods of the seeds kept apart.

    Each mood ranks the tracks by its cosine, and has places in the list in proportion to its
    weight. A single seed has one mood, and this is `by_cosine`.

    Parameters
    ----------
    name
        What to call the method.
    loadings
        Shape (n_tracks, n_columns), non-negative.
    most
        At most so many moods.

    Examples
    --------
    >>> loadings = np.array([[1.0, 0.1], [0.1, 1.0], [1.0, 0.0], [0.0, 1.0], [0.7, 0.7]])
    >>> method = by_centres("mine", loadings)
    >>> scores = method.score(sparse.csr_array([[0.5, 0.5, 0.0, 0.0, 0.0]]))
    >>> scores[0, 2] == scores[0, 3] > scores[0, 4]
    np.True_
    """
    plain = by_cosine(name, loadings)
    unit = np.asarray(unit_rows(loadings), dtype=np.float32)

    def score(seeds: sparse.csr_array) -> _Floats:
        counts = np.diff(seeds.indptr)
        if counts.max(initial=0) <= 1:
            return plain.score(seeds)
        scores = np.empty(seeds.shape, dtype=np.float32)
        for query in range(seeds.shape[0]):
            rows = seeds.indices[seeds.indptr[query] : seeds.indptr[query + 1]]
            scores[query] = _by_moods(unit, rows, most=most)
        return scores

    return Method(name, score)


def _by_moods(unit: _Floats, rows: NDArray[np.integer], *, most: int) -> _Floats:
    if not unit[rows].any():
        return np.zeros(len(unit), dtype=np.float32)
    places = np.full(len(unit), np.inf, dtype=np.float32)
    for centre in find_centres(unit[rows], most=most):
        cosines = unit @ centre.direction.astype(np.float32)
        cosines[rows] = -np.inf  # seeds take no places
        order = np.argsort(-cosines, kind="stable")
        rank = np.empty(len(unit), dtype=np.float32)
        rank[order] = np.arange(1, len(unit) + 1) / centre.weight
        np.minimum(places, rank, out=places)
    return -places


def _product(queries: _Floats, rows: _Floats) -> _Floats:
    return np.asarray(np.asarray(queries, dtype=np.float32) @ rows.T)

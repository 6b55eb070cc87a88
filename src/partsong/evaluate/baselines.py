"""What anybody would try first: plain ways to recommend that a model has to beat.

They see the same tracks as the model, learn from all of them, and are asked the same questions.
"""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from partsong.evaluate.methods import (
    Method,
    by_artist,
    by_cluster,
    by_cosine,
    by_distance,
    by_value,
)

__all__ = ["BASELINES", "SAME_ARTIST", "Baselines", "standardise"]

_Floats = NDArray[np.float64]

RANDOM, POPULARITY, SAME_ARTIST = "random", "popularity", "same artist"
COSINE, EUCLID = "raw cosine", "raw Euclid"
PCA_COSINE, SVD_COSINE, K_MEANS = "PCA", "SVD", "k-means"
PLAIN_NMF = "scikit-learn NMF"

BASELINES = (
    RANDOM,
    POPULARITY,
    SAME_ARTIST,
    COSINE,
    EUCLID,
    PCA_COSINE,
    SVD_COSINE,
    K_MEANS,
    PLAIN_NMF,
)
"""Names of the plain methods."""

_MAX_ITER = 1_000  # the post allows ten times as many; seven parts are done after 300


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Baselines:
    """Plain methods, learned from all tracks.

    Attributes
    ----------
    standardised
        Features at mean 0 and deviation 1, shape (n_tracks, n_features).
    pca
        Their first principal components, as many as the model has parts.
    svd
        As many singular vectors of the features, each mapped to [0, 1] and not centred.
    clusters, distances
        The cluster of each track by k-means on `standardised`, as many as the model has parts, and
        how far it is from the middle.
    nmf, nmf_again
        Loadings of scikit-learn's NMF as in the second source document (each feature mapped to
        [0, 1], rows at unit length), from two random starts.
    popularity
        Of each track, NaN where it is not known.
    """

    standardised: _Floats
    pca: _Floats
    svd: _Floats
    clusters: NDArray[np.intp]
    distances: _Floats
    nmf: _Floats
    nmf_again: _Floats
    popularity: _Floats

    @classmethod
    def learn(
        cls,
        features: _Floats,
        *,
        post_features: _Floats,
        popularity: _Floats,
        n_components: int,
        random_state: int = 0,
    ) -> "Baselines":
        """Learn what there is to learn.

        Parameters
        ----------
        features
            Raw features, NaN where missing, shape (n_tracks, n_features).
        post_features
            Those of the second source document, shape (n_tracks, n_post_features).
        popularity
            Of each track, NaN where it is not known.
        n_components
            Number of parts of the model.
        random_state
            Seed of k-means and of the random starts.

        Examples
        --------
        >>> features = np.random.default_rng(0).random((20, 3))
        >>> popularity = np.arange(20.0)
        >>> plain = Baselines.learn(
        ...     features, post_features=features, popularity=popularity, n_components=2
        ... )
        >>> plain.pca.shape, plain.svd.shape, plain.nmf.shape
        ((20, 2), (20, 2), (20, 2))
        """
        standardised = standardise(features)
        narrow = min(n_components, standardised.shape[1])
        clusters, distances = _k_means(standardised, n_components, random_state)
        scaled, post = _to_unit_range(features), _to_unit_range(post_features)
        return cls(
            standardised=standardised,
            pca=_project(standardised, narrow),
            svd=_project(scaled, narrow),
            clusters=clusters,
            distances=distances,
            nmf=_plain_nmf(post, n_components, random_state),
            nmf_again=_plain_nmf(post, n_components, random_state + 1),
            popularity=popularity,
        )

    def methods(
        self, rows: NDArray[np.integer], artists: sparse.csr_array
    ) -> tuple[list[Method], dict[str, Method]]:
        """Return the methods over some of the tracks.

        Parameters
        ----------
        rows
            Which tracks are ranked.
        artists
            From `label_matrix`, of all tracks.

        Returns
        -------
        methods, again
            The plain methods; and by its name what one of them is with another seed.
        """
        n_tracks = len(rows)
        methods = [
            by_value(RANDOM, None, n_tracks=n_tracks),
            by_artist(SAME_ARTIST, artists[rows]),
            by_cosine(COSINE, self.standardised[rows]),
            by_distance(EUCLID, self.standardised[rows]),
            by_cosine(PCA_COSINE, self.pca[rows]),
            by_cosine(SVD_COSINE, self.svd[rows]),
            by_cluster(K_MEANS, self.clusters[rows], self.distances[rows]),
            by_cosine(PLAIN_NMF, self.nmf[rows]),
        ]
        if not np.isnan(self.popularity[rows]).all():
            popular = by_value(POPULARITY, self.popularity[rows], n_tracks=n_tracks)
            methods.insert(1, popular)
        return methods, {PLAIN_NMF: by_cosine(PLAIN_NMF, self.nmf_again[rows])}


def standardise(features: _Floats) -> _Floats:
    """Bring columns to mean 0 and deviation 1; missing values become the mean.

    Parameters
    ----------
    features
        Shape (n_tracks, n_features), NaN where missing. A column without a value, or with one value
        only, becomes 0.

    Examples
    --------
    >>> standardise(np.array([[1.0, 5.0], [3.0, 5.0], [np.nan, 5.0]])).tolist()
    [[-1.0, 0.0], [1.0, 0.0], [0.0, 0.0]]
    """
    filled = _fill(features)
    known = np.where(np.isnan(features), np.nan, filled)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a column without any value
        deviation = np.nan_to_num(np.nanstd(known, axis=0))
    centred = filled - filled.mean(axis=0)
    varies = deviation > 1e-12 * np.abs(filled).max(axis=0, initial=0)
    standardised: _Floats = np.zeros_like(centred)
    np.divide(centred, deviation, out=standardised, where=varies)
    return standardised


def _fill(features: _Floats) -> _Floats:
    """Put the mean of a column where a value is missing; 0 where the column has none."""
    is_known = ~np.isnan(features)
    n_known = np.maximum(is_known.sum(axis=0), 1)
    means = np.where(is_known, features, 0.0).sum(axis=0) / n_known
    return np.where(is_known, features, means)


def _to_unit_range(features: _Floats) -> _Floats:
    from sklearn.preprocessing import MinMaxScaler

    return np.asarray(MinMaxScaler().fit_transform(_fill(features)), dtype=np.float64)


def _project(rows: _Floats, n_components: int) -> _Floats:
    """Return the coordinates of rows along their first right singular vectors."""
    _, vectors = np.linalg.eigh(rows.T @ rows)
    return np.asarray(rows @ vectors[:, ::-1][:, :n_components])


def _k_means(rows: _Floats, n_clusters: int, random_state: int) -> tuple[NDArray[np.intp], _Floats]:
    """Return the cluster of each row, and how far it is from the middle."""
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    k_means = KMeans(min(n_clusters, len(rows)), n_init=4, random_state=random_state)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different rows than clusters
        k_means.fit(rows)
    middles = k_means.cluster_centers_[k_means.labels_]
    distances = np.asarray(np.linalg.norm(rows - middles, axis=1), dtype=np.float64)
    return np.asarray(k_means.labels_, dtype=np.intp), distances


def _plain_nmf(scaled: _Floats, n_components: int, random_state: int) -> _Floats:
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.preprocessing import Normalizer

    nmf = NMF(n_components, init="random", max_iter=_MAX_ITER, random_state=random_state)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # its answer is judged as it is
        W = nmf.fit_transform(scaled)
    return np.asarray(Normalizer().fit_transform(W), dtype=np.float64)

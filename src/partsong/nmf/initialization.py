"""Where a factorization starts: at random, or from the singular vectors of ``X``.

The names and meanings are scikit-learn's. Both kinds follow the scale of ``X``: ten times the
data gives ten times the product.
"""

from typing import Literal, TypeAlias

import numpy as np

from partsong.nmf.blocks import FloatArray

__all__ = ["Init", "RandomState", "initialize"]

Init: TypeAlias = Literal["random", "nndsvd", "nndsvda", "nndsvdar"]
RandomState: TypeAlias = int | np.random.RandomState | None

_NEGLIGIBLE = 1e-6
"""Entries of the start below this become 0, for ``X`` with largest value 1 (as scikit-learn)."""

_NUMERICAL_RANK = 1e-7
"""Singular values below this part of the first are rounding errors of the Gram matrix."""


def initialize(
    X: FloatArray,
    n_components: int,
    *,
    init: Init | None = None,
    random_state: RandomState = None,
) -> tuple[FloatArray, FloatArray]:
    """Return a starting point for the factors of a matrix.

    Parameters
    ----------
    X
        Shape (n_samples, n_features), non-negative. NaN means missing; for the singular vectors
        it counts as the mean of its column.
    n_components
        Number of components, at least 1.
    init
        ``"random"``: absolute normal numbers, scaled so that the product has about the mean of
        ``X``. ``"nndsvd"``: the non-negative halves of the leading singular vectors, with exact
        zeros (Boutsidis and Gallopoulos 2008). ``"nndsvda"``: the same with zeros filled by the
        mean of ``X``. ``"nndsvdar"``: with small random numbers. None: ``"nndsvda"`` where
        `n_components` is at most the smaller side of ``X``, else ``"random"``.
    random_state
        An integer, or a generator to draw from, for ``"random"`` and ``"nndsvdar"``.

    Returns
    -------
    W, H
        Shapes (n_samples, n_components) and (n_components, n_features), in double precision.

    Raises
    ------
    ValueError
        If singular vectors are asked for and `n_components` exceeds the smaller side of ``X``.

    References
    ----------
    C. Boutsidis and E. Gallopoulos, "SVD based initialization: a head start for nonnegative
    matrix factorization", Pattern Recognition 41 (2008).

    Examples
    --------
    >>> W, H = initialize(np.array([[1.0, 2.0], [2.0, 4.0]]), 1)
    >>> W @ H
    array([[1., 2.],
           [2., 4.]])
    """
    from sklearn.utils import check_random_state

    X = np.asarray(X, dtype=np.float64)
    if init is None:
        init = "nndsvda" if n_components <= min(X.shape) else "random"
    rng = check_random_state(random_state)
    mean = float(np.nanmean(X))
    if init == "random":
        size = np.sqrt(mean / n_components)
        H = size * np.abs(rng.standard_normal((n_components, X.shape[1])))
        W = size * np.abs(rng.standard_normal((len(X), n_components)))
        return W, H
    if n_components > min(X.shape):
        msg = (
            f"init={init!r} can only be used when n_components <= min(n_samples, n_features); "
            f"got n_components={n_components} and X of shape {X.shape}. Use init='random'."
        )
        raise ValueError(msg)
    largest = float(np.nanmax(X)) or 1.0
    W, H = _split_singular_vectors(_fill_missing(X) / largest, n_components)
    for factor in (W, H):
        is_zero = factor < _NEGLIGIBLE
        factor[is_zero] = 0
        if init == "nndsvda":
            factor[is_zero] = mean / largest
        elif init == "nndsvdar":
            noise = rng.standard_normal(np.count_nonzero(is_zero))
            factor[is_zero] = np.abs(noise) * mean / largest / 100
    size = np.sqrt(largest)
    return W * size, H * size


def _fill_missing(X: FloatArray) -> FloatArray:
    missing = np.isnan(X)
    if not missing.any():
        return X
    return np.where(missing, np.nanmean(X, axis=0), X)


def _split_singular_vectors(X: FloatArray, n_components: int) -> tuple[FloatArray, FloatArray]:
    """Keep of each pair of singular vectors the sign that carries more."""
    W = np.zeros((len(X), n_components))
    H = np.zeros((n_components, X.shape[1]))
    for component, (left, value, right) in enumerate(_singular_triplets(X, n_components)):
        halves = [(np.maximum(sign * left, 0), np.maximum(sign * right, 0)) for sign in (1, -1)]
        weights = [np.linalg.norm(u) * np.linalg.norm(v) for u, v in halves]
        best = int(weights[1] > weights[0])
        if weights[best] > 0:
            u, v = halves[best]
            size = np.sqrt(value * weights[best])
            W[:, component] = size * u / np.linalg.norm(u)
            H[component] = size * v / np.linalg.norm(v)
    return W, H


def _singular_triplets(
    X: FloatArray, n_components: int
) -> list[tuple[FloatArray, float, FloatArray]]:
    """Return the leading left vectors, values and right vectors, from the smaller Gram matrix."""
    is_tall = X.shape[0] >= X.shape[1]
    squares, vectors = np.linalg.eigh(X.T @ X if is_tall else X @ X.T)
    triplets = []
    for index in range(1, n_components + 1):
        value = float(np.sqrt(max(squares[-index], 0)))
        if value <= _NUMERICAL_RANK * np.sqrt(max(squares[-1], 0)):
            break
        vector = vectors[:, -index]
        other = (X @ vector if is_tall else vector @ X) / value
        triplets.append((other, value, vector) if is_tall else (vector, value, other))
    return triplets

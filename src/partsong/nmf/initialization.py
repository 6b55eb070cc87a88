"""Where a factorization starts: at random, or from the singular vectors of ``X``.

The names and meanings are scikit-learn's. Both kinds follow the scale of ``X``: ten times the
data gives ten times the product.
"""

from typing import Any, Literal, TypeAlias

import numpy as np

from partsong.nmf.blocks import FloatArray
from partsong.nmf.normal_equations import divide_where_positive
from partsong.nmf.singular_vectors import leading_singular_vectors

__all__ = ["Init", "RandomState", "initialize"]

Init: TypeAlias = Literal["random", "nndsvd", "nndsvda", "nndsvdar"]
RandomState: TypeAlias = int | np.random.RandomState | None

_NEGLIGIBLE = 1e-6
"""Entries of the start below this become 0, for ``X`` with largest value 1 (as scikit-learn)."""

_ROWS = 4096


def initialize(
    X: Any,
    n_components: int,
    *,
    init: Init | None = None,
    random_state: RandomState = None,
    n_jobs: int = 1,
) -> tuple[FloatArray, FloatArray]:
    """Return a starting point for the factors of a matrix.

    Parameters
    ----------
    X
        Shape (n_samples, n_features), non-negative: an array, where NaN means missing, or a
        sparse array of SciPy. For the singular vectors a missing entry counts as the mean of its
        column.
    n_components
        Number of components, at least 1.
    init
        ``"random"``: absolute normal numbers, scaled so that the product has about the mean of
        ``X``. ``"nndsvd"``: the non-negative halves of the leading singular vectors, with exact
        zeros (Boutsidis and Gallopoulos 2008). ``"nndsvda"``: the same with zeros filled by the
        mean of ``X``. ``"nndsvdar"``: with small random numbers. None: ``"nndsvda"`` where
        `n_components` is at most the smaller side of ``X``, else ``"random"``.
    random_state
        An integer, or a generator to draw from, for ``"random"`` and ``"nndsvdar"``. The
        singular vectors do not depend on it.
    n_jobs
        Threads. The result does not depend on them.

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

    n_samples, n_features = X.shape
    if init is None:
        init = "nndsvda" if n_components <= min(X.shape) else "random"
    rng = check_random_state(random_state)
    X, mean, largest = _survey(X)
    if init == "random":
        size = np.sqrt(mean / n_components)
        H = size * np.abs(rng.standard_normal((n_components, n_features)))
        W = size * np.abs(rng.standard_normal((n_samples, n_components)))
        return W, H
    if n_components > min(X.shape):
        msg = (
            f"init={init!r} can only be used when n_components <= min(n_samples, n_features); "
            f"got n_components={n_components} and X of shape {X.shape}. Use init='random'."
        )
        raise ValueError(msg)
    filler = {"nndsvd": 0.0, "nndsvda": mean / largest, "nndsvdar": mean / largest / 100}[init]
    W, T = _split_singular_vectors(X, n_components, n_jobs=n_jobs)
    for factor in (W, T):
        _fill_zeros(factor, filler, np.sqrt(largest), rng=rng if init == "nndsvdar" else None)
    return W, T.T


def _fill_zeros(
    factor: FloatArray, filler: float, size: float, *, rng: np.random.RandomState | None
) -> None:
    """Replace what is zero for data of this size, in place, by a number or by random ones."""
    is_zero = factor < _NEGLIGIBLE * size
    if rng is None:
        np.copyto(factor, filler * size, where=is_zero)
    else:
        noise = rng.standard_normal(np.count_nonzero(is_zero))
        factor[is_zero] = np.abs(noise) * (filler * size)


def _survey(X: Any) -> tuple[Any, float, float]:
    """Return the matrix without holes, its mean and its largest value."""
    if hasattr(X, "tocsr"):
        X = X.tocsr()
        return X, float(X.sum(dtype=np.float64)) / (X.shape[0] * X.shape[1]), float(X.max()) or 1.0
    X = np.asarray(X)
    total = float(X.sum(dtype=np.float64))
    if not np.isnan(total):
        return X, total / X.size, float(X.max()) or 1.0
    filled = np.where(np.isnan(X), np.nanmean(X, axis=0, dtype=np.float64), X)
    return filled, float(np.nanmean(X, dtype=np.float64)), float(np.nanmax(X)) or 1.0


def _split_singular_vectors(
    X: Any, n_components: int, *, n_jobs: int
) -> tuple[FloatArray, FloatArray]:
    """Keep of each pair of singular vectors the sign that carries more; both factors as rows."""
    left, values, right = leading_singular_vectors(X, n_components, n_jobs=n_jobs)
    of_left, of_right = _half_lengths(left), _half_lengths(right)
    weights = of_left * of_right
    sign = np.where(weights[0] >= weights[1], 1, -1)
    size = np.sqrt(values * weights.max(axis=0))
    for vectors, lengths in ((left, of_left), (right, of_right)):
        chosen = np.where(sign > 0, lengths[0], lengths[1])
        scale = sign * divide_where_positive(size, chosen, otherwise=0.0)
        np.maximum(np.multiply(vectors, scale, out=vectors), 0, out=vectors)
    return left, right


def _half_lengths(vectors: FloatArray) -> FloatArray:
    """Return the lengths of the positive and of the negative half of each column."""
    squares = np.zeros((2, vectors.shape[1]))
    for start in range(0, len(vectors), _ROWS):
        part = vectors[start : start + _ROWS]
        above = np.maximum(part, 0)
        for half, values in enumerate((above, part - above)):
            squares[half] += np.einsum("ij,ij->j", values, values)
    lengths: FloatArray = np.sqrt(squares)
    return lengths

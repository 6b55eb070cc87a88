"""p-values that hold for a whole table at once, however many pairs it has."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["p_values_of_all", "p_values_of_each"]

_BLOCK: Final = 1024
_SYMMETRIC: Final = 0.01
_EQUAL: Final = 1e-5
_FAR_OUT: Final = 4.0


def p_values_of_each(
    observed: NDArray[np.floating], null: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Say how often chance alone reaches each number.

    Parameters
    ----------
    observed
        What was found, larger being more; shape (n,).
    null
        What the same was in each permutation, shape (n_permutations, n).

    Returns
    -------
    ndarray of shape (n,)
        1 more than the permutations that reach the number, over 1 more than there are. So none is
        below that fraction, for what was found is one of the cases too.

    Examples
    --------
    >>> p_values_of_each(np.array([3.0, 1.0]), np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 1.0]]))
    array([0.25, 0.75])
    """
    reached = (null >= observed - _EQUAL * np.abs(observed)).sum(axis=0)
    return np.asarray((1 + reached) / (1 + len(null)), dtype=np.float64)


def p_values_of_all(counts: NDArray[np.float32]) -> NDArray[np.float64]:
    """Say how surely each count of a table is more than chance, given that there are so many.

    The step-down maximum of Westfall and Young (1993): a pair is compared with the largest of
    itself and all weaker pairs in each permutation. If all that is below 0.05 is believed, there
    is one error or more in at most one table of twenty, whatever hangs together among the pairs.

    Pairs of different size are made comparable by the mean, deviation and skewness of their
    permutations, as a gamma distribution turned into a normal one (Wilson and Hilferty 1931). That
    only says which of two pairs is the more surprising; the p-values count permutations, so they
    hold however badly a gamma distribution fits.

    Parameters
    ----------
    counts
        What was found in the first row, the permutations in the others; shape
        (1 + n_permutations, n_pairs). It is overwritten.

    Returns
    -------
    ndarray of shape (n_pairs,)

    References
    ----------
    P. H. Westfall and S. S. Young, Resampling-Based Multiple Testing, Wiley (1993), algorithm 4.1.

    E. B. Wilson and M. M. Hilferty, "The distribution of chi-square", PNAS 17 (1931).

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> counts = random.poisson(20, (100, 50)).astype(np.float32)
    >>> counts[0, 7] = 60
    >>> p_values_of_all(counts)[[7, 8]].round(2)
    array([0.01, 1.  ])
    """
    for start in range(0, counts.shape[1], _BLOCK):
        columns = slice(start, start + _BLOCK)
        counts[:, columns] = _surprise(counts[:, columns].astype(np.float64))
    weakest_first = np.argsort(counts[0], kind="stable")
    ranked = counts[:, weakest_first]
    largest = np.maximum.accumulate(ranked[1:], axis=1)
    p_values = p_values_of_each(ranked[0], largest)
    result = np.empty(len(p_values))
    result[weakest_first] = np.maximum.accumulate(p_values[::-1])[::-1]
    return result


def _surprise(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn each column into normal deviates, were it gamma distributed."""
    deviation = counts.std(axis=0)
    z = np.divide(
        counts - counts.mean(axis=0), deviation, out=np.zeros_like(counts), where=deviation > 0
    )
    # What is far out shall not hide behind the skewness that it brings about itself.
    skewness = np.maximum((z.clip(-_FAR_OUT, _FAR_OUT) ** 3).mean(axis=0), _SYMMETRIC)
    root = np.cbrt(np.maximum(1 + skewness * z / 2, 0))
    return np.asarray(6 / skewness * (root - 1) + skewness / 6)

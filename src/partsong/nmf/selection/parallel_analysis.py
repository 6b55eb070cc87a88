"""How many directions stand out of what chance alone would show: Horn's parallel analysis.

J. L. Horn, "A rationale and test for the number of factors in factor analysis", Psychometrika 30
(1965); with a high quantile in place of the mean as in L. W. Glorfeld, "An improvement on Horn's
parallel analysis", Educational and Psychological Measurement 55 (1995); by permuted columns as in
A. Buja and N. Eyuboglu, "Remarks on parallel analysis", Multivariate Behavioral Research 27 (1992).
"""

from dataclasses import dataclass

import numpy as np

from partsong.nmf.blocks import FloatArray
from partsong.nmf.initialization import RandomState

__all__ = ["ParallelAnalysis", "parallel_analysis"]

_QUANTILE = 0.95


@dataclass(frozen=True, slots=True)
class ParallelAnalysis:
    """The spectrum of the correlations beside that of permuted columns.

    Parameters
    ----------
    eigenvalues
        Of the correlation matrix, largest first, shape (n_features,).
    thresholds
        What each would be below in 95% of the permutations, the same shape.
    n_components
        How many lead before the first that is not above its threshold.
    """

    eigenvalues: FloatArray
    thresholds: FloatArray
    n_components: int


def parallel_analysis(
    X: FloatArray, *, n_permutations: int = 20, random_state: RandomState = None
) -> ParallelAnalysis:
    """Compare the correlations of the features with those of independently permuted columns.

    Weak directions behind strong ones are easily missed, as the eigenvalues share one total; so
    the number is a lower bound where features are few.

    Parameters
    ----------
    X
        Shape (n_samples, n_features). NaN means missing and counts as the mean of its column.
    n_permutations
        How often the columns are permuted, at least 1.
    random_state
        An integer, or a generator to draw from.

    Returns
    -------
    ParallelAnalysis
        A constant column has no correlations and adds an eigenvalue of 0.

    Examples
    --------
    >>> one = np.random.default_rng(0).random((100, 1))
    >>> parallel_analysis(one * [[1.0, 2.0, 3.0]], random_state=0).n_components
    1
    """
    from sklearn.utils import check_random_state

    rng = check_random_state(random_state)
    standard = _standardize(np.asarray(X, dtype=np.float64))
    eigenvalues = _spectrum(standard)
    by_chance = np.empty((n_permutations, len(eigenvalues)))
    for spectrum in by_chance:
        for column in standard.T:
            rng.shuffle(column)
        spectrum[:] = _spectrum(standard)
    thresholds = np.quantile(by_chance, _QUANTILE, axis=0)
    stands_out = eigenvalues > thresholds
    n_components = len(stands_out) if stands_out.all() else int(stands_out.argmin())
    return ParallelAnalysis(eigenvalues, thresholds, n_components)


def _standardize(X: FloatArray) -> FloatArray:
    centred = np.asfortranarray(np.nan_to_num(X - np.nanmean(X, axis=0)))
    spread = centred.std(axis=0)
    centred /= np.where(spread > 0, spread, 1)
    return centred


def _spectrum(standard: FloatArray) -> FloatArray:
    return np.linalg.eigvalsh(standard.T @ standard / len(standard))[::-1]

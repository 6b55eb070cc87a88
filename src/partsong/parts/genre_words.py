"""The genres that a part stands for, where its recipe holds genres beside sound."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["rank_genres"]

_LEAST_LIFT: Final = 1.5
_MOST: Final = 5


def rank_genres(masses: NDArray[np.floating], names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Rank the genres that tell each part from all others.

    A genre counts by how much of the part it is, times the logarithm of how much more that is
    than in the catalog: its term of the Kullback-Leibler divergence. So neither a rare genre nor
    one that is everywhere comes first.

    Parameters
    ----------
    masses
        How much of each genre the tracks have through each part, shape (n_parts, n_genres):
        the sum of a part's loadings times its row of ``H``.
    names
        The genres.

    Returns
    -------
    tuple of tuple of str
        For each part up to five genres that are half as frequent again as in the catalog, or
        more; the first counts most.

    Examples
    --------
    >>> rank_genres(np.array([[6.0, 1.0, 3.0], [0.0, 9.0, 3.0]]), ["folk", "metal", "pop"])
    (('folk',), ('metal',))
    """
    shares = _shares(masses)
    catalog = _shares(masses.sum(axis=0, keepdims=True))
    lifts = np.divide(shares, catalog, out=np.zeros_like(shares), where=catalog > 0)
    scores = shares * np.log(np.maximum(lifts, 1))
    return tuple(
        tuple(
            names[genre]
            for genre in np.argsort(-row, kind="stable")[:_MOST]
            if lifts[part, genre] >= _LEAST_LIFT
        )
        for part, row in enumerate(scores)
    )


def _shares(masses: NDArray[np.floating]) -> NDArray[np.float64]:
    totals = masses.sum(axis=1, keepdims=True)
    shares: NDArray[np.float64] = np.zeros(masses.shape)
    np.divide(masses, totals, out=shares, where=totals > 0)
    return shares

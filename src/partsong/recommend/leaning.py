"""More of this, less of that: a query is leaned before anything is ranked.

Nothing is added to scores afterwards, so they stay cosines, and reasons stay exact. A list of the
n best rows maximises the sum of its scores. Where the query gains a multiple of a column, the sum
of that column over the n best unit rows therefore cannot fall, and where it loses one, cannot rise.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["lean"]

_MORE: Final = 0.5
"""Added for each wish, where the whole query has length 1."""

_KEPT_OF_LESS: Final = 0.25
"""What each wish for less leaves of a column."""

_AWAY: Final = 0.5
"""How much of an unwanted direction is taken off, as in Rocchio's feedback (1971)."""


def lean(
    direction: NDArray[np.floating],
    *,
    more: Sequence[int] = (),
    less: Sequence[int] = (),
    away: NDArray[np.floating] | None = None,
) -> NDArray[np.float64]:
    """Turn a query towards some columns, and off others.

    Parameters
    ----------
    direction
        The query, shape (n_columns,), non-negative.
    more
        Columns to turn to; one named twice counts twice.
    less
        Columns to turn off; one named twice counts twice.
    away
        A direction to turn off, such as the mean of what was disliked, shape (n_columns,) and
        non-negative.

    Returns
    -------
    ndarray of shape (n_columns,)
        Of unit length and non-negative. Where nothing would be left, the query itself.

    Examples
    --------
    >>> lean(np.array([0.8, 0.6, 0.0]), less=[1]).round(2).tolist()
    [0.98, 0.18, 0.0]
    >>> lean(np.array([0.8, 0.6, 0.0]), more=[2]).round(2).tolist()
    [0.72, 0.54, 0.45]
    """
    start = _unit(np.asarray(direction, dtype=np.float64))
    leaned = start.copy()
    if away is not None and away.any():
        leaned = np.maximum(leaned - _AWAY * _unit(np.asarray(away, dtype=np.float64)), 0)
    for column in less:
        leaned[column] *= _KEPT_OF_LESS
    for column in more:
        leaned[column] += _MORE
    return _unit(leaned) if leaned.any() else start


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else vector

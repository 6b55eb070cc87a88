"""How far a figure may be off: queries drawn anew, those that belong together at once.

The tracks of an artist sound alike and share their genres, so their queries are not separate
witnesses. Whole artists are drawn with replacement, never single queries. The same draws serve
every method, so that a difference of two methods is a difference on the same queries.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["Estimate", "Resamples"]

_INTERVAL: Final = (2.5, 97.5)
_MOST_ENTRIES: Final = 4_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over queries, with its interval.

    Attributes
    ----------
    value
        NaN where no query has a value.
    low, high
        Percentile interval of 95%.
    """

    value: float
    low: float
    high: float


class Resamples:
    """Groups of queries, drawn with replacement.

    Parameters
    ----------
    groups
        Which queries belong together, such as the artist of each; shape (n_queries,).
    n_draws
        How often as many groups are drawn as there are.
    random_state
        Seed of the draws.

    References
    ----------
    A. C. Davison and D. V. Hinkley, "Bootstrap methods and their application" (1997), section 3.8,
    for groups; B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics
    7 (1979).

    Examples
    --------
    >>> resamples = Resamples(np.array(["a", "a", "b", "c"]))
    >>> estimate = resamples.mean(np.array([1.0, 1.0, 0.0, 0.5]))
    >>> estimate.value, estimate.low < estimate.value < estimate.high
    (0.625, True)
    """

    def __init__(
        self, groups: NDArray[np.generic], *, n_draws: int = 1_000, random_state: int = 0
    ) -> None:
        _, self._group = np.unique(groups, return_inverse=True)
        self._n_groups = int(self._group.max(initial=-1)) + 1
        self._n_draws = n_draws
        self._random_state = random_state

    @property
    def n_groups(self) -> int:
        """How many groups there are."""
        return self._n_groups

    def mean(self, values: NDArray[np.floating]) -> Estimate:
        """Estimate the mean of one value a query; queries without one (NaN) are left out.

        Parameters
        ----------
        values
            Shape (n_queries,).
        """
        (estimate,) = self.means(values[None])
        return estimate

    def means(self, values: NDArray[np.floating]) -> list[Estimate]:
        """Estimate several means on the same draws.

        Parameters
        ----------
        values
            Shape (n_means, n_queries). The mean of a difference is the paired difference.
        """
        is_known = ~np.isnan(values)
        known = np.where(is_known, values, 0.0)
        sums = np.stack([self._by_group(row) for row in known], axis=1)
        counts = np.stack([self._by_group(row) for row in is_known], axis=1)
        drawn = [_ratio(times @ sums, times @ counts) for times in self._draws()]
        bounds = np.full((2, len(values)), np.nan)
        if drawn:
            table = np.concatenate(drawn)
            has_values = ~np.isnan(table).all(axis=0)
            if has_values.any():
                bounds[:, has_values] = np.nanpercentile(table[:, has_values], _INTERVAL, axis=0)
        middle = _ratio(known.sum(axis=1), is_known.sum(axis=1).astype(np.float64))
        return [
            Estimate(float(value), float(low), float(high))
            for value, low, high in zip(middle, *bounds, strict=True)
        ]

    def _by_group(self, values: NDArray[np.generic]) -> NDArray[np.float64]:
        weights = values.astype(np.float64)
        sums = np.bincount(self._group, weights=weights, minlength=self._n_groups)
        return np.asarray(sums, dtype=np.float64)

    def _draws(self) -> Iterator[NDArray[np.float64]]:
        """Yield how often each group is drawn, a block of draws at a time."""
        rng = np.random.default_rng(self._random_state)
        n_groups = self._n_groups
        block = max(_MOST_ENTRIES // max(n_groups, 1), 1)
        for start in range(0, self._n_draws if n_groups else 0, block):
            size = min(block, self._n_draws - start)
            drawn = rng.integers(n_groups, size=(size, n_groups))
            drawn += np.arange(size)[:, None] * n_groups
            times = np.bincount(drawn.ravel(), minlength=size * n_groups)
            yield times.reshape(size, n_groups).astype(np.float64)


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    ratios: NDArray[np.float64] = np.full(above.shape, np.nan)
    np.divide(above, below, out=ratios, where=below > 0)
    return ratios

"""How far clusters and genres are the same groups, and how far artists alone make them so."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.parts.genres.permutations import p_values_of_each

__all__ = ["Agreement", "AgreementScale"]

_Floats = NDArray[np.floating]
_INTERVAL: Final = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two ways to group the same tracks agree: 0 is chance, 1 the same groups.

    Attributes
    ----------
    value
        Of the tracks at hand.
    low, high
        Bootstrap interval of 95%: what other artists, drawn from the same ones with replacement,
        might have given. Its middle is moved to the value, as a sample that holds artists twice
        feigns agreement.
    null, null_high
        Mean and 95th percentile of the same number when artists exchange their parts. Above 0,
        as an artist's tracks stay together.
    p_value
        How often artists who exchange their parts reach the value.
    """

    value: float
    low: float
    high: float
    null: float
    null_high: float
    p_value: float


class AgreementScale:
    """Adjusted mutual information and adjusted Rand index, fast enough for thousands of tables.

    What chance gives is worked out once, from the margins of the first table; shuffles keep these
    almost to the track.

    Parameters
    ----------
    counts
        Tracks by cluster and genre, one genre a track; shape (n_clusters, n_genres).

    References
    ----------
    N. X. Vinh, J. Epps and J. Bailey, "Information theoretic measures for clusterings comparison",
    Journal of Machine Learning Research 11 (2010), for both; the mean of the two entropies bounds
    the information, as in scikit-learn.

    Examples
    --------
    >>> counts = np.array([[5.0, 0.0], [0.0, 5.0]])
    >>> ami, ari = AgreementScale(counts).measure(counts)
    >>> round(ami, 9), round(ari, 9)
    (1.0, 1.0)
    """

    def __init__(self, counts: _Floats) -> None:
        from sklearn.metrics.cluster import expected_mutual_information

        met = counts[counts.any(axis=1)][:, counts.any(axis=0)]
        n_tracks = int(met.sum())
        self._by_chance = float(expected_mutual_information(met.astype(np.int64), n_tracks))

    def measure(self, counts: _Floats) -> tuple[float, float]:
        """Return the adjusted mutual information and the adjusted Rand index of a table.

        Parameters
        ----------
        counts
            As for the class; may be weighted.
        """
        clusters, genres, n_tracks = counts.sum(axis=1), counts.sum(axis=0), counts.sum()
        entropies = _entropy(clusters, n_tracks) + _entropy(genres, n_tracks)
        information = entropies - _entropy(counts, n_tracks)
        if entropies == 0:  # one cluster and one genre
            return 1.0, 1.0
        room = max(entropies / 2 - self._by_chance, np.finfo(np.float64).eps)
        return (information - self._by_chance) / room, _adjusted_rand(counts, clusters, genres)

    def compare(
        self, observed: _Floats, null: _Floats, drawn: _Floats
    ) -> tuple[Agreement, Agreement]:
        """Set measures beside their permutations and resamples.

        Parameters
        ----------
        observed, null, drawn
            What `measure` gave: of the tracks, shape (2,), and of the permutations and the
            resamples, shapes (n, 2).
        """
        p_values = p_values_of_each(observed, null)
        low, high = observed + np.percentile(drawn, _INTERVAL, axis=0) - drawn.mean(axis=0)
        ami, ari = (
            Agreement(
                value=float(observed[place]),
                low=float(low[place]),
                high=float(high[place]),
                null=float(null[:, place].mean()),
                null_high=float(np.percentile(null[:, place], 95)),
                p_value=float(p_values[place]),
            )
            for place in range(2)
        )
        return ami, ari


def _entropy(counts: _Floats, total: float) -> float:
    shares = counts[counts > 0] / total
    return float(-(shares * np.log(shares)).sum())


def _adjusted_rand(counts: _Floats, clusters: _Floats, genres: _Floats) -> float:
    pairs, of_clusters, of_genres, total = (
        float((group * (group - 1)).sum() / 2)
        for group in (counts, clusters, genres, np.array([counts.sum()]))
    )
    by_chance = of_clusters * of_genres / total if total else 0.0
    most = (of_clusters + of_genres) / 2
    return (pairs - by_chance) / (most - by_chance) if most != by_chance else 1.0

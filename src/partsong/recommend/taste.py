"""A listener's taste: the moods of what is known, each track weighed by how much it is known.

One direction is not a taste. The mean of a loud and a quiet love is a direction that nobody loves,
so the tracks are parted into moods (`find_centres`), and what was disliked pulls only at the mood
among whose tracks it lies.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.recommend.centres import Centre, find_centres
from partsong.recommend.leaning import lean
from partsong.recommend.nearest import unit_rows

__all__ = ["HALF_LIFE", "count_plays", "find_taste", "weigh_tracks"]

HALF_LIFE: Final = 90.0
"""Days after which a listen counts half, unless another number is asked for."""

_SKIPPED_MS: Final = 30_000
_HEARD_SHARE: Final = 0.5
_LIKED: Final = 2.0
_MOST_MOODS: Final = 6
_TRACKS_A_MOOD: Final = 25
"""A taste of more tracks is parted though they gather nowhere; see decision 27."""

_AMONG: Final = 0.25
"""A dislike lies among a mood's tracks if it is as near to its centre as this share of them."""


def count_plays(
    days_ago: NDArray[np.floating],
    ms_played: NDArray[np.floating],
    duration_ms: NDArray[np.floating],
    *,
    half_life: float = HALF_LIFE,
) -> NDArray[np.float64]:
    """Say how much each listen counts: recent ones more, skips nothing.

    Parameters
    ----------
    days_ago
        When it was, in days before now, shape (n_listens,). One from the future counts as now.
    ms_played
        How much was played; NaN where not known, which is taken for all of it.
    duration_ms
        Length of the track; NaN where not known.
    half_life
        Days after which a listen counts half; infinity lets all count alike.

    Returns
    -------
    ndarray of shape (n_listens,)
        ``0.5 ** (days_ago / half_life)``, or 0 for a skip: under 30 seconds, and not half of the
        track either.

    Examples
    --------
    >>> count_plays(np.array([0, 90, 0]), np.array([9e4, 9e4, 5e3]), np.full(3, 2e5)).tolist()
    [1.0, 0.5, 0.0]
    """
    if not half_life > 0:
        raise ValueError(f"A half-life must be more than no days, not {half_life}.")
    is_short = ms_played < _SKIPPED_MS
    is_half = ms_played >= _HEARD_SHARE * duration_ms
    counts = 0.5 ** (np.maximum(days_ago, 0.0) / half_life)
    return np.where(is_short & ~is_half, 0.0, counts)


def weigh_tracks(
    is_owned: NDArray[np.bool_], is_liked: NDArray[np.bool_], plays: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Weigh tracks by how much the listener has to do with them.

    ``weight = base + log2(1 + plays)``, where the base is 2 for a liked track, 1 for one that is
    merely owned, and 0 otherwise. The first play adds 1, each doubling about 1 more. Plain counts
    would let one song on repeat drown all others; with the logarithm (as Hu, Koren & Volinsky
    2008 weigh counts) a thousand plays weigh as ten tracks played once.

    Parameters
    ----------
    is_owned
        Whether it is in the library and nothing is known of when it was heard, shape (n_tracks,):
        where listens are known, they speak for a track, and those of long ago softly.
    is_liked
        Whether it was liked, shape (n_tracks,).
    plays
        Sum of what its listens count (`count_plays`), shape (n_tracks,).

    Returns
    -------
    ndarray of shape (n_tracks,)

    Examples
    --------
    >>> owned, liked = np.array([True, True, False]), np.array([False, True, False])
    >>> weigh_tracks(owned, liked, np.array([0.0, 0.0, 3.0])).tolist()
    [1.0, 2.0, 2.0]
    """
    weights: NDArray[np.float64] = np.where(is_liked, _LIKED, 1.0 * is_owned) + np.log2(1 + plays)
    return weights


def find_taste(
    rows: NDArray[np.floating],
    weights: Sequence[float] | NDArray[np.floating],
    *,
    disliked: NDArray[np.floating] | None = None,
    most: int = _MOST_MOODS,
    random_state: int = 0,
) -> tuple[Centre, ...]:
    """Find the moods of a listener, leaned away from what was disliked.

    A taste is broader than a playlist. So besides the moods in which tracks clearly gather, it has
    at least one for about every 25 tracks, counted by their weights (Kish 1965: the square of
    their sum over the sum of their squares), up to `most`.

    A dislike belongs to the mood that it is nearest to, and pulls there only if it lies among its
    tracks: as near to the centre as the nearest three quarters of them. So what was never near to
    a mood leaves it as it is. Each pulls as one track against the weights of the mood's own, so
    that one dislike does not turn what hundreds of tracks say.

    Parameters
    ----------
    rows
        Loadings of the tracks that are known, shape (n_tracks, n_columns).
    weights
        Of the tracks, from `weigh_tracks`, shape (n_tracks,).
    disliked
        Loadings of the tracks that were disliked, shape (n_disliked, n_columns).
    most
        At most so many moods.
    random_state
        Seed of the search for moods.

    Returns
    -------
    tuple of Centre
        The heaviest first; their members index `rows`.

    Raises
    ------
    ValueError
        If no track with any loading has weight.

    Examples
    --------
    >>> rows = np.array([[1.0, 0.1], [1.0, 0.3], [0.0, 1.0], [0.1, 1.0]])
    >>> moods = find_taste(rows, np.ones(4), disliked=np.array([[1.0, 0.29]]))
    >>> [mood.members for mood in moods], moods[0].direction.round(2).tolist()
    ([(0, 1), (2, 3)], [0.99, 0.17])
    """
    counts = np.asarray(weights, dtype=np.float64)
    centres = find_centres(rows, counts, most=most, random_state=random_state)
    fewest = min(round(counts.sum() ** 2 / (counts @ counts) / _TRACKS_A_MOOD), most)
    if len(centres) < fewest:
        centres = find_centres(rows, counts, exactly=fewest, random_state=random_state)
    if disliked is None or not disliked.any():
        return centres
    unwanted = unit_rows(disliked)
    cosines = unwanted @ np.array([centre.direction for centre in centres]).T
    nearest = cosines.argmax(axis=1)
    leaned = []
    for number, centre in enumerate(centres):
        members = list(centre.members)
        own = unit_rows(rows[members]) @ centre.direction
        is_among = (nearest == number) & (cosines[:, number] >= np.quantile(own, _AMONG))
        if not is_among.any():
            leaned.append(centre)
            continue
        pull = is_among.sum() / (is_among.sum() + counts[members].sum())
        away = lean(centre.direction, away=unwanted[is_among].sum(axis=0))
        leaned_on = unit_rows(((1 - pull) * centre.direction + pull * away)[None])
        leaned.append(replace(centre, direction=leaned_on[0]))
    return tuple(leaned)

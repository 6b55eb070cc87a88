"""Which part a track belongs to, and when it belongs to none."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from partsong.nmf import balance_scale

__all__ = ["MIXED", "Assignment", "assign_parts", "part_shares"]

FloatArray = NDArray[np.floating]

MIXED: Final = -1
"""The label of a track that no part leads clearly."""


class Assignment(NamedTuple):
    """The part of each track.

    Attributes
    ----------
    labels
        Index of the part, or -1 for mixed; shape (n_tracks,).
    lead
        By how much of its own strength the strongest part leads the runner-up, in [0, 1]: 0 where
        the two are equal, 1 where there is no other; shape (n_tracks,).
    """

    labels: NDArray[np.intp]
    lead: NDArray[np.float64]


def part_shares(W: FloatArray, H: FloatArray) -> NDArray[np.float64]:
    """Say how much of each track every part explains.

    The scale of the components is moved to the loadings first (`partsong.nmf.balance_scale`):
    a factorisation fixes it only up to a factor for each component, and without that step the
    answer would depend on the random start.

    Parameters
    ----------
    W
        Loadings, shape (n_tracks, n_components).
    H
        Components, shape (n_components, n_features).

    Returns
    -------
    ndarray of shape (n_tracks, n_components)
        Rows sum to 1; a track that no part explains has a row of zeros.

    Examples
    --------
    >>> W = np.array([[1.0, 1.0], [0.0, 2.0]])
    >>> part_shares(W, np.array([[3.0, 0.0], [0.0, 1.0]]))
    array([[0.75, 0.25],
           [0.  , 1.  ]])
    """
    balanced, _ = balance_scale(np.asarray(W, dtype=np.float64), np.asarray(H, dtype=np.float64))
    totals = balanced.sum(axis=1, keepdims=True)
    shares = np.zeros_like(balanced)
    np.divide(balanced, totals, out=shares, where=totals > 0)
    return np.asarray(shares, dtype=np.float64)


def assign_parts(
    W: FloatArray,
    H: FloatArray,
    *,
    margin: float = 0.1,
    confidence: FloatArray | None = None,
    min_confidence: float = 0.5,
) -> Assignment:
    """Assign each track to its strongest part, or to none.

    Parameters
    ----------
    W, H
        Loadings, shape (n_tracks, n_components), and components, shape
        (n_components, n_features), in any scale.
    margin
        A track is mixed where its lead is less than this. Unlike a difference of shares it
        means the same for 6 parts as for 14. With 0 only tracks that no part explains are mixed,
        and ties go to the earlier part.
    confidence
        How surely each track goes to the same part when the fit is repeated, in [0, 1], NaN where
        that is not known; shape (n_tracks,).
    min_confidence
        A track of known confidence is mixed where it is less than this.

    Examples
    --------
    >>> W = np.array([[3.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
    >>> assign_parts(W, np.eye(2))
    Assignment(labels=array([ 0, -1, -1]), lead=array([0.66666667, 0.        , 0.        ]))
    """
    shares = part_shares(W, H)
    strongest = shares.argmax(axis=1)
    ranked = np.sort(shares, axis=1)
    runner_up = ranked[:, -2] if shares.shape[1] > 1 else np.zeros(len(shares))
    leader = ranked[:, -1]
    lead = np.zeros(len(shares))
    np.divide(leader - runner_up, leader, out=lead, where=leader > 0)
    is_clear = (lead >= margin) & (leader > 0)
    if confidence is not None:
        is_clear &= ~(confidence < min_confidence)  # NaN is not below anything
    return Assignment(np.where(is_clear, strongest, MIXED), lead)

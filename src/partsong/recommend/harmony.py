"""How far keys and tempi lie apart, for playlists whose neighbours are to be mixed.

A key is a place on a circle and a tempo is a ratio, so neither can be subtracted as a number: 11 is
next to 0, and 80 beats a minute fit 160. Both distances run from 0 to 1, and two keys or two tempi
drawn by chance are 0.5 apart. What is not known is put there: neither near nor far.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["camelot_code", "key_distances", "tempo_distances"]

_UNKNOWN: Final = 0.5
_FIFTH: Final = 7
"""Semitones; twelve fifths visit all pitch classes."""

_MOST_STEPS: Final = 7
"""Half of the circle of fifths, and a change of mode."""


def camelot_code(key: int | None, mode: int | None) -> str:
    """Return a key as DJs write it: the hour on the wheel, A for minor and B for major.

    Parameters
    ----------
    key
        Pitch class, 0 = C to 11 = B; None where it is not known.
    mode
        0 = minor, 1 = major; None where it is not known.

    Returns
    -------
    str
        Empty where either is not known.

    Examples
    --------
    >>> camelot_code(9, 0), camelot_code(0, 1), camelot_code(None, 1)
    ('8A', '8B', '')
    """
    if key is None or mode is None:
        return ""
    return f"{(_hour(key, mode) + 7) % 12 + 1}{'AB'[mode]}"


def key_distances(keys: Sequence[int | None], modes: Sequence[int | None]) -> NDArray[np.float64]:
    """Count the steps between keys, on the circle of fifths and between minor and major.

    A step is a fifth, or the change between a minor key and its relative major: the moves of the
    Camelot wheel, which is the circle of fifths with relative keys at one hour (Heinichen 1728).
    The farthest keys are seven steps apart.

    Parameters
    ----------
    keys
        Pitch classes, 0 = C to 11 = B, None where not known; length n.
    modes
        0 = minor, 1 = major, None where not known; length n.

    Returns
    -------
    ndarray of shape (n, n)
        Steps over seven, symmetric; 0.5 where a key or mode is not known, 0 of a track to itself.

    Examples
    --------
    A minor to C major, its relative, and to F sharp major, the farthest:

    >>> (7 * key_distances([9, 0, 6], [0, 1, 1])[0]).tolist()
    [0.0, 1.0, 7.0]
    """
    known = [key is not None and mode is not None for key, mode in zip(keys, modes, strict=True)]
    hours = np.array(
        [
            _hour(key, mode) if key is not None and mode is not None else 0
            for key, mode in zip(keys, modes, strict=True)
        ],
        dtype=np.intp,
    )
    is_major = np.array([mode == 1 for mode in modes], dtype=bool)
    around = np.abs(hours[:, None] - hours)
    steps = np.minimum(around, 12 - around) + (is_major[:, None] != is_major)
    return _with_unknown(steps / _MOST_STEPS, np.array(known, dtype=bool))


def tempo_distances(tempi: Sequence[float | None]) -> NDArray[np.float64]:
    """Measure how far tempi lie apart, where half and double the tempo are the same.

    Tempo estimates are often off by an octave (Gouyon et al. 2006 count those as right), and a
    track at 80 BPM mixes with one at 160. So the distance is that of ``log2`` of the ratio from
    the nearest whole number, doubled: 1 where one tempo is 1.41 times the other.

    Parameters
    ----------
    tempi
        Beats a minute, positive, None where not known; length n.

    Returns
    -------
    ndarray of shape (n, n)
        In [0, 1], symmetric; 0.5 where a tempo is not known, 0 of a track to itself.

    Examples
    --------
    >>> tempo_distances([80, 160, 120, None])[0].round(2).tolist()
    [0.0, 0.0, 0.83, 0.5]
    """
    known = np.array([tempo is not None and tempo > 0 for tempo in tempi], dtype=bool)
    octaves = np.array([np.log2(tempo) if tempo else 0.0 for tempo in tempi], dtype=np.float64)
    apart = octaves[:, None] - octaves
    return _with_unknown(2 * np.abs(apart - np.round(apart)), known)


def _hour(key: int, mode: int) -> int:
    """Return the place on the circle of fifths, from C major and A minor on."""
    relative_major = key if mode == 1 else key + 3
    return relative_major * _FIFTH % 12


def _with_unknown(distances: NDArray[np.float64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
    both = known[:, None] & known
    filled: NDArray[np.float64] = np.where(both, distances, _UNKNOWN)
    np.fill_diagonal(filled, 0.0)
    return filled

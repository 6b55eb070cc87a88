"""Artists as the units of chance: what is shuffled and drawn is artists, never single tracks.

The songs of an artist sound alike and carry the same genres. A test that takes them for separate
witnesses counts one witness many times.
"""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["ArtistBlocks"]

_LEAST_PEERS: Final = 20
"""Artists among whom the parts of one are exchanged, where there are as many."""


class ArtistBlocks:
    """The tracks of each artist as one block.

    Parameters
    ----------
    artists
        Number of each track's artist, from 0 and never falling; shape (n_tracks,).

    References
    ----------
    A. M. Winkler, M. A. Webster, D. Vidaurre, T. E. Nichols and S. M. Smith, "Multi-level block
    permutation", NeuroImage 123 (2015), for whole blocks of one size that change places.

    Examples
    --------
    >>> blocks = ArtistBlocks(np.array([0, 0, 1, 1]))
    >>> labels = np.array([5, 5, 7, 7])
    >>> labels[blocks.shuffle(np.random.default_rng(3))]
    array([7, 7, 5, 5])
    """

    def __init__(self, artists: NDArray[np.integer]) -> None:
        self._artists = artists
        self._sizes = np.bincount(artists)
        self._starts = np.cumsum(self._sizes) - self._sizes
        within = np.arange(len(artists)) - self._starts[artists]
        self._place = (within + 0.5) / self._sizes[artists]
        self._peers = list(_peers(self._sizes))

    @property
    def voices(self) -> NDArray[np.float64]:
        """The weight of each track where artists are compared, shape (n_tracks,).

        An artist with n tracks has the square root of n voices. Were every track one, the most
        prolific would speak for all; were every artist one, a single track would count as much as
        three hundred.
        """
        return np.asarray(1 / np.sqrt(self._sizes[self._artists]), dtype=np.float64)

    @property
    def n_artists(self) -> int:
        """How many there are."""
        return len(self._sizes)

    def shuffle(self, random: np.random.Generator) -> NDArray[np.intp]:
        """Let each artist's tracks take the places of another's.

        The other one has as many tracks, or nearly as many where fewer than twenty have just as
        many; then its tracks are spread evenly over those of the first.

        Parameters
        ----------
        random
            Where chance comes from.

        Returns
        -------
        ndarray of shape (n_tracks,)
            For each track the one whose place it takes.
        """
        others = np.arange(self.n_artists)
        for peers in self._peers:
            others[peers] = random.permutation(peers)
        other = others[self._artists]
        return np.asarray(
            self._starts[other] + (self._place * self._sizes[other]).astype(np.intp), dtype=np.intp
        )

    def draw(self, random: np.random.Generator) -> NDArray[np.float64]:
        """Draw as many artists as there are, with replacement, for a bootstrap.

        Parameters
        ----------
        random
            Where chance comes from.

        Returns
        -------
        ndarray of shape (n_tracks,)
            How often each track was drawn with its artist.
        """
        drawn = random.integers(self.n_artists, size=self.n_artists)
        times = np.bincount(drawn, minlength=self.n_artists).astype(np.float64)
        return np.asarray(times[self._artists], dtype=np.float64)


def _peers(sizes: NDArray[np.integer]) -> Iterator[NDArray[np.intp]]:
    """Group the artists by number of tracks, next sizes together until a group is large enough."""
    by_size = np.argsort(sizes, kind="stable")
    last_of_size = np.flatnonzero(np.diff(sizes[by_size], append=-1)) + 1
    start = 0
    for end in map(int, last_of_size):
        too_few_left = len(sizes) - end < _LEAST_PEERS
        if end == len(sizes) or (end - start >= _LEAST_PEERS and not too_few_left):
            yield by_size[start:end]
            start = end

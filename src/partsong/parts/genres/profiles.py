"""What the tracks of each genre are made of, on average."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from partsong.parts.genres.track_genres import TrackGenres

__all__ = ["GenreProfiles", "over"]

_Floats = NDArray[np.float64]


class GenreProfiles:
    """Mean part shares of the genres with enough tracks, over all artists or some of them.

    Parameters
    ----------
    tracks
        The tracks that have a genre.
    loadings
        How much of each part is in each of them, shape (n_tracks, n_parts).
    min_tracks
        Genres with fewer tracks are left out.

    Attributes
    ----------
    names, sizes
        The genres and their numbers of tracks.

    Examples
    --------
    >>> import polars as pl
    >>> from partsong.parts.genres.track_genres import collect_genres
    >>> tracks = collect_genres(pl.Series([["rock"], ["rock"], ["folk"]]))
    >>> profiles = GenreProfiles(tracks, np.array([[3, 1], [1, 1], [0, 5]]), min_tracks=1)
    >>> profiles.names, profiles.measure()
    (['folk', 'rock'], array([[0.   , 1.   ],
           [0.625, 0.375]]))
    """

    def __init__(
        self, tracks: TrackGenres, loadings: NDArray[np.floating], *, min_tracks: int
    ) -> None:
        shares = over(loadings, loadings.sum(axis=1, keepdims=True, dtype=np.float64))
        frequent = np.flatnonzero(tracks.sizes >= min_tracks)
        is_counted = np.isin(tracks.genre, frequent)
        self._track = tracks.track[is_counted]
        self._genre = np.searchsorted(frequent, tracks.genre[is_counted])
        self.names = [tracks.names[genre] for genre in frequent]
        self.sizes = tracks.sizes[frequent]
        # One sum for each genre of each artist, as artists are drawn whole.
        n_artists = int(tracks.artists.max()) + 1
        _, first, cell = np.unique(
            self._genre * n_artists + tracks.artists[self._track],
            return_index=True,
            return_inverse=True,
        )
        self._first = self._track[first]
        self._genre_of_cell = self._genre[first]
        self._counts = np.bincount(cell)
        self._sums = [np.bincount(cell, column[self._track]) for column in shares.T]

    def measure(self, weights: _Floats | None = None) -> _Floats:
        """Return shape (n_genres, n_parts); `weights` say how often each track's artist counts.

        A genre whose artists do not count at all has a profile of zeros.
        """
        times = np.ones(len(self._first)) if weights is None else weights[self._first]
        n_genres = len(self.names)
        counts = np.bincount(self._genre_of_cell, self._counts * times, n_genres)
        sums = [np.bincount(self._genre_of_cell, column * times, n_genres) for column in self._sums]
        return over(np.stack(sums, axis=1), counts[:, None])

    def count_tracks(self, genres: NDArray[np.integer]) -> int:
        """Count the tracks that carry one of some genres, named by their place in `names`."""
        return len(np.unique(self._track[np.isin(self._genre, genres)]))


def over(sums: NDArray[Any], totals: NDArray[Any]) -> _Floats:
    """Divide, and let what is over nothing be 0.

    Parameters
    ----------
    sums, totals
        Of shapes that fit each other.

    Examples
    --------
    >>> over(np.array([1, 0]), np.array([4, 0]))
    array([0.25, 0.  ])
    """
    out = np.zeros(sums.shape)
    np.divide(sums, totals, out=out, where=totals > 0)
    return out

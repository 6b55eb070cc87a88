"""Tracks counted by cluster and genre, again and again as artists change places."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["GenreCounts"]


class GenreCounts:
    """A table of clusters and genres that can be counted anew.

    Parameters
    ----------
    labels
        Part of each track, -1 for mixed; shape (n_tracks,).
    track, genre
        The entries to count: places in `labels`, and numbers of genres.
    shape
        Numbers of parts and of genres.

    Examples
    --------
    >>> labels = np.array([0, -1, 0])
    >>> table = GenreCounts(labels, np.array([0, 0, 1, 2]), np.array([0, 1, 1, 1]), shape=(1, 2))
    >>> table.count()
    array([[0., 1.],
           [1., 2.]])
    """

    def __init__(
        self,
        labels: NDArray[np.integer],
        track: NDArray[np.integer],
        genre: NDArray[np.integer],
        *,
        shape: tuple[int, int],
    ) -> None:
        n_parts, n_genres = shape
        self.shape = (1 + n_parts, n_genres)
        self._starts = (labels.astype(np.intp) + 1) * n_genres
        self._track = track
        self._genre = genre

    def count(
        self,
        places: NDArray[np.intp] | None = None,
        *,
        weights: NDArray[np.floating] | None = None,
    ) -> NDArray[np.float64]:
        """Count the entries of each cluster and genre.

        Parameters
        ----------
        places
            For each track the one whose part it takes; its own by default.
        weights
            How often each track counts; once by default.

        Returns
        -------
        ndarray of shape (1 + n_parts, n_genres)
            The mixed tracks come first.
        """
        starts = self._starts if places is None else self._starts[places]
        n_cells = self.shape[0] * self.shape[1]
        counted = np.bincount(
            starts[self._track] + self._genre,
            weights=None if weights is None else weights[self._track],
            minlength=n_cells,
        )
        return counted[:n_cells].reshape(self.shape).astype(np.float64)

    def count_artists(self, artists: NDArray[np.integer]) -> NDArray[np.integer]:
        """Count the artists of each cluster and genre.

        Parameters
        ----------
        artists
            Number of each track's artist, from 0; shape (n_tracks,).
        """
        n_artists = int(artists.max()) + 1
        cells = self._starts[self._track] + self._genre
        met = np.unique(cells * n_artists + artists[self._track]) // n_artists
        return np.bincount(met, minlength=self.shape[0] * self.shape[1]).reshape(self.shape)

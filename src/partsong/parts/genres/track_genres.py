"""The genres of tracks as numbers, with the tracks of an artist side by side."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.errors import QueryError

__all__ = ["TrackGenres", "collect_genres"]

_Integers = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class TrackGenres:
    """The tracks that have a genre, sorted by artist.

    Attributes
    ----------
    rows
        Where each track stood before; shape (n_tracks,).
    artists
        Number of each track's main artist, from 0 and never falling; shape (n_tracks,). A track
        of unknown artist has a number of its own.
    n_unknown
        Tracks of unknown artist.
    names
        The genres, sorted.
    track, genre
        One entry for each genre of each track: the place of the track in `rows` and of the genre
        in `names`.
    """

    rows: _Integers
    artists: _Integers
    n_unknown: int
    names: tuple[str, ...]
    track: _Integers
    genre: _Integers

    @property
    def sizes(self) -> _Integers:
        """Tracks of each genre, shape (n_genres,)."""
        return np.bincount(self.genre, minlength=len(self.names))

    def main_genre(self) -> _Integers:
        """Return one genre for each track: of its own the most widespread, then by name."""
        order = np.lexsort((self.genre, -self.sizes[self.genre], self.track))
        _, first = np.unique(self.track[order], return_index=True)
        return self.genre[order][first]


def collect_genres(genres: pl.Series, artists: pl.Series | None = None) -> TrackGenres:
    """Turn the genres of tracks into numbers.

    Parameters
    ----------
    genres
        Genres of each track, a list of strings; empty or null where none is known.
    artists
        Artists of each track, the main one first. None: every track has an artist of its own.

    Raises
    ------
    QueryError
        If no track has a genre.

    Examples
    --------
    >>> genres = pl.Series([["rock", "pop"], [], ["folk"], ["rock"]])
    >>> tracks = collect_genres(genres, pl.Series([["B"], ["B"], ["A"], ["B"]]))
    >>> tracks.rows, tracks.artists, tracks.names
    (array([2, 0, 3]), array([0, 1, 1]), ('folk', 'pop', 'rock'))
    >>> [tracks.names[genre] for genre in tracks.main_genre()]
    ['folk', 'rock', 'rock']
    """
    main = pl.lit(None, pl.String) if artists is None else artists.list.first()
    tracks = (
        pl.DataFrame({"genres": genres})
        .with_row_index("row")
        .with_columns(artist=main)
        .with_columns(unknown=pl.when(pl.col("artist").is_null()).then("row"))
        .filter(pl.col("genres").list.drop_nulls().list.len() > 0)
        .sort("artist", "row", nulls_last=True)
        .with_columns(number=pl.struct("artist", "unknown").rle_id())
    )
    if tracks.is_empty():
        raise QueryError(
            "No track of the model has a genre.",
            hint="Import a source that carries genres, for tracks or for their artists.",
        )
    entries = (
        tracks.select(genre=pl.col("genres").list.drop_nulls().list.unique())
        .with_row_index("track")
        .explode("genre")
    )
    names, genre = np.unique(entries["genre"].to_numpy(), return_inverse=True)
    return TrackGenres(
        rows=tracks["row"].to_numpy().astype(np.intp),
        artists=tracks["number"].to_numpy().astype(np.intp),
        n_unknown=tracks["artist"].null_count(),
        names=tuple(str(name) for name in names),
        track=entries["track"].to_numpy().astype(np.intp),
        genre=genre.astype(np.intp),
    )

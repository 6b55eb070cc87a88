"""The genres that are known of a track: its own, or else those of its artists.

The rule stands here once, for frames and for SQL.
"""

from typing import Final

import polars as pl

__all__ = ["KNOWN_GENRES", "known_genres"]

KNOWN_GENRES: Final = "if(len(genres) > 0, genres, artist_genres)"
"""The rule as an SQL expression over the table `tracks`."""

_COLUMNS: Final = ("genres", "artist_genres")
_LABELS: Final = pl.List(pl.String)


def known_genres(tracks: pl.DataFrame) -> pl.Series:
    """Return the genres that are known of each track: its own, or else those of its artists.

    Parameters
    ----------
    tracks
        `genres` and `artist_genres`; a column that is not there counts as empty.

    Returns
    -------
    polars.Series
        Lists called `genres`, one a track, null where nothing is known.

    Examples
    --------
    >>> tracks = pl.DataFrame({"genres": [["jazz"], [], None], "artist_genres": [["pop"], ["pop"], []]})
    >>> known_genres(tracks).to_list()
    [['jazz'], ['pop'], None]
    """
    columns = [pl.col(name).cast(_LABELS) for name in _COLUMNS if name in tracks.columns]
    if not columns:
        return pl.repeat(None, len(tracks), dtype=_LABELS, eager=True).alias("genres")
    filled = [pl.when(column.list.len() > 0).then(column) for column in columns]
    return tracks.select(genres=pl.coalesce(filled)).to_series()

"""Tracks by genre or by decade, so that a figure can compare a few of them."""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.catalog import known_genres

__all__ = ["By", "Group", "group_tracks"]

By = Literal["genre", "decade"]

_DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_SYMBOLS: Final = ("circle", "square", "diamond", "cross", "x", "triangle-up")


@dataclass(frozen=True, slots=True)
class Group:
    """Some tracks under a name.

    Parameters
    ----------
    name
        A genre, or a decade such as ``"1990s"``.
    rows
        Their places in the table, ascending.
    dash, symbol
        How its lines and points are told from those of other groups without colour.
    """

    name: str
    rows: NDArray[np.int64]
    dash: str
    symbol: str


def group_tracks(tracks: pl.DataFrame, by: By, *, most: int = 5) -> list[Group]:
    """Return the largest groups of tracks: genres by size, decades by time.

    A track stands in each of its own genres; where it has none, in those of its artists.

    Parameters
    ----------
    tracks
        `genres` and `artist_genres`, or `release_year`; a column that is not there counts as empty.
    by
        What makes a group.
    most
        How many groups, at most 6; ties by name.

    Examples
    --------
    >>> tracks = pl.DataFrame({"release_year": [1999, 1991, 2004, None]})
    >>> [(group.name, group.rows.tolist()) for group in group_tracks(tracks, "decade")]
    [('1990s', [0, 1]), ('2000s', [2])]
    """
    names = tracks.select(_names(tracks, by).alias("name")).with_row_index("row")
    if by == "genre":
        names = names.explode("name")
    groups = (
        names.drop_nulls("name")
        .group_by("name")
        .agg(pl.col("row").unique().sort())
        .sort(pl.col("row").list.len(), "name", descending=[True, False])
        .head(most)
    )
    if by == "decade":
        groups = groups.sort("name")
    return [
        Group(name, np.asarray(rows, dtype=np.int64), _DASHES[place], _SYMBOLS[place])
        for place, (name, rows) in enumerate(groups.iter_rows())
    ]


def _names(tracks: pl.DataFrame, by: By) -> pl.Expr:
    if by == "decade":
        if "release_year" not in tracks.columns:
            return pl.lit(None, pl.String)
        return pl.format("{}s", pl.col("release_year") // 10 * 10)
    return pl.lit(known_genres(tracks))

"""A file of watsonbox/exportify in a language that nobody knows, by the places of its columns."""

from typing import Final

import polars as pl

from partsong.rows import ImportReport
from partsong.sources.tables.ledger import Ledger
from partsong.sources.tables.raw_table import Table

__all__ = ["fields_by_place"]

_PLACES: Final = {
    0: "spotify_id",
    1: "title",
    2: "artist_keys",
    3: "artists",
    5: "album",
    8: "release_date",
    12: "duration_ms",
    14: "explicit",
    15: "popularity",
    16: "isrc",
}
_LEAST_COLUMNS: Final = 17
_TRACKS: Final = r"^spotify:(?:track|local|episode):"
_ARTISTS: Final = r"^spotify:artist:"


def fields_by_place(table: Table) -> dict[str, str]:
    """Return the fields of the columns that every such file begins with.

    Parameters
    ----------
    table
        A file whose headers mean nothing.

    Returns
    -------
    dict of str to str
        Field by column. Empty unless its first column holds Spotify's URIs of tracks and its third
        those of artists. What comes after these columns depends on what was asked for there, and
        is left out.
    """
    if len(table.columns) < _LEAST_COLUMNS:
        return {}
    first, third = table.columns[0], table.columns[2]
    head = next(table.blocks([first, third], Ledger(ImportReport(), table.path.name)), None)
    if head is None or head[first].dtype != pl.String or head[third].dtype != pl.String:
        return {}
    has_tracks = head[first].str.contains(_TRACKS).all()
    has_artists = head.select((pl.col(third) == "") | pl.col(third).str.contains(_ARTISTS))
    if not (has_tracks and has_artists.to_series().all()):
        return {}
    return {table.columns[place]: field for place, field in _PLACES.items()}

"""What the listener has saved and banned, from ``YourLibrary.json``."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from partsong.sources.exports.spotify_export.documents import listed, to_column
from partsong.sources.exports.spotify_export.tracks import read_tracks, take_objects
from partsong.sources.tables.ledger import Ledger

__all__ = ["read_banned_artists", "read_library"]

_COLUMNS: Final = {"title": "track", "artist": "artist", "album": "album", "uri": "uri"}
_NOT_USED: Final = {
    "albums": "saved albums",
    "artists": "artists followed",
    "shows": "podcasts",
    "episodes": "episodes",
}


def read_library(document: Mapping[str, Any], ledger: Ledger) -> pl.DataFrame:
    """Return the saved tracks, which are likes, and the banned ones, which are hidden.

    Parameters
    ----------
    document
        The file.
    ledger
        Of that file; it notes what else was saved, and is not used.

    Returns
    -------
    polars.DataFrame
        `line` (counted through both lists from 1), `title`, `artists`, `album`, `spotify_id`,
        `liked` and `hidden`, each true or missing.
    """
    saved, banned = listed(document, "tracks"), listed(document, "bannedTracks")
    tracks = read_tracks([*saved, *banned], _COLUMNS, ledger)
    unused = {words: len(listed(document, name)) for name, words in _NOT_USED.items()}
    told = [f"{count:,} {words}" for words, count in unused.items() if count]
    if told:
        ledger.note(f"not used, since it does not tell their tracks: {', '.join(told)}")
    is_saved = pl.col("line") <= len(saved)
    return tracks.with_columns(
        liked=pl.when(is_saved).then(statement=True), hidden=pl.when(~is_saved).then(statement=True)
    )


def read_banned_artists(document: Mapping[str, Any], ledger: Ledger) -> pl.DataFrame | None:
    """Return the artists of whom nothing is to be shown; None if there are none.

    Parameters
    ----------
    document
        The file.
    ledger
        Of that file.

    Returns
    -------
    polars.DataFrame
        `artist_id`, `name` and `hidden`, which is true.
    """
    _, objects = take_objects(listed(document, "bannedArtists"), ledger, "not an artist")
    artists = pl.DataFrame([to_column(objects, "name"), to_column(objects, "uri")])
    known = artists.select(
        pl.col("uri").str.extract(r"^spotify:artist:([0-9A-Za-z]{22})$").alias("artist_id"),
        "name",
        hidden=pl.lit(value=True),
    ).filter(pl.any_horizontal(pl.col("artist_id", "name").is_not_null()))
    return None if known.is_empty() else known

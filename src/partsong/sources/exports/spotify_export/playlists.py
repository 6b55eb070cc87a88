"""The listener's own playlists, from ``Playlist1.json`` and its like."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

from partsong.sources.exports.spotify_export.documents import listed, text
from partsong.sources.exports.spotify_export.tracks import read_tracks
from partsong.sources.tables.ledger import Ledger

__all__ = ["read_playlists"]

_OTHERS: Final = {"localTrack": "local file", "episode": "podcast", "audiobook": "audiobook"}
_COLUMNS: Final = {
    "title": "trackName",
    "artist": "artistName",
    "album": "albumName",
    "uri": "trackUri",
    "playlist": "playlist",
    "other": "other",
}


def read_playlists(document: Mapping[str, Any], ledger: Ledger) -> pl.DataFrame:
    """Return the tracks of all playlists of a file; what is no track is counted and left out.

    The export gives playlists no ids, so those of one name are one.

    Parameters
    ----------
    document
        The file.
    ledger
        Of that file.

    Returns
    -------
    polars.DataFrame
        `line` (the item, counted through the file from 1), `title`, `artists`, `album`,
        `spotify_id`, `playlist`, and `heard`, which is true.
    """
    items: list[Any] = []
    names = set()
    for playlist in listed(document, "playlists"):
        if not isinstance(playlist, dict):
            ledger.drop_row(len(items) + 1, "not a playlist")
            continue
        name = text(playlist.get("name"))
        if name in names:
            ledger.note(f"several playlists are called {name!r}; they are one here")
        names.add(name)
        items += [_flat(item, name) for item in listed(playlist, "items")]
    tracks = read_tracks(items, _COLUMNS, ledger)
    return tracks.with_columns(heard=pl.lit(value=True))


def _flat(item: Any, playlist: str | None) -> Any:
    """Return one item of a playlist as one plain row: a track, or what it is instead."""
    if not isinstance(item, dict):
        return item
    track = item.get("track")
    if isinstance(track, dict):
        return track | {"playlist": playlist, "other": None}
    return {"other": next((word for name, word in _OTHERS.items() if item.get(name)), None)}

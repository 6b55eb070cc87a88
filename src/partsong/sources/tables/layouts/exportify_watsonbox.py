"""Playlists as the original Exportify writes them, in any of its languages."""

from typing import Final

from partsong.schema import AUDIO_FEATURES
from partsong.sources.tables.layout import Layout
from partsong.sources.tables.watsonbox_headers import HEADERS, spellings_of

__all__ = ["EXPORTIFY_WATSONBOX"]

_FIELDS: Final = {
    "Track URI": "spotify_id",
    "Track Name": "title",
    "Artist Name(s)": "artists",
    "Artist URI(s)": "artist_keys",
    "Album Name": "album",
    "Album Release Date": "release_date",
    "Track Duration (ms)": "duration_ms",
    "Explicit": "explicit",
    "Popularity": "popularity",
    "ISRC": "isrc",
    "Artist Genres": "genres",
    "Album Genres": "genres",
    **{name: name for name in AUDIO_FEATURES},
}

EXPORTIFY_WATSONBOX: Final = Layout(
    name="exportify-watsonbox",
    title="Exportify playlist (watsonbox)",
    description=(
        "One of your playlists as watsonbox/exportify writes them, with or without its extra data"
        " on artists, audio features and albums. The genres are those of the artists and the"
        " album. Its headers are read in all of its languages; in another one, by their places."
    ),
    licence="Your own export; values from the Spotify Web API.",
    required=tuple(
        spellings_of(column)
        for column in (
            "Track URI",
            "Track Name",
            "Artist URI(s)",
            "Artist Name(s)",
            "Track Duration (ms)",
        )
    ),
    columns={spelling: field for column, field in _FIELDS.items() for spelling in HEADERS[column]},
    separators={"artists": (", ",), "genres": (", ", ",")},
    is_playlist=True,
    stops_early=True,
)

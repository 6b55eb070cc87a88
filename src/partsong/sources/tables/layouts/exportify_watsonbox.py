"""Playlists as the original Exportify writes them."""

from typing import Final

from partsong.sources.tables.layout import FEATURE_COLUMNS, Layout

__all__ = ["EXPORTIFY_WATSONBOX"]

EXPORTIFY_WATSONBOX: Final = Layout(
    name="exportify-watsonbox",
    title="Exportify playlist (watsonbox)",
    description=(
        "One of your playlists as watsonbox/exportify writes them, with or without its extra data"
        " on artists, audio features and albums. The genres are those of the artists and the"
        " album. Its headers are read in English only: choose English there, or use `--map`."
    ),
    licence="Your own export; values from the Spotify Web API.",
    required=("Track URI", "Track Name", "Artist URI(s)", "Artist Name(s)", "Track Duration (ms)"),
    columns={
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
        **FEATURE_COLUMNS,
    },
    separators={"artists": (", ",), "genres": (", ", ",")},
    is_playlist=True,
    stops_early=True,
)

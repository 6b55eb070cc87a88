"""Playlists as exportify.net writes them today."""

from typing import Final

from partsong.sources.tables.layout import FEATURE_COLUMNS, Layout

__all__ = ["EXPORTIFY"]

EXPORTIFY: Final = Layout(
    name="exportify",
    title="Exportify playlist (exportify.net)",
    description=(
        "One of your playlists, or your liked songs, as pavelkomarov/exportify writes them. The"
        " genres are those of the artists. Today's files join artists with `;`, those of 2025"
        " with a comma and no space after it; both are read."
    ),
    licence="Your own export; values from the Spotify Web API.",
    required=("Track URI", "Track Name", "Artist Name(s)", "Release Date", "Added At"),
    columns={
        "Track URI": "spotify_id",
        "Track Name": "title",
        "Album Name": "album",
        "Artist Name(s)": "artists",
        "Release Date": "release_date",
        "Duration (ms)": "duration_ms",
        "Popularity": "popularity",
        "Explicit": "explicit",
        "Genres": "genres",
        **FEATURE_COLUMNS,
    },
    separators={"artists": (";", ","), "genres": (";", ",")},
    is_playlist=True,
    stops_early=True,
)

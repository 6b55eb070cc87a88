"""The Spotify songs of TidyTuesday."""

from typing import Final

from partsong.sources.tables.layout import FEATURE_COLUMNS, Layout

__all__ = ["TIDYTUESDAY"]

TIDYTUESDAY: Final = Layout(
    name="tidytuesday",
    title="TidyTuesday Spotify songs (2020-01-21)",
    description=(
        "32,833 rows of playlists of six genres; a track has a row for each playlist that holds it."
    ),
    licence="CC0 (rfordatascience/tidytuesday); values from the Spotify Web API through spotifyr.",
    required=("track_id", "track_name", "track_artist", "playlist_genre", "playlist_subgenre"),
    columns={
        "track_id": "spotify_id",
        "track_name": "title",
        "track_artist": "artists",
        "track_album_name": "album",
        "track_album_release_date": "release_date",
        "track_popularity": "popularity",
        "playlist_id": "playlist_id",
        "playlist_name": "playlist",
        "playlist_genre": "genres",
        "playlist_subgenre": "genres",
        "duration_ms": "duration_ms",
        **FEATURE_COLUMNS,
    },
)

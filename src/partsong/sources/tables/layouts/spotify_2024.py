"""Tracks of 146 genres with their artists' genres, November 2024."""

from typing import Final

from partsong.sources.tables.layout import FEATURE_COLUMNS, Layout

__all__ = ["SPOTIFY_2024"]

SPOTIFY_2024: Final = Layout(
    name="spotify-2024",
    title="Spotify tracks with artist genres (146 genres, 2024)",
    description=(
        "Tracks found under 146 genres, with the main artist's id, genres, popularity and"
        " followers in every row."
    ),
    licence=(
        "None stated (repository Cristhianrg1/spotify_song_popularity_prediction); values from the"
        " Spotify Web API."
    ),
    required=("track_id", "track_name", "artist_id", "artist_name", "artist_genres"),
    columns={
        "track_id": "spotify_id",
        "track_name": "title",
        "artist_name": "artists",
        "artist_id": "artist_keys",
        "album_name": "album",
        "release_date": "release_date",
        "source_genre": "genres",
        "explicit": "explicit",
        "popularity": "popularity",
        "duration_ms": "duration_ms",
        **FEATURE_COLUMNS,
    },
    artist_columns={
        "artist_id": "artist_id",
        "artist_name": "name",
        "artist_genres": "genres",
        "artist_followers": "followers",
        "artist_popularity": "popularity",
    },
)

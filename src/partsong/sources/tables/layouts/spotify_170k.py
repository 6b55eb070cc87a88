"""The 160,000 to 170,000 tracks of 1921 to 2020."""

from typing import Final

from partsong.sources.tables.layout import FEATURE_COLUMNS, Layout

__all__ = ["SPOTIFY_170K"]

SPOTIFY_170K: Final = Layout(
    name="spotify-170k",
    title="Spotify Dataset 1921-2020, 160k+ tracks (yamaerenay)",
    description=(
        "data.csv of the first releases. Artists are a list literal, or one plain name in some"
        " copies. Where there is no release date, the year is used."
    ),
    licence="None verified (Kaggle); values from the Spotify Web API.",
    required=("id", "name", "artists", "year", "danceability"),
    absent=("id_artists",),
    columns={
        "id": "spotify_id",
        "name": "title",
        "artists": "artists",
        "release_date": "release_date",
        "year": "release_date",
        "explicit": "explicit",
        "popularity": "popularity",
        "duration_ms": "duration_ms",
        **FEATURE_COLUMNS,
    },
)

"""The 600,000 tracks that the first of partsong's two source documents used."""

from typing import Final

from partsong.sources.tables.layout import FEATURE_COLUMNS, Layout

__all__ = ["SPOTIFY_600K"]

SPOTIFY_600K: Final = Layout(
    name="spotify-600k",
    title="Spotify Dataset 1921-2020, 600k+ tracks (yamaerenay)",
    description=(
        "tracks.csv of the last release. Artists and their ids are list literals. The artists'"
        " genres are in artists.csv beside it: hand it over with `--artists`."
    ),
    licence="None verified (Kaggle); values from the Spotify Web API.",
    required=("id", "name", "artists", "id_artists", "danceability"),
    columns={
        "id": "spotify_id",
        "name": "title",
        "artists": "artists",
        "id_artists": "artist_keys",
        "release_date": "release_date",
        "explicit": "explicit",
        "popularity": "popularity",
        "duration_ms": "duration_ms",
        **FEATURE_COLUMNS,
    },
)

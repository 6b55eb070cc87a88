"""The table `spotify_track_data` of the R package billboard."""

from typing import Final

from partsong.sources.tables.layout import FEATURE_COLUMNS, Layout

__all__ = ["BILLBOARD"]

BILLBOARD: Final = Layout(
    name="billboard",
    title="Billboard Hot 100 tracks (R package billboard)",
    description=(
        "Songs of the year-end charts of 1960 to 2015. The column `year` is the year of the chart,"
        " not of the release, and is left out."
    ),
    licence="MIT (R package billboard, Mikkel Krogsholm); values from the Spotify Web API.",
    required=("track_id", "track_name", "artist_id", "artist_name", "year", "danceability"),
    absent=("artist_genres",),
    columns={
        "track_id": "spotify_id",
        "uri": "spotify_id",
        "track_name": "title",
        "artist_name": "artists",
        "artist_id": "artist_keys",
        "explicit": "explicit",
        "duration_ms": "duration_ms",
        **FEATURE_COLUMNS,
    },
    artist_columns={"artist_id": "artist_id", "artist_name": "name"},
)

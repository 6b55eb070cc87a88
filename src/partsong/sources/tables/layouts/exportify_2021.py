"""Playlists as exportify.net wrote them until 2024, with the artists' ids."""

from typing import Final

from partsong.sources.tables.layout import FEATURE_COLUMNS, Layout

__all__ = ["EXPORTIFY_2021"]

EXPORTIFY_2021: Final = Layout(
    name="exportify-2021",
    title="Exportify playlist (exportify.net until 2024)",
    description=(
        "The older files of pavelkomarov/exportify, with `Spotify ID` and `Artist IDs`. The genres"
        " are those of the artists. Lists are joined with a comma and no space after it, so that"
        " `Tyler, The Creator` stays whole."
    ),
    licence="Your own export; values from the Spotify Web API.",
    required=("Spotify ID", "Artist IDs", "Track Name", "Artist Name(s)"),
    columns={
        "Spotify ID": "spotify_id",
        "Track Name": "title",
        "Album Name": "album",
        "Artist Name(s)": "artists",
        "Artist IDs": "artist_keys",
        "Release Date": "release_date",
        "Duration (ms)": "duration_ms",
        "Popularity": "popularity",
        "Genres": "genres",
        **FEATURE_COLUMNS,
    },
    separators={"artists": (";", ","), "genres": (";", ",")},
    is_playlist=True,
    stops_early=True,
)

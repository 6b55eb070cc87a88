"""The tables behind the second of partsong's two source documents."""

from typing import Final

from partsong.sources.tables.layout import FEATURE_COLUMNS, Layout

__all__ = ["BLOG"]

BLOG: Final = Layout(
    name="blog",
    title="Tables of the post on music recommendation with NMF (bsraya)",
    description=(
        "Songs of one listener's playlists and of Spotify's category playlists, labelled with"
        " `listen` and `like`. Artists are joined with a comma and a space, so a name that holds"
        " a comma itself is taken apart."
    ),
    licence="None stated (repository bsraya/data-science-portfolio); values from the Spotify Web API.",
    required=("id", "title", "artist(s)", "listen", "danceability"),
    columns={
        "id": "spotify_id",
        "title": "title",
        "artist(s)": "artists",
        "category": "genres",
        "playlist_id": "playlist_id",
        "listen": "heard",
        "like": "liked",
        "popularity": "popularity",
        "duration_ms": "duration_ms",
        **FEATURE_COLUMNS,
    },
    separators={"artists": (", ",)},
)

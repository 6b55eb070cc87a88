"""The hits of MusicOSet in one table."""

from typing import Final

from partsong.sources.tables.layout import FEATURE_COLUMNS, Layout

__all__ = ["MUSICOSET_HITS"]

MUSICOSET_HITS: Final = Layout(
    name="musicoset-hits",
    title="MusicOSet: hits",
    description="11,959 hit songs with artists, release dates and audio features in one table.",
    licence="For research. Name: Silva, Rocha, Moro, MusicOSet, SBBD Dataset Showcase Workshop 2019.",
    required=("song_id", "song_name", "id_artists", "name_artists"),
    columns={
        "song_id": "spotify_id",
        "song_name": "title",
        "name_artists": "artists",
        "id_artists": "artist_keys",
        "release_date": "release_date",
        "explicit": "explicit",
        "popularity": "popularity",
        "duration_ms": "duration_ms",
        **FEATURE_COLUMNS,
    },
)

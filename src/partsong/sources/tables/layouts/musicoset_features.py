"""The acoustic features of MusicOSet."""

from typing import Final

from partsong.sources.tables.layout import FEATURE_COLUMNS, Layout

__all__ = ["MUSICOSET_FEATURES"]

MUSICOSET_FEATURES: Final = Layout(
    name="musicoset-features",
    title="MusicOSet: acoustic features",
    description=(
        "Audio features of 20,405 songs of the US charts of 1962 to 2018, by Spotify id;"
        " `musicoset-songs` brings the titles."
    ),
    licence="For research. Name: Silva, Rocha, Moro, MusicOSet, SBBD Dataset Showcase Workshop 2019.",
    required=("song_id", "danceability", "energy", "tempo"),
    absent=("song_name",),
    columns={"song_id": "spotify_id", "duration_ms": "duration_ms", **FEATURE_COLUMNS},
)

"""The songs of MusicOSet."""

from typing import Final

from partsong.sources.tables.layout import Layout

__all__ = ["MUSICOSET_SONGS"]

MUSICOSET_SONGS: Final = Layout(
    name="musicoset-songs",
    title="MusicOSet: songs",
    description=(
        "Titles and main artists of the songs of `musicoset-features`. MusicOSet's artists.csv"
        " fits as `--artists`."
    ),
    licence="For research. Name: Silva, Rocha, Moro, MusicOSet, SBBD Dataset Showcase Workshop 2019.",
    required=("song_id", "song_name", "artist_id", "artist_updated"),
    columns={
        "song_id": "spotify_id",
        "song_name": "title",
        "artist_updated": "artists",
        "artist_id": "artist_keys",
        "explicit": "explicit",
        "popularity": "popularity",
    },
    artist_columns={"artist_id": "artist_id", "artist_updated": "name"},
)

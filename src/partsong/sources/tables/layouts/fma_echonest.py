"""The Echo Nest features of the Free Music Archive data set."""

from typing import Final

from partsong.sources.tables.layout import Layout

__all__ = ["FMA_ECHONEST"]

_FEATURES: Final = (
    "acousticness",
    "danceability",
    "energy",
    "instrumentalness",
    "liveness",
    "speechiness",
    "tempo",
    "valence",
)

FMA_ECHONEST: Final = Layout(
    name="fma-echonest",
    title="FMA: Echo Nest audio features",
    description=(
        "Eight audio features of 13,129 tracks of the Free Music Archive, by the archive's own"
        " track ids. There are no titles, key, mode, loudness or duration in it; `fma-tracks`"
        " brings the titles."
    ),
    licence=(
        "CC BY 4.0. Name: Defferrard, Benzi, Vandergheynst, Bresson, FMA: A Dataset for Music"
        " Analysis, ISMIR 2017."
    ),
    required=("track_id", *_FEATURES),
    absent=("title", "name", "track_name", "key", "loudness", "mode"),
    columns={
        "track_id": "source_id",
        "genres": "genres",
        "genre_title": "genres",
        **{name: name for name in _FEATURES},
    },
    separators={"genres": ("|",)},
    id_prefix="fma:",
    analysis="echonest",
)

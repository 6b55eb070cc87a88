"""Titles and genres of the Free Music Archive data set."""

from typing import Final

from partsong.sources.tables.layout import Layout

__all__ = ["FMA_TRACKS"]

FMA_TRACKS: Final = Layout(
    name="fma-tracks",
    title="FMA: titles and genres",
    description=(
        "Titles, top genres and, in some extracts, lengths (in seconds) of tracks of the Free"
        " Music Archive, by the archive's own track ids. Numeric genre ids are left out."
    ),
    licence=(
        "CC BY 4.0. Name: Defferrard, Benzi, Vandergheynst, Bresson, FMA: A Dataset for Music"
        " Analysis, ISMIR 2017."
    ),
    required=("track_id", "title", "genre|genre_top"),
    absent=("artist", "artists", "danceability", "energy"),
    columns={
        "track_id": "source_id",
        "title": "title",
        "genre": "genres",
        "genre_top": "genres",
        "duration": "duration_s",
    },
    id_prefix="fma:",
)

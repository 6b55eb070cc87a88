"""Playlists as partsong itself writes them with ``--export NAME.csv``."""

from typing import Final

from partsong.sources.tables.layout import Layout

__all__ = ["PARTSONG_PLAYLIST"]

PARTSONG_PLAYLIST: Final = Layout(
    name="partsong-playlist",
    title="Playlist written by partsong",
    description=(
        "A CSV file of `--export`, from this or another catalog. There are no audio features in"
        " it; its `track_id` means something only in the catalog that it comes from, and is left"
        " out."
    ),
    licence="Your own export.",
    required=("track_id", "title", "artists", "album", "isrc", "spotify_id", "mbid", "path"),
    columns={
        "title": "title",
        "artists": "artists",
        "album": "album",
        "isrc": "isrc",
        "spotify_id": "spotify_id",
        "mbid": "mbid",
        "duration_ms": "duration_ms",
        "path": "path",
    },
    absent=("danceability", "energy", "tempo"),
    separators={"artists": (";",)},
    is_playlist=True,
    needs_titles=False,
    only_fills=True,
)

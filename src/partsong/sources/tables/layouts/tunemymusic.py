"""Playlists and favourites as TuneMyMusic writes them."""

from typing import Final

from partsong.sources.tables.layout import Layout

__all__ = ["TUNEMYMUSIC"]

TUNEMYMUSIC: Final = Layout(
    name="tunemymusic",
    title="TuneMyMusic export",
    description=(
        "Your playlists and favourites of any streaming service, as tunemymusic.com writes them:"
        " several playlists in one file. There are no audio features in it. Rows of the type `Album`"
        " or `Artist` are left out. Of the ids of services, Spotify's is used."
    ),
    licence="Your own export.",
    required=("Track name", "Artist name", "Album", "Playlist name", "Type", "ISRC"),
    columns={
        "Track name": "title",
        "Artist name": "artists",
        "Album": "album",
        "Playlist name": "playlist",
        "Type": "row_kind",
        "ISRC": "isrc",
        "Spotify - id": "spotify_id",
    },
    separators={"artists": (", ",)},
    is_playlist=True,
)

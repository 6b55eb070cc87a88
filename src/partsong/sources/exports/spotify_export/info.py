"""What a listener wants to know of Spotify's data export."""

from typing import Final

from partsong.sources.source import SourceInfo

__all__ = ["INFO"]

INFO: Final = SourceInfo(
    name="spotify-export",
    title="Spotify data export",
    kind="export",
    description=(
        "Your own data as Spotify sends it out on request (Account > Privacy > Download your data):"
        " the extended streaming history, or the account data with the last year's plays."
    ),
    gives=("tracks", "listens", "likes", "playlists"),
    usage="partsong import my_spotify_data.zip",
    terms="Your own data. It comes from a file of yours, not from Spotify's Web API.",
)

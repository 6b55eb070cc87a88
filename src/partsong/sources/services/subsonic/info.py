"""What a listener wants to know of an OpenSubsonic server before using it."""

from typing import Final

from partsong.sources.source import Setting, SourceInfo

__all__ = ["INFO"]

INFO: Final = SourceInfo(
    name="subsonic",
    title="OpenSubsonic",
    kind="service",
    description=(
        "Your own music server, such as Navidrome, gonic or Ampache: its songs with genres and "
        "tempo, your stars and ratings, when you last played each song, and your playlists."
    ),
    gives=("tracks", "features", "genres", "listens", "likes", "playlists"),
    usage="partsong import subsonic",
    terms="Your own server and your own files; nobody else's terms apply.",
    settings=(
        Setting(
            name="url",
            meaning="Address of your server, such as https://music.example or http://nas:4533.",
        ),
        Setting(
            name="user",
            meaning="Your name there; not needed with an API key.",
            is_required=False,
        ),
        Setting(
            name="password",
            meaning="Your password there; it is never sent, only a token that is made of it.",
            is_secret=True,
            is_required=False,
        ),
        Setting(
            name="api_key",
            meaning="In place of name and password, where the server gives out API keys.",
            is_secret=True,
            is_required=False,
        ),
    ),
    analysis="tags",
)

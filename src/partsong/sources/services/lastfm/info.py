"""What a listener wants to know of Last.fm before using it."""

from typing import Final

from partsong.sources.source import Setting, SourceInfo

__all__ = ["API_URL", "INFO"]

API_URL: Final = "https://ws.audioscrobbler.com"

INFO: Final = SourceInfo(
    name="lastfm",
    title="Last.fm",
    kind="service",
    description=(
        "Your scrobbles and loved tracks, and tracks that Last.fm finds similar to those you play "
        "most. Some come with a MusicBrainz id."
    ),
    gives=("tracks", "listens", "likes", "candidates"),
    usage="partsong import lastfm",
    terms=(
        "Last.fm API Terms of Service: not for commercial use without their consent, Last.fm is "
        "to be credited, and at most 100 MB of its data are to be kept."
    ),
    settings=(
        Setting(
            name="api_key",
            meaning="API key, made in a minute at last.fm/api/account/create.",
            is_secret=True,
        ),
        Setting(name="user", meaning="Your name on Last.fm, unless you type it each time."),
        Setting(
            name="url",
            meaning=f"Address of the API, {API_URL} by default.",
            is_required=False,
        ),
    ),
)

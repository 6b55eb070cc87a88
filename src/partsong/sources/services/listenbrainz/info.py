"""What a listener wants to know of ListenBrainz before using it."""

from typing import Final

from partsong.sources.source import Setting, SourceInfo

__all__ = ["API_URL", "INFO"]

API_URL: Final = "https://api.listenbrainz.org"

INFO: Final = SourceInfo(
    name="listenbrainz",
    title="ListenBrainz",
    kind="service",
    description=(
        "Your listens, the recordings you love and hate, and the recordings that ListenBrainz "
        "recommends to you, with MusicBrainz ids where it knows them."
    ),
    gives=("tracks", "listens", "likes", "candidates"),
    usage="partsong import listenbrainz",
    terms=(
        "Open data of the MetaBrainz Foundation, for commercial use too; who earns by it is asked to "
        "support the foundation."
    ),
    settings=(
        Setting(name="user", meaning="Your name on ListenBrainz, unless you type it each time."),
        Setting(
            name="token",
            meaning="User token from listenbrainz.org/settings; not needed for public data.",
            is_secret=True,
            is_required=False,
        ),
        Setting(
            name="url",
            meaning=f"Address of the API, {API_URL} by default.",
            is_required=False,
        ),
    ),
)

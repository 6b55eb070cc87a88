"""What a listener wants to know of ReccoBeats before using it."""

from typing import Final

from partsong.sources.source import Setting, SourceInfo

__all__ = ["API_URL", "INFO"]

API_URL: Final = "https://api.reccobeats.com"

INFO: Final = SourceInfo(
    name="reccobeats",
    title="ReccoBeats",
    kind="service",
    description=(
        "Audio features of tracks that your catalog has by Spotify id or ISRC, on measures of "
        "ReccoBeats' own under Spotify's names, without the time signature. It needs no account."
    ),
    gives=("features",),
    usage="partsong import reccobeats",
    terms=(
        "Free to use without a key, within limits that are not published; the ids that are asked "
        "for tell ReccoBeats which tracks you have."
    ),
    settings=(
        Setting(
            name="url", meaning=f"Address of the API, {API_URL} by default.", is_required=False
        ),
    ),
    analysis="reccobeats",
)

"""What a listener wants to know of AcousticBrainz before using it."""

from typing import Final

from partsong.sources.source import SourceInfo

__all__ = ["INFO"]

INFO: Final = SourceInfo(
    name="acousticbrainz",
    title="AcousticBrainz",
    kind="export",
    description=(
        "Features of recordings that your catalog has by MusicBrainz id, from the data of "
        "AcousticBrainz, which was closed in 2022: its dumps, as they are or unpacked, and single "
        "answers of its former API. They are other measures than Spotify's, brought under the "
        "same names where they mean about the same."
    ),
    gives=("features",),
    usage="partsong import acousticbrainz PATH...",
    terms="CC0: free for any use.",
    extra="dumps",
    analysis="acousticbrainz",
)

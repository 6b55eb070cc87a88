"""What there is to know of the service before it is asked."""

from typing import Final

from partsong.sources.source import Setting, SourceInfo

__all__ = ["INFO"]

INFO: Final = SourceInfo(
    name="template",
    title="Template",
    kind="service",
    description="A made-up service that keeps the songs of a listener.",
    gives=("tracks", "listens", "likes"),
    usage="partsong import template",
    terms="None: it does not exist.",
    settings=(
        Setting(name="user", meaning="Your name there."),
        Setting(name="key", meaning="The key of your account page there.", is_secret=True),
        Setting(name="url", meaning="Its address, if it is not the usual.", is_required=False),
    ),
)

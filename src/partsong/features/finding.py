"""One thing that would spoil a fit, in words that say how to mend it."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "Severity"]

Severity = Literal["spoils", "distorts", "note"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A trap that a recipe falls into on the tracks at hand.

    Attributes
    ----------
    severity
        ``"spoils"``: a fit fails or means nothing; ``"distorts"``: it means something else than
        it seems to; ``"note"``: worth knowing.
    trap
        What kind it is, in a few words that never change.
    feature
        The catalog column, or empty where the whole recipe is meant.
    found
        What was found, with figures.
    effect
        What it would do to a fit.
    mend
        What to do about it.
    """

    severity: Severity
    trap: str
    feature: str
    found: str
    effect: str
    mend: str

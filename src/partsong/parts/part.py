"""What is known about one part: plain data for every view."""

from dataclasses import dataclass

__all__ = ["FeatureLevel", "Part"]


@dataclass(frozen=True, slots=True)
class FeatureLevel:
    """How a part's tracks differ from the catalog in one feature.

    Attributes
    ----------
    feature
        The catalog column.
    level
        Standard deviations above (or, if negative, below) the catalog's average.
    """

    feature: str
    level: float


@dataclass(frozen=True, slots=True)
class Part:
    """A row of ``H`` read as music.

    Attributes
    ----------
    name
        Unique within its model; made of plain words, or given by a user.
    share
        How much of the catalog it explains, in [0, 1]; the shares of all parts sum to 1.
    size
        Tracks assigned to it; mixed tracks belong to no part.
    features
        Largest difference from the catalog first.
    tracks
        Ids of the tracks that are most of this part, strongest first, one for each artist.
    key
        ``"in C"`` or ``"around C"`` where its tracks gather at one key, else empty.
    """

    name: str
    share: float
    size: int
    features: tuple[FeatureLevel, ...]
    tracks: tuple[str, ...]
    key: str = ""

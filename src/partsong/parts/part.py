"""What is known about one part: plain data for every view."""

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["FeatureLevel", "Part", "shown_parts"]


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
    """A row of ``H`` read as music, or several that a user merged.

    Attributes
    ----------
    name
        Unique within its model; made of plain words, or given by a user.
    share
        How much of the catalog it explains, in [0, 1]; the shares of all parts sum to 1, those
        of hidden ones included.
    size
        Tracks assigned to it, as `Model.assign` does; mixed tracks belong to no part, and a
        hidden part has none.
    features
        Largest difference from the catalog first.
    tracks
        Ids of the tracks that are most of this part, strongest first, one for each artist.
    key
        ``"in C"`` or ``"around C"`` where its tracks gather at one key, else empty.
    components
        The rows of ``H`` that make it.
    stability
        How surely it comes back when the fit is repeated on other tracks, in [0, 1]; of a merged
        part the least of its components'. None where that was not measured.
    is_hidden
        Whether a user put it away: it counts for no cluster, no likeness and no reason.
    is_named
        Whether a user gave the name. Such a name is never replaced by another.
    genres
        Genres that it stands for, where the recipe holds genres; the first tells most.
    members
        The parts that it was merged from, as they were; empty for all others.
    """

    name: str
    share: float
    size: int
    features: tuple[FeatureLevel, ...]
    tracks: tuple[str, ...]
    key: str = ""
    components: tuple[int, ...] = ()
    stability: float | None = None
    is_hidden: bool = False
    is_named: bool = False
    genres: tuple[str, ...] = ()
    members: tuple["Part", ...] = ()


def shown_parts(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return the parts that are not hidden, the largest share first.

    Parameters
    ----------
    parts
        Of one model. Shares that differ by rounding alone count as equal, and keep their order.
    """
    visible = (part for part in parts if not part.is_hidden)
    return tuple(sorted(visible, key=lambda part: -round(part.share, 9)))

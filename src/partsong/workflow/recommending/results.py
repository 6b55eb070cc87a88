"""What a recommendation is for a view: a track, how well it answers, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["NearTrack", "Reason", "RecommendedTrack", "track_label"]


@dataclass(frozen=True, slots=True)
class Reason:
    """What one part adds to a score, or what is beyond the parts.

    Attributes
    ----------
    part
        Its name; ``partsong.parts.BEYOND`` for what no part explains.
    contribution
        What it adds, positive.
    features
        Beyond the parts only: in which words the tracks agree most, and what each adds.
    """

    part: str
    contribution: float
    features: tuple[tuple[str, float], ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it under the stable keys of ``--json``."""
        told: dict[str, Any] = {"part": self.part, "contribution": self.contribution}
        if self.features:
            told["features"] = [
                {"feature": feature, "contribution": added} for feature, added in self.features
            ]
        return told


@dataclass(frozen=True, slots=True)
class NearTrack:
    """The track of the listener's library that is most like a recommendation.

    Attributes
    ----------
    track_id, title, artists
        The track.
    score
        Their likeness, from 0 to 1.
    """

    track_id: str
    title: str
    artists: tuple[str, ...]
    score: float

    @property
    def label(self) -> str:
        """Title and artists, as they are shown."""
        return track_label(self.title, self.artists)

    def to_dict(self) -> dict[str, Any]:
        """Return it under the stable keys of ``--json``."""
        return {
            "track_id": self.track_id,
            "title": self.title,
            "artists": list(self.artists),
            "score": self.score,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendedTrack:
    """One recommendation, ready to be shown.

    Attributes
    ----------
    track_id, title, artists, album, release_year
        The track.
    score
        Likeness to what it answers, from 0 to 1.
    reasons
        What each part adds to the score, the most first, and last what is beyond the parts; they
        sum to the score. Parts that add nothing are left out, and hidden parts never add.
    answers
        Which of several moods of the seeds it answers, counted from 0; 0 where there is one.
    near_in_library
        The most similar track of the listener's library; None where there is none.
    duration_ms
        How long it is, if that is known.
    ids
        Those of its other names that are known, such as `isrc`, `spotify_id`, `mbid` and `path`.
    """

    track_id: str
    title: str
    artists: tuple[str, ...]
    album: str | None
    release_year: int | None
    score: float
    reasons: tuple[Reason, ...]
    answers: int = 0
    near_in_library: NearTrack | None = None
    duration_ms: int | None = None
    ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Title and artists, as they are shown."""
        return track_label(self.title, self.artists)

    def to_dict(self) -> dict[str, Any]:
        """Return it under the stable keys of ``--json``."""
        near = self.near_in_library
        return {
            "track_id": self.track_id,
            "title": self.title,
            "artists": list(self.artists),
            "album": self.album,
            "release_year": self.release_year,
            "duration_ms": self.duration_ms,
            "score": self.score,
            "reasons": [reason.to_dict() for reason in self.reasons],
            "answers": self.answers,
            "near_in_library": None if near is None else near.to_dict(),
        }


def track_label(title: str, artists: tuple[str, ...]) -> str:
    """Return a track as it is shown, ``Title - First Artist, Second Artist``.

    Examples
    --------
    >>> track_label("Solas", ("Jamie Duffy",))
    'Solas - Jamie Duffy'
    """
    return f"{title} - {', '.join(artists)}" if artists else title

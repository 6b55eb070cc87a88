"""``partsong path``: from one song to another, through real tracks, in even steps."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from partsong.errors import ModelError, QueryError
from partsong.parts import Model
from partsong.recommend import Pick, Walk, unit_rows, walk_rows
from partsong.workflow.recommending.exporting import Exported, open_export
from partsong.workflow.recommending.recommender import Recommender
from partsong.workflow.recommending.results import RecommendedTrack
from partsong.workflow.selecting import Conditions

__all__ = ["PathResult", "PathStep", "find_path"]


@dataclass(frozen=True, slots=True)
class PathStep:
    """One track of a path.

    Attributes
    ----------
    track
        The track; its score is its likeness to the one before, and its reasons are what the two
        share. The first is compared with itself.
    along
        How far from the start to the end it lies, from 0 to 1.
    is_jump
        Whether the step to it is too far to be called one; see `Walk.jumps`.
    """

    track: RecommendedTrack
    along: float
    is_jump: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PathResult:
    """A path as it was found.

    Attributes
    ----------
    model
        The model that answered.
    steps
        Both ends included.
    n_wanted
        How many tracks were asked for.
    exported
        Where the list was written to; None where it was not to be.
    """

    model: Model
    steps: tuple[PathStep, ...]
    n_wanted: int
    exported: Exported | None = None

    @property
    def verdict(self) -> str:
        """What is wrong with the road, in a sentence; empty where it is a good one."""
        if len(self.steps) < self.n_wanted:
            return f"Only {len(self.steps)} of {self.n_wanted} tracks meet the wishes on the way."
        jumps = [number for number, step in enumerate(self.steps) if step.is_jump]
        if jumps:
            worst = min(jumps, key=lambda number: self.steps[number].track.score)
            start, end = self.steps[worst - 1].track, self.steps[worst].track
            return (
                f"There is no good road: from {start.label} to {end.label} is a jump "
                f"(likeness {end.score:.2f})."
            )
        return ""

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong path --json``."""
        return {
            "model": self.model.name,
            "tracks": [
                {
                    "track_id": step.track.track_id,
                    "title": step.track.title,
                    "artists": list(step.track.artists),
                    "album": step.track.album,
                    "release_year": step.track.release_year,
                    "duration_ms": step.track.duration_ms,
                    "along": step.along,
                    "likeness": step.track.score if number else None,
                    "is_jump": step.is_jump,
                    "reasons": [reason.to_dict() for reason in step.track.reasons]
                    if number
                    else [],
                }
                for number, step in enumerate(self.steps)
            ],
            "verdict": self.verdict,
            "exported": None if self.exported is None else self.exported.to_dict(),
        }

    def to_frame(self) -> pl.DataFrame:
        """Return one row a track: `track_id`, `title`, `artists`, `along`, `likeness`, `is_jump`."""
        return pl.DataFrame(self.to_dict()["tracks"]).select(
            "track_id", "title", "artists", "along", "likeness", "is_jump"
        )


def find_path(
    start: str,
    end: str,
    *,
    catalog: Path | str | None = None,
    model: Path | str | None = None,
    n: int = 12,
    unheard: bool = False,
    where: Conditions = None,
    per_artist: int | None = 1,
    export: Path | str | None = None,
) -> PathResult:
    """Find a path from one song to another: even steps, no repeats, no second versions.

    Parameters
    ----------
    start, end
        The two tracks, each as ``"Title"``, ``"Title - Artist"``, a track id or a Spotify id, link
        or URI.
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.
    n
        Tracks of the path, both ends included.
    unheard
        Between the ends, leave out what the listener knows, other versions of it, and covers.
    where
        SQL conditions over the catalog's tracks that tracks between the ends must meet.
    per_artist
        At most so many tracks of one artist between the ends; None for no limit.
    export
        Where to write the path to: a playlist file, in the format of its suffix, or
        ``"spotify:NAME"`` for a new private playlist in the pathener's account.

    Returns
    -------
    PathResult

    Raises
    ------
    UnknownTrackError, AmbiguousTrackError
        If a title is not, or not uniquely, in the catalog; with the nearest candidates.
    QueryError
        If both ends are one song, or `n` is less than 2.
    ModelMissingError
        If nothing has been fitted yet.
    FilterError
        If `where` is not usable.

    Examples
    --------
    >>> result = find_path("Hush Song 7", "Rap Song 7", catalog=catalog, n=6)
    >>> [step.track.artists[0].split()[0] for step in result.steps][::5]
    ['Hush', 'Rap']
    >>> result.steps[0].along, result.steps[-1].along
    (0.0, 1.0)
    """
    if n < 2:
        raise QueryError(f"A path of {n} tracks has no two ends.", hint="Give n as 2 or more.")
    if per_artist is not None and per_artist < 1:
        raise QueryError(f"per_artist is {per_artist}.", hint="Give per_artist as 1 or more.")
    opened = open_export(export)
    recommender = Recommender(catalog, model)
    seeds = recommender.find_seed(start), recommender.find_seed(end)
    first, last = (recommender.row_of(seed.track_id) for seed in seeds)
    if len(set(recommender.songs([first, last]))) == 1:
        raise QueryError(
            f"{seeds[0].label!r} is both ends, so there is no way to go.",
            hint="Name two different songs.",
        )
    candidates = ~recommender.refused
    if unheard:
        candidates &= ~recommender.heard
    met = recommender.mask(where)
    try:
        walk = walk_rows(
            recommender.nearest,
            (first, last),
            n=n,
            describe=recommender.described,
            candidates=candidates if met is None else candidates & met,
            per_artist=per_artist,
        )
    except ValueError as error:
        raise ModelError(
            f"No way leads from {seeds[0].label!r} to {seeds[1].label!r}: {error}",
            hint="Choose another track.",
        ) from error
    result = PathResult(model=recommender.model, steps=_steps(recommender, walk), n_wanted=n)
    if opened is not None:
        name = f"{seeds[0].title} to {seeds[1].title}"
        written = opened.write([step.track for step in result.steps], name=name)
        result = replace(result, exported=written)
    return result


def _steps(recommender: Recommender, walk: Walk) -> tuple[PathStep, ...]:
    unit = unit_rows(recommender.space.loadings[list(walk.rows)])
    before = np.vstack([unit[:1], unit[:-1]])
    picks = [
        Pick(row, float(min(added.sum(), 1.0)), added, 0)
        for row, added in zip(walk.rows, unit * before, strict=True)
    ]
    return tuple(
        PathStep(track, float(along), number - 1 in walk.jumps)
        for number, (track, along) in enumerate(
            zip(recommender.present(picks), walk.along, strict=True)
        )
    )

"""``partsong recommend``: tracks like these, under these wishes, and why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from partsong.catalog import FoundTrack
from partsong.parts import BEYOND, Model
from partsong.recommend import Centre, unit_rows
from partsong.workflow.recommending.answering import Answer, answer_question
from partsong.workflow.recommending.exporting import Exported, open_export
from partsong.workflow.recommending.last_question import keep_question
from partsong.workflow.recommending.question import Question, make_question
from partsong.workflow.recommending.recommender import Recommender
from partsong.workflow.recommending.results import RecommendedTrack
from partsong.workflow.recommending.seeds import Seeds
from partsong.workflow.recommending.wishes import explain_shortage
from partsong.workflow.selecting import Conditions

__all__ = ["Mood", "RecommendResult", "recommend_tracks"]

_PARTS_OF_A_MOOD: Final = 2
_LONG_TRACK: Final = 10.0
"""Minutes that a list may fall short of its length because the next track would overshoot."""


@dataclass(frozen=True, slots=True)
class Mood:
    """Seeds that are alike, answered by a share of the list of their own.

    Attributes
    ----------
    share
        Of the seeds, in (0, 1].
    parts
        The parts that are most of it, the most first.
    seed_tracks
        Its seeds, the most typical first.
    """

    share: float
    parts: tuple[str, ...]
    seed_tracks: tuple[FoundTrack, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it under the stable keys of ``partsong recommend --json``."""
        return {
            "share": self.share,
            "parts": list(self.parts),
            "seed_tracks": [seed.track_id for seed in self.seed_tracks],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendResult:
    """The seeds as they were understood, and the answer.

    Attributes
    ----------
    model
        The model that answered.
    seed_tracks
        What the list starts from.
    recommendations
        In list order.
    moods
        The groups into which the seeds fall; one where they are alike.
    playlist
        The playlist that the seeds came from, if they did.
    not_found
        Tracks of the playlist that the catalog or the model does not hold, as they can be typed.
    shortage
        Why there are fewer tracks than were asked for; empty where there are not.
    exported
        Where the list was written to; None where it was not to be.
    """

    model: Model
    seed_tracks: tuple[FoundTrack, ...]
    recommendations: tuple[RecommendedTrack, ...]
    moods: tuple[Mood, ...] = ()
    playlist: str | None = None
    not_found: tuple[str, ...] = ()
    shortage: str = ""
    exported: Exported | None = None

    def to_frame(self) -> pl.DataFrame:
        """Return a row for each track and reason, as `partsong.plots.plot_reasons` takes it."""
        return pl.DataFrame(
            [
                {
                    "track_id": track.track_id,
                    "track": track.label,
                    "part": reason.part,
                    "contribution": reason.contribution,
                }
                for track in self.recommendations
                for reason in track.reasons
            ],
            schema={
                "track_id": pl.String,
                "track": pl.String,
                "part": pl.String,
                "contribution": pl.Float64,
            },
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong recommend --json``."""
        return {
            "model": self.model.name,
            "playlist": self.playlist,
            "seed_tracks": [
                {"track_id": seed.track_id, "title": seed.title, "artists": list(seed.artists)}
                for seed in self.seed_tracks
            ],
            "not_found": list(self.not_found),
            "moods": [mood.to_dict() for mood in self.moods],
            "recommendations": [track.to_dict() for track in self.recommendations],
            "shortage": self.shortage,
            "exported": None if self.exported is None else self.exported.to_dict(),
        }


def recommend_tracks(
    titles: Sequence[str] | str = (),
    *,
    playlist: Path | str | None = None,
    catalog: Path | str | None = None,
    model: Path | str | None = None,
    recommender: Recommender | None = None,
    n: int = 10,
    unheard: bool = False,
    where: Conditions = None,
    obscure: bool = False,
    per_artist: int | None = 2,
    per_album: int | None = None,
    more: Sequence[str] | str = (),
    less: Sequence[str] | str = (),
    diversity: float = 0.0,
    minutes: float | None = None,
    moods: int | None = None,
    all_versions: bool = False,
    export: Path | str | None = None,
) -> RecommendResult:
    """Recommend tracks that share the parts of the given ones.

    Parameters
    ----------
    titles
        One or several tracks to start from, each as ``"Title"``, ``"Title - Artist"``, a track id
        or a Spotify id, link or URI.
    playlist
        A playlist of the catalog, by name or id, or a playlist file, whose tracks are seeds too.
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.
    recommender
        One that is warm already, in place of both. The question is not remembered for
        `explain_absence` then.
    n
        Length of the list.
    unheard
        Leave out what the listener knows, other versions of it, and covers of it by title.
    where
        SQL conditions over the catalog's tracks that recommendations must meet.
    obscure
        Only the least popular quarter of these tracks, as far as popularity is known.
    per_artist, per_album
        At most so many tracks of one artist or album; None for no limit.
    more, less
        Names of parts to hear more or less of than the seeds have; one named twice counts twice.
    diversity
        Spread, from 0, the plain order, to 1; see `pick_tracks`.
    minutes
        As many tracks as come nearest to this length, instead of `n`.
    moods
        Into how many groups the seeds fall; found by their likeness if it is None.
    all_versions
        Let several versions of one song into the list. Versions of a seed stay out all the same.
    export
        Where to write the list to: a playlist file, in the format of its suffix, or
        ``"spotify:NAME"`` for a new private playlist in the listener's account.

    Raises
    ------
    UnknownTrackError, AmbiguousTrackError
        If a title is not, or not uniquely, in the catalog; with the nearest candidates.
    UnknownPlaylistError
        If there is no such playlist.
    QueryError
        If there is no seed, or no part of that name.
    ModelMissingError
        If nothing has been fitted yet.
    FilterError
        If `where` is not a usable condition.

    Examples
    --------
    >>> result = recommend_tracks("hush song 7", catalog=catalog, n=3)
    >>> [track.artists[0].split()[0] for track in result.recommendations]
    ['Hush', 'Hush', 'Hush']
    >>> best = result.recommendations[0]
    >>> abs(sum(reason.contribution for reason in best.reasons) - best.score) < 1e-9
    True
    """
    opened = open_export(export)
    question = make_question(
        titles,
        playlist=playlist,
        n=n,
        unheard=unheard,
        where=where,
        obscure=obscure,
        per_artist=per_artist,
        per_album=per_album,
        more=more,
        less=less,
        diversity=diversity,
        minutes=minutes,
        moods=moods,
        all_versions=all_versions,
    )
    asked = recommender or Recommender(catalog, model)
    result = _present(asked, question, answer_question(asked, question))
    if recommender is None:
        keep_question(asked.catalog, question)
    if opened is not None:
        result = replace(result, exported=opened.write(result.recommendations))
    return result


def _present(recommender: Recommender, question: Question, answer: Answer) -> RecommendResult:
    tracks = recommender.present(answer.picks)
    return RecommendResult(
        model=recommender.model,
        seed_tracks=answer.seeds.tracks,
        recommendations=tracks,
        moods=tuple(_mood(recommender, answer.seeds, centre) for centre in answer.centres),
        playlist=answer.seeds.playlist,
        not_found=answer.seeds.not_found,
        shortage=_shortage(recommender, question, answer, tracks),
    )


def _mood(recommender: Recommender, seeds: Seeds, centre: Centre) -> Mood:
    likeness = unit_rows(recommender.space.loadings[seeds.rows[list(centre.members)]])
    order = np.argsort(-(likeness @ centre.direction), kind="stable")
    own = recommender.reasons(centre.direction**2)
    return Mood(
        share=centre.weight,
        parts=tuple(reason.part for reason in own if reason.part != BEYOND)[:_PARTS_OF_A_MOOD],
        seed_tracks=tuple(seeds.tracks[centre.members[place]] for place in order),
    )


def _shortage(
    recommender: Recommender,
    question: Question,
    answer: Answer,
    tracks: Sequence[RecommendedTrack],
) -> str:
    if question.minutes is None:
        is_short = len(tracks) < question.n
    else:
        minutes = sum(track.duration_ms or 0 for track in tracks) / 60_000
        is_short = minutes < question.minutes - _LONG_TRACK
    if not is_short:
        return ""
    return explain_shortage(recommender, answer.wishes, question, n_found=len(tracks))

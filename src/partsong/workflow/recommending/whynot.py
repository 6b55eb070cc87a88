"""``partsong why``: where a track ranks for a question, and what held it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from partsong.catalog import FoundTrack
from partsong.errors import QueryError, UnknownTrackError
from partsong.parts import Model
from partsong.recommend import place_row
from partsong.workflow.recommending.answering import Answer, answer_question
from partsong.workflow.recommending.hindrances import (
    Hindrance,
    list_hindrances,
    why_not_in_model,
)
from partsong.workflow.recommending.last_question import read_question
from partsong.workflow.recommending.question import Question, make_question
from partsong.workflow.recommending.recommender import Recommender
from partsong.workflow.recommending.results import Reason, RecommendedTrack
from partsong.workflow.recommending.weekly_answer import answer_week
from partsong.workflow.recommending.weekly_question import WeeklyQuestion
from partsong.workflow.selecting import Conditions

__all__ = ["WhyResult", "explain_absence"]

_SHOWN_SEEDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class WhyResult:
    """Where a track stands for a question.

    Attributes
    ----------
    model
        The model that answered.
    question
        What was asked, of `recommend_tracks` or of `discover_tracks`.
    track
        The track.
    seed_tracks
        What the list starts from; none where it is the listener's taste.
    hindrances
        What held it back, the firmest first; none where it is in the list.
    place
        In the list, from 1; None where it is not there.
    rank, n_candidates
        Its place by score among all tracks that meet the wishes; None where the model does not
        hold it.
    score, reasons
        Its likeness to the seeds, or to the mood of the taste that it is nearest to; None and empty where the model does not hold it.
    last
        The last track of the list, or the last that answers the same mood; None where there is
        no such track.
    """

    model: Model
    question: Question | WeeklyQuestion
    track: FoundTrack
    seed_tracks: tuple[FoundTrack, ...]
    hindrances: tuple[Hindrance, ...]
    place: int | None = None
    rank: int | None = None
    n_candidates: int | None = None
    score: float | None = None
    reasons: tuple[Reason, ...] = ()
    last: RecommendedTrack | None = None

    @property
    def asked_like(self) -> str:
        """What the list was asked to be like, as it is shown."""
        if isinstance(self.question, WeeklyQuestion):
            return f"your taste, week {self.question.week}"
        if self.question.playlist is not None:
            return f"{self.question.playlist} ({len(self.seed_tracks)} tracks)"
        return " and ".join(seed.label for seed in self.seed_tracks[:_SHOWN_SEEDS])

    def to_dict(self) -> dict[str, Any]:
        """Return the result under the stable keys of ``partsong why --json``."""
        return {
            "model": self.model.name,
            "question": self.question.to_dict(),
            "seed_tracks": [
                {"track_id": seed.track_id, "title": seed.title, "artists": list(seed.artists)}
                for seed in self.seed_tracks
            ],
            "track_id": self.track.track_id,
            "title": self.track.title,
            "artists": list(self.track.artists),
            "place": self.place,
            "rank": self.rank,
            "candidates": self.n_candidates,
            "score": self.score,
            "reasons": [reason.to_dict() for reason in self.reasons],
            "last": None if self.last is None else self.last.to_dict(),
            "hindrances": [
                {"kind": hindrance.kind, "sentence": hindrance.sentence}
                for hindrance in self.hindrances
            ],
        }


def explain_absence(
    title: str,
    like: Sequence[str] | str = (),
    *,
    playlist: Path | str | None = None,
    catalog: Path | str | None = None,
    model: Path | str | None = None,
    recommender: Recommender | None = None,
    where: Conditions = None,
    **wishes: Any,
) -> WhyResult:
    """Tell where a track ranks for a question, and what held it back.

    Parameters
    ----------
    title
        The track in question, as `recommend_tracks` takes it.
    like
        The seeds. Without them, and without `playlist`, it is about the last question that was
        asked of the catalog, by `recommend_tracks` or by `discover_tracks`.
    playlist
        Of `recommend_tracks`.
    catalog, model
        The catalog's file; the model's name or folder, the newest by default.
    recommender
        One that is warm already, in place of both.
    where
        Of `recommend_tracks`.
    wishes
        Any other wish of `recommend_tracks`, such as ``unheard=True``.

    Raises
    ------
    UnknownTrackError, AmbiguousTrackError
        If a title is not, or not uniquely, in the catalog.
    QueryError
        If no question is remembered, or wishes come without seeds.
    CatalogMissingError
        If it is about a week's list, and nothing is known of the listener any more.

    Examples
    --------
    >>> result = explain_absence("Thrash Song 1", like="Hush Song 7", catalog=catalog)
    >>> result.place is None, result.rank > 60, result.hindrances[-1].kind
    (True, True, 'lower')
    """
    recommender = recommender or Recommender(catalog, model)
    question: Question | WeeklyQuestion
    if like or playlist is not None:
        question = make_question(like, playlist=playlist, where=where, **wishes)
    else:
        if make_question(where=where, **wishes) != Question():
            raise QueryError(
                "Wishes without seeds make no question.",
                hint="Name the seeds too, --like TITLE; or leave the wishes out to ask about the "
                "last question.",
            )
        question = read_question(recommender.catalog)
    answer = (
        answer_week(recommender, question)
        if isinstance(question, WeeklyQuestion)
        else answer_question(recommender, question)
    )
    try:
        track = recommender.find_seed(title)
    except UnknownTrackError:
        track = recommender.catalog.find_track(title)  # it is there, but not in the model
        return WhyResult(
            model=recommender.model,
            question=question,
            track=track,
            seed_tracks=answer.seeds.tracks,
            hindrances=(why_not_in_model(recommender, track),),
        )
    return _placed(recommender, question, answer, track)


def _placed(
    recommender: Recommender,
    question: Question | WeeklyQuestion,
    answer: Answer,
    track: FoundTrack,
) -> WhyResult:
    row = recommender.row_of(track.track_id)
    placing = place_row(recommender.nearest, answer.centres, row, candidates=answer.candidates)
    listed = [pick.row for pick in answer.picks]
    same_mood = [pick for pick in answer.picks if pick.centre == placing.centre]
    place = listed.index(row) + 1 if row in listed else None
    hindrances = list_hindrances(recommender, question, answer, placing) if place is None else ()
    return WhyResult(
        model=recommender.model,
        question=question,
        track=track,
        seed_tracks=answer.seeds.tracks,
        place=place,
        rank=placing.rank,
        n_candidates=placing.n_candidates,
        score=placing.score,
        reasons=recommender.reasons(placing.contributions),
        last=recommender.present(same_mood[-1:])[0] if same_mood else None,
        hindrances=hindrances,
    )

"""From a question to its answer: seeds to moods, wishes to candidates, and the list."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from partsong.errors import ModelError
from partsong.recommend import Centre, Described, Pick, find_centres, lean, pick_tracks
from partsong.workflow.recommending.question import Question
from partsong.workflow.recommending.recommender import Recommender
from partsong.workflow.recommending.seeds import Seeds, find_seeds
from partsong.workflow.recommending.wishes import Wish, all_met, list_wishes

__all__ = ["Answer", "answer_question"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A list, and all that it was made from.

    Attributes
    ----------
    seeds
        What it starts from; none of a week's list.
    centres
        One a mood, each turned as the question wishes.
    wishes
        What had to be met, each with the tracks that meet it.
    candidates
        The tracks that meet them all, shape (n_tracks,); None for all tracks.
    picks
        The list.
    """

    seeds: Seeds
    centres: tuple[Centre, ...]
    wishes: tuple[Wish, ...]
    candidates: NDArray[np.bool_] | None
    picks: tuple[Pick, ...]


def answer_question(recommender: Recommender, question: Question) -> Answer:
    """Answer a question, and keep what the answer was made from.

    Parameters
    ----------
    recommender
        Who answers.
    question
        What is asked.

    Raises
    ------
    QueryError
        As for `recommend_tracks`.
    """
    seeds = find_seeds(recommender, question)
    try:
        found = find_centres(recommender.space.loadings[seeds.rows], exactly=question.moods)
    except ValueError as error:
        raise ModelError(
            f"Nothing can be like these seeds: {error}", hint="Choose another seed track."
        ) from error
    columns = recommender.space.columns_of
    more = [column for part in question.more for column in columns(part)]
    less = [column for part in question.less for column in columns(part)]
    centres = tuple(
        replace(centre, direction=lean(centre.direction, more=more, less=less)) for centre in found
    )
    wishes = list_wishes(recommender, question)
    candidates = all_met(wishes)
    seed_songs = seeds.songs

    def describe(rows: Sequence[int]) -> Sequence[Described]:
        described = recommender.described(rows)
        if not question.all_versions:
            return described
        return [
            one if one.song in seed_songs else replace(one, song=row)
            for row, one in zip(rows, described, strict=True)
        ]

    picks = pick_tracks(
        recommender.nearest,
        centres,
        limits=question.limits,
        describe=describe,
        candidates=candidates,
        avoid=seed_songs | recommender.refused_songs,
    )
    return Answer(
        seeds=seeds, centres=centres, wishes=wishes, candidates=candidates, picks=tuple(picks)
    )

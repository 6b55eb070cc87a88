"""A model among the plain methods: who answers a task, and what becomes of the answers."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.evaluate import (
    BASELINES,
    SAME_ARTIST,
    Answers,
    Baselines,
    Difference,
    Method,
    Result,
    TaskScores,
    judge,
    score_answers,
)
from partsong.parts import Model
from partsong.progress import Progress
from partsong.workflow.evaluation.models import Spaces, refit, relearn_hidden, spaces_of
from partsong.workflow.evaluation.tasks import GENRE, AskedTask
from partsong.workflow.evaluation.tracks import JudgedTracks

__all__ = ["ModelJudge"]

_SAW_GENRES: Final = (
    "The model learned from genres as well; where these were taken from the lists asked about, that "
    "flatters it."
)


@dataclass
class ModelJudge:
    """One model among the plain methods; what several tasks need is learned once.

    Parameters
    ----------
    model, tracks
        What is judged, and on what.
    k
        Length of the lists.
    random_state
        Seed of whatever is drawn.
    progress
        Listener to the steps.
    """

    model: Model
    tracks: JudgedTracks
    k: int
    random_state: int
    progress: Progress

    def score(self, asked: AskedTask) -> tuple[TaskScores, list[Result], list[Difference]]:
        """Let all methods answer a task.

        Parameters
        ----------
        asked
            The task.

        Returns
        -------
        summary, results, differences
            As they stand in a scorecard.
        """
        plain = self._baselines
        methods, again = plain.methods(asked.places, self.tracks.artists)
        ours, ours_again, notes = self._ours(asked)
        again |= {method.name: method for method in ours_again}
        answers = self._judge(asked, [*ours, *methods])
        # Without tracks by an artist of the query nothing by the same artist is left to recommend.
        answers = [one for one in answers if not (one.artist_filter and one.method == SAME_ARTIST)]
        others = self._judge(asked, list(again.values()))
        results, differences = score_answers(
            asked.task.name,
            answers,
            groups=asked.task.groups,
            vectors=plain.standardised[asked.places],
            popularity=_known(plain.popularity[asked.places]),
            again={name: [one for one in others if one.method == name] for name in again},
            plain=BASELINES,
            random_state=self.random_state,
        )
        if not any(result.artist_filter for result in results):
            notes = (*notes, "Nothing by other artists than the query's would be right.")
        summary = TaskScores(
            name=asked.task.name,
            n_queries=asked.task.n_queries,
            n_groups=len(np.unique(asked.task.groups)),
            n_tracks=asked.task.n_tracks,
            notes=(asked.how, *notes),
        )
        return summary, results, differences

    def _judge(self, asked: AskedTask, methods: list[Method]) -> list[Answers]:
        return judge(
            asked.task,
            methods,
            k=self.k,
            artists=self.tracks.artists[asked.places],
            random_state=self.random_state,
            progress=self.progress,
        )

    def _ours(self, asked: AskedTask) -> tuple[list[Method], list[Method], tuple[str, ...]]:
        """Return the model's methods, the same from another seed, and what there is to say."""
        has_genres = bool(self.model.recipe.genre_columns)
        if has_genres and asked.task.name == GENRE:
            return self._relearned(asked)
        rows = self.tracks.rows[asked.places]
        spaces, again = self._spaces
        others = [] if again is None else again.methods(rows)
        return spaces.methods(rows), others, (_SAW_GENRES,) if has_genres else ()

    def _relearned(self, asked: AskedTask) -> tuple[list[Method], list[Method], tuple[str, ...]]:
        is_asked = np.zeros(len(self.tracks.table), dtype=np.bool_)
        is_asked[asked.places] = True
        seen = self.tracks.table.filter(~is_asked)
        new = self.tracks.table.filter(is_asked)
        self.progress.start("learning again without the genres asked for")
        spaces, again = relearn_hidden(
            self.model, seen, new, random_state=self.random_state, progress=self.progress
        )
        self.progress.finish()
        rows = np.arange(len(new))
        note = (
            f"The model learned from genres, so it was learned again from {len(seen):,} tracks of "
            "the other half of the artists, and asked about these with their genres hidden."
        )
        return spaces.methods(rows), again.methods(rows), (note,)

    @cached_property
    def _baselines(self) -> Baselines:
        self.progress.start("learning the plain methods")
        plain = Baselines.learn(
            self.tracks.features,
            post_features=self.tracks.post_features,
            popularity=self.tracks.popularity,
            n_components=len(self.model.H),
            random_state=self.random_state,
        )
        self.progress.finish()
        return plain

    @cached_property
    def _spaces(self) -> tuple[Spaces, Spaces | None]:
        """Return the model as it stands, and a refit where that is the same but for the seed."""
        spaces = spaces_of(self.model)
        if len(self.model.shown) < len(self.model.parts):
            return spaces, None  # a refit does not know which parts are hidden
        self.progress.start("learning again from another seed")
        seed = (self.model.fit.random_state or 0) + 1
        again = refit(self.model, self.tracks.every, random_state=seed)
        self.progress.finish()
        return spaces, again


def _known(popularity: NDArray[np.float64]) -> NDArray[np.float64] | None:
    return None if np.isnan(popularity).all() else popularity

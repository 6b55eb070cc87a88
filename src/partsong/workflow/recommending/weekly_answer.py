"""From the question for a week's list to its answer: taste to moods, wishes to candidates."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.recommend import Centre, Limits, Pick, pick_tracks, unit_rows
from partsong.workflow.recommending.answering import Answer
from partsong.workflow.recommending.question import Question
from partsong.workflow.recommending.recommender import Recommender
from partsong.workflow.recommending.reminding import WeeklyList
from partsong.workflow.recommending.seeds import Seeds
from partsong.workflow.recommending.taste import Taste, read_taste
from partsong.workflow.recommending.weekly_question import WeeklyQuestion
from partsong.workflow.recommending.wishes import Wish, list_wishes

__all__ = ["WeeklyAnswer", "answer_week"]

_DRAWN: Final = 0.5
"""Share of the tracks that take part in a week; which, is the week's chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyAnswer(Answer):
    """A week's list, and all that it was made from; it has no seeds.

    Attributes
    ----------
    taste
        Whose moods are the centres.
    weekly
        Where the list is remembered.
    rows
        What is to be remembered: the list, and what followed it when a longer one was asked for.
    """

    taste: Taste
    weekly: WeeklyList
    rows: tuple[int, ...]


def answer_week(
    recommender: Recommender, question: WeeklyQuestion, *, anew: bool = False
) -> WeeklyAnswer:
    """Make a week's list, or read it again where it was made before; write nothing.

    Parameters
    ----------
    recommender
        Who answers.
    question
        What is asked.
    anew
        Forget that it was made before.

    Raises
    ------
    CatalogMissingError
        If nothing is known of the listener.
    FilterError
        If a condition is not usable.
    """
    half_life = None if question.from_library else question.half_life
    taste = read_taste(recommender, question.now, half_life=half_life)
    weekly = WeeklyList(recommender.catalog, question.week, question.own_wishes)
    wishes = _list_wishes(recommender, question, weekly)
    open_to = ~recommender.refused & np.logical_and.reduce([wish.met for wish in wishes])
    drawn = Wish("drawn", "not drawn", _draw(question.week.seed, len(open_to)))
    remembered = recommender.rows_of([] if anew else weekly.read()).tolist()
    rows = [row for row in remembered if row >= 0 and not recommender.refused[row]]
    maker = _ListMaker(recommender, taste.centres, question.limits)
    for candidates in (open_to & drawn.met, open_to):
        if len(rows) < question.n:
            rows = maker.fill(rows, candidates)
    shown = rows[: question.n]
    if len(shown) == question.n and drawn.met[shown].all():
        wishes.append(drawn)  # else the draw kept nothing out
        open_to &= drawn.met
    return WeeklyAnswer(
        seeds=Seeds((), np.empty(0, dtype=np.intp)),
        centres=taste.centres,
        wishes=tuple(wishes),
        candidates=open_to,
        picks=tuple(maker.explain(shown)),
        taste=taste,
        weekly=weekly,
        rows=tuple(rows),
    )


def _list_wishes(
    recommender: Recommender, question: WeeklyQuestion, weekly: WeeklyList
) -> list[Wish]:
    wishes = [*list_wishes(recommender, Question(where=question.where, unheard=True))]
    for week, track_ids in weekly.shown_lately(question.weeks_apart).items():
        rows = recommender.rows_of(track_ids)
        met = np.ones(len(recommender.heard), dtype=np.bool_)
        met[rows[rows >= 0]] = False
        wishes.append(Wish("shown", str(week), met))
    return wishes


def _draw(seed: tuple[int, int], n_tracks: int) -> NDArray[np.bool_]:
    return np.random.default_rng(seed).random(n_tracks) < _DRAWN


class _ListMaker:
    """Fills a list, so that what stands in it already counts for every limit."""

    def __init__(
        self, recommender: Recommender, centres: tuple[Centre, ...], limits: Limits
    ) -> None:
        self._recommender = recommender
        self._centres = centres
        self._limits = limits

    def fill(self, rows: Sequence[int], candidates: NDArray[np.bool_]) -> list[int]:
        """Append the best candidates, as many as are missing and meet the limits."""
        filled = list(rows)
        cap = self._limits.per_artist
        artists = self._artists(filled)
        left = candidates.copy()
        left[filled] = False
        # Each artist of the list may take this many of the places that are asked for.
        spare = 0 if cap is None else cap * len(artists)
        picks = pick_tracks(
            self._recommender.nearest,
            self._centres,
            limits=replace(self._limits, n=self._limits.n - len(filled) + spare),
            describe=self._recommender.described,
            candidates=left,
            avoid=frozenset(self._recommender.songs(filled)),
        )
        for pick in picks:
            if len(filled) == self._limits.n:
                break
            own = self._artists([pick.row])
            if cap is None or all(artists[name] < cap for name in own):
                filled.append(pick.row)
                artists += own
        return filled

    def explain(self, rows: Sequence[int]) -> list[Pick]:
        """Score rows by the mood that each is nearest to."""
        unit = unit_rows(self._recommender.space.loadings[list(rows)])
        directions = np.array([centre.direction for centre in self._centres])
        picks = []
        for row, one in zip(rows, unit, strict=True):
            added = one * directions
            answers = int(added.sum(axis=1).argmax())
            score = float(min(added[answers].sum(), 1.0))
            picks.append(Pick(row, score, added[answers], answers))
        return picks

    def _artists(self, rows: Sequence[int]) -> Counter[str]:
        return Counter(
            name for one in self._recommender.described(rows) for name in one.folded_artists
        )

"""The figures of a model and of the plain methods beside it, as plain data."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from partsong.evaluate.intervals import Estimate, Resamples
from partsong.evaluate.judging import Answers
from partsong.evaluate.lists import (
    coverage,
    gini,
    hubness,
    novelty,
    occurrences,
    overlap,
    spread,
)
from partsong.evaluate.metrics import hit_rate, ndcg, precision, recall, reciprocal_rank

__all__ = [
    "MAIN_METRIC",
    "METRICS",
    "Difference",
    "Result",
    "Scorecard",
    "TaskScores",
    "score_answers",
]

METRICS: Final = {
    "precision": "share of the list that is right",
    "hit_rate": "lists with anything right",
    "recall": "share of what is right that the list holds",
    "ndcg": "the same, early places counting more, of the best possible",
    "mrr": "one over the place of the first that is right",
    "coverage": "share of the tracks that are in any list",
    "gini": "how unevenly tracks are shown, 0 alike, 1 few take all",
    "hubness": "skew of how often tracks are shown",
    "novelty": "bits: how little known the tracks are",
    "spread": "how unlike the tracks of a list are",
    "agreement": "share of the list that another seed keeps",
}
"""The metrics by name, with what they say."""

MAIN_METRIC: Final = "precision"
"""The metric that decides which plain method is best."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One figure.

    Attributes
    ----------
    task, artist_filter, method, metric
        What it is a figure of.
    value, low, high
        The mean over queries with its interval of 95%. `low` and `high` are None for coverage, Gini
        and hubness, which are of all lists together.
    """

    task: str
    artist_filter: bool
    method: str
    metric: str
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How far a method is from the best plain one, on the same queries.

    Attributes
    ----------
    task, artist_filter, method, against, metric
        What is compared; `against` is the plain method of the highest precision.
    value, low, high
        The mean of the differences, above 0 where `method` has more, with its interval of 95%.
    """

    task: str
    artist_filter: bool
    method: str
    against: str
    metric: str
    value: float
    low: float
    high: float

    def in_words(self) -> str:
        """Return the difference as a sentence.

        Examples
        --------
        >>> Difference(
        ...     task="genre", artist_filter=True, method="partsong", against="PCA",
        ...     metric="precision", value=0.02, low=0.01, high=0.03,
        ... ).in_words()
        'partsong is better than PCA by 0.020, 95% 0.010 to 0.030.'
        """
        if self.low <= 0 <= self.high:
            return (
                f"{self.method} is level with {self.against}: {self.value:+.3f}, "
                f"95% {self.low:+.3f} to {self.high:+.3f}."
            )
        verdict = "better" if self.value > 0 else "worse"
        low, high = sorted((abs(self.low), abs(self.high)))
        return (
            f"{self.method} is {verdict} than {self.against} by {abs(self.value):.3f}, "
            f"95% {low:.3f} to {high:.3f}."
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskScores:
    """What was asked in one task.

    Attributes
    ----------
    name
        Of the task.
    n_queries, n_groups, n_tracks
        How many queries, of how many artists or lists, and how many tracks were ranked.
    notes
        How it was asked, in sentences.
    """

    name: str
    n_queries: int
    n_groups: int
    n_tracks: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """What a model is worth as a recommender, beside plain methods.

    Attributes
    ----------
    model, recipe, n_components, n_tracks, learned
        What was judged: its name, recipe and size, and when it was learned, in ISO 8601.
    k
        Length of the lists.
    half
        Which half of the artists was asked about, ``"report"`` or ``"choose"``.
    random_state
        Seed of queries, splits, ties and draws.
    tasks
        What was asked.
    results
        Every figure.
    differences
        How far the model's methods are from the best plain one.
    notes
        What was left out, and why.
    """

    model: str
    recipe: str
    n_components: int
    n_tracks: int
    learned: str
    k: int
    half: str
    random_state: int
    tasks: tuple[TaskScores, ...]
    results: tuple[Result, ...]
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    def to_frame(self) -> pl.DataFrame:
        """Return a row for each figure.

        Returns
        -------
        polars.DataFrame
            `task`, `artist_filter`, `method`, `metric`, `value`, `low`, `high`.
        """
        return pl.DataFrame(
            [asdict(result) for result in self.results],
            schema={
                "task": pl.String,
                "artist_filter": pl.Boolean,
                "method": pl.String,
                "metric": pl.String,
                "value": pl.Float64,
                "low": pl.Float64,
                "high": pl.Float64,
            },
        )

    def find(
        self, task: str, method: str, metric: str = MAIN_METRIC, *, artist_filter: bool = True
    ) -> Result | None:
        """Return one figure; None where it was not measured.

        Parameters
        ----------
        task, method, metric, artist_filter
            Of the figure.
        """
        wanted = (task, artist_filter, method, metric)
        for result in self.results:
            if (result.task, result.artist_filter, result.method, result.metric) == wanted:
                return result
        return None

    def methods_of(self, task: str, *, artist_filter: bool = True) -> tuple[str, ...]:
        """Return the methods that answered, in the order of the figures.

        Parameters
        ----------
        task, artist_filter
            Where they answered.
        """
        return tuple(
            dict.fromkeys(
                result.method
                for result in self.results
                if (result.task, result.artist_filter) == (task, artist_filter)
            )
        )

    def to_dict(self) -> dict[str, Any]:
        """Return plain data under the stable keys of ``partsong evaluate --json``."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Scorecard":
        """Read what :meth:`to_dict` returned.

        Raises
        ------
        KeyError, TypeError, ValueError
            If it is no scorecard.
        """
        return cls(
            **{
                **data,
                "tasks": tuple(
                    TaskScores(**{**task, "notes": tuple(task["notes"])}) for task in data["tasks"]
                ),
                "results": tuple(Result(**result) for result in data["results"]),
                "differences": tuple(Difference(**one) for one in data["differences"]),
                "notes": tuple(data["notes"]),
            }
        )


def score_answers(
    task: str,
    answers: Sequence[Answers],
    *,
    groups: NDArray[np.integer],
    vectors: NDArray[np.floating],
    popularity: NDArray[np.floating] | None = None,
    again: Mapping[str, Sequence[Answers]] | None = None,
    plain: Iterable[str] = (),
    n_draws: int = 1_000,
    random_state: int = 0,
) -> tuple[list[Result], list[Difference]]:
    """Turn answers into figures with intervals, and set them beside the best plain method.

    Queries of which nothing is wanted are left out; where that is all of them, there are no
    figures.

    Parameters
    ----------
    task
        What the task is called.
    answers
        From `judge`.
    groups
        Which queries belong together, shape (n_queries,).
    vectors
        What the spread of a list is measured by, shape (n_tracks, n_features).
    popularity
        Of each track, NaN where it is not known; novelty is left out without it.
    again
        By the name of a method what it answered with another seed.
    plain
        Names of the plain methods; the others are compared with the best of them.
    n_draws, random_state
        Of the bootstrap.

    Returns
    -------
    results, differences
        In the order of `answers`.

    Examples
    --------
    >>> from partsong.evaluate import by_cosine, by_value, judge, label_matrix, same_label
    >>> labels = label_matrix([["calm"], ["calm"], ["loud"], ["loud"]])
    >>> task = same_label("genre", labels, rows=np.arange(4), groups=np.arange(4))
    >>> vectors = np.array([[1.0, 0.1], [1.0, 0.2], [0.1, 1.0], [0.2, 1.0]])
    >>> methods = [by_cosine("mine", vectors), by_value("random", None, n_tracks=4)]
    >>> results, differences = score_answers(
    ...     "genre", judge(task, methods, k=1), groups=task.groups, vectors=vectors, plain=["random"]
    ... )
    >>> [(one.method, one.value) for one in results if one.metric == "precision"][0]
    ('mine', 1.0)
    """
    again = again or {}
    names = set(plain)
    resamples = Resamples(groups, n_draws=n_draws, random_state=random_state)
    results: list[Result] = []
    differences: list[Difference] = []
    shares = None if popularity is None else _positive(popularity)
    for is_filtered in dict.fromkeys(one.artist_filter for one in answers):
        mine = [
            one for one in answers if one.artist_filter == is_filtered and (one.n_wanted > 0).any()
        ]
        if not mine:
            continue
        by_query = {
            one.method: _by_query(one, vectors=vectors, popularity=shares, again=again)
            for one in mine
        }
        keys = [(method, metric) for method, values in by_query.items() for metric in values]
        table = np.array([by_query[method][metric] for method, metric in keys])
        estimates = dict(zip(keys, resamples.means(table), strict=True))
        for one in mine:
            found: dict[str, Estimate | float] = {
                metric: estimates[one.method, metric] for metric in by_query[one.method]
            }
            counts = occurrences(one.lists[one.n_wanted > 0], len(vectors))
            found |= {"coverage": coverage(counts), "gini": gini(counts)}
            found["hubness"] = hubness(counts)
            measured = [_result(task, one, name, found[name]) for name in METRICS if name in found]
            results += [result for result in measured if not math.isnan(result.value)]
        best = max(
            (method for method in by_query if method in names),
            key=lambda method: estimates[method, MAIN_METRIC].value,
            default=None,
        )
        if best is not None:
            differences += _differences(task, mine, best, by_query, names, resamples)
    return results, differences


def _by_query(
    answers: Answers,
    *,
    vectors: NDArray[np.floating],
    popularity: NDArray[np.floating] | None,
    again: Mapping[str, Sequence[Answers]],
) -> dict[str, NDArray[np.float64]]:
    """Return the metrics that every query has a value of, NaN where nothing is wanted of it."""
    values = {
        "precision": precision(answers.hits),
        "hit_rate": hit_rate(answers.hits),
        "recall": recall(answers.hits, answers.n_wanted),
        "ndcg": ndcg(answers.hits, answers.n_wanted),
        "mrr": reciprocal_rank(answers.ranks),
        "spread": spread(answers.lists, vectors),
    }
    if popularity is not None:
        values["novelty"] = novelty(answers.lists, popularity)
    for other in again.get(answers.method, ()):
        if other.artist_filter == answers.artist_filter:
            values["agreement"] = overlap(answers.lists, other.lists)
    asked = answers.n_wanted > 0
    return {metric: np.where(asked, row, np.nan) for metric, row in values.items()}


def _differences(
    task: str,
    answers: Sequence[Answers],
    best: str,
    by_query: Mapping[str, Mapping[str, NDArray[np.float64]]],
    plain: set[str],
    resamples: Resamples,
) -> list[Difference]:
    pairs = [
        (one, metric)
        for one in answers
        if one.method not in plain
        for metric in ("precision", "hit_rate", "recall", "ndcg", "mrr")
    ]
    if not pairs:
        return []
    table = np.array(
        [by_query[one.method][metric] - by_query[best][metric] for one, metric in pairs]
    )
    return [
        Difference(
            task=task,
            artist_filter=one.artist_filter,
            method=one.method,
            against=best,
            metric=metric,
            value=estimate.value,
            low=estimate.low,
            high=estimate.high,
        )
        for (one, metric), estimate in zip(pairs, resamples.means(table), strict=True)
    ]


def _result(task: str, answers: Answers, metric: str, found: Estimate | float) -> Result:
    estimate = found if isinstance(found, Estimate) else Estimate(found, math.nan, math.nan)
    return Result(
        task=task,
        artist_filter=answers.artist_filter,
        method=answers.method,
        metric=metric,
        value=estimate.value,
        low=None if math.isnan(estimate.low) else estimate.low,
        high=None if math.isnan(estimate.high) else estimate.high,
    )


def _positive(popularity: NDArray[np.floating]) -> NDArray[np.floating]:
    """Raise popularity by one, so that a track that nobody plays has a share."""
    return popularity + 1

"""Answers become figures with intervals, beside those of the best plain method."""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
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
from partsong.evaluate.scorecard import MAIN_METRIC, METRICS, Difference, Result

__all__ = ["score_answers"]


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

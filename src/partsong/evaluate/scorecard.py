"""The figures of a model and of the plain methods beside it, as plain data."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import polars as pl

__all__ = [
    "MAIN_METRIC",
    "METRICS",
    "Difference",
    "Result",
    "Scorecard",
    "TaskScores",
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

from .baselines import BASELINES, SAME_ARTIST, Baselines, standardise
from .halves import HALVES, Half, in_half
from .intervals import Estimate, Resamples
from .judging import Answers, judge
from .lists import coverage, gini, hubness, novelty, occurrences, overlap, spread
from .methods import Method, by_artist, by_centres, by_cluster, by_cosine, by_distance, by_value
from .metrics import hit_rate, ndcg, precision, recall, reciprocal_rank
from .ranking import best_columns, first_ranks
from .scorecard import (
    MAIN_METRIC,
    METRICS,
    Difference,
    Result,
    Scorecard,
    TaskScores,
)
from .scoring import score_answers
from .tasks import Task, label_matrix, same_label, same_list

__all__ = [
    "BASELINES",
    "HALVES",
    "MAIN_METRIC",
    "METRICS",
    "SAME_ARTIST",
    "Answers",
    "Baselines",
    "Difference",
    "Estimate",
    "Half",
    "Method",
    "Resamples",
    "Result",
    "Scorecard",
    "Task",
    "TaskScores",
    "best_columns",
    "by_artist",
    "by_centres",
    "by_cluster",
    "by_cosine",
    "by_distance",
    "by_value",
    "coverage",
    "first_ranks",
    "gini",
    "hit_rate",
    "hubness",
    "in_half",
    "judge",
    "label_matrix",
    "ndcg",
    "novelty",
    "occurrences",
    "overlap",
    "precision",
    "recall",
    "reciprocal_rank",
    "same_label",
    "same_list",
    "score_answers",
    "spread",
    "standardise",
]

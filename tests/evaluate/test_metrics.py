"""Metrics against scikit-learn, by hand, and at their ends."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from partsong.evaluate import (
    best_columns,
    coverage,
    first_ranks,
    gini,
    hit_rate,
    hubness,
    ndcg,
    novelty,
    occurrences,
    overlap,
    precision,
    recall,
    reciprocal_rank,
    spread,
)


@pytest.fixture
def random():
    return np.random.default_rng(3)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_ndcg_is_scikit_learn_s(seed, k):
    random = np.random.default_rng(seed)
    scores = random.random((5, 20))
    wanted = random.random((5, 20)) < 0.3
    wanted[:, 0] = True  # scikit-learn has no word for queries without anything wanted
    hits = np.take_along_axis(wanted, best_columns(scores, k), axis=1)
    ours = ndcg(hits, wanted.sum(axis=1))
    theirs = [ndcg_score(w[None], s[None], k=k) for w, s in zip(wanted, scores, strict=True)]
    np.testing.assert_allclose(ours, theirs)


def test_worked_by_hand():
    hits = np.array([[1, 0, 1, 0], [0, 0, 0, 0], [0, 1, 0, 0]], dtype=bool)
    n_wanted = np.array([2, 3, 8])
    np.testing.assert_allclose(precision(hits), [0.5, 0, 0.25])
    np.testing.assert_allclose(hit_rate(hits), [1, 0, 1])
    np.testing.assert_allclose(recall(hits, n_wanted), [1, 0, 1 / 8])
    best = 1 + 1 / np.log2(3)
    np.testing.assert_allclose(ndcg(hits, n_wanted)[0], (1 + 0.5) / best)
    np.testing.assert_allclose(reciprocal_rank(np.array([1.0, 3.0])), [1, 1 / 3])


def test_a_perfect_list_has_one_everywhere():
    hits = np.ones((3, 5), dtype=bool)
    n_wanted = np.full(3, 5)
    for metric in (precision(hits), hit_rate(hits), recall(hits, n_wanted), ndcg(hits, n_wanted)):
        np.testing.assert_allclose(metric, 1)


def test_what_nobody_wants_has_no_recall():
    hits = np.zeros((1, 3), dtype=bool)
    assert np.isnan(recall(hits, np.array([0]))).all()
    assert np.isnan(ndcg(hits, np.array([0]))).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 400), st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_the_best_columns_are_those_of_a_full_sort(n_columns, n, seed):
    """Scores have many ties; a list longer than there are columns ends in -1."""
    random = np.random.default_rng(seed)
    scores = random.integers(0, 20, size=(4, n_columns)).astype(np.float32)
    priority = random.permutation(n_columns)
    found = best_columns(scores, n, priority=priority)
    wanted = [np.lexsort((priority, -row))[:n] for row in scores]
    np.testing.assert_array_equal(found[:, :n_columns], wanted)
    assert (found[:, n_columns:] == -1).all()


def test_the_best_columns_of_many_are_those_of_a_full_sort(random):
    scores = random.random((3, 20_000), dtype=np.float32)
    np.testing.assert_array_equal(best_columns(scores, 10), np.argsort(-scores, axis=1)[:, :10])


def test_what_is_out_of_the_question_never_comes_back():
    scores = np.full((2, 5), -np.inf)
    scores[1, 3] = -7.0
    assert best_columns(scores, 2).tolist() == [[-1, -1], [3, -1]]


def test_ranks_are_those_of_a_full_sort(random):
    scores = random.random((6, 50))
    wanted = random.random((6, 50)) < 0.1
    wanted[0] = False
    rows, columns = wanted.nonzero()
    order = np.argsort(-scores, axis=1)
    ranked = np.take_along_axis(wanted, order, axis=1)
    expected = np.where(ranked.any(axis=1), ranked.argmax(axis=1) + 1, np.inf)
    np.testing.assert_array_equal(first_ranks(scores, rows, columns), expected)


def test_among_equal_scores_the_rank_is_what_a_shuffle_gives_on_average(random):
    wanted = np.arange(20) < 3
    mean = np.mean([random.permutation(wanted).argmax() + 1 for _ in range(20_000)])
    rows, columns = np.zeros(3, dtype=int), np.arange(3)
    (rank,) = first_ranks(np.zeros((1, 20)), rows, columns)
    assert rank == pytest.approx(mean, rel=0.02)


def test_gini_is_the_area_between_lorenz_curve_and_diagonal(random):
    counts = random.integers(0, 50, size=400)
    lorenz = np.concatenate([[0], np.cumsum(np.sort(counts)) / counts.sum()])
    area = np.trapezoid(lorenz, dx=1 / len(counts))
    assert gini(counts) == pytest.approx(1 - 2 * area)


def test_hubness_is_the_skewness_of_the_counts(random):
    from scipy.stats import skew

    counts = random.poisson(3, size=500)
    assert hubness(counts) == pytest.approx(skew(counts))


def test_one_list_for_all_covers_little_and_is_as_uneven_as_can_be():
    same = np.tile(np.arange(5), (100, 1))
    counts = occurrences(same, 1000)
    assert coverage(counts) == 5 / 1000
    assert gini(counts) == pytest.approx(1 - 5 / 1000)
    assert hubness(counts) > 10


def test_a_list_of_unknown_tracks_is_more_novel():
    popularity = np.array([90.0, 90.0, 1.0, 1.0, np.nan])
    known, unknown, neither = novelty(np.array([[0, 1], [2, 3], [4, -1]]), popularity)
    assert unknown > known
    assert np.isnan(neither)


def test_spread_is_one_minus_the_mean_cosine_of_pairs(random):
    vectors = random.normal(size=(30, 4))
    lists = np.array([[3, 9, 21, -1], [1, 2, 4, 8]])
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    for row, found in zip(lists, spread(lists, vectors), strict=True):
        cosines = unit[row[row >= 0]] @ unit[row[row >= 0]].T
        assert found == pytest.approx(1 - cosines[np.triu_indices(len(cosines), 1)].mean())


def test_overlap_does_not_ask_for_the_order():
    lists = np.array([[1, 2, 3], [4, 5, 6], [-1, -1, -1]])
    others = np.array([[3, 1, 2], [7, 8, 9], [-1, -1, -1]])
    np.testing.assert_array_equal(overlap(lists, others), [1, 0, np.nan])

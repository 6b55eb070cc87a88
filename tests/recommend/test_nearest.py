"""The quick search finds what sorting all rows finds, to the last bit, ties and filters included."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partsong.recommend import NearestRows, unit_rows


@pytest.fixture
def small_blocks(monkeypatch):
    """Make the blocks so small that a few hundred rows fill several."""
    for name, value in {
        "_BLOCK_ROWS": 64,
        "_GROUP_ROWS": 4,
        "_GROUPS": 16,
        "_BLOCK_QUERIES": 3,
    }.items():
        monkeypatch.setattr(f"partsong.recommend.nearest.{name}", value)


def rows_of_few_kinds(rng, n_rows, n_columns, *, n_kinds):
    """Return loadings among which exact ties, near ties and empty rows are common."""
    kinds = rng.gamma(0.5, size=(n_kinds, n_columns)) * (rng.random((n_kinds, n_columns)) < 0.6)
    W = kinds[rng.integers(0, n_kinds, n_rows)]
    near = rng.random(n_rows) < 0.3
    W[near] *= 1 + 1e-14 * rng.random((near.sum(), n_columns))
    return W


def directions(rng, n_queries, n_columns):
    return unit_rows(rng.random((n_queries, n_columns)) + 1e-3)


def sort_all(W, query, candidates):
    """Return the rows of positive cosine, best first, in the plainest way there is."""
    W = W.astype(np.float64)
    lengths = np.linalg.norm(W, axis=1, keepdims=True)
    unit = np.divide(W, lengths, out=np.zeros_like(W), where=lengths > 0)
    scores = (unit * query).sum(axis=1)
    if candidates is not None:
        scores[~candidates] = 0
    order = np.lexsort((np.arange(len(W)), -scores))
    order = order[scores[order] > 0]
    return order, scores[order]


def first(nearest, query, n, candidates=None):
    rows, scores = [], []
    for some, contributions in nearest.best_first(query, n=n, candidates=candidates):
        rows.extend(some)
        scores.extend(contributions.sum(axis=1))
        if len(rows) >= n:
            break
    return rows[:n], scores[:n]


@pytest.mark.usefixtures("small_blocks")
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seed=st.integers(0, 10_000),
    n_rows=st.sampled_from([1, 63, 64, 700]),
    n_columns=st.sampled_from([1, 3, 9, 30]),
    n_kinds=st.sampled_from([3, 40, 3000]),
    dtype=st.sampled_from([np.float32, np.float64]),
    n=st.sampled_from([1, 10, 300]),
    share=st.sampled_from([None, 0.5, 0.01]),
)
def test_finds_what_sorting_all_rows_finds(seed, n_rows, n_columns, n_kinds, dtype, n, share):
    rng = np.random.default_rng(seed)
    W = rows_of_few_kinds(rng, n_rows, n_columns, n_kinds=n_kinds).astype(dtype)
    queries = directions(rng, 4, n_columns)
    candidates = None if share is None else rng.random(len(W)) < share
    nearest = NearestRows(W)
    at_once = nearest.best_of_many(queries, n=n, candidates=candidates)
    for query, (rows, contributions) in zip(queries, at_once, strict=True):
        expected, expected_scores = sort_all(W, query, candidates)
        found, scores = first(nearest, query, n, candidates)
        assert found == rows.tolist() == expected[:n].tolist()
        assert scores == contributions.sum(axis=1).tolist() == expected_scores[:n].tolist()
    everything, _ = first(nearest, queries[-1], len(W) + 1, candidates)
    assert everything == expected.tolist()


def test_blocks_of_their_real_size_find_the_same():
    rng = np.random.default_rng(3)
    W = rows_of_few_kinds(rng, 20_000, 7, n_kinds=5000).astype(np.float32)
    nearest = NearestRows(W)
    queries = directions(rng, 140, 7)
    for query, (rows, _) in zip(queries, nearest.best_of_many(queries, n=12), strict=True):
        assert rows.tolist() == first(nearest, query, 12)[0]
    for query in queries[:5]:
        assert first(nearest, query, 100)[0] == sort_all(W, query, None)[0][:100].tolist()


@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_tiny_and_huge_loadings_are_found_alike(scale):
    W = np.random.default_rng(1).random((2000, 5))
    query = np.full(5, 5**-0.5)
    plain, _ = first(NearestRows(W), query, 20)
    assert plain == sort_all(W, query, None)[0][:20].tolist()
    assert first(NearestRows(W * scale), query, 20)[0] == plain


def test_rows_that_differ_by_less_than_single_precision_are_told_apart():
    angles = 1e-9 * np.arange(300)[::-1]
    W = np.column_stack([np.cos(0.5 + angles), np.sin(0.5 + angles)])
    found, _ = first(NearestRows(W), np.array([np.cos(0.4), np.sin(0.4)]), 5)
    assert found == [299, 298, 297, 296, 295]


def test_thousands_of_equal_rows_keep_their_order():
    W = np.tile([[3.0, 1.0]], (9000, 1))
    nearest, query = NearestRows(W), np.array([1.0, 0.0])
    assert first(nearest, query, 12)[0] == list(range(12))
    assert nearest.best_of_many(query[None], n=12)[0][0].tolist() == list(range(12))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n_columns=st.integers(1, 12))
def test_renaming_tracks_changes_neither_order_nor_scores(seed, n_columns):
    rng = np.random.default_rng(seed)
    W = rng.gamma(0.5, size=(200, n_columns))
    (query,) = directions(rng, 1, n_columns)
    place = rng.permutation(len(W))
    rows, scores = first(NearestRows(W), query, 20)
    renamed, renamed_scores = first(NearestRows(W[place]), query, 20)
    assert renamed_scores == scores
    if len(set(scores)) == len(scores):  # ties keep the order of the rows, whatever that is
        assert place[renamed].tolist() == [int(row) for row in rows]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), n_columns=st.integers(1, 12))
def test_another_track_changes_no_other_score(seed, n_columns):
    rng = np.random.default_rng(seed)
    W = rng.gamma(0.5, size=(100, n_columns)).astype(np.float32)
    (query,) = directions(rng, 1, n_columns)
    rows, scores = first(NearestRows(W), query, 100)
    newcomer = rng.gamma(0.5, size=(1, n_columns)).astype(np.float32)
    more, more_scores = first(NearestRows(np.vstack([W, newcomer])), query, 101)
    kept = [(row, score) for row, score in zip(more, more_scores, strict=True) if row < len(W)]
    assert kept == list(zip(rows, scores, strict=True))


def test_every_question_has_the_same_answer():
    rng = np.random.default_rng(2)
    W = rng.gamma(0.5, size=(3000, 6)).astype(np.float32)
    nearest = NearestRows(W)
    query = unit_rows(W[[5]])[0]
    answers = [first(asked, query, 15) for asked in (nearest, nearest, NearestRows(W))]
    assert answers[0] == answers[1] == answers[2]


def test_the_layout_of_the_loadings_does_not_matter():
    W = np.random.default_rng(4).gamma(0.5, size=(500, 30))
    query = unit_rows(W[:1])[0]
    columnwise = NearestRows(np.asfortranarray(W))
    assert first(columnwise, query, 500) == first(NearestRows(W), query, 500)


def test_nothing_is_near_among_no_rows():
    nearest = NearestRows(np.zeros((0, 3)))
    assert first(nearest, np.array([1.0, 0.0, 0.0]), 5) == ([], [])
    ((rows, contributions),) = nearest.best_of_many(np.eye(3)[:1], n=5)
    assert (rows.shape, contributions.shape) == ((0,), (0, 3))


def test_no_question_has_no_answer():
    assert NearestRows(np.ones((4, 2))).best_of_many(np.empty((0, 2)), n=3) == []


def test_no_candidate_means_no_answer():
    nearest, query = NearestRows(np.ones((10, 2))), np.array([1.0, 0.0])
    nobody = np.zeros(10, dtype=bool)
    assert first(nearest, query, 5, nobody) == ([], [])
    assert not len(nearest.best_of_many(query[None], n=5, candidates=nobody)[0][0])

"""Every way to search finds what sorting all rows finds, to the last bit, ties and filters included."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsong.recommend import NearestRows, similar_tracks

KINDS = ["read", "tree", "product"]


def rows_of_few_kinds(rng, n_rows, n_components, *, n_kinds):
    """Return loadings among which exact ties, near ties and empty rows are common."""
    kinds = rng.gamma(0.5, size=(n_kinds, n_components)) * (
        rng.random((n_kinds, n_components)) < 0.6
    )
    W = kinds[rng.integers(0, n_kinds, n_rows)]
    near = rng.random(n_rows) < 0.3
    W[near] *= 1 + 1e-14 * rng.random((near.sum(), n_components))
    return W


def nearest_by(kind, W, monkeypatch):
    """Return `NearestRows` that search in one way."""
    nearest = NearestRows(W)
    monkeypatch.setattr("partsong.recommend.nearest._FEW_CANDIDATES", 0)
    monkeypatch.setattr(
        "partsong.recommend.nearest._MOST_TREE_COMPONENTS", 99 if kind == "tree" else 0
    )
    if kind != "read":
        nearest.build_index()
    return nearest


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


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n_components=st.integers(1, 9),
    n_kinds=st.sampled_from([3, 40, 3000]),
    dtype=st.sampled_from([np.float32, np.float64]),
    n=st.sampled_from([1, 10, 300]),
    share=st.sampled_from([None, 0.5, 0.01]),
)
def test_finds_what_sorting_all_rows_finds(kind, seed, n_components, n_kinds, dtype, n, share):
    rng = np.random.default_rng(seed)
    W = rows_of_few_kinds(rng, 3000, n_components, n_kinds=n_kinds).astype(dtype)
    query = rng.random(n_components) + 1e-3
    query /= np.linalg.norm(query)
    candidates = None if share is None else rng.random(len(W)) < share
    with pytest.MonkeyPatch.context() as patch:
        found, scores = first(nearest_by(kind, W, patch), query, n, candidates)
        everything, _ = first(nearest_by(kind, W, patch), query, len(W), candidates)
    expected, expected_scores = sort_all(W, query, candidates)
    assert found == expected[:n].tolist()
    assert scores == expected_scores[:n].tolist()
    assert everything == expected.tolist()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scale", [1e-30, 1e30])
def test_tiny_and_huge_loadings_are_found_alike(kind, scale, monkeypatch):
    W = np.random.default_rng(1).random((2000, 5))
    query = np.full(5, 5**-0.5)
    plain, _ = first(nearest_by("read", W, monkeypatch), query, 20)
    assert first(nearest_by(kind, W * scale, monkeypatch), query, 20)[0] == plain


@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_equal_rows_keep_their_order(kind, monkeypatch):
    W = np.tile([[3.0, 1.0]], (5000, 1))
    found, _ = first(nearest_by(kind, W, monkeypatch), np.array([1.0, 0.0]), 12)
    assert found == list(range(12))


def test_the_answer_stays_the_same_when_the_index_comes():
    rng = np.random.default_rng(2)
    W = rng.gamma(0.5, size=(3000, 6)).astype(np.float32)
    ids = [f"t{row}" for row in range(len(W))]
    nearest = NearestRows(W)
    answers = [
        [(r.track_id, r.score) for r in similar_tracks(nearest, ids, ["t5", "t9"], n=15)]
        for _ in range(40)
    ]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0] == [(r.track_id, r.score) for r in similar_tracks(W, ids, ["t5", "t9"], n=15)]


def test_nothing_is_near_among_no_rows():
    nearest = NearestRows(np.zeros((0, 3)))
    nearest.build_index()
    assert first(nearest, np.array([1.0, 0.0, 0.0]), 5) == ([], [])


def test_no_candidate_means_no_answer():
    nearest = NearestRows(np.ones((10, 2)))
    query = np.array([1.0, 0.0])
    assert first(nearest, query, 5, np.zeros(10, dtype=bool)) == ([], [])

"""Recommendations are exact sums of what the parts share."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from partsong.errors import UnknownTrackError
from partsong.recommend import similar_tracks

loadings = arrays(
    np.float64,
    st.tuples(st.integers(2, 30), st.integers(1, 6)),
    elements=st.floats(0, 10).map(lambda x: round(x, 3)),
).filter(lambda W: W[0].any())


def ids(W):
    return [f"t{row}" for row in range(len(W))]


@given(loadings)
def test_scores_are_cosines_and_reasons_add_up_to_them(W):
    found = similar_tracks(W, ids(W), ["t0"], n=len(W))
    norms = np.linalg.norm(W, axis=1)
    cosine = np.divide(W @ W[0], norms * norms[0], out=np.zeros(len(W)), where=norms > 0)
    assert [r.score for r in found] == sorted((r.score for r in found), reverse=True)
    for recommendation in found:
        row = int(recommendation.track_id[1:])
        assert 0 <= recommendation.score <= 1
        assert recommendation.score == pytest.approx(cosine[row], abs=1e-9)
        assert recommendation.contributions.sum() == pytest.approx(recommendation.score, abs=1e-9)
        assert (recommendation.contributions >= 0).all()
    expected = {f"t{row}" for row in range(1, len(W)) if cosine[row] > 0}
    assert {r.track_id for r in found} == expected


@given(loadings, st.integers(1, 5))
def test_a_short_list_is_the_head_of_the_long_one(W, n):
    full = similar_tracks(W, ids(W), ["t0"], n=len(W))
    short = similar_tracks(W, ids(W), ["t0"], n=n)
    assert [r.track_id for r in short] == [r.track_id for r in full[:n]]


def test_ties_keep_catalog_order_however_many_there_are():
    W = np.vstack([[1.0, 0.0], np.tile([2.0, 1.0], (500, 1)), [5.0, 0.0]])
    found = similar_tracks(W, ids(W), ["t0"], n=5)
    assert [r.track_id for r in found] == ["t501", "t1", "t2", "t3", "t4"]


def test_a_track_without_loadings_is_never_recommended():
    W = np.array([[1.0, 1.0], [0.0, 0.0], [1.0, 0.0]])
    assert [r.track_id for r in similar_tracks(W, ids(W), ["t0"])] == ["t2"]


def test_a_seed_without_loadings_is_refused():
    W = np.array([[0.0, 0.0], [1.0, 0.0]])
    with pytest.raises(ValueError, match="no loadings"):
        similar_tracks(W, ids(W), ["t0"])


def test_several_seeds_count_alike_however_heavy_they_are():
    W = np.array([[100.0, 0.0], [0.0, 0.1], [1.0, 1.0], [1.0, 0.0]])
    found = similar_tracks(W, ids(W), ["t0", "t1"])
    assert found[0].track_id == "t2"
    assert found[0].score == pytest.approx(1)
    np.testing.assert_allclose(found[0].contributions, [0.5, 0.5])


def test_only_candidates_come_back():
    W = np.array([[1.0, 0.0], [1.0, 0.1], [1.0, 0.2]])
    found = similar_tracks(W, ids(W), ["t0"], candidates=np.array([True, False, True]))
    assert [r.track_id for r in found] == ["t2"]


def test_versions_of_a_seed_and_second_versions_stay_out():
    titles = {"t0": "home", "t1": "home", "t2": "away", "t3": "away", "t4": "far"}
    W = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 0.1], [1.0, 0.2], [1.0, 0.3]])
    found = similar_tracks(W, ids(W), ["t0"], song_of=lambda some: [titles[t] for t in some])
    assert [r.track_id for r in found] == ["t2", "t4"]


def test_an_unknown_seed_is_named():
    with pytest.raises(UnknownTrackError, match="nowhere") as caught:
        similar_tracks(np.ones((1, 1)), ["t0"], ["nowhere"])
    assert "partsong update" in caught.value.hint

"""Which part a track belongs to depends on no scale, and on no random start's scale either."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from partsong.parts import MIXED, assign_parts, part_shares

loadings = arrays(
    np.float64,
    st.tuples(st.integers(1, 12), st.just(3)),
    elements=st.just(0.0) | st.floats(1e-6, 10),
)
components = arrays(np.float64, (3, 4), elements=st.floats(0.01, 10))
factors = arrays(np.float64, 3, elements=st.floats(1e-6, 1e6))


@given(loadings, components, factors)
def test_no_share_or_label_depends_on_the_scale_of_a_component(W, H, scale):
    shares = part_shares(W, H)
    other = part_shares(W * scale, H / scale[:, None])
    np.testing.assert_allclose(other, shares, atol=1e-9)
    here, there = assign_parts(W, H), assign_parts(W * scale, H / scale[:, None])
    np.testing.assert_allclose(there.lead, here.lead, atol=1e-9)
    is_decided = np.abs(here.lead - 0.1) > 1e-6
    np.testing.assert_array_equal(there.labels[is_decided], here.labels[is_decided])


@given(loadings, components)
def test_shares_sum_to_one_or_the_track_is_not_explained(W, H):
    shares = part_shares(W, H)
    sums = shares.sum(axis=1)
    np.testing.assert_allclose(sums[W.any(axis=1)], 1)
    assert (sums[~W.any(axis=1)] == 0).all()


def test_argmax_of_unbalanced_loadings_would_have_been_wrong():
    W, H = np.array([[1.0, 0.9]]), np.array([[0.1, 0.0], [0.0, 5.0]])
    assert W.argmax(axis=1).tolist() == [0]
    assert assign_parts(W, H).labels.tolist() == [1]


@pytest.mark.parametrize(
    ("row", "label"),
    [((0.6, 0.4), 0), ((0.52, 0.48), MIXED), ((0.5, 0.5), MIXED), ((0.0, 0.0), MIXED)],
)
def test_a_narrow_lead_is_mixed(row, label):
    assert assign_parts(np.array([row]), np.eye(2)).labels.tolist() == [label]


def test_without_a_margin_every_explained_track_has_a_part():
    W = np.array([[0.5, 0.5], [0.51, 0.49], [0.0, 0.0]])
    assert assign_parts(W, np.eye(2), margin=0).labels.tolist() == [0, 0, MIXED]


def test_one_part_takes_all():
    result = assign_parts(np.array([[2.0], [0.0]]), np.ones((1, 3)))
    assert result.labels.tolist() == [0, MIXED]
    assert result.lead.tolist() == [1.0, 0.0]

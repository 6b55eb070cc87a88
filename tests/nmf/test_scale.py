"""The scale law, and the measures of loss."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from sklearn.decomposition._nmf import _beta_divergence

from partsong.nmf import balance_scale, divergence

AMOUNTS = st.just(0.0) | st.floats(1e-100, 1e100)


@given(hnp.arrays(float, (5, 3), elements=AMOUNTS), hnp.arrays(float, (3, 4), elements=AMOUNTS))
def test_product_stays_and_components_get_unit_length(W, H):
    loadings, components = balance_scale(W, H)
    np.testing.assert_allclose(loadings @ components, W @ H, rtol=1e-9)
    is_zero = (H == 0).all(axis=1)
    np.testing.assert_allclose(np.linalg.norm(components[~is_zero], axis=1), 1, rtol=1e-9)
    assert (components[is_zero] == 0).all()
    assert (loadings[:, is_zero] == 0).all()


@given(st.lists(st.floats(1e-6, 1e6), min_size=3, max_size=3))
def test_any_scale_of_the_same_factors_gives_the_same_balance(sizes):
    rng = np.random.default_rng(0)
    W, H, scale = rng.random((5, 3)), rng.random((3, 4)), np.array(sizes)
    plain = balance_scale(W, H)
    scaled = balance_scale(W * scale, H / scale[:, np.newaxis])
    for one, two in zip(plain, scaled, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-9)


def test_the_strongest_component_is_the_one_that_adds_most():
    W, H = np.array([[10.0, 1.0]]), np.array([[0.01, 0.0], [0.0, 1.0]])
    assert W.argmax() == 0
    assert balance_scale(W, H)[0].argmax() == 1


def test_factors_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="do not have the same components"):
        balance_scale(np.ones((2, 3)), np.ones((2, 3)))


@pytest.mark.parametrize("beta_loss", ["frobenius", "kullback-leibler"])
def test_divergence_is_scikit_learn_s(beta_loss):
    rng = np.random.default_rng(0)
    X, W, H = rng.random((5000, 6)), rng.random((5000, 2)), rng.random((2, 6))
    X[rng.random(X.shape) < 0.2] = 0
    expected = _beta_divergence(X, W, H, beta_loss)
    assert divergence(X, W, H, beta_loss=beta_loss) == pytest.approx(expected, rel=1e-9)


def test_a_value_that_the_product_rules_out_is_infinitely_far():
    assert (
        divergence(np.ones((1, 1)), np.zeros((1, 1)), np.ones((1, 1)), beta_loss="kullback-leibler")
        == np.inf
    )

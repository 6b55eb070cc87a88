"""Where a factorization starts."""

import numpy as np
import pytest

from partsong.nmf import NMF, initialize

X = np.random.default_rng(0).random((20, 6))
SVD_INITS = ["nndsvd", "nndsvda", "nndsvdar"]


@pytest.mark.parametrize("init", ["random", *SVD_INITS])
@pytest.mark.parametrize("factor", [1e-12, 1e12])
def test_starts_follow_the_unit_of_the_data(init, factor):
    W, H = initialize(X, 3, init=init, random_state=0)
    W_scaled, H_scaled = initialize(X * factor, 3, init=init, random_state=0)
    np.testing.assert_allclose(W_scaled @ H_scaled, W @ H * factor, rtol=1e-9)


@pytest.mark.parametrize("data", [X, X.T], ids=["tall", "wide"])
def test_leading_singular_vectors_come_first(data):
    W, H = initialize(data, 1, init="nndsvd")
    left, values, right = np.linalg.svd(data)
    best = values[0] * np.abs(np.outer(left[:, 0], right[0]))
    np.testing.assert_allclose(W @ H, best, atol=1e-5)


def test_zeros_are_kept_or_filled_as_the_name_says():
    plain, average, random = (initialize(X, 4, init=init, random_state=0)[1] for init in SVD_INITS)
    zero = plain == 0
    assert zero.any()
    np.testing.assert_array_equal(plain[~zero], average[~zero])
    np.testing.assert_array_equal(plain[~zero], random[~zero])
    assert np.ptp(average[zero]) == 0
    assert (average[zero] > 0).all()
    assert np.ptp(random[zero]) > 0
    assert random[zero].max() < average[zero].max()


def test_default_depends_on_the_number_of_components():
    np.testing.assert_array_equal(initialize(X, 6)[0], initialize(X, 6, init="nndsvda")[0])
    W, _ = initialize(X, 7, random_state=1)
    np.testing.assert_array_equal(W, initialize(X, 7, init="random", random_state=1)[0])


@pytest.mark.parametrize("init", SVD_INITS)
def test_more_components_than_singular_vectors_are_refused(init):
    with pytest.raises(ValueError, match=rf"init='{init}' can only be used .* Use init='random'"):
        NMF(7, init=init).fit(X)


@pytest.mark.parametrize("init", ["random", *SVD_INITS])
def test_missing_values_and_rank_deficiency_leave_the_start_finite(init):
    low_rank = np.outer(np.arange(8.0), np.arange(5.0))
    low_rank[2, 3] = np.nan
    for factor in initialize(low_rank, 4, init=init, random_state=0):
        assert np.isfinite(factor).all()
        assert (factor >= 0).all()


@pytest.mark.parametrize(
    ("W", "H", "message"),
    [
        (np.ones((20, 3)), None, "init='custom' needs H to start from"),
        (np.ones((20, 2)), np.ones((3, 6)), r"input W\). Expected \(20, 3\), but got \(20, 2\)"),
        (-np.ones((20, 3)), np.ones((3, 6)), r"Negative values in data passed to NMF \(input W\)"),
        (np.ones((20, 3)), np.zeros((3, 6)), r"passed to NMF \(input H\) is full of zeros"),
        (np.full((20, 3), np.nan), np.ones((3, 6)), "W contains NaN"),
    ],
)
def test_unusable_starts_are_refused(W, H, message):
    with pytest.raises(ValueError, match=message):
        NMF(3, init="custom").fit(X, W=W, H=H)


def test_starts_without_their_switch_are_ignored_aloud():
    with pytest.warns(RuntimeWarning, match="provided W or H are ignored"):
        NMF(3).fit(X, W=np.ones((20, 3)))


def test_zeros_that_multiplying_cannot_leave_are_warned_of():
    with pytest.warns(UserWarning, match=r"\('mu'\) solver cannot update zeros"):
        NMF(3, init="nndsvd", solver="mu", tol=1e-2).fit(X)


def test_least_squares_refuse_the_other_loss_by_name():
    message = "solver='hals' minimises beta_loss='frobenius' only, got 'kullback-leibler'; use solver='mu'"
    with pytest.raises(ValueError, match=message):
        NMF(3, solver="hals", beta_loss="kullback-leibler").fit(X)


def test_a_negative_value_is_named():
    Y = X.copy()
    Y[4, 2] = -0.1
    with pytest.raises(ValueError, match="the first in row 4, feature 2"):
        NMF(3).fit(Y)

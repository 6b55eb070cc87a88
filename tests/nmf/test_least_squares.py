"""Loadings for given components are optimal, by the conditions and by SciPy's solver."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy.optimize import nnls

from partsong.nmf import NMF, nonnegative_least_squares

AMOUNTS = st.floats(0, 100, allow_subnormal=False).map(lambda value: round(value, 3))

RELATIVE_ENTROPY = NMF(
    3, solver="mu", beta_loss="kullback-leibler", init="random", tol=1e-2, random_state=0
).fit(np.random.default_rng(0).random((20, 5)))


def excess(X, H, W):
    """How much longer each row's residual is than SciPy's, as a part of the row's length."""
    results = []
    for x, w in zip(X, W, strict=True):
        seen = ~np.isnan(x)
        length = np.linalg.norm(x[seen]) or 1.0
        _, shortest = nnls(H[:, seen].T, x[seen], maxiter=1000)
        results.append((np.linalg.norm(x[seen] - w @ H[:, seen]) - shortest) / length)
    return np.array(results)


@pytest.mark.parametrize("n_components", [1, 5, 12, 20])
def test_agrees_with_scipy(n_components):
    rng = np.random.default_rng(n_components)
    X, H = rng.random((300, 12)), rng.random((n_components, 12))
    W = nonnegative_least_squares(X, H)
    assert (W >= 0).all()
    assert np.abs(excess(X, H, W)).max() < 1e-9
    if n_components <= 12:
        expected = np.array([nnls(H.T, x)[0] for x in X])
        np.testing.assert_allclose(W, expected, atol=1e-6)


@pytest.mark.parametrize("distance", [1e-2, 1e-4, 1e-6, 0])
def test_near_parallel_components_are_no_trouble(distance):
    rng = np.random.default_rng(0)
    H = rng.random((4, 10))
    H = np.vstack([H, H + distance * rng.random((4, 10)), np.zeros((1, 10))])
    X = rng.random((200, 10))
    W = nonnegative_least_squares(X, H)
    assert np.abs(excess(X, H, W)).max() < 1e-7
    assert (W[:, -1] == 0).all()


def test_missing_entries_do_not_count():
    rng = np.random.default_rng(1)
    X, H = rng.random((200, 12)), rng.random((4, 12))
    X[rng.random(X.shape) < 0.3] = np.nan
    X[7] = np.nan
    W = nonnegative_least_squares(X, H)
    assert np.abs(excess(np.delete(X, 7, axis=0), H, np.delete(W, 7, axis=0))).max() < 1e-9
    assert (W[7] == 0).all()


def test_one_of_many_solutions_does_not_depend_on_the_company():
    rng = np.random.default_rng(2)
    X, H = rng.random((50, 6)), rng.random((9, 6))
    X[rng.random(X.shape) < 0.5] = np.nan
    alone = np.vstack([nonnegative_least_squares(row[np.newaxis], H) for row in X])
    np.testing.assert_allclose(nonnegative_least_squares(X, H), alone, atol=1e-6)


def test_equal_components_share_a_loading():
    W = nonnegative_least_squares(np.array([[2.0, 4.0]]), np.array([[1.0, 2.0], [1.0, 2.0]]))
    np.testing.assert_allclose(W, [[1.0, 1.0]], atol=1e-6)


@settings(deadline=None, max_examples=60)
@given(
    hnp.arrays(float, (5, 4), elements=AMOUNTS),
    hnp.arrays(float, (3, 4), elements=AMOUNTS),
    st.sampled_from([1e-12, 1.0, 1e12]),
)
def test_optimal_for_any_numbers_and_units(X, H, unit):
    W = nonnegative_least_squares(X * unit, H)
    assert np.isfinite(W).all()
    assert (W >= 0).all()
    # Where components are all but parallel, short loadings are preferred at a small cost.
    assert np.abs(excess(X * unit, H, W)).max() < 2e-4


@settings(deadline=None, max_examples=30)
@given(
    hnp.arrays(float, (6, 5), elements=AMOUNTS),
    hnp.arrays(bool, (6, 5)),
)
def test_relative_entropy_loadings_satisfy_the_optimality_conditions(X, is_missing):
    H = RELATIVE_ENTROPY.components_
    W = RELATIVE_ENTROPY.transform(np.where(is_missing, np.nan, X))
    product = W @ H
    assert (product[~is_missing & (X > 0)] > 0).all()
    ratio = np.divide(X, product, out=np.zeros_like(X), where=product > 0)
    slope = np.where(is_missing, 0, 1 - ratio) @ H.T
    assert slope.min() > -1e-6
    total = np.where(is_missing, 0, X).sum() or 1.0
    assert np.abs(W * slope).max() < 1e-6 * total


@pytest.mark.parametrize(
    ("X", "H", "message"),
    [
        ([[1.0, 2.0]], [[1.0]], "do not have the same features"),
        ([[1.0, np.inf]], [[1.0, 1.0]], "X holds infinite values"),
        ([[1.0, 2.0]], [[1.0, -1.0]], "negative or not finite"),
        ([[1.0, 2.0]], [[1.0, np.nan]], "negative or not finite"),
    ],
)
def test_bad_input_is_refused(X, H, message):
    with pytest.raises(ValueError, match=message):
        nonnegative_least_squares(np.array(X), np.array(H))

"""Missing entries: they do not count, and what was observed fills them."""

import numpy as np
import pytest

from partsong.nmf import NMF, nonnegative_least_squares

SOLVERS = [
    pytest.param({"solver": "auto"}, id="auto"),
    pytest.param({"solver": "hals"}, id="hals"),
    pytest.param({"solver": "mu"}, id="mu"),
    pytest.param({"solver": "mu", "beta_loss": "kullback-leibler"}, id="mu-kl"),
]


def low_rank(n_samples=300, n_features=15, n_components=3, *, seed=0):
    rng = np.random.default_rng(seed)
    return rng.gamma(1.0, size=(n_samples, n_components)) @ rng.gamma(
        0.5, size=(n_components, n_features)
    )


def with_holes(X, share, *, seed=1):
    return np.where(np.random.default_rng(seed).random(X.shape) < share, np.nan, X)


# Towards a perfect fit the multiplicative updates slow down without end.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("params", SOLVERS)
@pytest.mark.parametrize("share", [0.05, 0.3])
def test_low_rank_data_are_completed(params, share):
    X = low_rank()
    holes = with_holes(X, share)
    model = NMF(3, random_state=0, tol=1e-6, max_iter=2000, **params)
    restored = model.inverse_transform(model.fit_transform(holes))
    missing = np.isnan(holes)
    error = np.linalg.norm((restored - X)[missing]) / np.linalg.norm(X[missing])
    filled = np.where(missing, np.nanmean(holes, axis=0), holes)
    mean_error = np.linalg.norm((filled - X)[missing]) / np.linalg.norm(X[missing])
    assert error < 0.02 < mean_error


def test_masking_beats_filling_with_means():
    noise = np.random.default_rng(2).gamma(20.0, 1 / 20, size=(300, 15))
    X = low_rank() * noise
    holes = with_holes(X, 0.25)
    missing = np.isnan(holes)
    filled = np.where(missing, np.nanmean(holes, axis=0), holes)
    errors = []
    for data in (holes, filled):
        model = NMF(3, random_state=0)
        restored = model.inverse_transform(model.fit_transform(data))
        errors.append(np.linalg.norm((restored - X)[missing]))
    assert errors[0] < 0.7 * errors[1]


def test_masked_gradient_vanishes_where_the_descent_ends():
    holes = with_holes(low_rank() + np.random.default_rng(4).random((300, 15)), 0.3)
    model = NMF(3, solver="hals", random_state=0, tol=1e-8, max_iter=5000)
    W = model.fit_transform(holes)
    H = model.components_
    residual = np.nan_to_num(W @ H - holes)
    scale = np.linalg.norm(np.nan_to_num(holes))
    for factor, slope in ((W, residual @ H.T), (H, W.T @ residual)):
        assert np.abs(np.minimum(slope, 0)).max() < 1e-4 * scale
        assert np.abs(factor * slope).max() < 1e-4 * scale


@pytest.mark.parametrize("params", SOLVERS)
def test_a_row_never_observed_has_zero_loadings(params):
    X = low_rank(40, 6)
    X[3] = np.nan
    W = NMF(2, random_state=0, tol=1e-4, **params).fit_transform(X)
    assert (W[3] == 0).all()
    assert np.delete(W, 3, axis=0).any(axis=1).all()


def test_a_column_never_observed_is_refused_by_name():
    frame = pytest.importorskip("pandas").DataFrame(
        {"energy": [0.1, 0.2], "tempo": [np.nan, np.nan], "mode": [np.nan, np.nan]}
    )
    with pytest.raises(ValueError, match="No value was observed of feature 'tempo', 'mode'"):
        NMF(1).fit(frame)


def test_transform_may_miss_a_whole_column():
    model = NMF(2, random_state=0).fit(low_rank(40, 6, 2))
    X = low_rank(40, 6, 2)[:5]
    X[:, 1] = np.nan
    kept = [0, 2, 3, 4, 5]
    np.testing.assert_allclose(
        model.transform(X), nonnegative_least_squares(X[:, kept], model.components_[:, kept])
    )


@pytest.mark.parametrize("init", ["random", "nndsvda", "nndsvdar"])
def test_rows_keep_their_order_when_some_miss_values(init):
    X = low_rank(50, 8, 2)
    holes = X.copy()
    holes[::3, 0] = np.nan
    model = NMF(2, init=init, random_state=0, tol=1e-7, max_iter=5000)
    restored = model.inverse_transform(model.fit_transform(holes))
    np.testing.assert_allclose(restored, X, atol=0.02 * X.max())

"""Components that follow batches of rows."""

import numpy as np
import pytest

from partsong.nmf import NMF, reconstruction_error

SOLVERS = [
    pytest.param({"solver": "hals"}, id="hals"),
    pytest.param({"solver": "mu", "max_iter": 5000}, id="mu"),
    pytest.param({"solver": "mu", "beta_loss": "kullback-leibler"}, id="mu-kl"),
]


def made_data(seed=0, n_samples=2000):
    rng = np.random.default_rng(seed)
    return rng.gamma(0.5, size=(n_samples, 4)) @ rng.gamma(1.0, size=(4, 10)) + rng.random(
        (n_samples, 10)
    )


@pytest.mark.parametrize("share_missing", [0, 0.1])
@pytest.mark.parametrize("params", SOLVERS)
def test_one_pass_over_batches_comes_near_a_fit_of_all(params, share_missing):
    X = made_data()
    holes = np.where(np.random.default_rng(1).random(X.shape) < share_missing, np.nan, X)
    loss = params.get("beta_loss", "frobenius")
    whole = NMF(4, random_state=0, tol=1e-4, **params).fit(holes)
    online = NMF(4, random_state=0, tol=1e-4, **params)
    for batch in np.array_split(holes, 20):
        online.partial_fit(batch)
    error = reconstruction_error(holes, online.transform(holes), online.components_, beta_loss=loss)
    assert online.n_samples_seen_ == len(X)
    assert error < 1.05 * whole.reconstruction_err_


@pytest.mark.parametrize("params", SOLVERS)
def test_first_batch_is_a_fit(params):
    X = made_data(n_samples=200)
    first = NMF(4, random_state=0, tol=1e-4, **params).partial_fit(X)
    fitted = NMF(4, random_state=0, tol=1e-4, **params).fit(X)
    np.testing.assert_array_equal(first.components_, fitted.components_)


@pytest.mark.parametrize("params", SOLVERS)
def test_a_few_new_rows_hardly_move_what_many_have_taught(params):
    X = made_data()
    model = NMF(4, random_state=0, tol=1e-4, **params).fit(X)
    before = model.components_.copy()
    model.partial_fit(made_data(2, 5))
    assert not np.array_equal(model.components_, before)
    np.testing.assert_allclose(model.components_, before, atol=0.02 * before.max())


def test_components_follow_a_change_sooner_when_more_is_forgotten():
    rng = np.random.default_rng(3)
    before, after = (rng.gamma(1.0, size=(600, 2)) @ rng.random((2, 8)) for _ in range(2))
    errors = []
    for forgetting in (0, 1, 10):
        model = NMF(2, random_state=0, forgetting=forgetting)
        for batch in [*np.array_split(before, 6), *np.array_split(after, 6)]:
            model.partial_fit(batch)
        errors.append(reconstruction_error(after, model.transform(after), model.components_))
    assert errors == sorted(errors, reverse=True)
    assert errors[2] < 0.5 * errors[0]


def test_a_later_batch_may_miss_a_feature_or_hold_one_row():
    model = NMF(3, random_state=0).fit(made_data(n_samples=200))
    batch = made_data(4, 10)
    batch[:, 2] = np.nan
    model.partial_fit(batch).partial_fit(batch[:1])
    assert np.isfinite(model.components_).all()
    assert model.n_samples_seen_ == 211


def test_a_batch_that_fails_changes_nothing():
    model = NMF(3, random_state=0).fit(made_data(n_samples=200))
    before = dict(vars(model))
    with pytest.raises(ValueError, match="Negative values"):
        model.partial_fit(-made_data(n_samples=5))
    assert vars(model) == before

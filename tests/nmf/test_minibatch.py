"""Learning from batches: the contract, the loss it reaches, what it takes."""

import warnings

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_array
from sklearn import decomposition
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import minmax_scale
from sklearn.utils.estimator_checks import parametrize_with_checks

from partsong.nmf import NMF, reconstruction_error
from partsong.nmf.minibatch import MiniBatchNMF

LOSSES = ["frobenius", "kullback-leibler", "itakura-saito"]


def made_data(seed=0, n_samples=2000):
    rng = np.random.default_rng(seed)
    return rng.gamma(0.5, size=(n_samples, 4)) @ rng.gamma(1.0, size=(4, 10)) + rng.random(
        (n_samples, 10)
    )


# The checks' data are few and noisy on purpose, and allow few iterations.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks([MiniBatchNMF(2), MiniBatchNMF(2, beta_loss="kullback-leibler")])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("share_missing", [0, 0.1])
@pytest.mark.parametrize("beta_loss", LOSSES)
def test_comes_near_a_fit_of_all_rows(beta_loss, share_missing):
    X = made_data()
    X[np.random.default_rng(1).random(X.shape) < share_missing] = np.nan
    params = {"beta_loss": beta_loss, "random_state": 0}
    whole = NMF(4, tol=1e-4, max_iter=3000, **params).fit(X)
    model = MiniBatchNMF(4, batch_size=200, **params)
    W = model.fit_transform(X)
    np.testing.assert_array_equal(W, model.transform(X))
    error = reconstruction_error(X, W, model.components_, beta_loss=beta_loss)
    assert model.reconstruction_err_ == pytest.approx(error, rel=1e-9)
    assert error < 1.03 * whole.reconstruction_err_


@pytest.mark.parametrize("n_components", [4, 8])
def test_no_higher_loss_than_scikit_learn_s_on_real_tracks(shared_data, n_components):
    features = [
        *("danceability", "energy", "loudness", "speechiness", "acousticness"),
        *("instrumentalness", "liveness", "valence", "tempo", "duration_ms"),
    ]
    table = pl.read_parquet(shared_data / "spotify-114k" / "tracks.parquet").select(features)
    X = minmax_scale(table.sample(30_000, seed=0).to_numpy().astype(float))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        theirs = decomposition.MiniBatchNMF(n_components, random_state=0).fit(X)
    ours = MiniBatchNMF(n_components, random_state=0).fit(X)
    assert ours.reconstruction_err_ <= 1.001 * theirs.reconstruction_err_


def test_sparse_rows_give_what_dense_rows_give():
    X = made_data()
    X[np.median(X) > X] = 0
    dense, sparse = (
        MiniBatchNMF(3, init="nndsvda", batch_size=300, random_state=0).fit(data)
        for data in (X, csr_array(X))
    )
    assert sparse.reconstruction_err_ == pytest.approx(dense.reconstruction_err_, rel=0.01)


def test_batches_given_one_by_one_are_learned_too():
    X = made_data()
    model = MiniBatchNMF(4, random_state=0)
    for batch in np.array_split(X, 20):
        model.partial_fit(batch)
    whole = NMF(4, random_state=0).fit(X)
    error = reconstruction_error(X, model.transform(X), model.components_)
    assert model.n_samples_seen_ == len(X)
    assert model.n_steps_ == 20
    assert error < 1.05 * whole.reconstruction_err_


def test_what_is_forgotten_sooner_is_followed_sooner():
    rng = np.random.default_rng(3)
    before, after = (rng.gamma(1.0, size=(600, 2)) @ rng.random((2, 8)) for _ in range(2))
    errors = []
    for forget_factor in (1.0, 0.7, 0.1):
        model = MiniBatchNMF(2, random_state=0, forget_factor=forget_factor)
        for batch in [*np.array_split(before, 6), *np.array_split(after, 6)]:
            model.partial_fit(batch)
        errors.append(reconstruction_error(after, model.transform(after), model.components_))
    assert errors == sorted(errors, reverse=True)
    assert errors[2] < 0.5 * errors[0]


def test_penalties_mean_what_they_mean_in_a_fit_of_all_rows():
    X = made_data()
    params = {"alpha_W": 0.05, "alpha_H": 0.02, "l1_ratio": 0.5, "random_state": 0}
    whole = NMF(4, tol=1e-6, **params).fit(X)
    model = MiniBatchNMF(4, batch_size=500, max_no_improvement=None, max_iter=30, tol=0, **params)
    model.fit(X)
    assert model.components_.sum() == pytest.approx(whole.components_.sum(), rel=0.05)
    free = MiniBatchNMF(4, batch_size=500, random_state=0).fit(X)
    assert model.reconstruction_err_ > free.reconstruction_err_


def test_stops_when_nothing_changes_and_says_so():
    heard = []
    X = made_data()
    model = MiniBatchNMF(
        4, batch_size=100, random_state=0, callback=lambda *news: heard.append(news)
    ).fit(X)
    assert model.converged_
    assert [step for step, _ in heard] == list(range(1, model.n_steps_ + 1))
    assert model.n_iter_ == -(-model.n_steps_ // 20)
    short = MiniBatchNMF(4, batch_size=100, random_state=0, max_iter=1, tol=0).fit(X)
    assert short.n_iter_ == 1
    assert short.n_samples_seen_ <= len(X)


def test_same_seed_gives_the_same_answer():
    X = made_data()
    one, two, other = (
        MiniBatchNMF(4, batch_size=100, random_state=seed, n_jobs=n_jobs).fit(X).components_
        for seed, n_jobs in ((0, 1), (0, 2), (1, 1))
    )
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)


def test_starts_from_given_components():
    X = made_data()
    H = NMF(4, random_state=0).fit(X).components_
    model = MiniBatchNMF(init="custom", random_state=0, max_iter=1).fit(X, H=H)
    assert model.n_components_ == 4
    np.testing.assert_allclose(model.components_, H, rtol=0.3, atol=0.1 * H.max())


def test_a_batch_that_fails_changes_nothing():
    model = MiniBatchNMF(3, random_state=0).fit(made_data(n_samples=200))
    before = dict(vars(model))
    with pytest.raises(ValueError, match="Negative values"):
        model.partial_fit(-made_data(n_samples=5))
    assert vars(model) == before

"""Side by side with scikit-learn: at default settings the loss is no higher than its own."""

import warnings

import numpy as np
import polars as pl
import pytest
from sklearn import decomposition
from sklearn.exceptions import ConvergenceWarning
from sklearn.preprocessing import minmax_scale

from partsong.nmf import NMF, initialize

FEATURES = [
    *("popularity", "danceability", "energy", "key", "loudness", "mode", "speechiness"),
    *("acousticness", "instrumentalness", "liveness", "valence", "tempo"),
    *("duration_ms", "time_signature"),
]


def reference(n_components, X, **params):
    """Fit scikit-learn's own; its default iterations often run out, which it warns of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return decomposition.NMF(n_components, random_state=0, **params).fit(X)


def loss_ratio(n_components, X, **params):
    ours = NMF(n_components, random_state=0, **params).fit(X)
    theirs = reference(n_components, X, **params)
    return (ours.reconstruction_err_ / theirs.reconstruction_err_) ** 2


@pytest.fixture(scope="module")
def blog(shared_data):
    table = pl.read_parquet(shared_data / "blog-bsraya" / "liked_liked_songs.parquet")
    return minmax_scale(table.select(FEATURES).to_numpy().astype(float))


@pytest.fixture(scope="module")
def spotify(shared_data):
    table = pl.read_parquet(shared_data / "spotify-114k" / "tracks.parquet")
    return minmax_scale(table.select(FEATURES).to_numpy().astype(float))


@pytest.fixture(scope="module")
def echonest(shared_data):
    table = pl.read_csv(shared_data / "fma" / "echonest_8000.csv").drop("track_id", "genres")
    return minmax_scale(table.to_numpy().astype(float))


@pytest.mark.parametrize("n_components", [2, 5, 8])
def test_made_data(n_components):
    rng = np.random.default_rng(n_components)
    X = rng.gamma(0.5, size=(300, 5)) @ rng.gamma(0.5, size=(5, 12)) + 0.1 * rng.random((300, 12))
    assert loss_ratio(n_components, X) < 1.001


@pytest.mark.parametrize("n_components", [2, 5, 7, 10, 14])
def test_the_blog_s_songs(blog, n_components):
    assert blog.shape == (208, 14)
    with warnings.catch_warnings():  # as many components as features: the fit gets ever better
        warnings.simplefilter("ignore", ConvergenceWarning)
        assert loss_ratio(n_components, blog) < 1.001


def test_the_blog_s_songs_from_random_starts(blog):
    model = NMF(7, init="random", n_init=10, random_state=0).fit(blog)
    assert model.reconstruction_err_ < 5.977


@pytest.mark.parametrize("n_components", [3, 5])
def test_echo_nest_features(echonest, n_components):
    complete = echonest[~np.isnan(echonest).any(axis=1)]
    assert len(complete) < len(echonest)
    assert loss_ratio(n_components, complete) < 1.001
    masked = NMF(n_components, random_state=0).fit(echonest)
    plain = NMF(n_components, random_state=0).fit(complete)
    assert masked.reconstruction_err_ == pytest.approx(plain.reconstruction_err_, rel=0.02)


@pytest.mark.slow
@pytest.mark.parametrize("n_components", [5, 10])
def test_114_thousand_tracks(spotify, n_components):
    assert loss_ratio(n_components, spotify) < 1.001


@pytest.mark.parametrize("beta_loss", ["frobenius", "kullback-leibler"])
def test_multiplicative_updates_take_the_same_steps(beta_loss):
    rng = np.random.default_rng(0)
    X, W, H = rng.random((40, 7)), rng.random((40, 3)), rng.random((3, 7))
    params = {"solver": "mu", "beta_loss": beta_loss, "init": "custom", "tol": 0, "max_iter": 25}
    ours, theirs = (
        kind(3, **params).fit(X, W=W.copy(), H=H.copy()) for kind in (NMF, decomposition.NMF)
    )
    np.testing.assert_allclose(ours.components_, theirs.components_, rtol=1e-5)


def test_random_starts_are_the_same():
    X = np.random.default_rng(0).random((30, 5))
    W, H = initialize(X, 3, init="random", random_state=4)
    ours = NMF(3, init="custom", solver="hals", tol=0, max_iter=5).fit(X, W=W, H=H)
    drawn = NMF(3, init="random", solver="hals", random_state=4, tol=0, max_iter=5).fit(X)
    np.testing.assert_array_equal(ours.components_, drawn.components_)
    rng = np.random.RandomState(4)
    size = np.sqrt(X.mean() / 3)
    np.testing.assert_array_equal(H, size * np.abs(rng.standard_normal((3, 5))))
    np.testing.assert_array_equal(W, size * np.abs(rng.standard_normal((30, 3))))


@pytest.mark.parametrize("init", ["nndsvd", "nndsvda"])
def test_starts_from_singular_vectors_are_the_same(init):
    X = np.random.default_rng(1).random((30, 8))
    X /= X.max()
    W, H = initialize(X, 4, init=init)
    custom = {"solver": "mu", "tol": 0, "max_iter": 1}
    with warnings.catch_warnings():  # that 'mu' keeps the zeros of 'nndsvd' is meant here
        warnings.simplefilter("ignore", UserWarning)
        theirs = decomposition.NMF(4, init=init, random_state=0, **custom).fit(X)
        ours = decomposition.NMF(4, init="custom", **custom).fit(X, W=W, H=H)
    np.testing.assert_allclose(ours.components_, theirs.components_, rtol=1e-4, atol=1e-8)

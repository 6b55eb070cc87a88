"""What a factorization must do, whatever the solver: recover, descend, repeat, survive scales."""

import itertools

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import threadpool_limits

from partsong.nmf import NMF, balance_scale, divergence, reconstruction_error

SOLVERS = [
    pytest.param({"solver": "hals"}, id="hals"),
    pytest.param({"solver": "mu"}, id="mu"),
    pytest.param({"solver": "mu", "beta_loss": "kullback-leibler"}, id="mu-kl"),
]
SHORT_RUNS = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def planted(n_samples=200, n_features=12, n_components=4, *, seed=0):
    """Factors that determine each other: every component has features and rows to itself."""
    rng = np.random.default_rng(seed)
    H = rng.random((n_components, n_features)) * (rng.random((n_components, n_features)) < 0.5)
    H[:, :n_components] = np.eye(n_components)
    W = rng.random((n_samples, n_components)) * (rng.random((n_samples, n_components)) < 0.5)
    W[:n_components] = np.eye(n_components)
    return W, H


def similarity(H, H_true):
    """Cosine of each planted component with the learned one that is nearest to it."""
    unit = [part / np.linalg.norm(part, axis=1, keepdims=True) for part in (H, H_true)]
    return (unit[0] @ unit[1].T).max(axis=0)


@SHORT_RUNS  # towards a perfect fit the multiplicative updates slow down without end
@pytest.mark.parametrize("params", SOLVERS)
def test_planted_components_are_recovered(params):
    W, H = planted()
    model = NMF(4, random_state=0, tol=1e-7, max_iter=3000, **params).fit(W @ H)
    assert similarity(model.components_, H).min() > 0.999
    assert model.reconstruction_err_ < 1e-2 * np.linalg.norm(W @ H)


def test_near_collinear_planted_components_are_explained():
    W, H = planted()
    H[1] = H[0] + 0.01 * H[1]
    model = NMF(4, random_state=0)
    loadings = model.fit_transform(W @ H)
    np.testing.assert_allclose(model.inverse_transform(loadings), W @ H, atol=1e-2)


@SHORT_RUNS
@pytest.mark.parametrize("share_missing", [0, 0.3])
@pytest.mark.parametrize("params", SOLVERS)
def test_the_loss_never_rises(params, share_missing):
    rng = np.random.default_rng(1)
    X = rng.random((60, 9)) * (rng.random((60, 9)) < 0.7)
    X[rng.random(X.shape) < share_missing] = np.nan
    curve = NMF(4, init="random", random_state=0, tol=0, max_iter=300, **params).fit(X).loss_curve_
    assert len(curve) == 300
    assert (np.diff(curve) <= 1e-12 * curve[0]).all()


@pytest.mark.parametrize("params", SOLVERS)
def test_reported_error_is_that_of_the_returned_factors(params):
    X = np.random.default_rng(2).random((40, 7))
    X[0, 0] = np.nan
    model = NMF(3, random_state=0, tol=1e-4, **params)
    W = model.fit_transform(X)
    loss = params.get("beta_loss", "frobenius")
    error = reconstruction_error(X, W, model.components_, beta_loss=loss)
    assert model.reconstruction_err_ == pytest.approx(error, rel=1e-12)
    assert divergence(X, W, model.components_, beta_loss=loss) <= model.loss_curve_[-1]


@SHORT_RUNS
@pytest.mark.parametrize("params", SOLVERS)
@pytest.mark.parametrize("init", ["random", "nndsvda", "nndsvdar"])
def test_same_seed_gives_the_same_answer_with_one_thread_or_two(params, init):
    X = np.random.default_rng(3).random((9000, 15))
    X[::7, 3] = np.nan
    factors = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            model = NMF(5, init=init, random_state=7, tol=0, max_iter=30, **params)
            factors.append((model.fit_transform(X), model.components_))
    for one, two in zip(*factors, strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("params", SOLVERS)
@pytest.mark.parametrize("init", ["random", "nndsvda"])
@pytest.mark.parametrize("factor", [1e-12, 1e12])
def test_the_unit_of_the_data_does_not_matter(params, init, factor):
    X = np.random.default_rng(4).random((50, 8))
    plain, scaled = (
        NMF(3, init=init, random_state=0, tol=1e-4, **params).fit(data) for data in (X, X * factor)
    )
    assert abs(plain.n_iter_ - scaled.n_iter_) <= 1
    np.testing.assert_allclose(
        scaled.inverse_transform(scaled.transform(X * factor)) / factor,
        plain.inverse_transform(plain.transform(X)),
        atol=1e-6,
    )


@SHORT_RUNS
@pytest.mark.parametrize("params", SOLVERS)
@pytest.mark.parametrize(
    ("shape", "n_components"),
    [((20, 6), 1), ((20, 6), 6), ((20, 6), 9), ((4, 6), 5), ((1, 3), 2), ((5, 1), 1)],
)
def test_any_shape_and_any_number_of_components(params, shape, n_components):
    X = np.random.default_rng(5).random(shape)
    model = NMF(n_components, random_state=0, **params)
    W = model.fit_transform(X)
    assert W.shape == (shape[0], n_components)
    assert model.components_.shape == (n_components, shape[1])
    assert np.isfinite(W).all()
    assert (W >= 0).all()
    assert (model.components_ >= 0).all()


@SHORT_RUNS
def test_as_many_components_as_features_can_explain_all():
    X = np.random.default_rng(6).random((50, 6))
    model = NMF(6, random_state=0, tol=1e-9, max_iter=5000).fit(X)
    assert model.reconstruction_err_ < 1e-3 * np.linalg.norm(X)


@pytest.mark.parametrize("params", SOLVERS)
def test_zero_rows_constant_columns_and_low_rank(params):
    X = np.zeros((30, 5))
    X[10:, 1] = 2.0
    X[20:, 2:4] = 3.0
    model = NMF(4, random_state=0, max_iter=3000, **params)
    W = model.fit_transform(X)
    np.testing.assert_allclose(W[:10], 0, atol=1e-12)
    np.testing.assert_allclose(model.inverse_transform(W), X, atol=0.02)


@pytest.mark.parametrize("params", SOLVERS)
@pytest.mark.parametrize("init", ["random", "nndsvd", "nndsvda", "nndsvdar"])
@pytest.mark.filterwarnings("ignore:The multiplicative update:UserWarning")
def test_a_matrix_of_zeros_is_explained_by_zeros(params, init):
    model = NMF(2, init=init, random_state=0, **params).fit(np.zeros((6, 4)))
    assert model.reconstruction_err_ == 0
    assert model.converged_


@pytest.mark.parametrize("params", SOLVERS)
def test_scale_of_components_does_not_change_what_is_learned(params):
    rng = np.random.default_rng(8)
    X, W, H = rng.random((40, 6)), rng.random((40, 3)), rng.random((3, 6))
    scale = np.array([1e-3, 1.0, 1e3])
    products = []
    for sizes in (np.ones(3), scale):
        model = NMF(init="custom", tol=1e-6, max_iter=5000, **params)
        loadings = model.fit_transform(X, W=W * sizes, H=H / sizes[:, np.newaxis])
        products.append(balance_scale(loadings, model.components_))
    for one, two in zip(*products, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-6)


@SHORT_RUNS
def test_more_starts_never_fit_worse():
    X = np.random.default_rng(9).random((40, 10))
    errors = [
        NMF(5, init="random", n_init=n_init, random_state=0, tol=1e-3).fit(X).reconstruction_err_
        for n_init in (1, 4, 8)
    ]
    for fewer, more in itertools.pairwise(errors):
        assert more <= fewer * (1 + 1e-3)  # as near as `tol` lets them settle
    assert errors[2] < errors[0]


@pytest.mark.parametrize("share_missing", [0, 0.05])
def test_starts_of_tall_data_are_compared_on_a_sample_and_finished_on_all_rows(share_missing):
    rng = np.random.default_rng(3)
    H = rng.random((4, 12)) * (rng.random((4, 12)) < 0.4) + 0.01
    X = rng.gamma(0.5, size=(30_000, 4)) @ H + 0.01 * rng.random((30_000, 12))
    X[rng.random(X.shape) < share_missing] = np.nan
    one = [
        NMF(4, init="random", random_state=seed, tol=1e-4).fit(X).reconstruction_err_
        for seed in range(4)
    ]
    several = NMF(4, init="random", n_init=6, random_state=0, tol=1e-4)
    W = several.fit_transform(X)
    assert several.reconstruction_err_ <= np.median(one) * (1 + 1e-4)
    assert W.shape == (30_000, 4)
    np.testing.assert_array_equal(W, several.transform(X))
    again = NMF(4, init="random", n_init=6, random_state=0, tol=1e-4).fit(X)
    np.testing.assert_array_equal(again.components_, several.components_)


def test_a_descent_cut_short_says_how_to_mend_it():
    X = np.random.default_rng(10).random((40, 10))
    with pytest.warns(
        ConvergenceWarning, match=r"max_iter=3 .* Raise max_iter, or tol above 1e-05"
    ):
        model = NMF(5, solver="hals", random_state=0, max_iter=3).fit(X)
    assert not model.converged_
    assert model.n_iter_ == len(model.loss_curve_) == 3

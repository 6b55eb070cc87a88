"""Hierarchical least squares on dense rows: any mask, weight, penalty, kernel and number of threads."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import decomposition

from partsong.nmf import NMF, descend, initialize
from partsong.nmf.blocks import split_into_blocks
from partsong.nmf.descents.hals import HierarchicalLeastSquares
from partsong.nmf.descents.sampled_descent import descend_from_sample, sample_size
from partsong.nmf.loadings import join_loadings
from partsong.nmf.normal_equations import gram_matrix, sweep
from partsong.nmf.penalties import NO_PENALTIES, Penalties, scale_penalties
from partsong.nmf.quadratics import solve_complete_block
from partsong.nmf.threads import one_blas_thread

PRICES = Penalties(l1_W=0.05, l2_W=0.1, l1_H=0.2, l2_H=0.3)


@pytest.fixture(autouse=True)
def _blas_as_in_a_fit():
    with one_blas_thread():
        yield


@pytest.fixture(params=["compiled", "numpy"])
def kernels(request, monkeypatch):
    monkeypatch.setenv("PARTSONG_KERNELS", request.param)


def made_rows(n_samples=60, n_features=9, n_components=3, *, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.gamma(0.5, size=(n_samples, n_components)) @ rng.gamma(
        0.5, size=(n_components, n_features)
    )
    return X + 0.1 * rng.random(X.shape)


def fit(X, n_components=3, *, penalties=NO_PENALTIES, weights=None, tol=1e-9, **params):
    """Descend, and return loadings, components and the loss curve."""
    blocks, solver = split_into_blocks(X, weights), HierarchicalLeastSquares(penalties)
    settings = {"tol": tol, "max_iter": 2000, "penalties": penalties} | params
    start = initialize(X, n_components, init="random", random_state=0)
    descent = descend(blocks, start, solver, **settings)
    parts = [solver.solve_loadings(block, descent.H) for block in blocks]
    return join_loadings(blocks, parts, like=X), descent.H, descent.loss_curve


def objective(X, W, H, penalties=NO_PENALTIES, weights=None):
    """Add up the loss and what the factors cost, the plain way."""
    weights = np.ones(len(X)) if weights is None else weights
    rows = (np.nan_to_num(X - W @ H) ** 2).sum(axis=1) / 2
    rows += penalties.l1_W * W.sum(axis=1) + penalties.l2_W / 2 * (W**2).sum(axis=1)
    return weights @ rows + penalties.l1_H * H.sum() + penalties.l2_H / 2 * (H**2).sum()


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 2**16),
    shape=st.tuples(st.integers(1, 30), st.integers(1, 12), st.integers(1, 6)),
    share_missing=st.sampled_from([0, 0.3]),
    penalties=st.sampled_from([NO_PENALTIES, PRICES]),
    is_weighted=st.booleans(),
)
def test_the_loss_never_rises_and_is_the_one_reported(
    seed, shape, share_missing, penalties, is_weighted
):
    rng = np.random.default_rng(seed)
    n_samples, n_features, n_components = shape
    X = rng.random((n_samples, n_features)) * (rng.random((n_samples, n_features)) < 0.7)
    X[rng.random(X.shape) < share_missing] = np.nan
    X[0, np.isnan(X).all(axis=0)] = 1.0  # every feature is observed
    weights = rng.integers(0, 4, n_samples) + rng.random(n_samples) if is_weighted else None
    start = rng.random((n_samples, n_components)), rng.random((n_components, n_features))
    blocks, solver = split_into_blocks(X, weights), HierarchicalLeastSquares(penalties)
    curve = descend(blocks, start, solver, tol=0, max_iter=40, penalties=penalties).loss_curve
    rounding = 1e-14 * np.nansum(X**2) * len(X)
    assert (np.diff(curve) <= 1e-12 * curve[0] + rounding).all()
    begin = objective(X, *start, penalties, weights)
    assert 0 <= curve[0] <= begin * (1 + 1e-12) + rounding


@pytest.mark.parametrize("penalties", [NO_PENALTIES, PRICES])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_the_last_loss_is_that_of_the_factors(penalties, is_weighted):
    X = made_rows()
    weights = np.random.default_rng(1).random(len(X)) * 3 if is_weighted else None
    W, H, curve = fit(X, penalties=penalties, weights=weights, tol=1e-12)
    assert objective(X, W, H, penalties, weights) == pytest.approx(curve[-1], rel=1e-6)


# With one factor free of charge scikit-learn takes more than 5,000 iterations.
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(
    ("alpha_W", "alpha_H", "l1_ratio"),
    [(0.01, "same", 0.0), (0.01, "same", 1.0), (0.0, 0.02, 0.5), (0.03, 0.0, 0.5)],
)
def test_penalties_are_scikit_learn_s(alpha_W, alpha_H, l1_ratio):
    X = made_rows(seed=3)
    prices = {"alpha_W": alpha_W, "alpha_H": alpha_H, "l1_ratio": l1_ratio}
    start = initialize(X, 3, init="random", random_state=0)
    peer = decomposition.NMF(3, init="custom", tol=1e-8, max_iter=5000, **prices)
    W_peer = peer.fit_transform(X, W=start[0].copy(), H=start[1].copy())
    penalties = scale_penalties(alpha_W, alpha_H, l1_ratio=l1_ratio, shape=X.shape)
    W, H, _ = fit(X, penalties=penalties, tol=1e-10)
    theirs = objective(X, W_peer, peer.components_, penalties)
    assert objective(X, W, H, penalties) <= theirs * (1 + 1e-5)


@pytest.mark.parametrize("penalties", [NO_PENALTIES, PRICES])
@pytest.mark.parametrize("share_missing", [0, 0.2])
def test_a_weight_is_so_many_copies(penalties, share_missing):
    rng = np.random.default_rng(4)
    X = np.where(rng.random((40, 6)) < share_missing, np.nan, made_rows(40, 6))
    counts = rng.integers(1, 4, len(X))
    W, H = rng.random((40, 3)), rng.random((3, 6))
    settings = {"tol": 0, "max_iter": 20, "penalties": penalties}
    solver = HierarchicalLeastSquares(penalties)
    weighted = descend(split_into_blocks(X, counts.astype(float)), (W, H), solver, **settings)
    copies = np.repeat(np.arange(len(X)), counts)
    copied = descend(split_into_blocks(X[copies]), (W[copies], H), solver, **settings)
    np.testing.assert_allclose(weighted.loss_curve, copied.loss_curve, rtol=1e-9)
    np.testing.assert_allclose(weighted.H, copied.H, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("share_missing", [0, 0.1])
def test_threads_change_nothing(share_missing):
    rng = np.random.default_rng(5)
    X = np.where(rng.random((20_000, 7)) < share_missing, np.nan, rng.random((20_000, 7)))
    start = rng.random((len(X), 4)), rng.random((4, 7))
    one, two, three = (
        descend(
            split_into_blocks(X), start, HierarchicalLeastSquares(), tol=0, max_iter=6, n_jobs=n
        )
        for n in (1, 2, 3)
    )
    for other in (two, three):
        np.testing.assert_array_equal(one.H, other.H)
        np.testing.assert_array_equal(one.loss_curve, other.loss_curve)


@pytest.mark.parametrize("n_jobs", [1, 3])
def test_ctrl_c_gets_through(n_jobs):
    def press(iteration, _loss):
        if iteration == 2:
            raise KeyboardInterrupt

    X = np.random.default_rng(6).random((20_000, 7))
    start = np.ones((len(X), 2)), np.random.default_rng(7).random((2, 7))
    with pytest.raises(KeyboardInterrupt):
        descend(
            split_into_blocks(X),
            start,
            HierarchicalLeastSquares(),
            tol=0,
            max_iter=9,
            n_jobs=n_jobs,
            callback=press,
        )


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**16),
    shape=st.tuples(st.integers(1, 20), st.integers(1, 100)),
    order=st.sampled_from("CF"),
    n_sweeps=st.integers(1, 4),
)
def test_compiled_sweeps_are_those_of_numpy(seed, shape, order, n_sweeps):
    rng = np.random.default_rng(seed)
    k, n = shape
    basis = rng.random((k, k + 2)) * (rng.random((k, 1)) < 0.9)  # a tenth of the rows are zero
    gram, pull = basis @ basis.T, np.array(rng.standard_normal(shape), order=order)
    first, last = sorted(rng.integers(0, n + 1, 2))
    factors = []
    for kernels in ("compiled", "numpy"):
        factor = np.array(np.random.default_rng(seed).random(shape), order=order)
        before = factor.copy()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PARTSONG_KERNELS", kernels)
            sweep(factor, pull, gram, n_sweeps=n_sweeps, columns=slice(first, last))
        np.testing.assert_array_equal(
            np.delete(factor, slice(first, last), axis=1),
            np.delete(before, slice(first, last), axis=1),
        )
        factors.append(factor)
    scale = 1 + np.abs(factors[1]).max()
    np.testing.assert_allclose(factors[0], factors[1], atol=1e-9 * scale)


def test_compiled_descent_is_that_of_numpy(monkeypatch):
    X = made_rows(500, 20, 5)
    curves = []
    for kernels in ("compiled", "numpy"):
        monkeypatch.setenv("PARTSONG_KERNELS", kernels)
        curves.append(fit(X, 5, tol=0, max_iter=50)[2])
    np.testing.assert_allclose(*curves, rtol=1e-6)


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize("penalties", [NO_PENALTIES, PRICES])
def test_slopes_vanish_where_the_descent_ends(penalties):
    X = made_rows(200, 12)
    W, H, _ = fit(X, penalties=penalties, tol=1e-12, max_iter=20_000)
    residual = W @ H - X
    slopes = (
        (W, residual @ H.T + penalties.l1_W + penalties.l2_W * W),
        (H, W.T @ residual + penalties.l1_H + penalties.l2_H * H),
    )
    for factor, slope in slopes:
        scale = np.abs(slope).max() + np.linalg.norm(X)
        assert slope.min() > -1e-5 * scale
        assert np.abs(factor * slope).max() < 1e-5 * scale * factor.max()


def test_rows_and_columns_of_zeros_stay_zero():
    X = made_rows()
    X[5], X[:, 2] = 0, 0
    W, H, _ = fit(X)
    assert (W[5] == 0).all()
    np.testing.assert_allclose(W @ H[:, 2], 0, atol=1e-6)


def test_longer_steps_take_fewer_iterations():
    X = made_rows(400, 30, 8, seed=8)
    start = initialize(X, 8, init="random", random_state=0)

    class Plain(HierarchicalLeastSquares):
        extrapolates = False

    settings = {"tol": 1e-8, "max_iter": 5000}
    plain = descend(split_into_blocks(X), start, Plain(), **settings).loss_curve
    longer = descend(split_into_blocks(X), start, HierarchicalLeastSquares(), **settings).loss_curve
    goal = max(plain[-1], longer[-1]) * (1 + 1e-6)
    assert np.argmax(longer <= goal) < 0.6 * np.argmax(plain <= goal)


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize(("n_components", "n_features"), [(20, 40), (30, 20), (3, 8)])
@pytest.mark.parametrize("penalties", [NO_PENALTIES, PRICES])
def test_loadings_of_any_number_of_components_are_optimal(n_components, n_features, penalties):
    rng = np.random.default_rng(9)
    X, H = rng.random((300, n_features)), rng.random((n_components, n_features))
    H[0] = 0
    block = split_into_blocks(X)[0]
    W = solve_complete_block(block, H, penalties).T
    slope = W @ gram_matrix(H) - X @ H.T + penalties.l1_W + penalties.l2_W * W
    assert (W >= 0).all()
    assert slope.min() > -1e-7
    assert np.abs(W * slope).max() < 1e-6
    assert (W[:, 0] == 0).all()


@pytest.mark.parametrize("is_penalised", [False, True])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_a_sample_leads_where_all_rows_lead(is_penalised, is_weighted):
    rng = np.random.default_rng(10)
    H = np.eye(3, 8) + rng.random((3, 8)) * (rng.random((3, 8)) < 0.4)
    W = rng.random((50_000, 3)) * (rng.random((50_000, 3)) < 0.5)
    X = np.maximum(W @ H + 0.1 * rng.standard_normal((50_000, 8)), 0)
    weights = rng.integers(1, 4, len(X)).astype(float) if is_weighted else None
    penalties = scale_penalties(1e-3, "same", l1_ratio=0.5, shape=X.shape)
    solver = HierarchicalLeastSquares(penalties if is_penalised else NO_PENALTIES)
    one, two = (
        descend_from_sample(
            X,
            split_into_blocks(X, weights),
            solver,
            lambda rows: [initialize(rows, 3)],
            sample_rows=sample_size(len(X), 3),
            tol=1e-5,
            max_iter=50,
            random_state=np.random.RandomState(0),
            weights=weights,
            n_jobs=n_jobs,
        )
        for n_jobs in (1, 2)
    )
    np.testing.assert_array_equal(one.H, two.H)
    assert one.converged
    assert len(one.loss_curve) <= 4
    assert (np.diff(one.loss_curve) <= 0).all()
    blocks, start = split_into_blocks(X, weights), initialize(X, 3)
    settings = {"tol": 1e-7, "max_iter": 200, "penalties": solver.penalties}
    on_all = descend(blocks, start, solver, **settings)
    assert one.loss_curve[-1] <= on_all.loss_curve[-1] * (1 + 1e-5)


@pytest.mark.parametrize("seed", [3, 4])
@pytest.mark.parametrize("k", [2, 3])
def test_a_sample_that_is_corrected_keeps_its_components_in_bounds(seed, k):
    """The correction is linear, so without a bound it fell for ever, and the factors overflowed."""
    rng = np.random.default_rng(seed)
    X = rng.gamma(0.5, size=(30_000, 4)) @ rng.gamma(0.5, size=(4, 14)) + rng.random((30_000, 14))
    model = NMF(k, solver="hals", init="random", random_state=seed).fit(X)
    assert (model.loss_curve_ > 0).all()
    looks = NMF(k, random_state=seed).fit(X)
    assert model.reconstruction_err_ <= looks.reconstruction_err_ * 1.02

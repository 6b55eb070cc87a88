"""The measures of optimality: zero where nothing can be won, and honest elsewhere."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_array
from sklearn.exceptions import ConvergenceWarning

from partsong.nmf import NMF
from partsong.nmf.divergence import divergence
from partsong.nmf.least_squares import nonnegative_least_squares
from partsong.nmf.optimality import kkt_residual, loadings_gap
from partsong.nmf.penalties import Penalties

LOSSES = ["frobenius", "kullback-leibler", "itakura-saito"]


def made_data(seed=0, share_missing=0.0):
    rng = np.random.default_rng(seed)
    X = rng.gamma(1.0, size=(40, 3)) @ rng.gamma(1.0, size=(3, 8)) * rng.gamma(9, 1 / 9, (40, 8))
    X[rng.random(X.shape) < share_missing] = np.nan
    return X, rng.random((40, 3)), rng.random((3, 8))


def multiply(X, W, H, beta, n_iter=4000):
    """Descend by the textbook's multiplicative updates, which need no code of ours."""
    seen = ~np.isnan(X)
    X = np.where(seen, X, 1.0)
    for _ in range(n_iter):
        for side in (0, 1):
            product = W @ H
            up, down = seen * product ** (beta - 2) * X, seen * product ** (beta - 1)
            power = 0.5 if beta == 0 else 1.0  # Itakura-Saito falls for sure with the root only
            if side:
                H = H * ((W.T @ up) / (W.T @ down)) ** power
            else:
                W = W * ((up @ H.T) / (down @ H.T)) ** power
    return W, H


@pytest.mark.parametrize("share_missing", [0, 0.2])
@pytest.mark.parametrize(("beta_loss", "beta"), list(zip(LOSSES, [2, 1, 0], strict=True)))
def test_small_after_a_long_descent_and_large_before(beta_loss, beta, share_missing):
    X, W, H = made_data(share_missing=share_missing)
    before = kkt_residual(X, W, H, beta_loss=beta_loss)
    short = kkt_residual(X, *multiply(X, W, H, beta, 30), beta_loss=beta_loss)
    after = kkt_residual(X, *multiply(X, W, H, beta), beta_loss=beta_loss)
    assert before > 0.05
    assert after < 1e-3 * before
    assert after < 0.1 * short


@pytest.mark.parametrize("beta_loss", LOSSES)
def test_zero_for_an_exact_product_but_for_rounding(beta_loss):
    _, W, H = made_data()
    assert kkt_residual(W @ H, W, H, beta_loss=beta_loss) < 1e-14
    assert kkt_residual(W @ H, W, H * 1.01, beta_loss=beta_loss) > 1e-3


@settings(deadline=None, max_examples=30)
@given(
    st.sampled_from(LOSSES),
    st.floats(-6, 6),
    st.lists(st.floats(-6, 6), min_size=3, max_size=3),
    st.booleans(),
)
def test_no_unit_changes_it(beta_loss, unit, scales, is_sparse):
    X, W, H = made_data()
    sizes = 10.0 ** np.array(scales)
    scaled = (X * 10**unit, W * sizes * 10**unit, H / sizes[:, np.newaxis])
    if is_sparse and beta_loss != "itakura-saito":
        scaled = csr_array(scaled[0]), *scaled[1:]
    expected = kkt_residual(X, W, H, beta_loss=beta_loss)
    assert kkt_residual(*scaled, beta_loss=beta_loss) == pytest.approx(expected, rel=1e-9)


def test_one_wrong_entry_costs_what_the_product_would_move():
    X, _, H = made_data()
    best = nonnegative_least_squares(X, H)
    H_best = nonnegative_least_squares(X.T, best.T).T
    W_best = nonnegative_least_squares(X, H_best)
    assert kkt_residual(X, W_best, H_best) > 1e-6  # the components are not yet optimal
    row, component = 3, int(W_best[3].argmax())
    for size in (0.5, 0.9):
        moved = W_best.copy()
        moved[row, component] *= size

        def loss(value, moved=moved):
            trial = moved.copy()
            trial[row, component] = value
            return divergence(X, trial, H_best)

        best_value = minimize_scalar(loss, bounds=(0, 10 * W_best.max()), method="bounded").x
        step = abs(best_value - moved[row, component]) * np.linalg.norm(H_best[component])
        assert kkt_residual(X, moved, H_best) >= step / np.linalg.norm(X) * 0.999


@pytest.mark.parametrize("beta_loss", LOSSES)
def test_a_weight_of_two_is_two_copies(beta_loss):
    X, W, H = made_data(share_missing=0.1)
    weights = np.where(np.arange(len(X)) % 3 == 0, 2.0, 1.0)
    copied = np.repeat(np.arange(len(X)), weights.astype(int))
    for penalties in (Penalties(), Penalties(0.1, 0.2, 0.3, 0.4)):
        weighted = kkt_residual(
            X, W, H, beta_loss=beta_loss, penalties=penalties, sample_weight=weights
        )
        expected = kkt_residual(X[copied], W[copied], H, beta_loss=beta_loss, penalties=penalties)
        assert weighted == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("beta_loss", ["frobenius", "kullback-leibler"])
def test_sparse_is_dense(beta_loss):
    X, W, H = made_data()
    X[np.median(X) > X] = 0
    dense, sparse = (kkt_residual(data, W, H, beta_loss=beta_loss) for data in (X, csr_array(X)))
    assert sparse == pytest.approx(dense, rel=1e-12)
    assert loadings_gap(csr_array(X), W, H) == pytest.approx(loadings_gap(X, W, H), rel=1e-12)


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 1000), st.integers(1, 6), st.sampled_from([0, 0.2]))
def test_a_fit_that_has_settled_is_nearly_optimal(seed, n_components, share_missing):
    X, _, _ = made_data(seed, share_missing)
    # Looks at incomplete rows add a small price for what is put where nothing was seen.
    solver = "hals" if share_missing else "auto"
    model = NMF(n_components, solver=solver, random_state=0, tol=1e-9, max_iter=5000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        W = model.fit_transform(X)
    assert kkt_residual(X, W, model.components_) < 1e-3
    assert loadings_gap(X, W, model.components_) < 1e-6


@pytest.mark.parametrize("beta_loss", ["kullback-leibler", "itakura-saito"])
def test_a_product_of_zero_where_there_is_something_is_infinitely_wrong(beta_loss):
    X, W, H = made_data()
    W[2] = 0
    assert kkt_residual(X, W, H, beta_loss=beta_loss) == np.inf


def test_nothing_explained_by_nothing_is_optimal():
    assert kkt_residual(np.zeros((3, 2)), np.zeros((3, 1)), np.zeros((1, 2))) == 0
    assert loadings_gap(np.zeros((3, 2)), np.zeros((3, 1)), np.zeros((1, 2))) == 0


def test_penalties_move_the_optimum():
    X, W = np.array([[4.0]]), np.array([[3.0]])
    assert kkt_residual(X, W, np.ones((1, 1)), penalties=Penalties(l1_W=1, l1_H=3)) < 1e-15
    assert kkt_residual(X, W, np.ones((1, 1))) > 0.1


@pytest.mark.parametrize("share_missing", [0, 0.3])
@pytest.mark.parametrize(
    "penalties", [Penalties(), Penalties(l1_W=0.5), Penalties(l2_W=0.3), Penalties(0.2, 0.1)]
)
def test_gap_is_never_less_than_what_better_loadings_win(penalties, share_missing):
    X, _, H = made_data(1, share_missing)
    seen = ~np.isnan(X)
    rng = np.random.default_rng(2)

    def cost(W):
        residual = np.where(seen, X, 0) - seen * (W @ H)
        return (
            (residual**2).sum() / 2 + penalties.l1_W * W.sum() + penalties.l2_W / 2 * (W**2).sum()
        )

    best = rng.random((40, 3))
    for _ in range(3000):  # coordinate descent to the end
        for k in range(3):
            slope = (seen * (best @ H) - np.where(seen, X, 0)) @ H[k] + penalties.l1_W
            curvature = seen @ H[k] ** 2 + penalties.l2_W
            best[:, k] = np.maximum(
                best[:, k] - (slope + penalties.l2_W * best[:, k]) / curvature, 0
            )
    half = np.where(seen, X**2, 0).sum() / 2
    assert loadings_gap(X, best, H, penalties=penalties) < 1e-9
    gaps = []
    for distance in (1.0, 0.1, 0.01):
        W = best * (1 + distance * rng.normal(size=best.shape)).clip(0)
        gap = loadings_gap(X, W, H, penalties=penalties)
        assert gap >= (cost(W) - cost(best)) / half - 1e-12
        gaps.append(gap)
    assert gaps == sorted(gaps, reverse=True)

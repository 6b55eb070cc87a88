"""Every loss with every kind of data: steps, sums, and exact loadings, compiled and in NumPy."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array, csr_matrix
from sklearn.decomposition import _nmf as scikit_learn

from partsong.nmf.blocks import Block
from partsong.nmf.descents.multiplicative import MultiplicativeUpdates, loading_penalty
from partsong.nmf.divergence import check_no_observed_zeros, divergence, factored_divergence
from partsong.nmf.kernels import load_kernel
from partsong.nmf.newton_loadings import solve_block_by_newton
from partsong.nmf.penalties import NO_PENALTIES, Penalties

LOSSES = ("frobenius", "kullback-leibler", "itakura-saito")
BETA = {"frobenius": 2, "kullback-leibler": 1, "itakura-saito": 0}
EXPONENT = {"frobenius": 1.0, "kullback-leibler": 1.0, "itakura-saito": 0.5}
PENALTIES = (NO_PENALTIES, Penalties(0.3, 0, 2.0, 0), Penalties(0.2, 0.7, 1.0, 5.0))
FORGIVING = settings(deadline=None, max_examples=40, suppress_health_check=list(HealthCheck))


@pytest.fixture(
    params=["numpy"] if load_kernel("multiplicative") is None else ["numpy", "compiled"],
    autouse=True,
)
def kernels(request, monkeypatch):
    """Run every test in NumPy and, where it is built, in the compiled kernel."""
    if request.param == "numpy":
        monkeypatch.setenv("PARTSONG_KERNELS", "numpy")
    return request.param


def problem(n_rows=70, n_features=9, n_components=4, *, seed=0):
    """Positive rows with factors to start from; 70 rows are two whole tiles and a part of one."""
    rng = np.random.default_rng(seed)
    X = rng.gamma(1.0, size=(n_rows, 3)) @ rng.gamma(1.0, size=(3, n_features)) + 0.01
    loadings = rng.random((n_components, n_rows)) + 0.05
    return X, loadings, rng.random((n_components, n_features)) + 0.05


def objective(block, loadings, H, solver):
    prices = solver.penalties
    return (
        factored_divergence(block, loadings, H, beta_loss=solver.beta_loss)
        + loading_penalty(prices, loadings, block.weights)
        + prices.l1_H * H.sum()
        + prices.l2_H / 2 * (H**2).sum()
    )


def descend(block, loadings, H, solver, n_iter):
    for _ in range(n_iter):
        loadings, sums = solver.improve(block, loadings, H)
        H = solver.update_components(H, sums)
    return loadings, H


def blocks_of_every_kind(X, beta_loss, seed=1):
    """Yield the rows plain, with gaps, weighted, both, and sparse."""
    rng = np.random.default_rng(seed)
    plain = Block(slice(0, len(X)), X)
    seen = (rng.random(X.shape) < 0.7).astype(float)
    weights = rng.integers(0, 4, len(X)).astype(float)
    yield plain
    yield replace(plain, values=X * seen, seen=seen)
    yield replace(plain, weights=weights)
    yield replace(plain, values=X * seen, seen=seen, weights=weights)
    if beta_loss != "itakura-saito":
        yield replace(plain, values=csr_array(X * seen))
        yield replace(plain, values=csr_matrix(X * seen), weights=weights)


@FORGIVING
@given(
    st.sampled_from(LOSSES),
    st.sampled_from(PENALTIES),
    st.integers(0, 5),
    st.integers(0, 1000),
    st.sampled_from([1e-9, 1.0, 1e9]),
)
def test_the_loss_never_rises(beta_loss, penalties, kind, seed, unit):
    X, loadings, H = problem(40, 6, 3, seed=seed)
    kinds = list(blocks_of_every_kind(X * unit, beta_loss, seed))
    assume(kind < len(kinds))
    solver = MultiplicativeUpdates(beta_loss, penalties)
    now = objective(kinds[kind], loadings, H, solver)
    for _ in range(15):
        loadings = solver.update_loadings(kinds[kind], loadings.copy(), H)
        after_loadings = objective(kinds[kind], loadings, H, solver)
        H = solver.update_components(H, solver.summarise(kinds[kind], loadings, H))
        after_components = objective(kinds[kind], loadings, H, solver)
        assert after_loadings <= now * (1 + 1e-12)
        assert after_components <= after_loadings * (1 + 1e-12)
        now = after_components


@pytest.mark.parametrize("size", [1e-3, 1e3])
def test_the_loss_never_rises_where_a_penalty_on_squares_rules(size):
    X, loadings, H = problem()
    for beta_loss in LOSSES:
        solver = MultiplicativeUpdates(beta_loss, Penalties(0, 1e4, 0, 1e6))
        losses, H_now, W_now = [], H * size, loadings * size
        for _ in range(20):
            losses.append(objective(Block(slice(0, 70), X), W_now, H_now, solver))
            W_now, H_now = descend(Block(slice(0, 70), X), W_now, H_now, solver, 1)
        assert (np.diff(losses) <= 0).all()


@pytest.mark.parametrize("is_sparse", [False, True])
@pytest.mark.parametrize("l1", [0.0, 0.4])
@pytest.mark.parametrize("beta_loss", LOSSES)
def test_one_step_is_scikit_learn_s(beta_loss, l1, is_sparse):
    X, loadings, H = problem()
    if is_sparse and beta_loss == "itakura-saito":
        pytest.skip("Itakura-Saito allows no zeros")
    # Its step for squares may overshoot under Kullback-Leibler, so ours differs there.
    l2 = 0.0 if beta_loss == "kullback-leibler" else l1 / 2
    values = csr_matrix(X * (X.mean() < X)) if is_sparse else X
    beta, gamma = BETA[beta_loss], EXPONENT[beta_loss]
    theirs, *_ = scikit_learn._multiplicative_update_w(
        values, loadings.T.copy(), H.copy(), beta, l1, l2, gamma
    )
    their_H = scikit_learn._multiplicative_update_h(
        values, theirs, H.copy(), beta, 2 * l1, 2 * l2, gamma
    )
    solver = MultiplicativeUpdates(beta_loss, Penalties(l1, l2, 2 * l1, 2 * l2))
    ours, our_H = descend(Block(slice(0, 70), values), loadings.copy(), H, solver, 1)
    np.testing.assert_allclose(ours.T, theirs, rtol=1e-12)
    np.testing.assert_allclose(our_H, their_H, rtol=1e-12)


def test_a_penalty_on_squares_leads_where_scikit_learn_s_does():
    X, loadings, H = problem(30, 6, 2)
    block = Block(slice(0, 30), X)
    solver = MultiplicativeUpdates("kullback-leibler", Penalties(0.1, 0.5, 0.2, 1.0))
    W, H_ours = descend(block, loadings.copy(), H, solver, 4000)
    theirs, their_H, _ = scikit_learn._fit_multiplicative_update(
        X, loadings.T.copy(), H.copy(), 1, 4000, 0, 0.1, 0.2, 0.5, 1.0
    )
    ours = objective(block, W, H_ours, solver)
    assert ours <= objective(block, theirs.T, their_H, solver) * (1 + 1e-9)


@pytest.mark.parametrize("penalties", PENALTIES)
@pytest.mark.parametrize("beta_loss", LOSSES)
def test_compiled_and_numpy_agree_on_every_kind(beta_loss, penalties, monkeypatch):
    for shape in ((70, 9, 4), (1, 1, 1), (33, 20, 11), (64, 3, 5)):
        X, loadings, H = problem(*shape)
        solver = MultiplicativeUpdates(beta_loss, penalties)
        for block in blocks_of_every_kind(X, beta_loss):
            W, sums = solver.improve(block, loadings.copy(), H)
            with monkeypatch.context() as patch:
                patch.setenv("PARTSONG_KERNELS", "numpy")
                W_plain = solver.update_loadings(block, loadings.copy(), H)
                plain = solver.summarise(block, W_plain, H)
            np.testing.assert_allclose(W, W_plain, rtol=1e-12)
            np.testing.assert_allclose(sums.numerator, plain.numerator, rtol=1e-12)
            np.testing.assert_allclose(sums.denominator, plain.denominator, rtol=1e-12)
            assert sums.loss == pytest.approx(plain.loss, rel=1e-13)


@pytest.mark.parametrize("beta_loss", LOSSES)
def test_several_updates_are_one_after_the_other(beta_loss):
    X, loadings, H = problem()
    once, thrice = (
        MultiplicativeUpdates(beta_loss, PENALTIES[2], loading_updates=n) for n in (1, 3)
    )
    for block in blocks_of_every_kind(X, beta_loss):
        W = loadings.copy()
        for _ in range(3):
            W = once.update_loadings(block, W, H)
        sums = once.summarise(block, W, H)
        W_together, sums_together = thrice.improve(block, loadings.copy(), H)
        np.testing.assert_allclose(W_together, W, rtol=1e-14)
        np.testing.assert_allclose(sums_together.numerator, sums.numerator, rtol=1e-14)
        assert sums_together.loss == pytest.approx(sums.loss, rel=1e-14)


@pytest.mark.parametrize("beta_loss", LOSSES)
def test_loss_of_the_sums_is_the_objective(beta_loss):
    X, loadings, H = problem()
    solver = MultiplicativeUpdates(beta_loss, Penalties(0.3, 0.2, 0, 0))
    for block in blocks_of_every_kind(X, beta_loss):
        loss = solver.summarise(block, loadings, H).loss
        assert loss == pytest.approx(objective(block, loadings, H, solver), rel=1e-12)


@pytest.mark.parametrize("beta_loss", LOSSES)
def test_nothing_missing_is_the_same_as_no_mask(beta_loss):
    X, loadings, H = problem()
    solver = MultiplicativeUpdates(beta_loss)
    plain, masked = (
        descend(Block(slice(0, 70), X, seen), loadings.copy(), H, solver, 5)
        for seen in (None, np.ones_like(X))
    )
    for one, two in zip(plain, masked, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-12)


@pytest.mark.parametrize("beta_loss", LOSSES)
def test_what_is_missing_does_not_matter(beta_loss):
    X, loadings, H = problem()
    shown = np.random.default_rng(3).random(X.shape) < 0.6
    kept, W_kept, H_kept = X[:, :8], loadings, H[:, :8]
    shown[:, 8] = False
    solver = MultiplicativeUpdates(beta_loss)
    seen = shown.astype(float)
    wide = Block(slice(0, 70), np.where(shown, X, 0.0), seen)
    narrow = Block(slice(0, 70), np.where(shown[:, :8], kept, 0.0), seen[:, :8].copy())
    W, H_wide = descend(wide, loadings.copy(), H, solver, 3)
    W_narrow, H_narrow = descend(narrow, W_kept.copy(), H_kept, solver, 3)
    np.testing.assert_allclose(W, W_narrow, rtol=1e-12)
    np.testing.assert_allclose(H_wide[:, :8], H_narrow, rtol=1e-12)


@pytest.mark.parametrize("penalties", PENALTIES)
@pytest.mark.parametrize("beta_loss", LOSSES)
def test_a_weight_is_a_copy(beta_loss, penalties):
    X, loadings, H = problem()
    solver = MultiplicativeUpdates(beta_loss, penalties)
    for block in blocks_of_every_kind(X, beta_loss):
        if block.weights is None:
            continue
        copies = np.repeat(np.arange(70), block.weights.astype(int))
        copied = Block(
            slice(0, len(copies)),
            block.values[copies],
            None if block.seen is None else block.seen[copies],
        )
        _, weighted = solver.improve(block, loadings.copy(), H)
        _, plain = solver.improve(copied, np.ascontiguousarray(loadings[:, copies]), H)
        np.testing.assert_allclose(weighted.numerator, plain.numerator, rtol=1e-12)
        np.testing.assert_allclose(weighted.denominator, plain.denominator, rtol=1e-12)
        assert weighted.loss == pytest.approx(plain.loss, rel=1e-12)


@pytest.mark.parametrize("beta_loss", LOSSES[:2])
def test_sparse_rows_are_dense_ones_with_zeros(beta_loss):
    X, loadings, H = problem()
    X *= X.mean() < X
    X[5] = 0
    solver = MultiplicativeUpdates(beta_loss, Penalties(0.1, 0.1, 0.1, 0.1))
    dense, sparse = (
        descend(Block(slice(0, 70), values), loadings.copy(), H, solver, 5)
        for values in (X, csr_array(X))
    )
    for one, two in zip(dense, sparse, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-10, atol=1e-14)
    assert divergence(X, dense[0].T, dense[1], beta_loss=beta_loss) == pytest.approx(
        factored_divergence(
            Block(slice(0, 70), csr_array(X)), dense[0], dense[1], beta_loss=beta_loss
        )
    )


@pytest.mark.parametrize("beta_loss", LOSSES)
def test_divergence_is_scikit_learn_s(beta_loss):
    X, loadings, H = problem()
    theirs = scikit_learn._beta_divergence(X, loadings.T, H, BETA[beta_loss])
    assert divergence(X, loadings.T, H, beta_loss=beta_loss) == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("beta_loss", LOSSES[1:])
def test_a_perfect_fit_has_no_loss(beta_loss):
    _, loadings, H = problem()
    block = Block(slice(0, 70), loadings.T @ H)
    loss = MultiplicativeUpdates(beta_loss).summarise(block, loadings, H).loss
    assert 0 <= loss < 1e-12


@pytest.mark.parametrize("beta_loss", LOSSES[1:])
def test_a_value_that_no_component_reaches_is_infinitely_far(beta_loss):
    block = Block(slice(0, 1), np.array([[1.0, 2.0]]))
    H = np.array([[1.0, 0.0]])
    assert MultiplicativeUpdates(beta_loss).summarise(block, np.ones((1, 1)), H).loss == np.inf
    unseen = replace(block, values=np.array([[1.0, 0.0]]), seen=np.array([[1.0, 0.0]]))
    assert MultiplicativeUpdates(beta_loss).summarise(unseen, np.ones((1, 1)), H).loss < 1e-12


def optimality(block, loadings, H, beta_loss, penalties):
    """How far every row is from its conditions of optimality, as a part of its gradient."""
    values = (
        np.asarray(block.values.todense()) if hasattr(block.values, "todense") else block.values
    )
    seen = np.ones_like(values) if block.seen is None else block.seen
    product = loadings.T @ H
    inverse = np.divide(1, product, out=np.zeros_like(product), where=product > 0)
    if beta_loss == "kullback-leibler":
        up, hold = H @ (values * inverse).T, H @ seen.T
    else:
        up, hold = H @ (values * inverse**2).T, H @ (seen * inverse).T
    hold = hold + penalties.l1_W + penalties.l2_W * loadings
    slope = (hold - up) / np.where(hold > 0, hold, 1.0)
    return np.where(loadings > 0, np.abs(slope), np.maximum(-slope, 0))


@pytest.mark.parametrize("penalties", PENALTIES)
@pytest.mark.parametrize("beta_loss", LOSSES[1:])
def test_solved_loadings_meet_the_conditions_of_optimality(beta_loss, penalties):
    X, _, H = problem(200, 9, 4)
    H[:, 0] = 0
    H[2, :3] = 0
    for block in blocks_of_every_kind(X[:, 1:], beta_loss):
        loadings = solve_block_by_newton(block, H[:, 1:], beta_loss, penalties)
        assert (loadings >= 0).all()
        large = np.where(loadings > 1e-9 * loadings.sum(axis=0), loadings, 0)
        assert optimality(block, large, H[:, 1:], beta_loss, penalties).max() < 1e-9


def test_solved_loadings_beat_any_others_under_kullback_leibler():
    X, loadings, H = problem()
    block = Block(slice(0, 70), X)
    solver = MultiplicativeUpdates("kullback-leibler", Penalties(0.2, 0.3))
    best = objective(block, solver.solve_loadings(block, H), H, solver)
    W = loadings
    for _ in range(3000):
        W = solver.update_loadings(block, W, H)
    assert best <= objective(block, W, H, solver) * (1 + 1e-12)
    assert best == pytest.approx(objective(block, W, H, solver), rel=1e-6)


@pytest.mark.parametrize("beta_loss", LOSSES[1:])
def test_solved_loadings_find_planted_ones(beta_loss):
    _, loadings, H = problem(70, 9, 4)
    loadings[0, :35] = 0
    block = Block(slice(0, 70), loadings.T @ H)
    np.testing.assert_allclose(
        solve_block_by_newton(block, H, beta_loss), loadings, rtol=1e-6, atol=1e-8
    )


@pytest.mark.parametrize("beta_loss", LOSSES[1:])
def test_loadings_of_components_that_all_but_vanish_somewhere_are_found(beta_loss):
    X, _, H = problem(60, 9, 4)
    H[:, 0] = [0, 0, 1e-20, 1e-40]
    H[3, 1:] *= 1e-6
    X[:, 0] = 1e-9
    block = Block(slice(0, 60), X)
    solver = MultiplicativeUpdates(beta_loss, loading_updates=3000)
    slowly = solver.update_loadings(block, np.ones((4, 60)), H)
    ours = objective(block, solver.solve_loadings(block, H), H, solver)
    assert ours <= objective(block, slowly, H, solver) * (1 + 1e-9)


@pytest.mark.parametrize("beta_loss", LOSSES[1:])
def test_rows_do_not_know_of_each_other(beta_loss):
    X, _, H = problem(40)
    block = Block(slice(0, 40), X)
    together = solve_block_by_newton(block, H, beta_loss)
    alone = solve_block_by_newton(Block(slice(0, 1), X[7:8]), H, beta_loss)
    np.testing.assert_allclose(alone[:, 0], together[:, 7], rtol=1e-9, atol=1e-12)


def test_a_row_never_observed_has_no_loadings():
    X, _, H = problem(3)
    seen = np.ones_like(X)
    seen[1] = 0
    for beta_loss in LOSSES[1:]:
        loadings = solve_block_by_newton(Block(slice(0, 3), X * seen, seen), H, beta_loss)
        assert (loadings[:, 1] == 0).all()
        assert loadings[:, [0, 2]].any(axis=0).all()


def test_zeros_are_refused_under_itakura_saito_by_place():
    check_no_observed_zeros(np.array([[1.0, np.nan]]))
    check_no_observed_zeros(csr_array(np.array([[1.0, 2.0]])))
    message = "contains zeros, the solver may diverge.*The first zero is in row 1, feature '<b>'"
    with pytest.raises(ValueError, match=message):
        check_no_observed_zeros(np.array([[1.0, 2.0], [1.0, 0.0]]), ["tempo", "<b>"])
    with pytest.raises(ValueError, match=r"contains zeros.*does not store is zero"):
        check_no_observed_zeros(csr_array(np.array([[1.0, 0.0]])))
    with pytest.raises(ValueError, match="cannot be sparse"):
        MultiplicativeUpdates("itakura-saito").summarise(
            Block(slice(0, 1), csr_array(np.ones((1, 2)))), np.ones((1, 1)), np.ones((1, 2))
        )

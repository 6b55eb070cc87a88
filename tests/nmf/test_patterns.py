"""Looks by pattern: exact loadings, an exact model of the loss, and the fits they make."""

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls
from sklearn import decomposition

from partsong.nmf import NMF, nonnegative_least_squares
from partsong.nmf.kernels import load_kernel
from partsong.nmf.looks.box_descent import minimize_in_box
from partsong.nmf.looks.pattern_tables import every_component
from partsong.nmf.looks.patterns import PatternLook, add_up, solve_by_patterns, visit_rows
from partsong.nmf.penalties import Penalties

PENALTIES = Penalties(l1_W=0.3, l2_W=0.2, l1_H=0.1, l2_H=0.4)


@pytest.fixture(params=["compiled", "numpy"])
def kernels(request, monkeypatch):
    """Both ways to do the same."""
    if request.param == "numpy":
        monkeypatch.setenv("PARTSONG_KERNELS", "numpy")
    elif load_kernel("patterns") is None:
        pytest.skip("the kernels were not built: there was no compiler when partsong was installed")
    return request.param


def table(n=300, m=7, k=3, seed=0, noise=0.1):
    rng = np.random.default_rng(seed)
    W, H = rng.gamma(0.5, size=(n, k)), rng.gamma(0.5, size=(k, m))
    return W @ H + noise * rng.random((n, m)), H


def row_by_row(X, H, l1=0.0, l2=0.0):
    """The same least squares, one row at a time, by another method."""
    k = len(H)
    lower = np.linalg.cholesky(H @ H.T + l2 * np.eye(k))
    return np.array([nnls(lower.T, np.linalg.solve(lower, H @ x - l1))[0] for x in X])


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (7, 14), (8, 8), (9, 20), (16, 5), (16, 40)])
def test_loadings_are_those_of_non_negative_least_squares(shape):
    k, m = shape
    X, H = table(n=200, m=m, k=k, seed=k)
    if k > m:  # more components than features: the shortest of many solutions, so compare the fit
        ours, theirs = solve_by_patterns(X, H) @ H, row_by_row(X, H, l2=1e-8) @ H
        assert ((X - ours) ** 2).sum() <= ((X - theirs) ** 2).sum() + 1e-9 * (X**2).sum()
    else:
        np.testing.assert_allclose(solve_by_patterns(X, H), row_by_row(X, H), rtol=1e-6, atol=1e-9)


@pytest.mark.usefixtures("kernels")
def test_penalised_loadings_solve_the_penalised_problem():
    X, H = table(k=5, m=9)
    ours = solve_by_patterns(X, H, penalties=PENALTIES)
    np.testing.assert_allclose(ours, row_by_row(X, H, l1=0.3, l2=0.2), rtol=1e-7, atol=1e-10)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_optimality_conditions_hold_for_any_rows(data):
    seed = data.draw(st.integers(0, 10_000))
    k, m = data.draw(st.integers(1, 16)), data.draw(st.integers(1, 20))
    scale = 10.0 ** data.draw(st.integers(-12, 12))
    rng = np.random.default_rng(seed)
    H = rng.random((k, m)) * (rng.random((k, m)) < data.draw(st.floats(0.2, 1)))
    X = rng.random((50, m)) * (rng.random((50, m)) < 0.7) * scale
    W = solve_by_patterns(X, H)
    slope = (W @ H - X) @ H.T
    # Where components are all but parallel a tie-break of 1e-8 is part of the problem.
    size = 1e-7 * (np.abs(X) @ H.T).sum(axis=1, keepdims=True) + np.finfo(float).tiny
    assert (W >= 0).all()
    assert (slope >= -size).all()
    assert (np.abs(W * slope).sum(axis=1) <= 1e-6 * (X**2).sum(axis=1) + np.finfo(float).tiny).all()


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize("penalties", [Penalties(), PENALTIES])
@pytest.mark.parametrize("weighted", [False, True])
def test_a_look_tells_the_loss_and_its_slope(penalties, weighted):
    X, H = table(k=4, m=6)
    weights = np.random.default_rng(1).integers(0, 4, len(X)).astype(float) if weighted else None
    W = solve_by_patterns(X, H, penalties=penalties)
    own = np.ones(len(X)) if weights is None else weights
    cost = penalties.l1_W * W.sum(axis=1) + penalties.l2_W / 2 * (W**2).sum(axis=1)
    loss = float(own @ (((X - W @ H) ** 2).sum(axis=1) / 2 + cost))
    loss += penalties.l1_H * H.sum() + penalties.l2_H / 2 * (H**2).sum()
    look = PatternLook(X, weights, penalties)
    seen = look(H)
    assert seen.loss == pytest.approx(loss, rel=1e-10)
    value, gradient = seen.model.value_and_gradient(H)
    assert value == pytest.approx(loss, rel=1e-10)
    for entry in [(0, 0), (2, 3), (3, 5)]:
        step = np.zeros_like(H)
        step[entry] = 1e-6
        slope = (look(H + step).loss - look(H - step).loss) / 2e-6
        assert gradient[entry] == pytest.approx(slope, rel=1e-4, abs=1e-5 * loss)
    sums = seen.model.sums(H)
    np.testing.assert_allclose(sums.numerator, (W * own[:, None]).T @ X, rtol=1e-9)
    np.testing.assert_allclose(sums.denominator, (W * own[:, None]).T @ W, rtol=1e-9)
    bare = float(own @ (((X - W @ H) ** 2).sum(axis=1) / 2))
    assert sums.loss == pytest.approx(bare, rel=1e-9)


@pytest.mark.usefixtures("kernels")
def test_weights_are_copies():
    X, H = table()
    weights = np.random.default_rng(2).integers(0, 4, len(X))
    one = PatternLook(X, weights.astype(float), PENALTIES)(H)
    two = PatternLook(np.repeat(X, weights, axis=0), None, PENALTIES)(H)
    assert one.loss == pytest.approx(two.loss, rel=1e-12)
    start = {"init": "custom", "alpha_W": 0.01, "l1_ratio": 0.5, "tol": 1e-9}
    weighted = NMF(3, **start).fit(X, H=H, sample_weight=weights)
    copied = NMF(3, **start).fit(np.repeat(X, weights, axis=0), H=H)
    np.testing.assert_allclose(weighted.components_, copied.components_, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_both_paths_give_the_same(dtype, monkeypatch):
    if load_kernel("patterns") is None:
        pytest.skip("the kernels were not built: there was no compiler when partsong was installed")
    X = table(n=5000, m=11, k=6, noise=0.3)[0].astype(dtype)
    compiled = NMF(6, random_state=0, tol=1e-10)
    W = compiled.fit_transform(X)
    monkeypatch.setenv("PARTSONG_KERNELS", "numpy")
    plain = NMF(6, random_state=0, tol=1e-10)
    V = plain.fit_transform(X)
    np.testing.assert_allclose(plain.components_, compiled.components_, atol=3e-4)
    np.testing.assert_allclose(V @ plain.components_, W @ compiled.components_, atol=1e-4 * X.max())
    assert plain.reconstruction_err_ == pytest.approx(compiled.reconstruction_err_, rel=1e-6)


@pytest.mark.parametrize("instructions", ["baseline", "avx2"])
def test_every_instruction_set_gives_the_same(instructions, tmp_path):
    """In a process of its own, as the choice is made once."""
    import os
    import subprocess
    import sys

    if load_kernel("patterns") is None:
        pytest.skip("the kernels were not built: there was no compiler when partsong was installed")
    X, H = table(n=500, m=13, k=9)
    np.savez(tmp_path / "in.npz", X=X, H=H)
    script = (
        "import sys, numpy as np\n"
        "from partsong.nmf.looks.patterns import PatternLook, solve_by_patterns\n"
        "data = np.load(sys.argv[1])\n"
        "look = PatternLook(data['X'])(data['H'])\n"
        "np.savez(sys.argv[2], W=solve_by_patterns(data['X'], data['H']), loss=look.loss,\n"
        "         grams=look.model.grams)\n"
    )
    subprocess.run(
        [sys.executable, "-c", script, tmp_path / "in.npz", tmp_path / "out.npz"],
        env={**os.environ, "PARTSONG_INSTRUCTIONS": instructions},
        check=True,
    )
    theirs, look = np.load(tmp_path / "out.npz"), PatternLook(X)(H)
    np.testing.assert_allclose(theirs["W"], solve_by_patterns(X, H), rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(theirs["grams"], look.model.grams, rtol=1e-12)
    assert float(theirs["loss"]) == pytest.approx(look.loss, abs=1e-14 * (X**2).sum())


def test_the_model_is_minimised_alike_in_both_ways():
    kernel = load_kernel("pattern_loss")
    if kernel is None:
        pytest.skip("the kernels were not built: there was no compiler when partsong was installed")
    X, H = table(k=5, m=8)
    model = PatternLook(X, None, PENALTIES)(H).model
    lower, upper = np.maximum(H - 0.3, 0), H + 0.3
    for steps in (1, 2, 7, 30):
        ours = model.minimize(H, lower, upper, tol=1e-12, max_steps=steps)
        plain = minimize_in_box(
            model.value_and_gradient, H, lower, upper, tol=1e-12, max_steps=steps
        )
        np.testing.assert_allclose(ours[0], plain[0], rtol=1e-6, atol=1e-8)
        assert ours[1] == pytest.approx(plain[1], rel=1e-9)


@pytest.mark.usefixtures("kernels")
def test_threads_and_guesses_change_nothing():
    X, H = table(n=40_000, m=5)
    looks = [
        visit_rows(X, H, guesses, n_jobs=n_jobs)
        for n_jobs in (1, 2, 5)
        for guesses in (every_component(len(X), 3), np.zeros(len(X), dtype=np.uint16))
    ]
    for look in looks[1:]:
        np.testing.assert_array_equal(look.grams, looks[0].grams)
        assert look.explained == looks[0].explained
    fits = [NMF(3, random_state=1, n_jobs=n_jobs).fit_transform(X) for n_jobs in (1, 3)]
    np.testing.assert_array_equal(*fits)


@pytest.mark.usefixtures("kernels")
def test_sums_of_parts_are_the_sums_of_all():
    X, H = table()
    parts = [visit_rows(part, H, every_component(len(part), 3)) for part in np.split(X, [50, 51])]
    whole = visit_rows(X, H, every_component(len(X), 3))
    added = add_up(parts)
    np.testing.assert_array_equal(added.patterns, whole.patterns)
    np.testing.assert_allclose(added.grams, whole.grams, rtol=1e-12)
    assert added.explained == pytest.approx(whole.explained, rel=1e-12)


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize("seed", range(4))
def test_the_loss_never_rises_and_is_at_or_below_scikit_learn(seed):
    X, _ = table(n=2000, m=9, k=4, seed=seed, noise=1.0)
    model = NMF(4, random_state=seed, tol=1e-7).fit(X)
    assert model.solver_ == "patterns"
    assert (np.diff(model.loss_curve_) < 0).all()
    theirs = decomposition.NMF(4, init="nndsvda", tol=1e-5, max_iter=5000).fit(X)
    assert model.reconstruction_err_ <= theirs.reconstruction_err_ * (1 + 1e-6)


def test_penalties_reach_scikit_learn_s_objective_or_less():
    X, _ = table(n=400, m=9, k=4, noise=1.0)
    prices = {"alpha_W": 0.003, "alpha_H": 0.002, "l1_ratio": 0.4}
    ours = NMF(4, random_state=0, tol=1e-8, **prices)
    theirs = decomposition.NMF(4, init="nndsvda", tol=1e-7, max_iter=20_000, **prices)

    def objective(W, H):
        l1_W, l2_W, l1_H, l2_H = (
            9 * 0.003 * 0.4,
            9 * 0.003 * 0.6,
            400 * 0.002 * 0.4,
            400 * 0.002 * 0.6,
        )
        price = l1_W * W.sum() + l1_H * H.sum() + (l2_W * (W**2).sum() + l2_H * (H**2).sum()) / 2
        return ((X - W @ H) ** 2).sum() / 2 + price

    W, V = ours.fit_transform(X), theirs.fit_transform(X)
    assert objective(W, ours.components_) <= objective(V, theirs.components_) * (1 + 1e-6)
    assert ours.loss_curve_[-1] == pytest.approx(objective(W, ours.components_), rel=1e-6)


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize(
    ("n", "m", "k", "noise"),
    [(3000, 14, 7, 0.0), (3000, 14, 7, 1e-6), (500, 30, 12, 0.0), (60, 5, 2, 0.0), (9, 14, 4, 0.0)],
)
def test_planted_factors_are_explained(n, m, k, noise):
    X, _ = table(n=n, m=m, k=k, noise=noise, seed=n)
    model = NMF(k, random_state=0, tol=1e-8).fit(X)
    assert model.reconstruction_err_ <= (1e-4 + noise) * np.linalg.norm(X)


@pytest.mark.usefixtures("kernels")
def test_components_with_rows_of_their_own_are_found_again():
    """Rows that use one component alone fix the components (Donoho and Stodden 2004)."""
    rng = np.random.default_rng(3)
    H = np.eye(5, 12) + 0.3 * rng.random((5, 12)) * (rng.random((5, 12)) < 0.5)
    H[:, 5:] += rng.random((5, 7))
    for own in range(5):
        H[:, own] = 0
        H[own, own] = 1  # a feature of its own
    W = np.vstack([np.eye(5).repeat(40, axis=0), rng.dirichlet(np.ones(5) * 0.5, 2000)])
    W *= rng.gamma(2, size=(len(W), 1)) * [1, 1, 1, 1, 50]  # one component is far larger
    model = NMF(5, random_state=0, tol=1e-10).fit(W @ H)
    found = model.components_ / np.linalg.norm(model.components_, axis=1, keepdims=True)
    true = H / np.linalg.norm(H, axis=1, keepdims=True)
    assert (true @ found.T).max(axis=1).min() > 0.9999


@pytest.mark.usefixtures("kernels")
def test_as_many_components_as_features_leave_nothing():
    X, _ = table(n=400, m=6, noise=0.5)
    model = NMF(6, random_state=0).fit(X)
    assert model.reconstruction_err_ < 1e-6 * np.linalg.norm(X)


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize("copies", [1.0, 1.0 + 1e-9])
def test_components_that_are_copies_of_each_other_do_no_harm(copies):
    """An exact rank below the number of components broke an earlier attempt."""
    X, H = table(n=2000, m=14, k=5, noise=0.0)
    start = np.vstack([H, H[:4] * copies])
    for model in (NMF(9, init="custom", tol=1e-9), NMF(9, random_state=0)):
        H0 = {"H": start} if model.init == "custom" else {}
        W = model.fit_transform(X, **H0)
        assert np.isfinite(W).all()
        error = np.linalg.norm(X - W @ model.components_)
        assert error < 1e-3 * np.linalg.norm(X)
        assert error == pytest.approx(model.reconstruction_err_, abs=1e-4 * np.linalg.norm(X))


@pytest.mark.usefixtures("kernels")
@pytest.mark.parametrize("exponent", [-500, -40, 40, 500])
def test_the_scale_of_the_data_changes_nothing_but_the_scale(exponent):
    """Powers of two, as other factors round the data themselves."""
    X, _ = table(n=500)
    plain, scaled = (NMF(3, random_state=0).fit(X * 2.0**e) for e in (0, exponent))
    np.testing.assert_allclose(scaled.components_, plain.components_, rtol=1e-6, atol=1e-9)
    assert scaled.reconstruction_err_ / 2.0**exponent == pytest.approx(plain.reconstruction_err_)


@pytest.mark.usefixtures("kernels")
def test_odd_rows_and_columns():
    X, _ = table(n=500)
    X[:, 2] = 3.0
    X[::7] = 0
    X[:, 4] = 0
    model = NMF(3, random_state=0)
    W = model.fit_transform(X)
    assert not W[::7].any()
    assert not model.components_[:, 4].any()
    for k in (1, 5):
        few = NMF(k, random_state=0).fit(X[3:6])
        assert np.isfinite(few.components_).all()


@pytest.mark.usefixtures("kernels")
def test_one_row_at_a_time_is_all_rows_at_once():
    X, _ = table()
    model = NMF(3, random_state=0).fit(X)
    one_by_one = np.vstack([model.transform(row[np.newaxis]) for row in X[:50]])
    np.testing.assert_allclose(one_by_one, model.transform(X)[:50], rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(
        one_by_one, nonnegative_least_squares(X[:50], model.components_), rtol=1e-7, atol=1e-10
    )


def test_the_pattern_solver_refuses_by_name_what_it_cannot_do():
    X, _ = table()
    for params, data, word in [
        ({"beta_loss": "kullback-leibler"}, X, "beta_loss='kullback-leibler'"),
        ({}, scipy.sparse.csr_array(X), "sparse X"),
        ({"n_components": 17}, np.hstack([X] * 3), "17 components"),
    ]:
        with pytest.raises(ValueError, match=f"solver='patterns' is for .*{word}"):
            NMF(**{"n_components": 3, "solver": "patterns", **params}).fit(data)

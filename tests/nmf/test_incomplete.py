"""Rows with missing entries: exact loadings, an exact slope, and fits that few looks end."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from partsong.nmf import nonnegative_least_squares
from partsong.nmf.kernels import load_kernel
from partsong.nmf.looks import incomplete
from partsong.nmf.looks.incomplete import IncompleteLook, build_look, solve_incomplete
from partsong.nmf.looks.incomplete_fit import fit_incomplete, summarise_incomplete
from partsong.nmf.looks.patterns import PatternLook
from partsong.nmf.looks.projection import minimize_model
from partsong.nmf.looks.row_systems import RowSystems
from partsong.nmf.penalties import Penalties

AMOUNTS = st.floats(0, 100, allow_subnormal=False).map(lambda value: round(value, 3))
PENALTIES = [Penalties(), Penalties(l1_W=0.1, l2_W=0.2, l1_H=3.0, l2_H=2.0)]


@pytest.fixture(params=["compiled", "numpy"])
def kernels(request, monkeypatch):
    if request.param == "numpy":
        monkeypatch.setenv("PARTSONG_KERNELS", "numpy")
    elif load_kernel("incomplete") is None:
        pytest.skip("the kernel is not compiled here")


def holes(X, share=0.3, *, seed=1):
    return np.where(np.random.default_rng(seed).random(X.shape) < share, np.nan, X)


def noisy(n_rows=400, n_features=9, n_components=3, *, seed=0, noise=0.1):
    rng = np.random.default_rng(seed)
    W = rng.gamma(1.0, size=(n_rows, n_components)) * (rng.random((n_rows, n_components)) > 0.4)
    X = W @ (rng.random((n_components, n_features)) + np.eye(n_components, n_features))
    return X * rng.gamma(1 / noise**2, noise**2, size=X.shape) if noise else X


def fit(X, n_components=3, **params):
    params = {"tol": 1e-7, "max_iter": 50, "random_state": np.random.RandomState(0)} | params
    return fit_incomplete(X, n_components, **params)


def total_loss(look, H):
    return look.loss_and_gradient(H)[0]


class TestRowSystems:
    @pytest.mark.parametrize("dtype", [np.float64, np.float32])
    @pytest.mark.parametrize("penalties", PENALTIES, ids=["free", "penalised"])
    @pytest.mark.parametrize("n_components", [1, 3, 7, 8, 9, 16])
    def test_compiled_is_numpy(self, n_components, penalties, dtype, monkeypatch):
        if load_kernel("incomplete") is None:
            pytest.skip("the kernel is not compiled here")
        rng = np.random.default_rng(n_components)
        X = holes(rng.random((203, 11))).astype(dtype)
        H = rng.random((n_components, 11)) * (rng.random((n_components, 11)) > 0.2)
        weights = rng.random(203)
        systems = RowSystems(H, penalties, unseen=0.01)
        results = []
        for value in ("", "numpy"):
            monkeypatch.setenv("PARTSONG_KERNELS", value)
            sums = systems.sums(X, weights=weights, with_products=True)
            results.append((systems.solve(X), sums))
        (one, first), (two, second) = results
        np.testing.assert_allclose(one, two, rtol=1e-6, atol=1e-6 * two.max())
        for name in ("loss", "cost", "gradient", "products"):
            np.testing.assert_allclose(
                getattr(first, name), getattr(second, name), rtol=1e-7, atol=1e-7, err_msg=name
            )

    def test_instructions_change_nothing(self):
        kernel = load_kernel("incomplete")
        if kernel is None:
            pytest.skip("the kernel is not compiled here")
        assert kernel.instructions() in {"baseline", "avx2", "avx512"}

    @settings(deadline=None, max_examples=60)
    @given(
        hnp.arrays(float, (5, 4), elements=AMOUNTS),
        hnp.arrays(bool, (5, 4)),
        hnp.arrays(float, (3, 4), elements=AMOUNTS),
        st.sampled_from([1e-12, 1.0, 1e12]),
        st.sampled_from(["", "numpy"]),
    )
    def test_no_loading_can_be_improved(self, X, is_missing, H, unit, path):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PARTSONG_KERNELS", path)
            W = RowSystems(H).solve(np.where(is_missing, np.nan, X * unit))
        assert np.isfinite(W).all()
        assert (W >= 0).all()
        residual = np.where(is_missing, 0, X * unit - W @ H)
        seen_lengths = np.sqrt(np.where(is_missing, 0, 1.0) @ (H**2).T)
        slope = residual @ H.T / np.where(seen_lengths > 0, seen_lengths, 1)
        length = np.linalg.norm(np.where(is_missing, 0, X * unit), axis=1, keepdims=True)
        # Where loadings are not determined, short ones are preferred at a small cost.
        assert (slope <= 2e-4 * length).all()
        assert (np.abs(slope * W * seen_lengths) <= 2e-4 * length**2).all()

    @pytest.mark.usefixtures("kernels")
    def test_guesses_change_nothing_but_the_time(self):
        X, H = holes(noisy(200, 12, 5), 0.1), np.random.default_rng(0).random((5, 12))
        systems = RowSystems(H)
        guesses = np.random.default_rng(1).integers(0, 32, 200).astype(np.uint16)
        expected = systems.solve(X)
        np.testing.assert_allclose(systems.solve(X, guesses), expected, atol=1e-6)
        is_used = (guesses[:, np.newaxis] >> np.arange(5)) & 1 > 0
        assert (expected[~is_used] == 0).all()

    @pytest.mark.usefixtures("kernels")
    def test_the_slope_is_that_of_the_loss(self):
        rng = np.random.default_rng(2)
        X, H, weights = holes(noisy()), rng.random((4, 9)) + 0.1, rng.random(400)
        direction = rng.standard_normal(H.shape)

        def at(step):
            systems = RowSystems(H + step * direction, PENALTIES[1], unseen=0.05)
            return systems.sums(X, weights=weights)

        up, down = at(1e-6), at(-1e-6)
        rise = (up.loss + up.cost - down.loss - down.cost) / 2e-6
        assert rise == pytest.approx(float(np.vdot(at(0).gradient, direction)), rel=1e-5)

    @pytest.mark.usefixtures("kernels")
    def test_a_row_never_observed_and_a_component_never_visible_get_zeros(self):
        X = np.array([[np.nan, np.nan, np.nan], [1.0, 2.0, np.nan]])
        H = np.array([[1.0, 2.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
        np.testing.assert_allclose(RowSystems(H).solve(X), [[0, 0, 0], [1, 0, 0]], atol=1e-12)

    @pytest.mark.usefixtures("kernels")
    def test_rows_that_see_but_crumbs_of_a_component_do_not_blow_it_up(self):
        X, H = np.array([[np.nan, 1.0], [1.0, 1.0]]), np.array([[1.0, 1e-3]])
        free, held = RowSystems(H).solve(X), RowSystems(H, unseen=0.01).solve(X)
        assert free[0, 0] == pytest.approx(1000)
        assert held[0, 0] < 1
        assert held[1, 0] == pytest.approx(free[1, 0], rel=1e-12)  # it misses nothing

    @pytest.mark.usefixtures("kernels")
    def test_products_are_those_of_the_rows_that_were_observed(self):
        X, H = holes(noisy(50)), np.random.default_rng(3).random((3, 9))
        sums, _ = summarise_incomplete(X, H)
        W = solve_incomplete(X, H)
        seen = ~np.isnan(X)
        for f in range(9):
            rows = W[seen[:, f]]
            np.testing.assert_allclose(sums.denominator[:, :, f], rows.T @ rows, atol=1e-9)
            np.testing.assert_allclose(
                sums.numerator[:, f], rows.T @ X[seen[:, f], f], rtol=1e-9, atol=1e-9
            )
        assert sums.loss == pytest.approx(((W @ H - X)[seen] ** 2).sum() / 2, rel=1e-9)

    @pytest.mark.parametrize("n_components", [20, 30])
    def test_more_components_than_bits(self, n_components):
        rng = np.random.default_rng(4)
        X, H = holes(rng.random((40, 50))), rng.random((n_components, 50))
        W = RowSystems(H).solve(X)
        slope = np.nan_to_num(X - W @ H) @ H.T
        assert slope.max() < 1e-8
        assert np.abs(slope * W).max() < 1e-8

    @pytest.mark.parametrize("place", range(11))
    def test_arrays_of_another_size_are_refused(self, place):
        kernel = load_kernel("incomplete")
        if kernel is None:
            pytest.skip("the kernel is not compiled here")
        k, m, n = 2, 3, 4
        arrays = [np.ones(size) for size in (n * m, k * m, m, k, k, k)]
        arrays += [np.zeros(n, dtype=np.uint16), np.ones(n), np.ones(n * k)]
        arrays += [np.zeros(k * m), np.zeros(m * 3)]
        kernel.visit(arrays[0], 8, *arrays[1:])
        arrays[place] = np.zeros(1, dtype=np.uint8)
        with pytest.raises(ValueError, match=r"holds|there must be"):
            kernel.visit(arrays[0], 8, *arrays[1:])


class TestLook:
    @pytest.mark.usefixtures("kernels")
    @pytest.mark.parametrize("penalties", PENALTIES, ids=["free", "penalised"])
    def test_nothing_missing_is_a_look_at_complete_rows(self, penalties):
        X, H = noisy(), np.random.default_rng(5).random((3, 9))
        masked = IncompleteLook(X, penalties=penalties)(H)
        plain = PatternLook(X, penalties=penalties)(H)
        assert masked.loss == pytest.approx(plain.loss, rel=1e-9)
        one, two = (look.model.value_and_gradient(H) for look in (masked, plain))
        assert one[0] == pytest.approx(two[0], rel=1e-9)
        np.testing.assert_allclose(one[1], two[1], rtol=1e-6, atol=1e-6 * np.abs(two[1]).max())

    def test_both_kinds_of_rows_together_are_all_rows(self):
        X = noisy()
        X[:100] = holes(X[:100])
        weights = np.random.default_rng(6).random(len(X))
        H = np.random.default_rng(7).random((3, 9))
        apart = build_look(X, weights, PENALTIES[1])(H)
        together = IncompleteLook(X, weights, PENALTIES[1])(H)
        assert apart.loss == pytest.approx(together.loss, rel=1e-9)
        one, two = (look.model.value_and_gradient(H)[1] for look in (apart, together))
        np.testing.assert_allclose(one, two, rtol=1e-6, atol=1e-6 * np.abs(two).max())

    def test_the_model_is_right_where_it_looked_and_nearly_so_nearby(self, monkeypatch):
        monkeypatch.setattr(incomplete, "_SAMPLE_ROWS", 1000)
        X = holes(noisy(5000))
        look = IncompleteLook(X)
        H = fit(X).H
        seen = look(H)
        value, gradient = seen.model.value_and_gradient(H)
        assert value == pytest.approx(seen.loss, rel=1e-12)
        np.testing.assert_allclose(gradient, look.loss_and_gradient(H)[1], atol=1e-9 * value)
        away = H * (1 + 0.05 * np.random.default_rng(8).random(H.shape))
        rise = total_loss(look, away) - seen.loss
        assert seen.model.value_and_gradient(away)[0] - seen.loss == pytest.approx(rise, rel=0.3)

    def test_rows_that_alone_know_a_feature_are_all_in_the_model(self, monkeypatch):
        monkeypatch.setattr(incomplete, "_SAMPLE_ROWS", 500)
        X = noisy(3000)
        known = np.arange(7, 3000, 300)
        hidden = np.full(len(X), np.nan)
        hidden[known] = X[known, 0]
        X[:, 0] = hidden
        look = IncompleteLook(X)
        H = np.random.default_rng(9).random((3, 9))
        model = look(H).model
        away = H.copy()
        away[:, 0] *= 2
        rise = total_loss(look, away) - total_loss(look, H)
        guess = model.value_and_gradient(away)[0] - model.value_and_gradient(H)[0]
        assert guess == pytest.approx(rise, rel=0.05)

    @pytest.mark.usefixtures("kernels")
    def test_a_weight_of_two_is_a_copy(self):
        X, H = holes(noisy(100)), np.random.default_rng(10).random((3, 9))
        once = IncompleteLook(np.vstack([X, X[:40]]), penalties=PENALTIES[1])
        twice = IncompleteLook(X, np.where(np.arange(100) < 40, 2.0, 1.0), PENALTIES[1])
        one, two = once.loss_and_gradient(H), twice.loss_and_gradient(H)
        assert one[0] == pytest.approx(two[0], rel=1e-12)
        np.testing.assert_allclose(one[1], two[1], rtol=1e-9)


class TestFit:
    def test_nothing_missing_is_a_plain_fit(self):
        X = noisy()
        near = fit(X).H
        masked, plain = near, near
        looks = IncompleteLook(X), PatternLook(X)
        for _ in range(20):
            masked, plain = (
                minimize_model(look(H).model, H, tol=1e-15, max_steps=500)[0]
                for look, H in zip(looks, (masked, plain), strict=True)
            )
        one, two = (H / np.linalg.norm(H, axis=1, keepdims=True) for H in (masked, plain))
        np.testing.assert_allclose(one, two, atol=1e-6)

    @pytest.mark.usefixtures("kernels")
    @pytest.mark.parametrize("share", [0.05, 0.3])
    def test_low_rank_data_are_completed(self, share):
        X = noisy(300, 15, noise=0)
        given_ = holes(X, share)
        H = fit(given_).H
        missing = np.isnan(given_)
        restored = nonnegative_least_squares(given_, H) @ H
        assert np.linalg.norm((restored - X)[missing]) < 1e-4 * np.linalg.norm(X[missing])

    def test_better_than_filling_with_means(self):
        X = noisy(1000, 12)
        given_ = holes(X)
        missing = np.isnan(given_)
        means = np.where(missing, np.nanmean(given_, axis=0), given_)
        errors = []
        for data in (given_, means):
            H = fit(data).H
            restored = nonnegative_least_squares(data, H) @ H
            errors.append(np.linalg.norm((restored - X)[missing]))
        assert errors[0] < 0.6 * errors[1]

    def test_components_of_half_empty_rows_are_the_true_ones(self):
        X = noisy(3000, 12, noise=0.05)
        rows = [fit(data).H for data in (X, holes(X, 0.4))]
        one, two = (H / np.linalg.norm(H, axis=1, keepdims=True) for H in rows)
        assert (one @ two.T).max(axis=1).min() > 0.995

    @pytest.mark.parametrize("penalties", PENALTIES, ids=["free", "penalised"])
    def test_the_loss_never_rises(self, penalties, monkeypatch):
        monkeypatch.setattr(incomplete, "_SAMPLE_ROWS", 300)
        X = holes(noisy(2500))
        start = np.random.default_rng(12).random((4, 9))
        descent = fit(X, 4, H=start, penalties=penalties, max_iter=20)
        assert len(descent.loss_curve) > 2
        assert (np.diff(descent.loss_curve) <= 0).all()

    def test_the_sample_leads_where_all_rows_lead(self, monkeypatch):
        X = holes(noisy(4000))
        exact = fit(X)
        near = exact.H * np.random.default_rng(13).uniform(0.9, 1.1, exact.H.shape)
        monkeypatch.setattr(incomplete, "_SAMPLE_ROWS", 1000)
        by_sample = fit(X, H=near)
        assert by_sample.converged
        assert by_sample.loss_curve[-1] == pytest.approx(exact.loss_curve[-1], rel=1e-5)

    def test_threads_change_no_bit(self):
        X = holes(noisy(7000))
        one, two = (fit(X, n_jobs=n_jobs) for n_jobs in (1, 2))
        assert (one.H == two.H).all()
        assert (one.loss_curve == two.loss_curve).all()

    def test_a_feature_seen_once(self):
        X = noisy(500)
        X[1:, 4] = np.nan
        X[0] = 1.0
        H = fit(X).H
        restored = nonnegative_least_squares(X, H) @ H
        assert restored[0, 4] == pytest.approx(X[0, 4], rel=0.2)

    def test_nothing_but_zeros(self):
        X = np.zeros((20, 4))
        X[0, 0] = np.nan
        descent = fit(X, 2)
        assert descent.loss_curve[-1] == 0
        assert np.isfinite(descent.H).all()

"""How many components: planted numbers are found, and everything said on the way is true."""

import dataclasses

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.utils.estimator_checks import parametrize_with_checks

from partsong.nmf import NMF, nonnegative_least_squares
from partsong.nmf.selection.component_choice import choose_from_scores
from partsong.nmf.selection.component_scores import ComponentScores
from partsong.nmf.selection.component_search import ComponentSearch, choose_n_components
from partsong.nmf.selection.held_out import Learned, held_out_error
from partsong.nmf.selection.matching import match_components
from partsong.nmf.selection.parallel_analysis import parallel_analysis


def planted(n_components, seed, *, n_samples=1500, noise=0.1, share_missing=0.0):
    """Parts of a few features each, the strongest 2.5 times as strong as the weakest."""
    rng = np.random.default_rng([n_components, seed])
    H = rng.gamma(1.0, size=(n_components, 16)) * (rng.random((n_components, 16)) < 0.4)
    H[range(n_components), rng.permutation(16)[:n_components]] += 1
    H *= np.linspace(1, 0.4, n_components)[:, np.newaxis] / np.linalg.norm(H, axis=1)[:, np.newaxis]
    X = rng.gamma(0.5, size=(n_samples, n_components)) @ H
    X = np.maximum(X + noise * X.std() * rng.normal(size=X.shape), 0)
    X[rng.random(X.shape) < share_missing] = np.nan
    return X


@parametrize_with_checks([ComponentSearch([1, 2], n_init=2, n_splits=1)])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("noise", [pytest.param(0.05, marks=pytest.mark.slow), 0.15])
def test_planted_numbers_are_found_in_nine_of_ten_draws(noise):
    found = [
        choose_n_components(planted(number, seed, noise=noise), random_state=0) == number
        for number in (3, 4, 5, 6, 8, 10)
        for seed in range(2)
    ]
    assert np.mean(found) >= 0.9


@pytest.mark.parametrize("number", [3, 5])
def test_planted_numbers_are_found_behind_missing_entries(number):
    X = planted(number, 0, share_missing=0.1)
    assert choose_n_components(X, random_state=0) == number


@pytest.fixture(scope="module")
def search():
    X = planted(4, 1)
    return ComponentSearch(range(2, 7), n_init=4, n_splits=2, random_state=0).fit(X), X


def test_the_search_recommends_the_planted_number_with_reasons(search):
    model, _ = search
    assert model.best_n_components_ == 4
    assert model.picks_["held-out entries"] == 4
    assert any(sentence.startswith("Held-out entries: with 4") for sentence in model.reasons_)
    assert [row.n_components for row in model.table_] == [2, 3, 4, 5, 6]


def test_every_score_is_in_its_range_and_has_its_error(search):
    model, _ = search
    for row in model.table_:
        for name in (
            *("restart_similarity", "refit_similarity", "half_similarity"),
            *("smallest_share", "balance", "largest_cluster"),
        ):
            assert 0 <= getattr(row, name) <= 1 + 1e-12
        for field in dataclasses.fields(row):
            if field.name.endswith("_se"):
                assert getattr(row, field.name) >= 0
        assert len(row.held_out_errors) == 4
        assert row.held_out_error > row.relative_error


def test_errors_are_those_of_the_components_and_fall(search):
    model, X = search
    for row in model.table_:
        H = model.components_[row.n_components]
        residual = X - nonnegative_least_squares(X, H) @ H
        error = np.linalg.norm(residual) / np.linalg.norm(X)
        assert row.relative_error == pytest.approx(error, rel=1e-6)
        assert row.svd_relative_error <= row.relative_error
    errors = [row.relative_error for row in model.table_]
    assert errors == sorted(errors, reverse=True)


def test_no_worse_than_one_fit_of_all_rows_for_each_number():
    X = planted(4, 2, n_samples=5000)
    model = ComponentSearch(
        range(2, 6), n_init=4, n_splits=0, max_samples=1000, random_state=0
    ).fit(X)
    for row in model.table_:
        alone = NMF(row.n_components, random_state=0, tol=1e-4).fit(X)
        assert row.relative_error <= 1.005 * alone.reconstruction_err_ / np.linalg.norm(X)
        assert np.isnan(row.held_out_error)


def test_taken_up_again_it_ends_where_it_would_have_ended(search):
    model, X = search
    rows = []

    def stop_after_three(row):
        rows.append(row)
        if len(rows) == 3:
            raise KeyboardInterrupt

    stopped = clone(model).set_params(callback=stop_after_three)
    with pytest.raises(KeyboardInterrupt):
        stopped.fit(X)
    assert not hasattr(stopped, "table_")
    resumed = clone(model).set_params(callback=rows.append).fit(X, known=rows[:3])
    assert [row.n_components for row in rows] == [2, 3, 4, 5, 6]
    assert resumed.table_ == model.table_
    assert resumed.reasons_ == model.reasons_


def test_threads_change_nothing(search):
    model, X = search
    for n_jobs in (1, 2):
        again = clone(model).set_params(n_jobs=n_jobs).fit(X)
        assert again.table_ == model.table_
        for number, H in again.components_.items():
            np.testing.assert_array_equal(H, model.components_[number])


@pytest.mark.parametrize("shape", [(4, 2), (2, 1), (3, 5), (30, 2)])
def test_any_shape_gets_a_number_that_can_be_fitted(shape):
    X = np.random.default_rng(0).random(shape)
    assert 1 <= choose_n_components(X, random_state=0) <= min(shape)


def test_matrices_without_content_get_a_number_too():
    assert choose_n_components(np.zeros((20, 6)), random_state=0) >= 1
    assert choose_n_components(np.ones((20, 6)), random_state=0) >= 1


def test_numbers_below_one_are_refused():
    with pytest.raises(ValueError, match="at least 1, got \\[0, 2\\]"):
        ComponentSearch([0, 2]).fit(np.ones((9, 4)))


def test_disagreement_is_told():
    rows = [
        ComponentScores(
            number,
            relative_error=1 / number,
            half_similarity=0.99,
            held_out_error=error,
            held_out_error_se=0.001,
            held_out_errors=(error, error + 0.001),
        )
        for number, error in [(2, 0.5), (3, 0.4), (4, 0.45)]
    ]
    choice = choose_from_scores(rows, n_significant=2)
    assert choice.n_components == 3
    assert choice.picks["halves of the rows"] == 4
    assert choice.reasons[-1].startswith("The methods disagree: held-out entries 3, halves")


def test_components_that_do_not_come_back_are_not_recommended():
    rows = [
        ComponentScores(
            number,
            relative_error=1 / number,
            half_similarity=similarity,
            held_out_error=error,
            held_out_errors=(error, error),
        )
        for number, error, similarity in [(2, 0.5, 1.0), (3, 0.4, 0.99), (4, 0.3, 0.5)]
    ]
    choice = choose_from_scores(rows)
    assert choice.picks["held-out entries"] == 4
    assert choice.n_components == 3


def test_components_are_matched_whatever_their_order_and_scale():
    H = np.random.default_rng(0).random((5, 9))
    order = np.array([3, 0, 4, 1, 2])
    indices, similarities = match_components(H[order] * 10.0 ** order[:, np.newaxis], H)
    np.testing.assert_array_equal(order[indices], range(5))
    np.testing.assert_allclose(similarities, 1)
    indices, similarities = match_components(H[:3], H)
    assert sorted(indices) == [-1, -1, 0, 1, 2]
    assert (similarities[3:] == 0).all()


def test_parallel_analysis_counts_independent_sources_and_no_noise():
    rng = np.random.default_rng(0)
    sources = rng.random((3000, 3)) @ np.kron(np.eye(3), np.ones(4))
    X = sources + 0.3 * rng.random(sources.shape)
    X[rng.random(X.shape) < 0.05] = np.nan
    assert parallel_analysis(X, random_state=0).n_components == 3
    assert parallel_analysis(rng.random((3000, 12)), random_state=0).n_components <= 1


def test_predictions_know_nothing_of_what_they_predict():
    X = planted(3, 3)
    model = NMF(3, random_state=0)
    W = model.fit_transform(X[:750])
    learned = Learned.from_fit(X[:750], W, model.components_)
    groups = [np.arange(8), np.arange(8, 16)]
    right = held_out_error(X[750:], learned, groups)
    shuffled = X[750:].copy()
    np.random.default_rng(0).shuffle(shuffled[:, 8:])  # no row fits together any more
    assert held_out_error(shuffled, learned, groups) > 1.5 * right
    assert right > model.reconstruction_err_ / np.linalg.norm(X[:750])


def test_a_component_that_only_holds_what_noise_left_at_zero_is_none():
    rng = np.random.default_rng(0)
    H = np.kron(np.eye(3), np.ones(6))
    X = rng.gamma(0.5, size=(1500, 3)) @ H
    X = np.maximum(X + 0.2 * np.sqrt(np.mean(X**2)) * rng.normal(size=X.shape), 0)
    assert choose_n_components(X, random_state=0) == 3


def test_loadings_of_rows_that_miss_a_component_do_not_drown_the_others():
    X = np.array([[2.0, 4.0], [1.0, np.nan], [2.0, 2.0]])
    W = np.array([[1.0], [1e6], [0.75]])
    learned = Learned.from_fit(X, W, np.array([[0.01, 4.0]]))
    assert learned.mean[0] <= 1


def test_numbers_that_other_random_states_do_not_confirm_are_not_recommended():
    rows = [
        ComponentScores(
            number,
            relative_error=1 / number,
            half_similarity=0.99,
            refit_ari=ari,
            held_out_error=error,
            held_out_errors=(error, error),
        )
        for number, error, ari in [(2, 0.5, 1.0), (3, 0.4, 0.98), (4, 0.3, 0.6)]
    ]
    choice = choose_from_scores(rows)
    assert choice.n_components == 3
    assert any("from other random starts, so 3" in sentence for sentence in choice.reasons)


@pytest.mark.slow
@pytest.mark.parametrize("noise", [0.1, 0.2])
def test_planted_numbers_are_found_by_whole_searches(noise):
    found = [
        ComponentSearch(random_state=0).fit(planted(number, seed, noise=noise)).best_n_components_
        == number
        for number in (3, 5, 7, 9)
        for seed in range(20, 23)
    ]
    assert np.mean(found) >= 0.9


@pytest.mark.slow
def test_the_recommended_number_is_stable_on_real_tracks(shared_data):
    features = [
        *("danceability", "energy", "loudness", "speechiness", "acousticness"),
        *("instrumentalness", "liveness", "valence", "tempo", "duration_ms"),
    ]
    table = pl.read_parquet(shared_data / "spotify-114k" / "tracks.parquet").select(features)
    values = table.to_numpy().astype(float)
    standard = (values - values.mean(axis=0)) / values.std(axis=0)
    X = (np.clip(standard, -3, 3) + 3) / 6
    model = ComponentSearch(range(2, 10), random_state=0).fit(X)
    best = next(row for row in model.table_ if row.n_components == model.best_n_components_)
    # Single starts may end elsewhere (`restart_ari` says so); the best of them comes back.
    assert best.half_similarity > 0.9
    assert best.refit_ari >= 0.95

"""Many starts, one answer: what a fit gives must not depend on the random state."""

import itertools

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import adjusted_rand_score

from partsong.nmf import NMF, balance_scale
from partsong.nmf.looks.contenders import (
    Contender,
    choose_contender,
    gather_contenders,
    keep_contenders,
    try_starts,
)
from partsong.nmf.looks.patterns import PatternLook


def planted(n_samples, n_components=6, *, noise=0.2, random_state=0):
    rng = np.random.default_rng(random_state)
    H = rng.gamma(1.0, size=(n_components, 12)) * (rng.random((n_components, 12)) < 0.5)
    H += 0.1 * np.eye(n_components, 12)
    X = rng.gamma(0.5, size=(n_samples, n_components)) @ H
    return np.maximum(X + noise * X.std() * rng.standard_normal(X.shape), 0)


def clusters(model, X):
    return balance_scale(model.fit_transform(X), model.components_)[0].argmax(axis=1)


def least_agreement(labels):
    return min(adjusted_rand_score(one, two) for one, two in itertools.combinations(labels, 2))


@pytest.mark.parametrize("missing", [0.0, 0.05])
@pytest.mark.parametrize("n_components", [5, 6])
def test_clusters_do_not_depend_on_the_random_state(n_components, missing):
    X = planted(5_000)
    X[np.random.default_rng(1).random(X.shape) < missing] = np.nan
    labels = [clusters(NMF(n_components, random_state=state), X) for state in range(3)]
    assert least_agreement(labels) >= 0.95


def test_the_best_on_a_sample_is_not_taken_for_the_best_on_all():
    rows = np.vstack([np.tile([1.0, 0.0], (60, 1)), np.tile([0.0, 1.0], (40, 1))])
    best_on_a_sample, best_on_all = np.array([[0.0, 1.0]]), np.array([[1.0, 0.0]])
    contenders = [Contender(5.0, best_on_a_sample), Contender(5.1, best_on_all)]
    chosen = choose_contender(keep_contenders(contenders, 100), PatternLook(rows))
    assert chosen[0, 0] > chosen[0, 1]


def test_components_are_the_same_in_any_order_and_scale_and_different_else():
    H = np.random.default_rng(0).random((4, 9))
    other = np.random.default_rng(1).random((4, 9))
    found = [Contender(2.0, H), Contender(1.0, 7 * H[::-1]), Contender(3.0, other)]
    assert [(one.loss, one.n_starts) for one in gather_contenders(found)] == [(1.0, 2), (3.0, 1)]


def test_starts_go_on_until_what_is_good_was_found_twice():
    minima = iter([np.eye(2), np.ones((2, 2)), np.eye(2), np.ones((2, 2)), np.eye(2)])
    followed = []

    def follow(start):
        followed.append(start)
        return Contender(float(start.sum()), start)

    found = try_starts(minima, follow, n_init=2, n_rows=10**6)
    assert len(followed) == 4
    assert [one.n_starts for one in found] == [2]


def test_a_single_start_is_not_followed():
    def follow(start):
        raise AssertionError(start)

    found = try_starts(iter([np.eye(2)] * 4), follow, n_init=1, n_rows=9)
    np.testing.assert_array_equal(found[0].H, np.eye(2))


@pytest.mark.slow
@pytest.mark.parametrize("n_components", [5, 6, 7, 8, 9, 10])
def test_clusters_of_real_tracks_do_not_depend_on_the_random_state(shared_data, n_components):
    features = [
        *("danceability", "energy", "loudness", "speechiness", "acousticness"),
        *("instrumentalness", "liveness", "valence", "tempo", "duration_ms"),
    ]
    table = pl.read_parquet(shared_data / "spotify-114k" / "tracks.parquet").select(features)
    values = table.to_numpy().astype(float)
    standard = np.clip((values - values.mean(axis=0)) / values.std(axis=0), -3, 3)
    X = np.hstack([np.maximum(standard, 0), np.maximum(-standard, 0)])
    labels = [clusters(NMF(n_components, random_state=state), X) for state in range(3)]
    assert least_agreement(labels) >= 0.95

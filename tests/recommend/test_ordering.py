"""Neighbours fit: the order is as good as all orders tried where those can be tried."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsong.recommend import angle_distances, blend_distances, order_rows, path_cost, unit_rows


def some_rows(n, seed, columns=6):
    return unit_rows(np.random.default_rng(seed).random((n, columns)) ** 3)


@pytest.mark.parametrize("seed", range(12))
def test_of_eight_tracks_no_order_is_cheaper(seed):
    distances = angle_distances(some_rows(8, seed))
    orders = np.array(list(itertools.permutations(range(8))))
    costs = distances[orders[:, :-1], orders[:, 1:]].sum(axis=1)
    assert path_cost(distances, order_rows(distances)) == pytest.approx(costs.min())
    from_three = costs[orders[:, 0] == 3].min()
    assert path_cost(distances, order_rows(distances, first=3)) == pytest.approx(from_three)


def test_tracks_on_a_line_stand_in_line():
    places = np.random.default_rng(3).permutation(60) / 60
    order = order_rows(np.abs(places[:, None] - places))
    assert (np.diff(places[order]) > 0).all() or (np.diff(places[order]) < 0).all()


def test_an_order_is_far_cheaper_than_chance():
    distances = angle_distances(some_rows(120, 0))
    rng = np.random.default_rng(1)
    by_chance = min(path_cost(distances, rng.permutation(120)) for _ in range(200))
    assert path_cost(distances, order_rows(distances)) < 0.7 * by_chance


@settings(max_examples=30)
@given(st.integers(0, 25), st.integers(0, 10_000), st.booleans())
def test_every_row_comes_once_and_the_given_order_is_never_cheaper(n, seed, is_fixed):
    distances = angle_distances(some_rows(n, seed))
    first = seed % n if is_fixed and n else None
    order = order_rows(distances, first=first)
    assert sorted(order) == list(range(n))
    if first is None:
        assert path_cost(distances, order) <= path_cost(distances, np.arange(n)) + 1e-9
    else:
        assert order[0] == first


def test_the_same_playlist_gives_the_same_order():
    distances = angle_distances(some_rows(40, 5))
    np.testing.assert_array_equal(order_rows(distances), order_rows(distances.copy()))


def test_rows_that_are_all_the_same_can_be_ordered():
    assert sorted(order_rows(np.zeros((5, 5)))) == list(range(5))


def test_the_scale_of_a_kind_of_distance_does_not_count():
    sound, keys = angle_distances(some_rows(20, 7)), angle_distances(some_rows(20, 8))
    np.testing.assert_allclose(blend_distances(sound, keys), blend_distances(sound, 100 * keys))
    off_diagonal = blend_distances(sound, keys)[~np.eye(20, dtype=bool)]
    assert off_diagonal.mean() == pytest.approx(1)
    assert not blend_distances(np.zeros((3, 3))).any()


def test_what_is_blended_in_is_heeded():
    sound, keys = angle_distances(some_rows(40, 7)), angle_distances(some_rows(40, 8))
    alone, both = order_rows(sound), order_rows(blend_distances(sound, keys))
    assert path_cost(keys, both) < 0.8 * path_cost(keys, alone)
    assert path_cost(sound, both) > path_cost(sound, alone)

"""Keys lie on a circle, tempi in octaves, and what is unknown is neither near nor far."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsong.recommend import camelot_code, key_distances, tempo_distances

C, G, F_SHARP, A = 0, 7, 6, 9
MINOR, MAJOR = 0, 1

songs = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 1)), min_size=2, max_size=8)


def steps(first, second):
    keys, modes = zip(first, second, strict=True)
    return 7 * key_distances(keys, modes)[0, 1]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ((C, MAJOR), (C, MAJOR), 0),
        ((C, MAJOR), (G, MAJOR), 1),  # a fifth up
        ((C, MAJOR), (A, MINOR), 1),  # its relative minor
        ((A, MINOR), (4, MINOR), 1),  # A minor and E minor
        ((C, MAJOR), (C, MINOR), 4),  # three fifths and the change of mode
        ((11, MAJOR), (C, MAJOR), 5),  # neighbours on the keyboard are far apart
        ((C, MAJOR), (F_SHARP, MAJOR), 6),
        ((C, MAJOR), (3, MINOR), 7),  # E flat minor, relative of F sharp major
    ],
)
def test_a_step_is_a_fifth_or_a_change_of_mode(first, second, expected):
    assert steps(first, second) == pytest.approx(expected)


@given(songs, st.integers(0, 11))
def test_moving_all_songs_up_changes_no_distance(some, up):
    keys, modes = zip(*some, strict=True)
    moved = [(key + up) % 12 for key in keys]
    np.testing.assert_allclose(key_distances(keys, modes), key_distances(moved, modes))


def test_keys_and_modes_drawn_by_chance_are_half_the_way_apart():
    keys, modes = zip(*itertools.product(range(12), range(2)), strict=True)
    distances = key_distances(keys, modes)
    assert distances.mean() == pytest.approx(0.5)
    np.testing.assert_array_equal(distances, distances.T)


def test_the_wheel_has_the_hours_that_djs_know():
    assert camelot_code(A, MINOR) == "8A"
    assert camelot_code(C, MAJOR) == "8B"
    assert camelot_code(11, MAJOR) == "1B"  # B major
    assert camelot_code(8, MINOR) == "1A"  # G sharp minor
    assert camelot_code(4, MAJOR) == "12B"  # E major
    codes = {camelot_code(key, mode) for key in range(12) for mode in range(2)}
    assert len(codes) == 24


@given(st.floats(30, 300), st.floats(30, 300))
def test_half_and_double_the_tempo_are_the_same(first, second):
    plain = tempo_distances([first, second])[0, 1]
    assert 0 <= plain <= 1
    assert tempo_distances([2 * first, second])[0, 1] == pytest.approx(plain, abs=1e-9)
    assert tempo_distances([second, first])[0, 1] == pytest.approx(plain, abs=1e-9)


def test_tempi_farther_apart_cost_more_up_to_half_an_octave():
    distances = tempo_distances([100, 103, 110, 125, 141.42])[0]
    assert (np.diff(distances) > 0).all()
    assert distances[-1] == pytest.approx(1, abs=1e-3)


def test_what_is_not_known_is_half_the_way():
    keys = key_distances([C, None, G], [MAJOR, MAJOR, None])
    assert keys[0, 1] == keys[0, 2] == keys[1, 2] == 0.5
    assert (np.diag(keys) == 0).all()
    tempi = tempo_distances([120, None])
    assert tempi.tolist() == [[0, 0.5], [0.5, 0]]
    assert not camelot_code(None, MAJOR)
    assert not camelot_code(C, None)

"""Places of tracks on a plane."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from partsong.parts import map_parts, map_tracks

LOADINGS = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 30), st.integers(1, 8)),
    elements=st.floats(0, 100).map(lambda value: round(value, 3)),
)


@given(LOADINGS)
def test_every_track_lies_among_the_parts(loadings):
    places = map_parts(loadings)
    positions = map_tracks(loadings, places)
    explained = loadings.any(axis=1)
    assert np.isnan(positions[~explained]).all()
    for axis in range(2):
        assert (positions[explained, axis] >= places[:, axis].min() - 1e-6).all()
        assert (positions[explained, axis] <= places[:, axis].max() + 1e-6).all()


@given(LOADINGS)
def test_the_map_fills_the_unit_circle(loadings):
    places = map_parts(loadings)
    assert np.isfinite(places).all()
    assert places.mean(axis=0) == pytest.approx([0, 0], abs=1e-9)
    radius = np.linalg.norm(places, axis=1).max()
    assert radius == pytest.approx(1) or radius == 0


def test_a_track_of_one_part_lies_on_it():
    places = map_parts(np.eye(5) + 0.1)
    assert map_tracks(3 * np.eye(5), places) == pytest.approx(places, abs=1e-6)


def test_how_loud_a_track_is_does_not_move_it():
    loadings = np.random.default_rng(0).random((20, 4))
    stretched = loadings * np.linspace(0.01, 100, 20)[:, None]
    assert map_tracks(stretched) == pytest.approx(map_tracks(loadings), abs=1e-6)


def test_parts_of_the_same_tracks_are_neighbours():
    """Two families of three parts each; tracks mix within a family only."""
    rng = np.random.default_rng(0)
    loadings = rng.random((600, 6))
    loadings[:300, 3:] *= 0.05
    loadings[300:, :3] *= 0.05
    places = map_parts(loadings)
    distances = np.linalg.norm(places[:, None] - places, axis=2)
    family = np.arange(6) // 3
    is_same = (family[:, None] == family) & ~np.eye(6, dtype=bool)
    assert distances[is_same].max() < distances[family[:, None] != family].min()
    sides = map_tracks(loadings, places) @ (places[:3].mean(axis=0) - places[3:].mean(axis=0))
    assert (sides[:300] > 0).mean() > 0.95
    assert (sides[300:] < 0).mean() > 0.95


def test_the_same_loadings_give_the_same_map_bit_for_bit():
    loadings = np.random.default_rng(0).random((200, 9)).astype(np.float32)
    assert map_tracks(loadings).tobytes() == map_tracks(loadings.copy()).tobytes()


def test_new_tracks_can_be_put_on_a_map():
    loadings = np.random.default_rng(0).random((100, 5))
    whole = map_tracks(loadings)
    assert map_tracks(loadings[:7], map_parts(loadings)) == pytest.approx(whole[:7])


def test_equal_parts_lie_on_each_other():
    assert map_parts(np.ones((10, 3))) == pytest.approx(np.zeros((3, 2)), abs=1e-6)


@pytest.mark.parametrize("n_tracks", [0, 1])
def test_small_catalogs(n_tracks):
    assert map_tracks(np.ones((n_tracks, 3))).shape == (n_tracks, 2)


@pytest.mark.slow
def test_the_largest_set_takes_seconds():
    loadings = np.random.default_rng(0).random((586_672, 14), dtype=np.float32)
    start = time.process_time()
    positions = map_tracks(loadings)
    assert np.isfinite(positions).all()
    assert time.process_time() - start < 10

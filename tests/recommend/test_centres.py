"""Moods are found where they were planted, and one mood is left whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsong.recommend import find_centres

LOUD, QUIET, LIVE = np.eye(6)[:3] + 0.05


def mood(direction, n, *, seed=0, spread=0.15):
    rng = np.random.default_rng(seed)
    return np.maximum(direction + rng.normal(0, spread, (n, len(direction))), 0)


def test_two_planted_moods_are_two_centres_and_never_their_mean():
    rows = np.vstack([mood(LOUD, 12), mood(QUIET, 8, seed=1)])
    centres = find_centres(rows)
    assert [centre.members for centre in centres] == [tuple(range(12)), tuple(range(12, 20))]
    assert [centre.weight for centre in centres] == pytest.approx([0.6, 0.4])
    for centre, direction in zip(centres, (LOUD, QUIET), strict=True):
        assert centre.direction @ direction / np.linalg.norm(direction) > 0.95


def test_three_moods_are_three_unless_fewer_are_allowed():
    rows = np.vstack([mood(one, 10, seed=i) for i, one in enumerate((LOUD, QUIET, LIVE))])
    assert len(find_centres(rows)) == 3
    assert len(find_centres(rows, most=2)) == 2
    assert len(find_centres(rows, exactly=1)) == 1
    assert len(find_centres(rows, exactly=5)) == 5


@pytest.mark.parametrize("n", [1, 2, 5, 40])
def test_one_mood_is_one_centre_however_many_tracks_it_has(n):
    (centre,) = find_centres(mood(LOUD + QUIET, n, spread=0.3))
    assert centre.weight == 1
    assert centre.members == tuple(range(n))


def test_two_different_songs_are_two_moods_and_two_alike_are_one():
    assert len(find_centres(np.array([LOUD, QUIET]))) == 2
    assert len(find_centres(np.array([LOUD, LOUD + 0.3 * QUIET]))) == 1


def test_equal_rows_cannot_be_told_apart_even_when_asked_to():
    assert len(find_centres(np.ones((7, 3)), exactly=3)) == 1


def test_weights_count_and_tracks_without_weight_or_loadings_do_not():
    rows = np.array([LOUD, LOUD, QUIET, np.zeros(6), LIVE])
    heavy, light = find_centres(rows, weights=[1, 1, 3, 5, 0])
    assert (heavy.weight, heavy.members) == (pytest.approx(0.6), (2,))
    assert (light.weight, light.members) == (pytest.approx(0.4), (0, 1))


def test_tracks_without_loadings_are_refused():
    with pytest.raises(ValueError, match="no loadings"):
        find_centres(np.zeros((2, 3)))


rows_of_loadings = st.integers(0, 10_000).map(
    lambda seed: np.random.default_rng(seed).gamma(0.5, size=(seed % 17 + 1, seed % 5 + 1))
)


@settings(max_examples=30)
@given(rows_of_loadings, st.integers(1, 5))
def test_centres_share_out_all_rows(rows, most):
    centres = find_centres(rows, most=most)
    assert 1 <= len(centres) <= most
    assert sorted(row for centre in centres for row in centre.members) == list(range(len(rows)))
    assert sum(centre.weight for centre in centres) == pytest.approx(1)
    weights = [centre.weight for centre in centres]
    assert weights == sorted(weights, reverse=True)
    for centre in centres:
        assert np.linalg.norm(centre.direction) == pytest.approx(1)
        assert (centre.direction >= 0).all()


def test_the_same_rows_give_the_same_centres_whatever_their_lengths():
    rows = np.vstack([mood(LOUD, 9), mood(QUIET, 9, seed=3)])
    lengths = np.linspace(0.1, 9, len(rows))[:, np.newaxis]
    for one, other in zip(find_centres(rows), find_centres(rows * lengths), strict=True):
        assert one.members == other.members
        np.testing.assert_allclose(one.direction, other.direction)

"""Intervals hold what they promise, and know which queries belong together."""

import numpy as np
import pytest

from partsong.evaluate import Resamples


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    """Fifty artists with effects of their own, ten tracks each, many times over."""
    random = np.random.default_rng(5)
    groups = np.repeat(np.arange(50), 10)
    held = []
    for _ in range(300):
        values = random.normal(size=50)[groups] + random.normal(size=500)
        found = Resamples(groups, n_draws=300).mean(values)
        held.append(found.low <= 0 <= found.high)
    assert 0.90 <= np.mean(held) <= 0.98


def test_queries_of_one_artist_are_one_witness():
    random = np.random.default_rng(6)
    groups = np.repeat(np.arange(40), 25)
    values = random.normal(size=40)[groups]
    together = Resamples(groups).mean(values)
    apart = Resamples(np.arange(1000)).mean(values)
    assert together.high - together.low > 3 * (apart.high - apart.low)
    assert together.value == pytest.approx(apart.value)


def test_a_difference_is_taken_on_the_same_queries():
    """What two methods share cancels out, however much queries differ."""
    random = np.random.default_rng(7)
    hard = random.normal(size=400) * 10
    better = hard + 0.5 + random.normal(size=400) * 0.1
    difference = Resamples(np.arange(400)).mean(better - hard)
    assert 0.4 < difference.low < difference.high < 0.6


def test_means_are_those_of_one_at_a_time_and_repeat_themselves():
    random = np.random.default_rng(8)
    values = random.random((3, 60))
    values[1, ::2] = np.nan
    groups = random.integers(0, 9, size=60)
    first = Resamples(groups, random_state=1).means(values)
    assert first == [Resamples(groups, random_state=1).mean(row) for row in values]
    assert first != Resamples(groups, random_state=2).means(values)
    assert first[1].value == pytest.approx(np.nanmean(values[1]))


def test_nothing_known_is_no_number():
    found = Resamples(np.array([0, 1])).mean(np.array([np.nan, np.nan]))
    assert np.isnan([found.value, found.low, found.high]).all()
    assert np.isnan(Resamples(np.array([], dtype=int)).mean(np.array([])).value)

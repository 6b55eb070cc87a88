"""Leaning moves a list the way it was asked to, and leaves scores cosines."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsong.recommend import NearestRows, lean, unit_rows

seeds = st.integers(0, 10_000)


def planted(seed):
    rng = np.random.default_rng(seed)
    return rng.gamma(0.5, size=(120, 5)), unit_rows(rng.gamma(0.5, size=(1, 5)))[0]


def held(W, query, column, n=15):
    """How much of a column the best rows for a query hold."""
    rows, _ = next(NearestRows(W).best_first(query, n=n))
    return unit_rows(W[rows[:n]])[:, column].sum()


@settings(max_examples=30)
@given(seeds, st.integers(0, 4))
def test_the_share_of_a_part_in_the_list_never_moves_the_wrong_way(seed, column):
    W, query = planted(seed)
    steps = [
        lean(query, less=[column, column]),
        lean(query, less=[column]),
        query,
        lean(query, more=[column]),
        lean(query, more=[column, column]),
    ]
    shares = [held(W, step, column) for step in steps]
    assert all(b >= a - 1e-9 for a, b in itertools.pairwise(shares))


def test_more_of_a_part_that_the_seeds_lack_brings_it_into_the_list():
    W, _ = planted(1)
    query = np.array([1.0, 0, 0, 0, 0])
    assert held(W, lean(query, more=[3]), 3) > 2 * held(W, query, 3)


@settings(max_examples=30)
@given(seeds, st.lists(st.integers(0, 4)), st.lists(st.integers(0, 4)))
def test_a_leaned_query_is_a_direction(seed, more, less):
    _, query = planted(seed)
    leaned = lean(query, more=more, less=less, away=np.roll(query, 1))
    assert np.linalg.norm(leaned) == pytest.approx(1)
    assert (leaned >= 0).all()


def test_away_turns_off_what_is_disliked_and_leaves_the_rest():
    query, disliked = np.array([0.6, 0.8, 0.0]), np.array([0.0, 1.0, 0.0])
    leaned = lean(query, away=disliked)
    assert leaned @ disliked < query @ disliked
    assert leaned[0] > query[0]


def test_a_query_that_is_all_disliked_stays_itself():
    query = np.array([0.6, 0.8])
    np.testing.assert_allclose(lean(query, away=query), query)
    np.testing.assert_allclose(lean(query, away=np.zeros(2)), query)

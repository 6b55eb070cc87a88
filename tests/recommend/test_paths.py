"""A walk goes in even steps over real tracks, and keeps what it promises of songs and artists."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsong.recommend import Described, NearestRows, unit_rows, walk_rows


def plain(rows):
    return [Described(row) for row in rows]


def quarter_circle(n, extra=0):
    """Rows on the arc from the first axis to the second, and `extra` axes beside it."""
    turn = np.linspace(0, np.pi / 2, n)
    return np.column_stack([np.cos(turn), np.sin(turn), np.zeros((n, extra))])


def test_on_a_planted_arc_the_steps_are_even():
    rng = np.random.default_rng(0)
    off_the_road = rng.random((300, 5)) * [0.5, 0.5, 1, 1, 1] + [0, 0, 0.5, 0.5, 0.5]
    rows = np.vstack([quarter_circle(101, extra=3), off_the_road])
    walk = walk_rows(NearestRows(rows), (0, 100), n=11, describe=plain)
    assert walk.rows[0] == 0
    assert walk.rows[-1] == 100
    assert max(walk.rows) <= 100  # no track off the road
    np.testing.assert_allclose(np.diff(walk.along), 0.1, atol=0.011)
    np.testing.assert_allclose(walk.likeness, np.cos(np.pi / 20), atol=0.005)
    assert not walk.jumps


def test_no_way_over_two_tracks_is_cheaper():
    for seed in range(8):
        rows = np.random.default_rng(seed).random((20, 4)) ** 2
        unit = unit_rows(rows)
        angle = np.arccos(np.clip(unit @ unit.T, 0, 1)) ** 2
        walk = walk_rows(NearestRows(rows), (0, 1), n=4, describe=plain)
        whole = np.arccos(unit[0] @ unit[1])
        points = [
            (np.sin((1 - t) * whole) * unit[0] + np.sin(t * whole) * unit[1]) / np.sin(whole)
            for t in (1 / 3, 2 / 3)
        ]
        detour = np.arccos(np.clip(unit @ np.array(points).T, 0, 1)) ** 2

        def cost(first, second, angle=angle, detour=detour):
            steps = angle[0, first] + angle[first, second] + angle[second, 1]
            return steps + detour[first, 0] + detour[second, 1]

        cheapest = min(cost(*pair) for pair in itertools.permutations(range(2, 20), 2))
        assert cost(*walk.rows[1:3]) == pytest.approx(cheapest)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 12), st.integers(1, 3), st.integers(1, 12))
def test_songs_come_once_and_artists_keep_to_their_cap(seed, n, per_artist, n_artists):
    rng = np.random.default_rng(seed)
    rows = rng.random((60, 4)) ** 2
    songs, artists = rng.integers(0, 40, 60), rng.integers(0, n_artists, 60)

    def describe(some):
        return [Described(int(songs[row]), (f"Artist {artists[row]}",)) for row in some]

    songs[[0, 1]] = 100, 101
    candidates = rng.random(60) < 0.8
    walk = walk_rows(
        NearestRows(rows),
        (0, 1),
        n=n,
        describe=describe,
        candidates=candidates,
        per_artist=per_artist,
    )
    between = list(walk.rows[1:-1])
    assert (walk.rows[0], walk.rows[-1]) == (0, 1)
    assert len(walk.rows) <= n
    assert len({songs[row] for row in walk.rows}) == len(walk.rows)
    assert all(candidates[between])
    counts = np.bincount(artists[between], minlength=1)
    assert counts.max(initial=0) <= per_artist
    assert ((walk.along >= 0) & (walk.along <= 1)).all()


def test_another_version_of_an_end_is_no_step():
    rows = quarter_circle(9)
    songs = {4: "end"}  # halfway, but the song that the walk ends with

    def describe(some):
        return [Described("end" if row == 8 else songs.get(row, row)) for row in some]

    assert 4 not in walk_rows(NearestRows(rows), (0, 8), n=3, describe=describe).rows
    assert 4 in walk_rows(NearestRows(rows), (0, 8), n=3, describe=plain).rows


def test_songs_to_avoid_are_no_steps():
    walk = walk_rows(NearestRows(quarter_circle(9)), (0, 8), n=3, describe=plain, avoid={4})
    assert 4 not in walk.rows


def test_a_road_with_a_gap_has_a_jump_there():
    turn = np.radians([0, 3, 6, 9, 12, 80, 83, 86, 90])  # degrees
    rows = np.column_stack([np.cos(turn), np.sin(turn)])
    walk = walk_rows(NearestRows(rows), (0, 8), n=8, describe=plain)
    (jump,) = walk.jumps
    assert turn[walk.rows[jump]] <= np.radians(12)
    assert turn[walk.rows[jump + 1]] >= np.radians(80)


def test_between_two_tracks_that_share_nothing_one_step_is_a_jump():
    walk = walk_rows(NearestRows(np.eye(2)), (0, 1), n=2, describe=plain)
    assert walk.rows == (0, 1)
    assert walk.jumps == (0,)


def test_ends_that_point_alike_have_a_walk_between_them():
    rows = np.array([[1.0, 1], [2, 2], [3, 3.1], [1, 1.2], [1, 0]])
    walk = walk_rows(NearestRows(rows), (0, 1), n=4, describe=plain)
    assert walk.rows[1:3] in {(2, 3), (3, 2)}
    np.testing.assert_allclose(walk.along, [0, 1 / 3, 2 / 3, 1])


def test_the_order_of_rows_does_not_count():
    rows = np.random.default_rng(2).random((50, 5))
    turned = np.random.default_rng(3).permutation(50)
    place = np.argsort(turned)
    walk = walk_rows(NearestRows(rows), (0, 1), n=6, describe=plain)
    again = walk_rows(
        NearestRows(rows[turned]), (int(place[0]), int(place[1])), n=6, describe=plain
    )
    assert [int(turned[row]) for row in again.rows] == list(walk.rows)


def test_an_end_without_loadings_is_refused():
    with pytest.raises(ValueError, match="without any loading"):
        walk_rows(NearestRows(np.array([[1.0, 0], [0, 0]])), (0, 1), describe=plain)

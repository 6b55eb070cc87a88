"""A taste is several moods, weighed by what was heard when, and dislikes pull where they lie."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsong.recommend import count_plays, find_centres, find_taste, unit_rows, weigh_tracks

MINUTE = 60_000.0


def crowd(axis, n, seed, columns=4):
    """Rows near one axis."""
    rows = 0.15 * np.random.default_rng(seed).random((n, columns))
    rows[:, axis] += 1
    return rows


def counted(days_ago, ms_played=MINUTE, duration_ms=3 * MINUTE, **options):
    return count_plays(
        np.array([days_ago]), np.array([ms_played]), np.array([duration_ms]), **options
    )[0]


@given(st.floats(0, 3_000), st.floats(10, 1_000))
def test_a_listen_halves_with_every_half_life(days_ago, half_life):
    now = counted(days_ago, half_life=half_life)
    assert counted(days_ago + half_life, half_life=half_life) == pytest.approx(now / 2)
    assert 0 < now <= 1


def test_a_listen_from_a_clock_that_runs_ahead_counts_as_now():
    assert counted(-3) == 1


@pytest.mark.parametrize(
    ("ms_played", "duration_ms", "expected"),
    [
        (29_999, 3 * MINUTE, 0),  # skipped
        (30_000, 3 * MINUTE, 1),
        (25_000, 40_000, 1),  # most of a short track
        (15_000, 40_000, 0),
        (5_000, np.nan, 0),  # short, and no length to measure it by
        (np.nan, 3 * MINUTE, 1),  # not known how much: taken for all
    ],
)
def test_a_skip_counts_nothing(ms_played, duration_ms, expected):
    assert counted(0, ms_played, duration_ms) == expected


def test_a_half_life_of_nothing_is_refused():
    with pytest.raises(ValueError, match="half-life"):
        counted(0, half_life=0)


def test_one_song_on_repeat_does_not_drown_the_rest():
    nobody = np.zeros(3, dtype=bool)
    once, twice, on_repeat = weigh_tracks(nobody, nobody, np.array([1.0, 3.0, 1_000.0]))
    assert once < twice < on_repeat
    assert on_repeat < 10 * once
    owned, liked = weigh_tracks(np.array([True, False]), np.array([False, True]), np.zeros(2))
    assert 0 < owned < liked


def test_two_moods_are_never_averaged():
    rows = np.vstack([crowd(0, 10, 1), crowd(1, 10, 2)])
    moods = find_taste(rows, np.ones(20))
    assert [set(mood.members) for mood in moods] == [set(range(10)), set(range(10, 20))]
    for mood, axis in zip(moods, (0, 1), strict=True):
        assert mood.direction[axis] > 0.9


def test_heavier_tracks_make_a_heavier_mood():
    rows = np.vstack([crowd(0, 10, 1), crowd(1, 10, 2)])
    first, second = find_taste(rows, np.r_[np.ones(10), np.full(10, 3.0)])
    assert (first.weight, second.weight) == pytest.approx((0.75, 0.25))
    assert min(first.members) == 10


def test_a_large_taste_that_gathers_nowhere_is_parted_all_the_same():
    spread = np.random.default_rng(0).random((200, 12))
    assert len(find_centres(spread, most=6)) == 1
    assert len(find_taste(spread, np.ones(200))) == 6
    assert len(find_taste(spread[:25], np.ones(25))) == 1


def test_one_song_on_repeat_makes_no_moods():
    spread = np.random.default_rng(0).random((200, 12))
    weights = np.full(200, 0.01)
    weights[0] = 10
    assert len(find_taste(spread, weights)) == 1


def test_a_dislike_pulls_at_the_mood_that_it_lies_in_and_at_no_other():
    rows = np.vstack([crowd(0, 10, 1), crowd(1, 10, 2)])
    before = find_taste(rows, np.ones(20))
    disliked = unit_rows(before[0].direction[None] + [[0, 0, 0.03, 0]])
    after = find_taste(rows, np.ones(20), disliked=disliked)
    assert after[0].direction[2] < before[0].direction[2]
    assert np.linalg.norm(after[0].direction) == pytest.approx(1)
    np.testing.assert_array_equal(after[1].direction, before[1].direction)
    assert [mood.weight for mood in after] == [mood.weight for mood in before]


def test_a_dislike_far_from_every_mood_changes_nothing():
    rows = np.vstack([crowd(0, 10, 1), crowd(1, 10, 2)])
    before = find_taste(rows, np.ones(20))
    after = find_taste(rows, np.ones(20), disliked=np.array([[0.3, 0, 0, 1.0], [0, 0, 0, 0]]))
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one.direction, other.direction)


def test_more_dislikes_pull_harder():
    rows = crowd(0, 20, 1)
    centre = find_taste(rows, np.ones(20))[0].direction
    disliked = unit_rows(centre[None] + [[0, 0, 0.03, 0]])
    pulled = [
        find_taste(rows, np.ones(20), disliked=np.repeat(disliked, n, axis=0))[0].direction[2]
        for n in (1, 5, 20)
    ]
    assert centre[2] > pulled[0] > pulled[1] > pulled[2]

"""Lists keep to their limits, and scores stay exact sums whatever the limits."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsong.recommend import (
    Centre,
    Described,
    Limits,
    NearestRows,
    find_centres,
    pick_for_many,
    pick_tracks,
    place_row,
    unit_rows,
)


def catalog(seed, n=80, columns=4):
    """Rows, and for each a song, artists, an album and a length that others share."""
    rng = np.random.default_rng(seed)
    W = rng.gamma(0.4, size=(n, columns)) * (rng.random((n, 1)) > 0.05)
    told = [
        Described(
            song=f"song {rng.integers(n)}",
            artists=tuple(f"artist {a}" for a in rng.integers(n // 8, size=rng.integers(1, 3))),
            album=None if rng.random() < 0.2 else f"album {rng.integers(n // 6)}",
            minutes=None if rng.random() < 0.1 else float(rng.uniform(1, 8)),
        )
        for _ in range(n)
    ]
    return W, told


def pick(W, told, centres, **wishes):
    candidates, avoid = wishes.pop("candidates", None), wishes.pop("avoid", ())
    return pick_tracks(
        NearestRows(W),
        centres,
        limits=Limits(**wishes),
        describe=lambda rows: [told[row] for row in rows],
        candidates=candidates,
        avoid=avoid,
    )


def one(direction):
    return [Centre(unit_rows(np.atleast_2d(direction))[0], 1.0, ())]


everything = {"per_artist": None, "n": 1000}
seeds = st.integers(0, 10_000)


@settings(max_examples=30)
@given(
    seeds,
    st.integers(1, 30),
    st.sampled_from([None, 1, 2]),
    st.sampled_from([None, 1]),
    st.sampled_from([0.0, 0.4, 1.0]),
)
def test_no_list_breaks_its_limits(seed, n, per_artist, per_album, diversity):
    W, told = catalog(seed)
    may_come = np.random.default_rng(seed).random(len(W)) < 0.7
    avoid = {told[0].song, told[1].song}
    centres = find_centres(W[:6], exactly=2) if W[:6].any() else one(np.ones(4))
    picks = pick(
        W,
        told,
        centres,
        n=n,
        per_artist=per_artist,
        per_album=per_album,
        diversity=diversity,
        candidates=may_come,
        avoid=avoid,
    )
    listed = [told[p.row] for p in picks]
    assert len(picks) <= n
    assert all(may_come[p.row] for p in picks)
    songs = [d.song for d in listed]
    assert len(set(songs)) == len(songs)
    assert not avoid & set(songs)
    artists = Counter(artist for d in listed for artist in set(d.artists))
    albums = Counter(d.album for d in listed if d.album)
    assert per_artist is None or max(artists.values(), default=0) <= per_artist
    assert per_album is None or max(albums.values(), default=0) <= per_album
    for p in picks:
        cosine = unit_rows(W[[p.row]])[0] @ centres[p.centre].direction
        assert 0 < p.score <= 1
        assert p.score == pytest.approx(cosine, abs=1e-12)
        assert p.contributions.sum() == pytest.approx(p.score, abs=1e-12)
        assert (p.contributions >= 0).all()


@settings(max_examples=30)
@given(seeds, st.integers(1, 20))
def test_a_short_list_is_the_head_of_the_long_one(seed, n):
    W, told = catalog(seed)
    centres = find_centres(W[:5], exactly=2) if W[:5].any() else one(np.ones(4))
    long = [p.row for p in pick(W, told, centres, n=60)]
    assert [p.row for p in pick(W, told, centres, n=n)] == long[:n]


def test_without_limits_it_is_the_order_of_cosines_with_ties_in_theirs():
    W, _ = catalog(3)
    W[10:20] = W[10]
    told = [Described(row) for row in range(len(W))]
    picks = pick(W, told, one(np.ones(4)), **everything)
    scores = (unit_rows(W) * unit_rows(np.ones((1, 4)))).sum(axis=1)
    expected = [row for row in np.lexsort((np.arange(len(W)), -scores)) if scores[row] > 0]
    assert [p.row for p in picks] == expected


@settings(max_examples=30)
@given(seeds)
def test_a_track_that_nobody_likes_changes_no_other_score(seed):
    W, told = catalog(seed)
    centre = one([1.0, 1.0, 1.0, 0.0])
    stranger = np.array([[0.0, 0.0, 0.0, 1.0]])
    before = pick(W, told, centre, n=20)
    after = pick(np.vstack([W, stranger]), [*told, Described("stranger")], centre, n=20)
    assert [(p.row, p.score) for p in before] == [(p.row, p.score) for p in after]


@settings(max_examples=20)
@given(seeds)
def test_the_order_does_not_hang_on_what_things_are_called(seed):
    W, told = catalog(seed)
    renamed = [
        Described(hash(d.song), tuple(a[::-1] for a in d.artists), d.album, d.minutes) for d in told
    ]
    for diversity in (0.0, 0.5):
        rows = [
            [p.row for p in pick(W, names, one(np.ones(4)), diversity=diversity)]
            for names in (told, renamed)
        ]
        assert rows[0] == rows[1]


def test_any_head_of_the_list_is_shared_out_by_the_weights():
    W = np.vstack([np.tile([1.0, 0.01], (50, 1)), np.tile([0.01, 1.0], (50, 1))])
    told = [Described(row) for row in range(100)]
    centres = [Centre(np.array([1.0, 0.0]), 0.75, ()), Centre(np.array([0.0, 1.0]), 0.25, ())]
    picks = pick(W, told, centres, n=40)
    for n in range(1, 41):
        assert abs(sum(p.centre == 0 for p in picks[:n]) - 0.75 * n) <= 1
    assert {p.row < 50 for p in picks if p.centre == 0} == {True}


def test_a_mood_that_runs_dry_leaves_its_slots_to_the_others():
    W = np.vstack([np.tile([1.0, 0.0], (3, 1)), np.tile([0.0, 1.0], (20, 1))])
    told = [Described(row) for row in range(23)]
    centres = [Centre(np.array([1.0, 0.0]), 0.5, ()), Centre(np.array([0.0, 1.0]), 0.5, ())]
    assert Counter(p.centre for p in pick(W, told, centres, n=12)) == {0: 3, 1: 9}


def spread_of(W, picks):
    """How far the tracks are from the nearest other, on average."""
    unit = unit_rows(W[[p.row for p in picks]])
    return 1 - (unit @ unit.T - 2 * np.eye(len(unit))).max(axis=1).mean()


def test_diversity_spreads_a_list_and_costs_likeness():
    W, _ = catalog(5, n=400, columns=6)
    told = [Described(row) for row in range(len(W))]
    lists = [pick(W, told, one(W[7]), n=15, diversity=d) for d in (0.0, 0.3, 0.6, 0.9)]
    spreads = [spread_of(W, picks) for picks in lists]
    likeness = [np.mean([p.score for p in picks]) for picks in lists]
    assert spreads == sorted(spreads)
    assert spreads[-1] > 1.5 * spreads[0]
    assert likeness == sorted(likeness, reverse=True)


def test_spread_follows_the_formula_of_maximal_marginal_relevance():
    W, _ = catalog(8, n=60)
    told = [Described(row) for row in range(len(W))]
    centre, unit = one(np.ones(4)), unit_rows(W)
    scores, chosen = unit @ centre[0].direction, []
    for _ in range(8):
        like = (unit @ unit[chosen].T).max(axis=1) if chosen else np.zeros(len(W))
        value = np.where(
            (scores > 0) & ~np.isin(range(len(W)), chosen), 0.7 * scores - 0.3 * like, -9
        )
        chosen.append(int(value.argmax()))
    assert [p.row for p in pick(W, told, centre, n=8, diversity=0.3)] == chosen


@settings(max_examples=30)
@given(seeds, st.floats(1, 60))
def test_a_list_of_minutes_comes_as_near_as_its_order_allows(seed, wanted):
    W, told = catalog(seed)
    longest = pick(W, told, one(np.ones(4)), minutes=10_000)
    lengths = np.cumsum([told[p.row].minutes for p in longest])
    picks = pick(W, told, one(np.ones(4)), minutes=wanted)
    assert [p.row for p in picks] == [p.row for p in longest[: len(picks)]]
    assert abs(lengths[len(picks) - 1] - wanted) == pytest.approx(np.abs(lengths - wanted).min())


@settings(max_examples=15)
@given(seeds, st.sampled_from([None, 1]))
def test_many_lists_at_once_are_the_lists_one_by_one(seed, per_artist):
    W, told = catalog(seed)
    asked = np.flatnonzero(W.any(axis=1))[:6]
    limits = Limits(n=5, per_artist=per_artist)
    nearest, directions = NearestRows(W), unit_rows(W[asked])
    avoid = [{told[row].song} for row in asked]
    lists = pick_for_many(
        nearest,
        directions,
        limits=limits,
        describe=lambda rows: [told[row] for row in rows],
        avoid=avoid,
    )
    for direction, own, songs in zip(directions, lists, avoid, strict=True):
        alone = pick(W, told, [Centre(direction, 1.0, ())], n=5, per_artist=per_artist, avoid=songs)
        assert [(p.row, p.score) for p in own] == [(p.row, p.score) for p in alone]


@settings(max_examples=30)
@given(seeds)
def test_a_row_s_rank_is_its_place_in_the_list_of_all(seed):
    W, _ = catalog(seed)
    told = [Described(row) for row in range(len(W))]
    may_come = np.random.default_rng(seed).random(len(W)) < 0.8
    centre = one(np.ones(4))
    listed = [p.row for p in pick(W, told, centre, candidates=may_come, **everything)]
    for place in {0, len(listed) // 2, len(listed) - 1}:
        placing = place_row(NearestRows(W), centre, listed[place], candidates=may_come)
        assert placing.rank == place + 1
        assert placing.n_candidates == may_come.sum()
        assert placing.contributions.sum() == pytest.approx(placing.score)

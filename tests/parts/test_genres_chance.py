"""Chance is called chance as often as the p-values say, and no more."""

import numpy as np
import polars as pl
import pytest
from scipy.stats import binom, hypergeom

from partsong.parts import genre_table
from partsong.parts.genres.artist_blocks import ArtistBlocks
from partsong.parts.genres.permutations import p_values_of_all, p_values_of_each

NAMES = list("abcde")
LEVEL = 0.05


def draw(seed, *, sizes):
    """Return artists with a sound and genres of their own that have nothing to do with each other."""
    random = np.random.default_rng(seed)
    artist = np.repeat(np.arange(len(sizes)), sizes)
    home = random.integers(0, 5, len(sizes))
    genre = random.integers(0, 12, len(sizes))
    labels = np.where(
        random.random(len(artist)) < 0.8, home[artist], random.integers(0, 5, len(artist))
    )
    return (
        labels,
        pl.Series([[f"g{genre[one]}"] for one in artist]),
        pl.Series([[f"artist {one}"] for one in artist]),
    )


def uneven(seed, n_artists=150):
    """Return numbers of tracks as real catalogs have them: most artists one, a few very many."""
    random = np.random.default_rng(seed)
    return np.minimum(np.ceil(random.pareto(1.1, n_artists)).astype(int), 60)


def is_found(table):
    return min(pair.p_value for pair in table.pairs) <= LEVEL


def test_chance_is_seldom_called_a_find():
    tables = []
    for seed in range(60):
        labels, genres, artists = draw(seed, sizes=uneven(seed))
        tables.append(genre_table(labels, genres, NAMES, artists=artists, n_permutations=39))
    at_most = binom.ppf(0.999, len(tables), LEVEL)
    assert sum(map(is_found, tables)) <= at_most
    assert sum(table.ami_test.p_value <= LEVEL for table in tables) <= at_most
    assert sum(table.ari_test.p_value <= LEVEL for table in tables) <= at_most


def test_tracks_taken_for_separate_witnesses_would_find_patterns_in_chance():
    """Why the test asks artists: the same tables, and nearly each a find."""
    found = 0
    for seed in range(10):
        labels, genres, _ = draw(seed, sizes=uneven(seed))
        found += is_found(genre_table(labels, genres, NAMES, n_permutations=39))
    assert found >= 9


@pytest.mark.slow
@pytest.mark.parametrize("tracks", [1, 4])
def test_the_false_positive_rate_is_what_it_says(tracks):
    """With artists of one size the test is exact, so the rate may not be less either."""
    found, n_draws = np.zeros(3), 500
    for seed in range(n_draws):
        labels, genres, artists = draw(seed, sizes=np.full(120, tracks))
        table = genre_table(labels, genres, NAMES, artists=artists, n_permutations=99)
        p_values = np.array([table.ami_test.p_value, table.ari_test.p_value])
        found += [is_found(table), *(p_values <= LEVEL)]
    low, high = binom.ppf([0.001, 0.999], n_draws, LEVEL)
    assert np.all(found >= low), found
    assert np.all(found <= high), found


@pytest.mark.slow
def test_the_false_positive_rate_holds_for_artists_of_all_sizes():
    found, n_draws = np.zeros(3), 400
    for seed in range(n_draws):
        labels, genres, artists = draw(seed, sizes=uneven(seed))
        table = genre_table(labels, genres, NAMES, artists=artists, n_permutations=99)
        p_values = np.array([table.ami_test.p_value, table.ari_test.p_value])
        found += [is_found(table), *(p_values <= LEVEL)]
    assert np.all(found <= binom.ppf(0.999, n_draws, LEVEL)), found


@pytest.mark.slow
def test_the_interval_covers_what_collections_of_this_size_give():
    tests, n_draws = [], 150
    for seed in range(n_draws):
        random = np.random.default_rng(seed)
        sizes = np.minimum(np.ceil(random.pareto(1.5, 400)).astype(int), 30)
        artist = np.repeat(np.arange(400), sizes)
        home = random.integers(0, 5, 400)
        genre = np.where(random.random(400) < 0.4, home, random.integers(0, 12, 400))
        is_home = random.random(len(artist)) < 0.7
        labels = np.where(is_home, home[artist], random.integers(0, 5, len(artist)))
        genres = pl.Series([[f"g{genre[one]}"] for one in artist])
        artists = pl.Series([[f"artist {one}"] for one in artist])
        table = genre_table(labels, genres, NAMES, artists=artists, n_permutations=199)
        tests.append((table.ami_test, table.ari_test))
    for measure in zip(*tests, strict=True):
        truth = np.mean([test.value for test in measure])
        covered = sum(test.low <= truth <= test.high for test in measure)
        assert covered >= binom.ppf(0.001, n_draws, 0.92)


def test_where_every_track_has_its_own_artist_counts_are_hypergeometric():
    """The exchange of parts is then drawing without replacement."""
    labels = np.array([0] * 10 + [1] * 20)
    genres = pl.Series([["rock"]] * 8 + [["folk"]] * 2 + [["rock"]] * 5 + [["folk"]] * 15)
    table = genre_table(labels, genres, ["a", "b"], n_permutations=4999)
    (pair,) = [pair for pair in table.pairs if (pair.part, pair.genre) == ("a", "rock")]
    assert (pair.count, pair.share) == (8, pytest.approx(8 / 13))
    assert pair.lift == pytest.approx((8 / 10) / (13 / 30))
    raw = hypergeom.sf(7, 30, 13, 10)
    # Two of the four pairs are each other's mirror image: the correction is between none and half.
    assert binom.ppf(0.001, 4999, raw) / 5000 <= pair.p_value
    assert pair.p_value <= (1 + binom.ppf(0.999, 4999, 2 * raw)) / 5000


def test_each_permutation_is_as_good_as_the_next():
    """Shuffled counts of a genre have the mean and variance of drawing without replacement."""
    random = np.random.default_rng(0)
    blocks = ArtistBlocks(np.arange(60))
    labels = np.repeat([1, 0], [20, 40])
    counts = [labels[blocks.shuffle(random)][:15].sum() for _ in range(4000)]
    expected = hypergeom(60, 20, 15)
    assert np.mean(counts) == pytest.approx(expected.mean(), abs=4 * expected.std() / 4000**0.5)
    assert np.var(counts) == pytest.approx(expected.var(), rel=0.1)


def test_artists_exchange_whole_and_among_those_of_their_size():
    sizes = np.repeat([1, 2, 5], 40)
    artist = np.repeat(np.arange(120), sizes)
    blocks = ArtistBlocks(artist)
    places = blocks.shuffle(np.random.default_rng(0))
    assert sorted(places) == list(range(len(artist)))
    taken = artist[places]
    for one in range(120):
        (other,) = set(taken[artist == one])
        assert sizes[other] == sizes[one]


def test_artists_without_peers_of_their_size_exchange_with_the_next():
    sizes = np.array([1] * 30 + [3, 8, 20, 50])
    artist = np.repeat(np.arange(34), sizes)
    blocks = ArtistBlocks(artist)
    taken = {tuple(artist[blocks.shuffle(np.random.default_rng(seed))][-50:]) for seed in range(40)}
    donors = {one for row in taken for one in row}
    assert len(donors) > 20
    for row in taken:  # the tracks of one other artist, each about as often
        assert len(set(np.unique(row, return_counts=True)[0])) == 1


def test_the_step_down_is_never_smaller_than_the_p_value_of_one_pair():
    random = np.random.default_rng(4)
    counts = random.poisson(random.gamma(2, 10, 80), (500, 80)).astype(np.float32)
    counts[0, :5] *= 3
    single = p_values_of_each(counts[0], counts[1:])
    corrected = p_values_of_all(counts.copy())
    assert np.all(corrected >= single - 1e-12)
    assert np.all(corrected[np.argsort(single)[-10:]] > LEVEL)
    assert corrected.min() == 1 / 500


def test_a_pair_that_never_varies_is_no_find():
    counts = np.full((100, 2), 7, dtype=np.float32)
    counts[0, 1] = 30
    assert p_values_of_all(counts).tolist() == [1.0, 0.01]

"""Parts meet genres: what was planted is found, and the numbers are those of the formulas."""

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

from partsong.errors import QueryError
from partsong.parts import genre_table

NAMES = ["low", "middle", "high"]


def lean(genre, *, artists=60, tracks=3, seed=0):
    """Return labels, genres and artists where `genre` tells the part of each artist."""
    random = np.random.default_rng(seed)
    home = random.integers(0, 3, artists)
    artist = np.repeat(np.arange(artists), tracks)
    return (
        home[artist],
        pl.Series([[genre(home[one])] for one in artist]),
        pl.Series([[f"artist {one}"] for one in artist]),
    )


def test_planted_genres_are_the_parts(model, planted):
    names = [part.name for part in model.shown]
    table = genre_table(model.assign().labels, planted["genres"], names, artists=planted["artists"])
    assert table.ami > 0.9
    assert table.ari > 0.9
    assert table.n_artists == 40
    for part in names:
        first = next(pair for pair in table.pairs if pair.part == part)
        assert first.lift == pytest.approx(3, rel=0.05)
        assert first.share > 0.95


def test_a_planted_genre_is_found_among_many():
    labels, genres, artists = lean(lambda home: "metal" if home == 2 else "any")
    table = genre_table(labels, genres, NAMES, artists=artists)
    metal = {pair.part: pair for pair in table.pairs if pair.genre == "metal"}
    assert list(metal) == ["high"]
    assert metal["high"].p_value == 1 / 1000
    assert metal["high"].count == 3 * metal["high"].artists
    assert table.ami_test.p_value == 1 / 1000
    assert table.ami_test.null_high < table.ami_test.low < table.ami < table.ami_test.high


def test_one_prolific_artist_is_no_evidence():
    """A hundred tracks of one artist in one part say little; twenty artists there say much."""
    random = np.random.default_rng(0)
    labels = np.concatenate([np.zeros(100, dtype=int), np.repeat(random.integers(0, 3, 60), 5)])
    genres = pl.Series([["drone"]] * 100 + [["any"]] * 300)
    others = pl.Series([[f"artist {one // 5}"] for one in range(300)])
    p_value = {}
    for n_artists in (1, 20):
        drone = pl.Series([[f"drone artist {one % n_artists}"] for one in range(100)])
        table = genre_table(labels, genres, NAMES, artists=drone.append(others))
        (pair,) = [pair for pair in table.pairs if pair.genre == "drone"]
        assert (pair.count, pair.share, pair.artists) == (100, 1.0, n_artists)
        p_value[n_artists] = pair.p_value
    assert p_value[1] > 0.2
    assert p_value[20] < 0.01


def test_agreement_is_that_of_scikit_learn():
    random = np.random.default_rng(2)
    labels, genre = random.integers(-1, 3, 500), random.integers(0, 8, 500)
    genre[:200] = labels[:200] + 1
    table = genre_table(labels, pl.Series([[f"g{one}"] for one in genre]), NAMES)
    assert table.ami == pytest.approx(adjusted_mutual_info_score(genre, labels))
    assert table.ari == pytest.approx(adjusted_rand_score(genre, labels))


def test_names_and_order_of_genres_and_tracks_do_not_matter():
    random = np.random.default_rng(3)
    labels = random.integers(0, 3, 400)
    genre = np.where(random.random(400) < 0.5, labels, random.integers(0, 9, 400))
    artists = pl.Series([[f"artist {one}"] for one in random.integers(0, 80, 400)])
    tables = []
    for rename in (lambda one: f"g{one}", lambda one: f"g{8 - one}"):
        genres = pl.Series([[rename(one)] for one in genre])
        pairs = genre_table(labels, genres, NAMES, artists=artists).pairs
        tables.append({(pair.part, pair.genre): pair for pair in pairs})
    for number in range(9):
        for part in NAMES:
            one, other = tables[0][part, f"g{number}"], tables[1][part, f"g{8 - number}"]
            assert (one.count, one.artists, one.lift) == (other.count, other.artists, other.lift)
            assert one.p_value == pytest.approx(other.p_value)

    order = random.permutation(400)
    genres = pl.Series([[f"g{one}"] for one in genre])
    moved = genre_table(
        labels[order], genres[order.tolist()], NAMES, artists=artists[order.tolist()]
    )
    for pair in moved.pairs:
        assert pair.count == tables[0][pair.part, pair.genre].count


def test_the_same_seed_gives_the_same_answer():
    labels, genres, artists = lean(lambda home: f"g{home // 2}")
    first = genre_table(labels, genres, NAMES, artists=artists, n_permutations=99)
    again = genre_table(labels, genres, NAMES, artists=artists, n_permutations=99)
    assert first == again


def test_mixed_tracks_count_as_tracks_but_as_no_part():
    labels = np.array([0, 0, -1, -1])
    table = genre_table(labels, pl.Series([["rock"]] * 2 + [["folk"]] * 2), ["a"], min_tracks=1)
    assert table.n_tracks == 4
    assert [(pair.part, pair.genre, pair.lift) for pair in table.pairs] == [("a", "rock", 2.0)]
    assert table.ari == 1


def test_tracks_without_a_genre_and_rare_genres_are_left_out():
    genres = pl.Series([["rock"]] * 6 + [["zydeco"], [], None])
    table = genre_table(np.zeros(9, dtype=int), genres, ["a"])
    assert (table.n_tracks, table.n_genres) == (7, 1)
    assert {pair.genre for pair in table.pairs} == {"rock"}


def test_a_genre_named_twice_on_a_track_counts_once():
    table = genre_table(np.zeros(5, dtype=int), pl.Series([["rock", "rock"]] * 5), ["a"])
    assert [(pair.count, pair.share) for pair in table.pairs] == [(5, 1.0)]


def test_unknown_artists_are_counted_and_stand_for_themselves():
    artists = pl.Series([["A"], ["A"], [], None, ["track 3"]], dtype=pl.List(pl.String))
    table = genre_table(
        np.array([0, 0, 0, 1, 1]), pl.Series([["rock"]] * 5), NAMES, artists=artists
    )
    assert (table.n_artists, table.n_unknown) == (4, 2)


def test_only_rare_genres_leave_no_pairs_but_an_answer():
    table = genre_table(np.array([0, 1]), pl.Series([["x"], ["y"]]), ["a", "b"])
    assert table.pairs == ()
    assert table.n_tracks == 2


def test_one_artist_tells_nothing_about_others():
    labels, genres, _ = lean(lambda home: f"g{home}")
    table = genre_table(labels, genres, NAMES, artists=pl.Series([["She"]] * len(labels)))
    assert table.ami_test.p_value == 1
    assert {pair.p_value for pair in table.pairs} == {1.0}


def test_no_genre_at_all_is_refused():
    with pytest.raises(QueryError, match="No track of the model has a genre"):
        genre_table(np.array([0]), pl.Series([[]], dtype=pl.List(pl.String)), ["a"])

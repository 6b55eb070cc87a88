"""Parts meet genres: what was planted is found, and chance is called chance."""

import numpy as np
import polars as pl
import pytest

from partsong.errors import QueryError
from partsong.parts import assign_parts, genre_table

NAMES = ["low", "middle", "high"]


def test_planted_genres_are_the_parts(model, planted):
    labels = assign_parts(model.W, model.H).labels
    table = genre_table(labels, planted["genres"], [part.name for part in model.parts])
    assert table.ami > 0.9
    assert table.ari > 0.9
    for part in model.parts:
        first = next(pair for pair in table.pairs if pair.part == part.name)
        assert first.lift == pytest.approx(3, rel=0.05)
        assert first.share > 0.95
        assert first.p_value < 1e-20


def test_labels_that_have_nothing_to_do_with_genres_are_chance():
    random = np.random.default_rng(0)
    genres = pl.Series([[f"g{genre}"] for genre in random.integers(0, 20, 3000)])
    table = genre_table(random.integers(-1, 3, 3000), genres, NAMES)
    assert abs(table.ami) < 0.01
    assert abs(table.ari) < 0.01
    assert min(pair.p_value for pair in table.pairs) > 0.001


def test_many_genres_a_track_do_not_feign_agreement():
    """Tracks with many rare genres must not look like a pattern by being counted often."""
    random = np.random.default_rng(1)
    genres = pl.Series([[f"g{g}" for g in random.integers(0, 400, 8)] for _ in range(800)])
    table = genre_table(random.integers(0, 3, 800), genres, NAMES)
    assert abs(table.ami) < 0.03


def test_the_p_value_is_that_of_drawing_without_replacement():
    from scipy.stats import fisher_exact

    labels = np.array([0] * 10 + [1] * 20)
    genres = pl.Series([["rock"]] * 8 + [["folk"]] * 2 + [["rock"]] * 5 + [["folk"]] * 15)
    pairs = genre_table(labels, genres, ["a", "b"]).pairs
    raw = fisher_exact([[8, 2], [5, 15]], alternative="greater").pvalue
    (pair,) = [pair for pair in pairs if (pair.part, pair.genre) == ("a", "rock")]
    assert (pair.count, pair.share) == (8, pytest.approx(8 / 13))
    assert pair.lift == pytest.approx((8 / 10) / (13 / 30))
    # Two of the four pairs are each other's mirror image, so the correction is by half of four.
    assert pair.p_value == pytest.approx(raw * 2)


def test_mixed_tracks_count_as_tracks_but_as_no_part():
    labels = np.array([0, 0, -1, -1])
    table = genre_table(labels, pl.Series([["rock"]] * 2 + [["folk"]] * 2), ["a"], min_tracks=1)
    assert table.n_tracks == 4
    assert [(pair.part, pair.genre, pair.lift) for pair in table.pairs] == [("a", "rock", 2.0)]
    assert table.ari == 1


def test_tracks_without_a_genre_and_rare_genres_are_left_out():
    genres = pl.Series([["rock"]] * 6 + [["zydeco"], [], None])
    table = genre_table(np.zeros(9, dtype=int), genres, ["a"])
    assert table.n_tracks == 7
    assert {pair.genre for pair in table.pairs} == {"rock"}


def test_only_rare_genres_leave_no_pairs_but_an_answer():
    table = genre_table(np.array([0, 1]), pl.Series([["x"], ["y"]]), ["a", "b"])
    assert table.pairs == ()
    assert table.n_tracks == 2


def test_no_genre_at_all_is_refused():
    with pytest.raises(QueryError, match="No track of the model has a genre"):
        genre_table(np.array([0]), pl.Series([[]], dtype=pl.List(pl.String)), ["a"])

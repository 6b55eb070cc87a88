"""Which part is pop? The answer has the counts, and says how sure it is."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsong.errors import QueryError
from partsong.parts import find_genres, genre_table, match_genres

GENRES = [
    "pop",
    "K-Pop",
    "dance pop",
    "popular song",
    "britpop",
    "New Age",
    "rhythm & blues",
    "café",
]
NAMES = ["loud", "quiet", "spoken"]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("pop", ["pop", "K-Pop", "dance pop"]),
        ("POP", ["pop", "K-Pop", "dance pop"]),
        ("=pop", ["pop"]),
        ("*pop*", ["pop", "K-Pop", "dance pop", "popular song", "britpop"]),
        ("new-age", ["New Age"]),
        ("dance  pop", ["dance pop"]),
        ("cafe", ["café"]),
        ("r", None),
        ("rhythm", ["rhythm & blues"]),
        ("", None),
        ("&", None),
        ("=", None),
        ("**", None),
    ],
)
def test_a_word_finds_the_genres_that_a_person_means(word, found):
    if found is None:
        with pytest.raises(QueryError):
            find_genres(word, GENRES)
    else:
        assert list(find_genres(word, GENRES)) == found


@given(st.text())
def test_any_text_is_answered_or_refused_with_candidates(word):
    try:
        found = find_genres(word, GENRES)
    except QueryError as error:
        found = error.candidates
    assert set(found) <= set(GENRES)


def test_a_misspelt_genre_is_answered_with_the_nearest():
    with pytest.raises(QueryError, match="nue age") as caught:
        find_genres("nue age", GENRES)
    assert caught.value.candidates[0] == "New Age"


def crowd(shares, *, artists=40, tracks=5, seed=0):
    """Return tracks of a genre "x" that is spread over parts so, among three times as many others."""
    random = np.random.default_rng(seed)
    home = np.concatenate(
        [
            np.repeat(np.arange(3), (np.array(shares) * artists).round().astype(int)),
            random.integers(0, 3, 3 * artists),
        ]
    )
    artist = np.repeat(np.arange(len(home)), tracks)
    genres = pl.Series([["x"] if one < artists else ["y"] for one in artist])
    return home[artist], genres, NAMES, pl.Series([[f"artist {one}"] for one in artist])


def ask(word, labels, genres, names, artists):
    return match_genres(word, labels, genres, names, artists=artists)


def test_a_genre_with_a_part_of_its_own_is_given_it():
    match = ask("x", *crowd([0.0, 0.9, 0.1]))
    first = match.parts[0]
    assert (first.part, first.count, match.n_tracks, match.n_artists) == ("quiet", 180, 200, 40)
    assert first.low < first.share == 0.9 < first.high
    assert first.p_value == 1 / 1000
    assert match.confidence == 1
    assert match.verdict.startswith("'x' is mostly 'quiet': 180 of 200 tracks (90%)")


def test_a_genre_torn_between_two_parts_is_not_given_one():
    match = ask("x", *crowd([0.5, 0.5, 0.0]))
    assert 0.3 < match.confidence < 0.7
    assert match.p_value < 0.01
    assert "No single part holds 'x'" in match.verdict
    assert "stands out" not in match.verdict


def test_a_genre_that_is_spread_as_chance_spreads_says_so():
    match = ask("x", *crowd([0.35, 0.325, 0.325]))
    assert match.p_value > 0.2
    assert match.verdict.startswith("The parts say nothing about 'x'")


def test_the_largest_part_leads_but_another_stands_out():
    random = np.random.default_rng(1)
    home = np.concatenate([np.repeat([0, 1], [70, 50]), random.choice(3, 400, p=[0.85, 0.05, 0.1])])
    genres = pl.Series([["x"] if one < 120 else ["y"] for one in range(520)])
    match = match_genres("x", home, genres, NAMES)
    assert match.parts[0].part == "loud"
    assert "It stands out most in 'quiet': 42% of it" in match.verdict


def test_a_track_with_two_of_the_genres_counts_once():
    genres = pl.Series([["indie pop", "dream pop"]] * 6 + [["folk"]] * 6)
    match = match_genres("pop", np.repeat([0, 1], 6), genres, NAMES)
    assert match.n_tracks == match.parts[0].count == 6
    assert match.genres == (("dream pop", 6), ("indie pop", 6))


def test_counts_are_those_of_the_table():
    labels, genres, names, artists = crowd([0.2, 0.7, 0.1])
    labels[::7] = -1
    match = match_genres("=x", labels, genres, names, artists=artists)
    table = genre_table(labels, genres, names, artists=artists, n_permutations=9)
    of_table = {pair.part: pair for pair in table.pairs if pair.genre == "x"}
    for part in match.parts:
        pair = of_table[part.part]
        assert (part.count, part.share) == (pair.count, pytest.approx(pair.share))
        assert part.lift == pytest.approx(pair.lift)
    assert match.n_mixed + sum(part.count for part in match.parts) == match.n_tracks


def test_only_mixed_tracks_are_no_part():
    match = match_genres("x", np.full(6, -1), pl.Series([["x"]] * 6), NAMES)
    assert match.verdict == "No part has a track of 'x': all 6 are mixed."

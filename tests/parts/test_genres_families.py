"""Genres made of the same parts are found to be a family."""

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import adjusted_rand_score

from partsong.errors import QueryError
from partsong.parts import genre_families

PARTS = ["a", "b", "c", "d"]


@pytest.fixture(scope="module")
def planted():
    """Return loadings, genres and artists: twelve genres of four families, mixed with noise."""
    random = np.random.default_rng(0)
    mixtures = np.array([[8, 1, 1, 1], [1, 8, 1, 1], [4, 1, 4, 1], [1, 1, 1, 8]])
    loadings, genres, artists = [], [], []
    for artist in range(360):
        genre = artist % 12
        own = random.dirichlet(mixtures[genre % 4])
        for _ in range(random.integers(1, 6)):
            # A track's size must not count.
            loadings.append(random.dirichlet(own * 20) * random.gamma(2))
            genres.append([f"genre {genre}"])
            artists.append([f"artist {artist}"])
    return np.array(loadings), pl.Series(genres), pl.Series(artists)


def families_of(found):
    return {
        genre: number for number, family in enumerate(found.families) for genre in family.genres
    }


def test_planted_families_are_found(planted):
    loadings, genres, artists = planted
    found = genre_families(loadings, genres, PARTS, artists=artists, n_families=4)
    families = families_of(found)
    truth = [int(genre.split()[1]) % 4 for genre in families]
    assert adjusted_rand_score(truth, list(families.values())) == 1
    for family in found.families:
        assert family.steadiness > 0.95
    first = {family.parts[0].part for family in found.families}
    assert first == set(PARTS)


def test_a_family_is_described_by_its_mean_over_that_of_all_genres(planted):
    loadings, genres, artists = planted
    found = genre_families(loadings, genres, PARTS, artists=artists, n_families=4)
    shares = loadings / loadings.sum(axis=1, keepdims=True)
    named = genres.list.first().to_numpy()
    profile = {genre: shares[named == genre].mean(axis=0) for genre in np.unique(named)}
    usual = np.mean(list(profile.values()), axis=0)
    for family in found.families:
        mean = np.mean([profile[genre] for genre in family.genres], axis=0)
        for part in family.parts:
            place = PARTS.index(part.part)
            assert part.share == pytest.approx(mean[place])
            assert part.lift == pytest.approx(mean[place] / usual[place])
        assert family.n_tracks == sum((named == genre).sum() for genre in family.genres)


def test_families_without_ground_are_unsteady():
    random = np.random.default_rng(1)
    loadings = random.dirichlet([1, 1, 1, 1], 2400)
    genres = pl.Series([[f"genre {one}"] for one in random.integers(0, 12, 2400)])
    found = genre_families(loadings, genres, PARTS, n_families=4)
    assert np.mean([family.steadiness for family in found.families if len(family.genres) > 1]) < 0.7


def test_scale_of_loadings_and_names_of_genres_do_not_matter(planted):
    loadings, genres, artists = planted
    one = families_of(genre_families(loadings, genres, PARTS, artists=artists, n_families=4))
    renamed = genres.list.eval(pl.element().str.replace("genre", "kind"))
    scaled = loadings * np.random.default_rng(2).uniform(0.1, 10, (len(loadings), 1))
    other = families_of(genre_families(scaled, renamed, PARTS, artists=artists, n_families=4))
    matched = [other[genre.replace("genre", "kind")] for genre in one]
    assert adjusted_rand_score(list(one.values()), matched) == 1


def test_the_tree_joins_all_genres_and_the_nearest_first(planted):
    loadings, genres, artists = planted
    found = genre_families(loadings, genres, PARTS, artists=artists, n_families=4)
    order = found.profiles["genre"].unique(maintain_order=True).to_list()
    assert order == [genre for family in found.families for genre in family.genres]
    below = [{place} for place in range(len(order))]
    for left, right, _ in found.tree.iter_rows():
        below.append(below[left] | below[right])
        assert max(below[-1]) - min(below[-1]) == len(below[-1]) - 1  # no branch crosses another
    assert below[-1] == set(range(12))
    assert found.tree["height"].is_sorted()


def test_rare_genres_are_left_out_and_one_is_no_family(planted):
    loadings, genres, _ = planted
    rare = genres.to_list()
    rare[0] = ["rare"]
    found = genre_families(loadings, pl.Series(rare), PARTS)
    assert "rare" not in families_of(found)
    with pytest.raises(QueryError, match="Only 1 genre has"):
        genre_families(loadings, pl.Series([["one"]] * len(genres)), PARTS)
    with pytest.raises(QueryError, match="No genre has 9,999 tracks"):
        genre_families(loadings, genres, PARTS, min_tracks=9999)


def test_more_families_than_genres_are_as_many_as_genres(planted):
    loadings, genres, artists = planted
    found = genre_families(loadings, genres, PARTS, artists=artists, n_families=50)
    assert len(found.families) == 12
    assert {family.steadiness for family in found.families} == {1.0}

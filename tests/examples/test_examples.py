"""The two source documents, rerun by the scripts of the gallery: their figures, and ours."""

import runpy
from pathlib import Path

import numpy as np
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def study(shared_data):
    assert shared_data.is_dir()
    return runpy.run_path(str(EXAMPLES / "clustering_spotify_songs.py"))


@pytest.fixture(scope="module")
def post(shared_data):
    assert shared_data.is_dir()
    return runpy.run_path(str(EXAMPLES / "a_music_recommendation_system.py"))


def test_duration_is_the_largest_number_of_every_cluster_of_the_study(study):
    assert study["largest_feature"] == ["duration_ms"] * 10
    assert study["share_of_squares"].max() > 0.9999


def test_most_songs_of_the_study_fall_into_one_cluster_that_pop_falls_into_too(study):
    assert max(study["study_largest"]) > 0.4
    pop = study["matches"].row(0, named=True)
    assert pop["songs"] == 501
    assert pop["share of the word"] < 1.5 * pop["share of all songs"]


def test_the_better_way_spreads_the_songs_and_comes_back_from_another_start(study):
    assert study["better_largest"] < 0.35
    assert study["better_agreement"] > 0.9 > np.mean(study["study_agreement"])


def test_the_printed_components_and_counts_of_the_post_are_rebuilt(post):
    assert (post["cosines"] > 0.9999).all()
    assert post["counts"].tolist() == post["printed_counts"]
    assert post["categories"] == [
        "popularity", "mode", "instrumentalness", "key", "speechiness", "valence", "acousticness",
    ]  # fmt: skip
    np.testing.assert_allclose(
        post["unit_W"][0],
        [0.687819, 0, 0.022677, 0.420572, 0.037392, 0.461799, 0.367225],
        atol=2e-5,
    )


def test_idea_1_brings_the_nine_printed_titles_in_the_printed_order(post):
    assert post["first_nine"]["title"].to_list() == [
        "Cornfield Chase", "Cornfield Chase - Piano-Cello Version",
        "Cornfield Chase (Slowed + Reverb)", "Idea 22 (Slowed + Reverb)",
        "Interstellar- Main Theme", "Solas", "Day One (Interstellar Theme)", "dream river.",
        "Idea 22 (Sped Up)",
    ]  # fmt: skip
    np.testing.assert_allclose(
        post["first_nine"]["score"],
        [0.988377, 0.98563, 0.985341, 0.982635, 0.979361, 0.966634, 0.961549, 0.960631, 0.956474],
        atol=5e-5,
    )


def test_labels_of_the_post_depend_on_the_lengths_of_components(post):
    assert post["agreement_raw"] < 0.3
    assert post["agreement_balanced"] > 0.6


def test_unheard_songs_are_recommended_with_reasons_that_sum_to_the_score(post):
    assert len(post["unheard"].recommendations) == 9
    for track in post["unheard"].recommendations:
        assert sum(one.contribution for one in track.reasons) == pytest.approx(track.score)

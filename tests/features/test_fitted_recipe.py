"""The way from tracks to a non-negative matrix and back."""

import json
import warnings

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsong.errors import FeatureError, NegativeFeatureError
from partsong.features import FeatureSpec, FittedRecipe, Recipe, list_recipes, load_recipe


def fit(tracks, *specs):
    return FittedRecipe.fit(Recipe("test", "", specs), tracks)


def frame(**columns):
    n_tracks = len(next(iter(columns.values())))
    return pl.DataFrame({"track_id": [f"t{row}" for row in range(n_tracks)], **columns})


@pytest.fixture
def tracks():
    random = np.random.default_rng(0)
    n = 200
    return frame(
        popularity=random.integers(0, 101, n),
        duration_ms=random.integers(60_000, 600_000, n),
        danceability=random.random(n),
        energy=random.random(n),
        key=random.integers(0, 12, n),
        loudness=random.normal(-9, 4, n),
        mode=random.integers(0, 2, n),
        speechiness=random.random(n),
        acousticness=random.random(n),
        instrumentalness=random.random(n),
        liveness=random.random(n),
        valence=random.random(n),
        tempo=random.normal(120, 25, n).clip(40, 220),
        time_signature=random.integers(3, 6, n),
    )


def test_minmax_is_what_scikit_learn_does(tracks):
    from sklearn.preprocessing import MinMaxScaler

    recipe = load_recipe("blog-14")
    fitted = FittedRecipe.fit(recipe, tracks)
    expected = MinMaxScaler().fit_transform(tracks.select(recipe.columns).to_numpy())
    np.testing.assert_allclose(fitted.transform(tracks).X, expected, atol=1e-12)


def test_new_tracks_are_scaled_by_the_bounds_of_the_fit():
    fitted = fit(frame(energy=[0.2, 0.6]), FeatureSpec("energy", scale="minmax"))
    X = fitted.transform(frame(energy=[0.4, 0.8, 0.0])).X
    np.testing.assert_allclose(X.ravel(), [0.5, 1.5, 0.0])


def test_standard_is_the_z_score_clipped_at_three_and_shifted():
    from sklearn.preprocessing import StandardScaler

    values = np.r_[np.random.default_rng(1).normal(size=500), 40.0]
    tracks = frame(loudness=values)
    fitted = fit(tracks, FeatureSpec("loudness", scale="standard"))
    z = StandardScaler().fit_transform(values[:, None])
    np.testing.assert_allclose(fitted.transform(tracks).X, (z.clip(-3, 3) + 3) / 6, atol=1e-12)


def test_split_puts_each_track_on_one_side_of_the_average():
    tracks = frame(loudness=[-20.0, -10.0, 0.0])
    matrix = fit(tracks, FeatureSpec("loudness", scale="split")).transform(tracks)
    assert matrix.names == ("high loudness", "low loudness")
    assert matrix.column_of == ("loudness", "loudness")
    sd = np.sqrt(200 / 3)
    np.testing.assert_allclose(matrix.X, [[0, 10 / sd], [0, 0], [10 / sd, 0]])


def test_twice_and_half_the_tempo_are_one_tempo():
    tracks = frame(tempo=[70.0, 140.0, 280.0, 80.0, 160.0])
    X = fit(tracks, FeatureSpec("tempo", "octave")).transform(tracks).X.ravel()
    np.testing.assert_allclose(X, [140, 140, 140, 80, 80])


def test_key_11_is_next_to_key_0():
    keys = frame(key=list(range(12)))
    X = fit(keys, FeatureSpec("key", "circle")).transform(keys).X
    distance = np.linalg.norm(X[:, None] - X[None], axis=2)
    for key in range(12):
        below, above = distance[key, key - 1], distance[key, (key + 1) % 12]
        assert below == pytest.approx(above)
        others = np.delete(distance[key], [key, key - 1, (key + 1) % 12])
        assert others.min() > above
    np.testing.assert_allclose(np.linalg.norm(X, axis=1), 1)


def test_weight_multiplies_the_columns(tracks):
    plain = fit(tracks, FeatureSpec("energy", scale="split")).transform(tracks).X
    heavy = fit(tracks, FeatureSpec("energy", scale="split", weight=2.5)).transform(tracks).X
    np.testing.assert_allclose(heavy, 2.5 * plain)


@pytest.mark.parametrize("recipe", list_recipes(), ids=lambda recipe: recipe.name)
def test_no_recipe_yields_a_negative_entry_for_any_track(recipe, tracks):
    fitted = FittedRecipe.fit(recipe, tracks)
    strange = tracks.with_columns(
        (pl.col("loudness") * 5 - 60), (pl.col("duration_ms") * 100), (pl.col("tempo") / 4)
    )
    for some in (tracks, strange):
        X = fitted.transform(some).X
        assert X.shape == (len(some), len(fitted.names))
        assert (X >= 0).all()


def test_missing_values_are_masked_never_zero():
    tracks = frame(energy=[0.1, None, 0.9], tempo=[100.0, 120.0, None])
    matrix = fit(
        tracks, FeatureSpec("energy", scale="minmax"), FeatureSpec("tempo", scale="split")
    ).transform(tracks)
    assert np.isnan(matrix.X).tolist() == [
        [False, False, False],
        [True, False, False],
        [False, True, True],
    ]


def test_drop_leaves_the_track_out_and_says_so():
    tracks = frame(energy=[0.1, None, 0.9], tempo=[100.0, 120.0, None])
    fitted = fit(tracks, FeatureSpec("energy", missing="drop"), FeatureSpec("tempo"))
    matrix = fitted.transform(tracks)
    assert matrix.track_ids.to_list() == ["t0", "t2"]
    assert matrix.n_dropped == 1


def test_bounds_are_learned_from_the_tracks_that_are_kept():
    tracks = frame(energy=[0.2, 0.4, 1.0], tempo=[100.0, 120.0, None])
    fitted = fit(
        tracks, FeatureSpec("energy", scale="minmax"), FeatureSpec("tempo", missing="drop")
    )
    assert fitted.features[0].bounds.maximum == 0.4


def test_a_track_without_any_value_has_no_row():
    tracks = frame(energy=[0.1, None], tempo=[100.0, None])
    matrix = fit(tracks, FeatureSpec("energy"), FeatureSpec("tempo")).transform(tracks)
    assert matrix.track_ids.to_list() == ["t0"]
    assert matrix.n_dropped == 1


@pytest.mark.parametrize("empty", [{}, {"loudness": [None, None]}])
def test_a_column_without_values_is_left_out_with_a_note(empty):
    tracks = frame(energy=[0.1, 0.7], **empty)
    fitted = fit(
        tracks,
        FeatureSpec("loudness", scale="split", missing="drop"),
        FeatureSpec("energy", missing="drop"),
    )
    assert fitted.names == ("energy",)
    assert "'loudness'" in fitted.notes[0]
    assert len(fitted.transform(tracks).track_ids) == 2


def test_no_values_at_all_is_refused_by_name():
    with pytest.raises(FeatureError, match=r"None of the 1 tracks.*energy, tempo"):
        fit(frame(valence=[0.5]), FeatureSpec("energy"), FeatureSpec("tempo"))


def test_no_complete_track_is_refused_by_name():
    tracks = frame(energy=[0.1, None], tempo=[None, 100.0])
    with pytest.raises(FeatureError, match="all of energy, tempo") as caught:
        fit(tracks, FeatureSpec("energy", missing="drop"), FeatureSpec("tempo", missing="drop"))
    assert "mask" in caught.value.hint


def test_negative_values_without_a_scale_name_the_feature_and_the_tracks():
    tracks = frame(loudness=[-6.0, 1.0, -7.0])
    fitted = fit(tracks, FeatureSpec("loudness"))
    with pytest.raises(NegativeFeatureError, match="'loudness' is negative for 2 tracks") as caught:
        fitted.transform(tracks)
    assert caught.value.track_ids == ("t0", "t2")


@pytest.mark.parametrize(
    ("column", "transform"), [("tempo", "octave"), ("tempo", "log"), ("duration_ms", "log")]
)
def test_zeros_that_a_transform_cannot_take_are_refused(column, transform):
    with pytest.raises(FeatureError, match=f"'{column}' is 0 or below for 1 tracks"):
        fit(frame(**{column: [0.0, 100.0]}), FeatureSpec(column, transform))


def test_infinite_values_count_as_missing():
    tracks = frame(energy=[0.1, float("inf"), 0.9], tempo=[1.0, 2.0, 3.0])
    X = fit(tracks, FeatureSpec("energy"), FeatureSpec("tempo")).transform(tracks).X
    assert np.isnan(X[1, 0])


@pytest.mark.parametrize("scale", ["none", "minmax", "standard", "split"])
def test_a_constant_column_is_finite_under_every_scale(scale):
    tracks = frame(energy=[0.5, 0.5])
    assert np.isfinite(fit(tracks, FeatureSpec("energy", scale=scale)).transform(tracks).X).all()


def test_no_tracks_make_an_empty_matrix(tracks):
    matrix = FittedRecipe.fit(load_recipe("balanced"), tracks).transform(tracks.head(0))
    assert matrix.X.shape == (0, 20)


@given(
    values=st.lists(st.floats(-60, 5), min_size=2, max_size=20),
    scale=st.sampled_from(["minmax", "standard", "split"]),
    weight=st.floats(0.1, 10),
)
def test_inverse_gives_back_what_was_not_clipped(values, scale, weight):
    tracks = frame(loudness=values)
    fitted = fit(tracks, FeatureSpec("loudness", scale=scale, weight=weight))
    back = fitted.inverse_transform(fitted.transform(tracks).X)["loudness"].to_numpy()
    bounds = fitted.features[0].bounds
    expected = np.array(values)
    if scale != "minmax":
        expected = expected.clip(bounds.mean - 3 * bounds.sd, bounds.mean + 3 * bounds.sd)
    np.testing.assert_allclose(back, expected, atol=1e-6)


def test_inverse_knows_the_units_of_every_transform(tracks):
    fitted = fit(
        tracks,
        FeatureSpec("duration_ms", "log", "minmax"),
        FeatureSpec("loudness", "abs"),
        FeatureSpec("key", "circle", weight=3),
        FeatureSpec("tempo", "octave", "minmax"),
    )
    some = tracks.filter(pl.col("loudness") < 0, pl.col("tempo").is_between(80, 159))
    back = fitted.inverse_transform(fitted.transform(some).X)
    for column in back.columns:
        expected = some[column].to_numpy()
        difference = back[column].to_numpy() - expected
        if column == "key":
            difference = (difference + 6) % 12 - 6
        np.testing.assert_allclose(difference / (1 + np.abs(expected)), 0, atol=1e-9)


def test_levels_say_loud_for_loud_even_under_an_absolute_value():
    tracks = frame(loudness=[-20.0, -4.0])
    fitted = fit(tracks, FeatureSpec("loudness", "abs"))
    assert fitted.levels(tracks)["loudness"].to_list() == [-1.0, 1.0]


@pytest.mark.parametrize("recipe", list_recipes(), ids=lambda recipe: recipe.name)
def test_a_fitted_recipe_survives_json(recipe, tracks):
    fitted = FittedRecipe.fit(recipe, tracks.drop("liveness"))
    copy = FittedRecipe.from_dict(json.loads(json.dumps(fitted.to_dict())))
    assert copy == fitted
    np.testing.assert_array_equal(copy.transform(tracks).X, fitted.transform(tracks).X)


def test_integers_and_nulls_are_read_without_a_warning():
    tracks = frame(key=pl.Series([1, None, 3], dtype=pl.Int8), energy=[0.1, 0.2, None])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        X = fit(tracks, FeatureSpec("key", "circle"), FeatureSpec("energy")).transform(tracks).X
    assert np.isnan(X[1]).tolist() == [True, True, True, True, False]


def test_the_posts_own_table_is_reproduced(shared_data):
    """The 208 songs of the second source document, as its listing scales them."""
    from sklearn.preprocessing import MinMaxScaler

    songs = pl.read_parquet(shared_data / "blog-bsraya" / "liked_liked_songs.parquet")
    recipe = load_recipe("blog-14")
    tracks = songs.with_columns(pl.int_range(len(songs)).cast(pl.String).alias("track_id"))
    matrix = FittedRecipe.fit(recipe, tracks).transform(tracks)
    expected = MinMaxScaler().fit_transform(songs.select(recipe.columns).to_numpy())
    assert matrix.X.shape == (208, 14)
    np.testing.assert_allclose(matrix.X, expected, atol=1e-12)

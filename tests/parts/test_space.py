"""Tracks are compared by their parts and by what the parts leave unexplained, and nothing is lost."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsong.errors import QueryError
from partsong.features import FeatureSpec, FittedRecipe, Recipe, load_recipe
from partsong.parts import build_model, fold_in, hide_part, merge_parts, track_space
from partsong.recommend import NearestRows, unit_rows


def halves_joined(values):
    """Return high less low of a matrix whose columns come in such pairs."""
    return values[:, ::2] - values[:, 1::2]


def cosines(rows):
    unit = unit_rows(rows)
    return unit @ unit.T


def test_parts_and_rest_together_are_the_matrix(model, planted):
    X = model.recipe.transform(planted).X
    together = halves_joined(model.W @ model.H) + model.R
    np.testing.assert_allclose(together, halves_joined(X), atol=1e-6)
    assert model.R.dtype == np.float32


def test_a_matrix_that_the_parts_explain_leaves_no_rest(model, planted, recipe):
    fitted = FittedRecipe.fit(recipe, planted)
    matrix = fitted.transform(planted)
    matrix = replace(matrix, X=(model.W @ model.H).astype(np.float64))
    exact = build_model(
        matrix, model.W, model.H, name="x", recipe=fitted, tracks=planted, n_iter=1, seconds=0
    )
    np.testing.assert_allclose(exact.R, 0, atol=1e-6)


def test_what_a_track_misses_is_no_rest(planted, build, recipe):
    gaps = planted.with_columns(
        energy=pl.when(pl.int_range(pl.len()) % 3 == 0).then(None).otherwise(pl.col("energy"))
    )
    model = build(gaps, 3, recipe)
    (energy,) = [place for place, axis in enumerate(model.recipe.axes) if axis.name == "energy"]
    assert not model.R[::3, energy].any()
    assert model.R[1::3, energy].any()
    assert np.isfinite(model.R).all()


def test_the_columns_are_parts_then_more_then_less(model):
    space = track_space(model)
    n_parts, n_axes = len(model.shown), model.R.shape[1]
    assert space.owner.tolist() == [*range(n_parts), *[-1] * (2 * n_axes)]
    np.testing.assert_array_equal(space.loadings[:, :n_parts], model.part_loadings())
    more, less = np.split(space.loadings[:, n_parts:], 2, axis=1)
    np.testing.assert_array_equal(more - less, model.R)
    assert (space.loadings >= 0).all()
    assert not (more * less).any()
    assert space.words[n_parts + 1] == "energetic"
    assert space.words[n_parts + n_axes + 1] == "calm"
    assert space.columns_of(model.shown[1].name) == (1,)


def test_merging_moves_no_track_and_splits_no_reason(model, planted):
    plain = track_space(model)
    names = [part.name for part in model.shown]
    merged = track_space(merge_parts(model, names[:2], tracks=planted, name="both"))
    np.testing.assert_allclose(cosines(merged.loadings), cosines(plain.loadings), atol=1e-12)
    own = list(merged.columns_of("both"))
    assert len(own) == 2
    rows = np.random.default_rng(0).random((5, merged.loadings.shape[1]))
    place = [part.name for part in merged.parts].index("both")
    np.testing.assert_allclose(merged.by_part(rows)[:, place], rows[:, own].sum(axis=1))


def test_a_hidden_part_leaves_the_space_and_the_rest_stays(model):
    hidden = hide_part(model, model.shown[0].name)
    space = track_space(hidden)
    assert space.parts == hidden.shown
    np.testing.assert_array_equal(space.loadings[:, :2], hidden.part_loadings())
    np.testing.assert_array_equal(space.loadings[:, 2:], track_space(model).loadings[:, 3:])
    with pytest.raises(QueryError) as caught:
        space.columns_of(model.shown[0].name)
    assert set(caught.value.candidates) == {part.name for part in hidden.shown}


def test_a_folded_track_lies_where_its_twin_lies(model, planted):
    twins = planted.with_columns(track_id="twin " + pl.col("track_id"))
    larger = fold_in(model, twins)
    n_tracks = len(planted)
    np.testing.assert_array_equal(larger.R[:n_tracks], model.R)
    np.testing.assert_allclose(larger.R[n_tracks:], model.R, atol=2e-2)
    alike = cosines(track_space(larger).loadings)
    assert np.diagonal(alike[:n_tracks, n_tracks:]).min() > 0.9995


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_reasons_are_a_sum_and_none_is_negative(model, seed):
    space = track_space(model)
    rng = np.random.default_rng(seed)
    seeds = rng.choice(len(space.loadings), rng.integers(1, 4), replace=False)
    query = unit_rows(unit_rows(space.loadings[seeds]).sum(axis=0)[None])[0]
    rows, contributions = next(NearestRows(space.loadings).best_first(query, n=10))
    by_part = space.by_part(contributions)
    assert by_part.shape == (len(rows), len(space.parts) + 1)
    assert (by_part >= 0).all()
    np.testing.assert_allclose(by_part.sum(axis=1), unit_rows(space.loadings[rows]) @ query)
    all_told, shortly = space.beyond(contributions, n=99), space.beyond(contributions)
    for told, short, beyond in zip(all_told, shortly, by_part[:, -1], strict=True):
        assert sum(added for _, added in told) == pytest.approx(beyond)
        assert [added for _, added in told] == sorted((a for _, a in told), reverse=True)
        assert short == told[:2]
        assert all(word and added > 0 for word, added in told)


def test_neighbours_in_the_space_are_those_of_the_features(model, planted):
    """Parts of a signed matrix cannot keep all of it; with the rest beside them the order is back."""
    own = cosines(halves_joined(model.recipe.transform(planted).X))
    upper = np.triu_indices(len(planted), 1)
    kept = np.corrcoef(own[upper], cosines(track_space(model).loadings)[upper])[0, 1]
    alone = np.corrcoef(own[upper], cosines(model.W)[upper])[0, 1]
    assert kept > alone
    assert kept > 0.9


def axes_of(*specs, **columns):
    recipe = Recipe("mine", "", specs)
    tracks = pl.DataFrame({"track_id": ["a", "b"], **columns})
    fitted = FittedRecipe.fit(recipe, tracks)
    return fitted, fitted.transform(tracks).X


def test_loud_is_loud_where_the_recipe_turned_it_round():
    fitted, X = axes_of(FeatureSpec("loudness", "abs", "split"), loudness=[-20.0, -4.0])
    (axis,) = fitted.axes
    assert (axis.low, axis.high) == ("loud", "quiet")
    assert axis.join(X).tolist() == [1.0, -1.0]


def test_a_key_has_two_axes_and_no_loudest_end():
    fitted, X = axes_of(FeatureSpec("key", "circle"), key=[0, 9])
    assert [(axis.low, axis.high) for axis in fitted.axes] == [
        ("near F♯", "near C"),
        ("near A", "near D♯"),
    ]
    joined = np.column_stack([axis.join(X) for axis in fitted.axes])
    np.testing.assert_allclose(joined, [[1, 0], [0, -1]], atol=1e-12)


def test_a_feature_without_words_is_high_or_low():
    fitted, _ = axes_of(FeatureSpec("release_year", scale="minmax"), release_year=[1990, 2000])
    assert [(axis.low, axis.high) for axis in fitted.axes] == [
        ("low release year", "high release year")
    ]


@pytest.mark.parametrize("name", ["balanced", "blog-14", "study-12"])
def test_every_column_of_a_recipe_is_on_one_axis(planted, name):
    fitted = FittedRecipe.fit(load_recipe(name), planted.with_columns(mode=pl.lit(1)))
    columns = [column for axis in fitted.axes for column in axis.columns]
    assert sorted(columns) == list(range(len(fitted.names)))

"""Planted parts come out with the words, tracks and order that were put in."""

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from partsong.features import FittedRecipe, load_recipe
from partsong.parts import assign_parts, build_model, describe_parts


def rebuild(model, planted, W, H):
    matrix = model.recipe.transform(planted)
    return build_model(
        matrix, W, H, name="test", recipe=model.recipe, tracks=planted, n_iter=1, seconds=0.1
    )


def test_planted_kinds_get_their_words(model):
    words = [set(part.name.split(", ")) for part in model.parts]
    assert any({"quiet", "acoustic", "calm"} == name for name in words)
    assert any({"loud", "electric", "energetic"} == name for name in words)
    assert any("spoken" in name for name in words)


def test_planted_kinds_are_the_clusters(model, planted):
    labels = assign_parts(model.W, model.H).labels
    kinds = np.array([genres[0] for genres in planted["genres"]])
    for kind in np.unique(kinds):
        found = labels[kinds == kind]
        assert (found == np.bincount(found[found >= 0]).argmax()).mean() > 0.95


def test_shares_sizes_and_order(model):
    shares = [part.share for part in model.parts]
    assert sum(shares) == pytest.approx(1)
    assert shares == sorted(shares, reverse=True)
    labels = assign_parts(model.W, model.H).labels
    assert [part.size for part in model.parts] == [
        (labels == part).sum() for part in range(len(model.parts))
    ]


def test_the_strongest_tracks_are_of_the_part_and_of_different_artists(model, planted):
    labels = dict(zip(model.track_ids, assign_parts(model.W, model.H).labels, strict=True))
    artists = dict(zip(planted["track_id"], planted["artists"].list.first(), strict=True))
    for index, part in enumerate(model.parts):
        assert len(part.tracks) == 10
        assert {labels[track] for track in part.tracks} == {index}
        assert len({artists[track] for track in part.tracks}) == 10


def test_components_have_unit_length_and_the_product_is_kept(model, planted):
    np.testing.assert_allclose(np.linalg.norm(model.H, axis=1), 1)
    X = model.recipe.transform(planted).X
    error = np.linalg.norm(X - model.W @ model.H) / np.linalg.norm(X)
    assert model.fit.relative_error == pytest.approx(error, rel=1e-5)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(scale=arrays(np.float64, 3, elements=st.floats(1e-4, 1e4)), order=st.permutations(range(3)))
def test_scale_and_order_of_the_components_change_nothing(model, planted, scale, order):
    other = rebuild(model, planted, (model.W * scale)[:, order], (model.H / scale[:, None])[order])
    assert [part.name for part in other.parts] == [part.name for part in model.parts]
    assert [part.tracks for part in other.parts] == [part.tracks for part in model.parts]
    np.testing.assert_allclose(
        [part.share for part in other.parts], [part.share for part in model.parts], rtol=1e-6
    )
    np.testing.assert_array_equal(
        assign_parts(other.W, other.H).labels, assign_parts(model.W, model.H).labels
    )


def test_tracks_may_come_in_any_order_and_with_others(model, planted):
    matrix = model.recipe.transform(planted)
    stranger = planted.head(1).with_columns(track_id=pl.lit("stranger"), loudness=pl.lit(90.0))
    shuffled = pl.concat([stranger, planted]).sample(fraction=1, shuffle=True, seed=3)
    other = build_model(
        matrix,
        model.W,
        model.H,
        name="test",
        recipe=model.recipe,
        tracks=shuffled,
        n_iter=1,
        seconds=0.1,
    )
    assert other.parts == rebuild(model, planted, model.W, model.H).parts


def test_the_studys_table_is_not_named_after_the_largest_number(planted):
    """The trap of the first document: every component's largest entry is the duration.

    Three components that differ in energy and tempo, as the raw matrix of ``study-12`` sees them:
    thousands of milliseconds, fractions for all else.
    """
    kinds = np.repeat([0, 1, 2], 100)
    tracks = planted.with_columns(
        duration_ms=pl.Series(200_000 + 1000 * (np.arange(300) % 7)),
        energy=pl.Series(np.array([0.9, 0.2, 0.5])[kinds] + 0.01 * (np.arange(300) % 5)),
        key=pl.lit(0),
        mode=pl.lit(1),
        liveness=pl.lit(0.1),
    )
    recipe = FittedRecipe.fit(load_recipe("study-12"), tracks)
    matrix = recipe.transform(tracks)
    H = np.array([matrix.X[kinds == kind].mean(axis=0) for kind in range(3)])
    assert {recipe.names[column] for column in H.argmax(axis=1)} == {"duration_ms"}
    model = build_model(
        matrix, np.eye(3)[kinds], H, name="x", recipe=recipe, tracks=tracks, n_iter=1, seconds=0.1
    )
    names = [part.name for part in model.parts]
    assert len(set(names)) == 3
    assert not any("short" in name or "long" in name for name in names)
    assert any("acoustic" in name for name in names)
    assert any("loud" in name for name in names)


def test_unscaled_duration_makes_one_cluster_of_everything(planted, build):
    """What the first document met: its ninth cluster took most songs."""
    random = np.random.default_rng(1)
    tracks = planted.with_columns(
        duration_ms=pl.Series(random.integers(120_000, 400_000, 300)),
        key=pl.Series(random.integers(0, 12, 300)),
        mode=pl.lit(1),
        liveness=pl.Series(random.random(300)),
    )
    raw = build(tracks, 3, "study-12", tol=1e-3)
    assert max(part.size for part in raw.parts) > 0.95 * len(tracks)
    even = build(tracks, 3, "balanced")
    assert max(part.size for part in even.parts) < 0.6 * len(tracks)


def test_parts_that_gather_at_a_key_are_named_after_it(planted):
    keys = np.r_[np.zeros(100), np.tile([6, 7, 8], 34)[:100], np.arange(100) % 12]
    tracks = planted.with_columns(key=pl.Series(keys))
    levels = pl.DataFrame({"valence": np.zeros(300)})
    W = np.eye(3)[np.repeat([0, 1, 2], 100)]
    parts = describe_parts(W, np.eye(3), tracks=tracks, levels=levels)
    assert [part.key for part in parts] == ["in C", "around G", ""]
    assert [part.name for part in parts] == ["in C", "around G", "middle of the road"]


def test_tracks_with_gaps_count_for_levels_but_are_no_examples():
    tracks = pl.DataFrame({"track_id": ["gap", "whole"]})
    levels = pl.DataFrame({"tempo": [float("nan"), 2.0], "energy": [1.0, 2.0]})
    (part,) = describe_parts(np.array([[9.0], [1.0]]), np.eye(1), tracks=tracks, levels=levels)
    assert part.tracks == ("whole",)
    assert {level.feature: level.level for level in part.features} == {"tempo": 2.0, "energy": 1.5}


def test_a_component_that_explains_nothing_is_called_unused():
    tracks = pl.DataFrame({"track_id": ["a", "b"]})
    levels = pl.DataFrame({"tempo": [-1.0, 1.0]})
    W, H = np.array([[1.0, 0.0], [2.0, 0.0]]), np.array([[1.0], [0.0]])
    parts = describe_parts(W, H, tracks=tracks, levels=levels)
    assert (parts[1].name, parts[1].share, parts[1].size, parts[1].tracks) == ("unused", 0, 0, ())
    W, H = np.c_[W, W[:, 1]], np.r_[H, H[1:]]
    names = [part.name for part in describe_parts(W, H, tracks=tracks, levels=levels)]
    assert names[1:] == ["unused", "unused (2)"]


def test_agreement_and_confidence_go_where_their_component_and_track_go(model, planted):
    order, confidence = [2, 0, 1], np.linspace(0, 1, 300)
    other = build_model(
        model.recipe.transform(planted),
        model.W[:, order],
        model.H[order],
        name="test",
        recipe=model.recipe,
        tracks=planted.sample(fraction=1, shuffle=True, seed=4),
        n_iter=1,
        seconds=0.1,
        agreement=np.array([0.2, 0.0, 0.1]),
        confidence=confidence,
    )
    assert [part.stability for part in other.parts] == [0.0, 0.1, 0.2]
    np.testing.assert_allclose(other.confidence, confidence, atol=1e-7)
    sizes = np.bincount(other.assign().labels + 1, minlength=4)[1:]
    assert [part.size for part in other.shown] == sizes.tolist()
    assert sum(part.size for part in other.parts) <= 150

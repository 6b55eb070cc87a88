"""New tracks are placed; what was learned stays as it is."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.optimize import nnls

from partsong.parts import (
    assign_parts,
    fold_in,
    hide_part,
    merge_parts,
    read_model,
    rename_part,
    write_model,
)


def held_out(planted, build, recipe):
    is_new = pl.int_range(pl.len()) % 5 == 0
    old, new = planted.filter(~is_new), planted.filter(is_new)
    return build(old, 3, recipe, n_init=5), old, new


def test_old_rows_stay_bit_for_bit_and_parts_keep_their_names(planted, build, recipe):
    model, old, new = held_out(planted, build, recipe)
    model = rename_part(model, model.parts[0].name, "mine")
    larger = fold_in(model, new)
    assert larger.track_ids.to_list() == [*old["track_id"], *new["track_id"]]
    assert larger.W[: len(old)].tobytes() == model.W.tobytes()
    np.testing.assert_array_equal(larger.H, model.H)
    for before, after in zip(model.parts, larger.parts, strict=True):
        assert (before.name, before.features, before.tracks) == (
            after.name,
            after.features,
            after.tracks,
        )
    assert len(model.track_ids) == len(old)


def test_new_tracks_join_their_kind(planted, build, recipe):
    model, old, new = held_out(planted, build, recipe)
    larger = fold_in(model, new)
    labels = assign_parts(larger.W, larger.H).labels
    part_of = {
        kind: np.bincount(
            labels[: len(old)][(old["genres"].list.first() == kind).to_numpy()] + 1
        ).argmax()
        - 1
        for kind in old["genres"].list.first().unique()
    }
    expected = [part_of[kind] for kind in new["genres"].list.first()]
    assert (labels[len(old) :] == expected).mean() > 0.95


def test_shares_and_sizes_count_all_tracks(planted, build, recipe):
    model, _, new = held_out(planted, build, recipe)
    spoken = new.filter(pl.col("genres").list.first() == "spoken")
    larger = fold_in(model, spoken)
    (index,) = [index for index, part in enumerate(model.parts) if "spoken" in part.name]
    assert larger.parts[index].share > model.parts[index].share
    assert larger.parts[index].size == model.parts[index].size + len(spoken)
    assert abs(sum(part.share for part in larger.parts) - 1) < 1e-9


def test_loadings_are_the_best_for_what_was_observed(planted, build, recipe):
    model, _, new = held_out(planted, build, recipe)
    gaps = new.head(4).with_columns(
        energy=pl.when(pl.int_range(pl.len()) < 2).then(None).otherwise(pl.col("energy"))
    )
    placed = fold_in(model, gaps).W[-4:]
    for row, loadings in zip(model.recipe.transform(gaps).X, placed, strict=True):
        seen = ~np.isnan(row)
        expected, _ = nnls(model.H[:, seen].T, row[seen])
        np.testing.assert_allclose(loadings, expected, atol=1e-5)


def test_known_repeated_and_empty_tracks_are_passed_over(planted, build, recipe):
    model, old, new = held_out(planted, build, recipe)
    assert fold_in(model, old) is model
    assert fold_in(model, new.head(0)) is model
    silent = new.head(1).with_columns(pl.lit(None).alias(name) for name in model.recipe.columns)
    assert fold_in(model, silent) is model
    twice = fold_in(model, pl.concat([new, new, old]))
    assert len(twice.track_ids) == len(planted)
    assert fold_in(twice, planted) is twice


def test_a_model_on_disk_can_be_folded_into_and_replaced(planted, build, recipe, tmp_path):
    model, _, new = held_out(planted, build, recipe)
    write_model(model, tmp_path / "m")
    write_model(fold_in(read_model(tmp_path / "m"), new), tmp_path / "m")
    assert len(read_model(tmp_path / "m", verify=True).track_ids) == len(planted)


def test_how_surely_a_new_track_belongs_is_not_known(planted, build, recipe):
    model, old, new = held_out(planted, build, recipe)
    model = replace(model, confidence=np.full(len(old), 0.9, dtype=np.float32))
    confidence = fold_in(model, new).confidence
    assert (confidence[: len(old)] == np.float32(0.9)).all()
    assert np.isnan(confidence[len(old) :]).all()


def test_merged_and_hidden_parts_stay_so(planted, build, recipe):
    model, old, new = held_out(planted, build, recipe)
    a, b, c = (part.name for part in model.parts)
    edited = hide_part(merge_parts(model, [a, b], tracks=old, name="ab"), c)
    larger = fold_in(edited, new)
    assert [part.name for part in larger.shown] == ["ab"]
    assert larger.shown[0].size == (larger.part_loadings() > 0).sum()
    assert sum(part.share for part in larger.parts) == pytest.approx(1)

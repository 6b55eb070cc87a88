"""Names, merges and hiding change what is shown, never what was learned."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsong.errors import QueryError
from partsong.parts import (
    MIXED,
    FeatureLevel,
    Part,
    find_part,
    hide_part,
    merge_parts,
    part_shares,
    read_model,
    rename_part,
    show_part,
    split_part,
    write_model,
)
from partsong.parts.edits.own_names import LONGEST_OWN_NAME, own_name


def names_of(model):
    return [part.name for part in model.parts]


def part(name):
    return Part(name, 0.5, 1, (), ())


def test_a_name_of_one_s_own_replaces_the_automatic_one(model):
    old = model.parts[1]
    renamed = rename_part(model, old.name, "kitchen")
    assert renamed.parts[1] == replace(old, name="kitchen", is_named=True)
    assert rename_part(renamed, "kitchen", "Kitchen").parts[1].name == "Kitchen"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Kitchen\n music\t ", "Kitchen music"),
        ("\x1b[31mRed\x07", "[31mRed"),
        ("\u202eevil", "evil"),
        ("モーラ 🎵", "モーラ 🎵"),
        ("<b>bold</b> [red]", "<b>bold</b> [red]"),
        ("e\u0301te\u0301", "été"),
        ("fine\udcff", "fine"),
    ],
)
def test_a_name_is_one_line_of_plain_text(typed, kept):
    assert own_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "nothing"),
        (" \n\t", "nothing"),
        ("\u200b\u200b", "nothing"),
        ("\udcff", "nothing"),
        ("x" * 10_240, "10,240 letters"),
        ("Mixed", "belong to no part"),
        ("SLOW, loud", "another one is"),
    ],
)
def test_names_that_cannot_be_used_are_refused_with_a_mend(typed, why):
    with pytest.raises(QueryError, match=why) as caught:
        own_name(typed, ["loud, slow"])
    assert caught.value.hint
    assert len(str(caught.value)) < 200


@given(st.text(max_size=LONGEST_OWN_NAME))
def test_whatever_is_accepted_is_printable_and_can_be_written(text):
    try:
        name = own_name(text)
    except QueryError:
        return
    assert name
    assert "\n" not in name
    assert name.encode("utf-8").decode("utf-8") == name
    assert own_name(name) == name


def test_parts_are_found_by_as_much_of_the_name_as_tells_them_apart():
    parts = [part(name) for name in ("loud, fast", "loud, sad", "Loud", "quiet: new age")]
    for typed, meant in [
        ("loud, fast", "loud, fast"),
        ("LOUD", "Loud"),
        ("Loud", "Loud"),
        ("qui", "quiet: new age"),
        ("SAD", "loud, sad"),
        ("new age", "quiet: new age"),
    ]:
        assert find_part(parts, typed).name == meant
    with pytest.raises(QueryError, match="any of 2") as caught:
        find_part(parts, "loud,")
    assert caught.value.candidates == ("loud, fast", "loud, sad")
    for typed in ("brass", "", " "):
        with pytest.raises(QueryError, match="no part called") as caught:
            find_part(parts, typed)
        assert len(caught.value.candidates) == 4


def test_a_merged_part_is_as_if_it_had_been_learned_so(model, planted):
    a, b, c = names_of(model)
    merged = merge_parts(model, [a, c], tracks=planted)
    both = next(part for part in merged.parts if part.members)
    assert set(both.components) == {0, 2}
    assert {member.name for member in both.members} == {a, c}
    assert both.share == pytest.approx(model.parts[0].share + model.parts[2].share)
    shares = part_shares(model.W, model.H)
    grouped = shares[:, [0, 2]].sum(axis=1)
    labels = merged.assign(margin=0).labels
    expected = np.where(grouped >= shares[:, 1], names_of(merged).index(both.name), 1)
    shown = [part.name for part in merged.shown]
    found = [merged.parts.index(find_part(merged.parts, shown[label])) for label in labels]
    assert (np.array(found) == expected).mean() > 0.99
    assert both.size > model.parts[0].size
    assert b in names_of(merged)
    np.testing.assert_array_equal(merged.W, model.W)
    np.testing.assert_allclose(merged.part_loadings().sum(axis=1), model.W.sum(axis=1), rtol=1e-5)


def test_the_levels_of_a_merged_part_are_between_those_of_its_members(model, planted):
    merged = merge_parts(model, names_of(model)[:2], tracks=planted, name="both")
    both = find_part(merged.parts, "both")
    levels = [{level.feature: level.level for level in member.features} for member in both.members]
    for level in both.features:
        low, high = sorted(of[level.feature] for of in levels)
        assert low - 0.15 <= level.level <= high + 0.15
    assert len(both.tracks) == 10
    assert both.is_named


def test_splitting_undoes_merging(model, planted):
    a, b, c = names_of(model)
    merged = merge_parts(model, [a, b], tracks=planted, name="two")
    all_three = merge_parts(merged, ["two", c], tracks=planted, name="all")
    (one,) = all_three.parts
    assert one.share == pytest.approx(1)
    assert one.size == len(planted)
    for edited, name in ((merged, "two"), (all_three, "all")):
        back = split_part(edited, name)
        assert {part.name: part for part in back.parts} == {part.name: part for part in model.parts}
    with pytest.raises(QueryError, match="only merged parts"):
        split_part(model, a)
    with pytest.raises(QueryError, match="two parts"):
        merge_parts(model, [a, a.upper()], tracks=planted)


def test_a_part_that_comes_back_from_a_merge_takes_no_name_that_was_given_away(model, planted):
    a, b, c = names_of(model)
    merged = rename_part(merge_parts(model, [a, b], tracks=planted, name="two"), c, a)
    back = split_part(merged, "two")
    assert len(set(names_of(back))) == 3
    assert find_part(back.parts, a).components == (2,)


def test_hidden_parts_own_no_track_and_come_back(model, planted):
    name = model.parts[0].name
    hidden = hide_part(model, name)
    assert name not in [part.name for part in hidden.shown]
    gone = find_part(hidden.parts, name)
    assert (gone.is_hidden, gone.size, gone.share) == (True, 0, model.parts[0].share)
    assert hidden.part_loadings().shape == (300, 2)
    assert hidden.assign().labels.max() == 1
    shown = show_part(hidden, name)
    assert shown.parts == model.parts
    last = hide_part(hidden, hidden.shown[0].name)
    with pytest.raises(QueryError, match="only part") as caught:
        hide_part(last, last.shown[0].name)
    assert "--show" in caught.value.hint
    merged = merge_parts(hidden, [name, hidden.shown[0].name], tracks=planted, name="both")
    assert not find_part(merged.parts, "both").is_hidden


def test_tracks_of_low_confidence_are_mixed_and_unknown_ones_are_not(model):
    confidence = np.full(300, np.nan, dtype=np.float32)
    clear = np.flatnonzero(model.assign().labels != MIXED)
    confidence[clear[:10]] = 0.4
    confidence[clear[10:20]] = 0.6
    unsure = replace(model, confidence=confidence)
    labels = unsure.assign().labels
    assert (labels[clear[:10]] == MIXED).all()
    assert (labels[clear[10:]] == model.assign().labels[clear[10:]]).all()
    assert (unsure.assign(min_confidence=0).labels == model.assign().labels).all()


def test_an_edited_model_is_written_and_read_back(model, planted, tmp_path):
    a, b, c = names_of(model)
    edited = hide_part(merge_parts(model, [a, b], tracks=planted, name="ab ✓"), c)
    edited = replace(edited, confidence=np.linspace(0, 1, 300, dtype=np.float32))
    write_model(edited, tmp_path / "m")
    copy = read_model(tmp_path / "m", verify=True)
    assert copy.parts == edited.parts
    np.testing.assert_array_equal(copy.confidence, edited.confidence)
    np.testing.assert_array_equal(copy.assign().labels, edited.assign().labels)


def test_features_of_a_part_are_found_whatever_the_order_of_its_tracks(model, planted):
    shuffled = planted.sample(fraction=1, shuffle=True, seed=2)
    shuffled = pl.concat([shuffled, planted.head(1).with_columns(track_id=pl.lit("stranger"))])
    a, b, _ = names_of(model)
    one, other = (
        find_part(merge_parts(model, [a, b], tracks=tracks, name="x").parts, "x")
        for tracks in (planted, shuffled)
    )
    assert one == other
    assert isinstance(one.features[0], FeatureLevel)

"""A part stays who it is when the model is fitted again."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from partsong.features import FeatureSpec, Recipe
from partsong.parts import (
    build_model,
    carry_names,
    find_part,
    hide_part,
    merge_parts,
    rename_part,
)

KINDS = 5
COLUMNS = ("danceability", "energy", "speechiness", "acousticness", "valence")


@pytest.fixture(scope="module")
def songs():
    """Return 400 tracks, each mostly of one of five features, with noise."""
    random = np.random.default_rng(11)
    kinds = np.arange(400) % KINDS
    values = 0.15 + 0.6 * np.eye(KINDS)[kinds] + random.uniform(-0.1, 0.1, (400, KINDS))
    return pl.DataFrame(
        {
            "track_id": [f"t{row}" for row in range(400)],
            "artists": [[f"Artist {row % 50}"] for row in range(400)],
            **dict(zip(COLUMNS, values.T, strict=True)),
        }
    )


@pytest.fixture(scope="module")
def fit(build):
    recipe = Recipe("five", "", tuple(FeatureSpec(column, scale="minmax") for column in COLUMNS))

    def fit(tracks, n_components=KINDS, recipe=recipe):
        return build(tracks, n_components, recipe, n_init=3)

    return fit


def shuffled(model, tracks, seed):
    """Return the same factorisation as a fit from another start would number and scale it."""
    random = np.random.default_rng(seed)
    order, scale = random.permutation(len(model.H)), random.uniform(0.5, 2, len(model.H))
    return build_model(
        model.recipe.transform(tracks),
        (model.W * scale)[:, order],
        (model.H / scale[:, None])[order],
        name="again",
        recipe=model.recipe,
        tracks=tracks,
        n_iter=1,
        seconds=0.1,
    )


def without(songs, part):
    """Take away the tracks that make a part, but for the one that holds its scale in place."""
    feature = pl.col(feature_of(part))
    return songs.filter((feature < 0.4) | (feature == feature.max()))


def feature_of(part):
    return part.features[0].feature if part.features[0].level > 0 else None


def test_names_stay_over_another_start(fit, songs):
    first = fit(songs)
    named = rename_part(first, first.parts[2].name, "Mine")
    for seed in range(3):
        again, drift = carry_names(shuffled(first, songs, seed), named, tracks=songs)
        assert [match.part for match in drift.kept] == [part.name for part in named.parts]
        assert min(match.cosine for match in drift.kept) > 0.999
        assert (drift.lost, drift.new) == ((), ())
        for part in again.parts:
            before = find_part(named.parts, part.name)
            assert feature_of(part) == feature_of(before)
            assert part.is_named == before.is_named
        assert find_part(again.parts, "Mine").is_named


def test_names_stay_when_tracks_come_in(fit, songs):
    old = songs.head(380)
    first = fit(old)
    named = rename_part(first, first.parts[0].name, "Sunday")
    again, drift = carry_names(fit(songs), named, tracks=songs)
    assert not drift.lost
    assert feature_of(find_part(again.parts, "Sunday")) == feature_of(named.parts[0])
    assert sum(part.size for part in again.parts) > sum(part.size for part in first.parts)


def test_hidden_and_merged_parts_follow(fit, songs):
    first = fit(songs)
    a, b, c, *_ = (part.name for part in first.parts)
    edited = merge_parts(first, [a, b], tracks=songs, name="Both")
    edited = hide_part(edited, c)
    again, drift = carry_names(shuffled(first, songs, 5), edited, tracks=songs)
    both, before = find_part(again.parts, "Both"), find_part(edited.parts, "Both")
    assert len(both.components) == 2
    assert {member.name for member in both.members} == {a, b}
    assert both.is_named
    assert (both.size, both.tracks) == (before.size, before.tracks)
    assert find_part(again.parts, c).is_hidden
    assert len(again.shown) == 3
    assert len(drift.kept) == 4


def test_a_part_that_is_gone_is_reported_and_its_name_is_not_given_to_another(fit, songs):
    first = fit(songs)
    named = rename_part(first, first.parts[0].name, "Gone")
    fewer = without(songs, first.parts[0])
    again, drift = carry_names(fit(fewer, 4), named, tracks=fewer)
    assert [match.part for match in drift.lost] == ["Gone"]
    assert drift.lost[0].cosine < 0.9
    assert drift.lost[0].nearest in [part.name for part in again.parts]
    assert len(drift.kept) == 4
    assert "Gone" not in [part.name for part in again.parts]
    assert drift.to_dict()["lost"][0]["part"] == "Gone"


def test_a_new_part_gets_a_name_that_nobody_has(fit, songs):
    few = fit(songs.filter(pl.col("energy") < 0.4), 4)
    full = fit(songs)
    (new,) = (part for part in full.parts if feature_of(part) == "energy")
    taken = rename_part(few, few.parts[0].name, new.name)
    again, drift = carry_names(full, taken, tracks=songs)
    assert len(drift.new) == 1
    names = [part.name for part in again.parts]
    assert len(set(names)) == len(names)
    assert feature_of(find_part(again.parts, drift.new[0])) == "energy"
    assert drift.new[0] != new.name


def test_a_merge_whose_half_is_gone_falls_apart(fit, songs):
    first = fit(songs)
    a, b = first.parts[0].name, first.parts[1].name
    merged = merge_parts(first, [a, b], tracks=songs, name="Both")
    fewer = without(songs, first.parts[0])
    again, drift = carry_names(fit(fewer, 4), merged, tracks=fewer)
    assert [match.part for match in drift.lost] == ["Both"]
    assert all(not part.members for part in again.parts)
    assert feature_of(find_part(again.parts, b)) == feature_of(first.parts[1])


def test_something_is_always_shown(fit, songs):
    first = fit(songs)
    hidden = first
    for part in first.parts[1:]:
        hidden = hide_part(hidden, part.name)
    only_hidden = without(songs, first.parts[0])
    again, _ = carry_names(fit(only_hidden, 4), hidden, tracks=only_hidden)
    assert len(again.shown) == 4


def test_models_of_other_columns_have_no_names_in_common(fit, songs):
    first = fit(songs)
    other = Recipe("four", "", tuple(FeatureSpec(c, scale="minmax") for c in COLUMNS[:4]))
    model = fit(songs, 4, other)
    assert carry_names(model, first, tracks=songs) == (model, None)


def test_columns_that_one_model_lacks_count_as_zeros(fit, songs):
    """Genres of a recipe come and go with the catalog; parts that have none of them stay."""
    first = fit(songs)
    wider = replace(first, H=np.c_[first.H, np.full(len(first.H), 1e-3)])

    class Wider:
        recipe = first.recipe.recipe
        names = (*first.recipe.names, "genre: polka")

    again, drift = carry_names(replace(wider, recipe=Wider()), first, tracks=songs)
    assert len(drift.kept) == KINDS
    assert [part.name for part in again.parts] == [part.name for part in first.parts]

"""Parts follow the tracks, as far as a fit from scratch would take them, and keep who they are."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partsong.features import FeatureSpec, FittedRecipe, Recipe
from partsong.nmf import NMF, match_components, nonnegative_least_squares
from partsong.parts import (
    drop_tracks,
    find_stale,
    fold_in,
    hide_part,
    measure_moves,
    merge_parts,
    read_model,
    refresh_parts,
    rename_part,
    write_model,
)


@pytest.fixture(scope="module")
def early(planted, build, recipe):
    """Return a model of four fifths of the planted tracks, and those tracks."""
    tracks = planted.filter(pl.int_range(pl.len()) % 5 != 0)
    return build(tracks, 3, recipe, n_init=5), tracks


def relative_error(X, H):
    missed = X - nonnegative_least_squares(X, H) @ H
    return np.sqrt(np.nansum(missed**2) / np.nansum(X**2))


@pytest.mark.parametrize("share_missing", [0.0, 0.1])
def test_refreshed_parts_are_those_of_a_fit_from_scratch(planted, build, recipe, share_missing):
    holes = np.random.default_rng(3).random((len(planted), 2)) < share_missing
    tracks = planted.with_columns(
        pl.when(pl.Series(hole)).then(None).otherwise(pl.col(name)).alias(name)
        for name, hole in zip(("energy", "loudness"), holes.T, strict=True)
    )
    model = build(tracks.filter(pl.int_range(pl.len()) % 5 != 0), 3, recipe, n_init=5)
    refreshed, answer = refresh_parts(model, tracks)
    X = model.recipe.transform(tracks).X
    fresh = NMF(3, random_state=1).fit(X).components_
    assert relative_error(X, refreshed.H) <= 1.01 * relative_error(X, fresh)
    assert match_components(refreshed.H, fresh)[1].min() >= 0.98
    assert abs(answer.lead) < 0.01
    assert answer.relative_error == pytest.approx(relative_error(X, refreshed.H), abs=1e-6)
    assert answer.relative_error <= answer.relative_error_before + 1e-9


def test_names_merges_and_hidden_parts_stay(planted, early):
    model, tracks = early
    a, b, c = (part.name for part in model.parts)
    edited = merge_parts(rename_part(model, a, "mine"), ["mine", b], tracks=tracks, name="ours")
    edited = hide_part(edited, c)
    refreshed, answer = refresh_parts(edited, planted)
    assert {part.name: part.is_hidden for part in refreshed.parts} == {"ours": False, c: True}
    (ours,) = refreshed.shown
    assert [member.name for member in ours.members] == ["mine", b]
    assert [move.part for move in answer.parts] == [part.name for part in edited.parts]
    assert all(move.is_same and move.nearest == move.part for move in answer.parts)
    assert sum(move.share for move in answer.parts) == pytest.approx(1)


def test_what_is_known_of_stability_and_confidence_stays_with_its_part(planted, early):
    model, tracks = early
    known = dict(zip([part.name for part in model.parts], (0.9, 0.8, 0.7), strict=True))
    model = replace(
        model,
        parts=tuple(replace(part, stability=known[part.name]) for part in model.parts),
        confidence=np.linspace(0, 1, len(tracks), dtype=np.float32),
    )
    refreshed, _ = refresh_parts(model, planted)
    assert {part.name: part.stability for part in refreshed.parts} == known
    confidence = dict(zip(refreshed.track_ids, refreshed.confidence, strict=True))
    before = dict(zip(model.track_ids, model.confidence, strict=True))
    new = set(planted["track_id"]) - set(tracks["track_id"])
    assert all(np.isnan(confidence[one]) for one in new)
    kept = [one for one in before if not np.isnan(confidence[one])]
    assert len(kept) > 0.95 * len(before)
    assert all(confidence[one] == before[one] for one in kept)


def songs(kind, corner, n):
    """Return songs that have much of one of three features, and a little of the others."""
    values = np.random.default_rng(corner).uniform(0, 0.1, (3, n))
    values[corner] += 0.8
    return pl.DataFrame(
        {
            "track_id": [f"{kind}{row}" for row in range(n)],
            "artists": [[f"{kind} {row}"] for row in range(n)],
            **dict(zip(("energy", "valence", "speechiness"), values, strict=True)),
        }
    )


def test_a_part_whose_tracks_gave_way_to_others_is_told(build):
    features = (FeatureSpec("energy"), FeatureSpec("valence"), FeatureSpec("speechiness"))
    loud, happy, spoken = songs("loud", 0, 60), songs("happy", 1, 60), songs("spoken", 2, 300)
    model = build(pl.concat([loud, happy]), 2, Recipe("three", "", features))
    moved, answer = refresh_parts(model, pl.concat([loud, spoken]))
    (kept,) = [move for move in answer.parts if move.is_same]
    (lost,) = [move for move in answer.parts if not move.is_same]
    assert kept.nearest == kept.part
    assert {part.name for part in moved.parts} > {kept.part}
    assert lost.cosine < 0.9
    assert model.H[[part.name for part in model.parts].index(lost.part)].argmax() == 1


def test_refreshing_twice_changes_nothing_more(planted, early):
    once, _ = refresh_parts(early[0], planted)
    twice, answer = refresh_parts(once, planted)
    assert min(move.cosine for move in answer.parts) > 1 - 1e-6
    assert (once.fit.settings["refreshed"], twice.fit.settings["refreshed"]) == (1, 2)


def test_the_record_says_what_the_refresh_found(planted, early, tmp_path):
    refreshed, answer = refresh_parts(early[0], planted, seconds=5.0)
    write_model(refreshed, tmp_path / "m")
    read = read_model(tmp_path / "m", verify=True)
    assert read.fit.relative_error == answer.relative_error
    assert read.fit.seconds > 5
    assert read.track_ids.to_list() == planted["track_id"].to_list()


def test_tracks_that_are_dropped_leave_the_others_bit_for_bit(early):
    model, tracks = early
    gone = pl.Series([*model.parts[0].tracks, "unknown"])
    smaller = drop_tracks(model, gone)
    stays = ~tracks["track_id"].is_in(gone.implode()).to_numpy()
    assert smaller.W.tobytes() == model.W[stays].tobytes()
    assert smaller.R.tobytes() == model.R[stays].tobytes()
    assert smaller.track_ids.to_list() == tracks["track_id"].filter(pl.Series(stays)).to_list()
    assert not smaller.parts[0].tracks
    assert smaller.parts[1].tracks == model.parts[1].tracks
    assert sum(part.share for part in smaller.parts) == pytest.approx(1)
    assert drop_tracks(model, pl.Series(["unknown"])) is model


@pytest.mark.parametrize("has_rest", [True, False])
def test_tracks_that_changed_are_stale_and_no_others(planted, early, has_rest):
    model, tracks = early
    model = model if has_rest else replace(model, R=None)
    assert find_stale(model, planted).is_empty()
    changed = tracks["track_id"].gather([3, 100, 200])
    now = planted.with_columns(
        pl.when(pl.col("track_id").is_in(changed.implode()))
        .then(1 - pl.col("energy"))
        .otherwise(pl.col("energy"))
        .alias("energy")
    )
    assert set(find_stale(model, now)) == set(changed)


def test_a_change_that_the_parts_do_not_tell_is_seen_in_what_they_leave(early):
    model, tracks = early
    H = model.H.copy()
    H[:, model.recipe.names.index("high danceability")] = 0
    H[:, model.recipe.names.index("low danceability")] = 0
    deaf = fold_in(drop_tracks(replace(model, H=H), model.track_ids), tracks)
    now = tracks.with_columns(danceability=(pl.col("danceability") + 0.45) / 2)
    assert len(find_stale(deaf, now)) == len(tracks)
    assert find_stale(replace(deaf, R=None), now).is_empty()


@settings(max_examples=25, deadline=None)
@given(shift=st.floats(-3, 3), spread=st.floats(0.1, 5))
def test_moves_are_counted_in_standard_deviations_of_the_fit(shift, spread):
    values = np.random.default_rng(0).normal(-10, 4, 50)
    recipe = Recipe("mine", "", (FeatureSpec("loudness", scale="split"),))
    tracks = pl.DataFrame({"track_id": [str(row) for row in range(50)], "loudness": values})
    fitted = FittedRecipe.fit(recipe, tracks)
    centre, sd = values.mean(), values.std()
    now = tracks.with_columns(loudness=pl.Series(centre + (values - centre) * spread + shift * sd))
    (move,) = measure_moves(fitted, now)
    assert (move.shift, move.spread) == pytest.approx((shift, spread), abs=1e-9)
    assert move.size == pytest.approx(max(abs(shift), abs(np.log(spread))), abs=1e-9)


def test_a_catalog_that_stayed_as_it_is_has_not_moved(planted, recipe):
    fitted = FittedRecipe.fit(recipe, planted)
    assert max(move.size for move in measure_moves(fitted, planted.reverse())) < 1e-9


@pytest.mark.slow
@pytest.mark.parametrize("n_new", [1_000, 10_000])
def test_on_real_tracks_a_refresh_is_within_its_bound_of_a_fit(shared_data, build, n_new):
    path = shared_data / "spotify-114k" / "tracks.parquet"
    tracks = pl.read_parquet(path).unique("track_id", maintain_order=True)
    tracks = tracks.with_columns(
        pl.col("artists").str.split(";"),
        # As an import does: an analysis that failed is coded as 0.
        pl.when(pl.col("tempo") > 0).then(pl.col("tempo")).alias("tempo"),
    ).filter(pl.col("duration_ms") > 0)
    drawn = np.random.default_rng(0).permutation(len(tracks))
    model = build(tracks[np.sort(drawn[n_new:])], 10)
    placed = fold_in(model, tracks)
    refreshed, answer = refresh_parts(model, tracks)
    X = model.recipe.transform(tracks).X
    full = NMF(10, random_state=0).fit(X).components_
    best = relative_error(X, full)
    assert relative_error(X, placed.H) <= 1.01 * best
    assert relative_error(X, refreshed.H) <= 1.01 * best
    assert answer.lead < 0.01
    assert match_components(refreshed.H, full)[1].min() >= 0.98
    assert not [move for move in measure_moves(model.recipe, tracks) if move.size > 0.05]

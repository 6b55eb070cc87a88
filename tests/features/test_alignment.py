"""Values of another analysis come onto the scale of the first: planted maps, ties, edges, order."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from partsong.features import (
    MAPPED_FEATURES,
    Alignment,
    FeatureSpec,
    FittedRecipe,
    Recipe,
    ValueMap,
)
from partsong.schema import track_field


def learn(values, reference_values, feature="energy"):
    return ValueMap.learn(feature, values, reference_values, analysis="other", reference="spotify")


BENT = {
    "root": np.sqrt,
    "square": np.square,
    "line": lambda x: 0.2 + 0.6 * x,
    "corner": lambda x: np.where(x < 0.5, x / 5, 1.8 * x - 0.8),
}


@pytest.mark.parametrize("bent", BENT.values(), ids=BENT)
@pytest.mark.parametrize("n", [200, 5000])
def test_a_planted_monotone_map_is_recovered(bent, n):
    rng = np.random.default_rng(0)
    reference = rng.beta(2, 2, n)
    new = rng.beta(2, 2, 500)
    moved = learn(bent(reference), reference).apply(bent(new))
    assert np.median(np.abs(moved - new)) < 0.01
    assert np.abs(moved - new).max() < 0.08


def test_noise_leaves_the_distribution_of_the_reference():
    """A regression would pull noisy values to the middle; a scale must not shrink."""
    rng = np.random.default_rng(1)
    reference = rng.beta(2, 2, 4000)
    noisy = np.clip(0.5 * reference + rng.normal(0, 0.05, 4000), 0, 1)
    moved = learn(noisy, reference).apply(noisy)
    assert moved.mean() == pytest.approx(reference.mean(), abs=0.01)
    assert moved.std() == pytest.approx(reference.std(), rel=0.02)
    assert np.abs(moved - reference).mean() < np.abs(noisy - reference).mean() / 2


def test_few_tracks_give_a_shift_and_a_scale():
    rng = np.random.default_rng(2)
    reference = rng.uniform(80, 160, 30)
    found = learn(reference / 2 + 10, reference, "tempo")
    assert found.method == "spread"
    np.testing.assert_allclose(found.apply(np.array([50.0, 90.0])), [80.0, 160.0])


def test_too_few_tracks_leave_values_as_they_are():
    found = learn(np.linspace(0, 1, 9), np.linspace(0, 0.5, 9))
    assert (found.method, found.n_shared) == ("none", 9)
    np.testing.assert_array_equal(found.apply(np.array([0.3, np.nan])), [0.3, np.nan])


def test_values_that_tie_become_the_middle_of_what_they_stand_for():
    """A third of the tracks have 0 where the reference tells them apart."""
    reference = np.linspace(0, 0.9, 901)
    found = learn(np.where(reference < 0.3, 0.0, reference), reference)
    assert found.apply(np.zeros(1))[0] == pytest.approx(0.15, abs=0.01)
    assert found.apply(np.array([0.6]))[0] == pytest.approx(0.6, abs=0.01)


@pytest.mark.parametrize("n", [20, 200])
def test_a_scale_without_spread_is_shifted(n):
    reference = np.linspace(0.2, 0.4, n)
    found = learn(np.full(n, 0.5), reference)
    np.testing.assert_allclose(found.apply(np.array([0.5, 0.6])), [0.3, 0.4])
    assert found.rank_correlation is None
    flat = learn(reference, np.full(n, 0.5)).apply(np.array([0.1, 0.3, 0.9]))
    assert flat[1] == pytest.approx(0.5)
    assert (np.diff(flat) >= 0).all()


def test_beyond_what_was_seen_order_and_range_are_kept():
    reference = np.linspace(-30, -5, 500)
    found = learn(reference * 2 + 5, reference, "loudness")
    moved = found.apply(np.array([-100.0, -70.0, -60.0, 0.0, 19.0]))
    assert (np.diff(moved) > 0).all()
    np.testing.assert_allclose(moved[1:4], [-37.5, -32.5, -2.5])
    steep = learn(reference / 20 + 1, reference / 30 + 1, "energy").apply(
        np.array([-5.0, 0.5, 7.0])
    )
    assert steep.min() == 0.0
    assert steep.max() == 1.0


shared = hnp.arrays(
    np.float64, st.tuples(st.integers(0, 120), st.just(2)), elements=st.floats(0, 1, width=16)
)


@settings(deadline=None, max_examples=150)
@given(
    shared, hnp.arrays(np.float64, 20, elements=st.floats(0, 1)), st.sampled_from(MAPPED_FEATURES)
)
def test_the_lower_of_two_values_never_comes_out_higher(pairs, values, feature):
    field = track_field(feature)
    stretch = (field.high or 1.0) - (field.low or 0.0)
    scale = lambda x: (field.low or 0.0) + stretch * x  # noqa: E731 - one line says it
    found = learn(scale(pairs[:, 0]), scale(pairs[:, 1]), feature)
    moved = found.apply(np.sort(scale(values)))
    assert (np.diff(moved) >= -1e-9 * stretch).all()
    assert np.isfinite(moved).all()
    assert moved.min() >= field.low
    assert moved.max() <= field.high


def planted(n=300, n_shared=100):
    """Return a frame of tracks, their analyses, what was said, and the truth of `energy`."""
    rng = np.random.default_rng(3)
    truth = rng.beta(2, 2, n)
    ids = [f"t{number}" for number in range(n)]
    is_other = np.arange(n) >= 2 * n // 3
    energy = np.where(is_other, truth / 2, truth)
    tracks = pl.DataFrame({"track_id": ids, "energy": energy, "key": [3] * n, "title": ids})
    who = np.where(is_other, "other", "spotify")
    analyses = pl.DataFrame({"track_id": ids, "energy": who, "key": who})
    both = [
        pl.DataFrame(
            {"track_id": ids[:n_shared], "analysis": name, "energy": truth[:n_shared] * by}
        )
        for name, by in (("spotify", 1.0), ("other", 0.5))
    ]
    said = pl.concat(both).with_columns(
        key=pl.when(pl.col("analysis") == "other").then(4).otherwise(3)
    )
    return tracks, analyses, said, truth


def test_only_values_of_the_other_analysis_move_and_only_on_scales():
    tracks, analyses, said, truth = planted()
    alignment = Alignment.learn(said, analyses)
    moved = alignment.apply(tracks, analyses)
    assert moved.columns == tracks.columns
    assert moved.drop("energy").equals(tracks.drop("energy"))
    theirs = analyses["energy"] == "other"
    assert moved.filter(~theirs).equals(tracks.filter(~theirs))
    assert np.abs(moved["energy"].to_numpy() - truth).max() < 0.08
    assert [one.feature for one in alignment.maps] == ["energy"]
    (note,) = alignment.notes
    assert "other" in note
    assert "spotify" in note
    assert "energy" in note
    assert "100 tracks" in note


def test_tracks_in_another_order_unknown_tracks_and_missing_values_are_no_trouble():
    tracks, analyses, said, _ = planted()
    alignment = Alignment.learn(said, analyses)
    shuffled = tracks.sample(fraction=1.0, shuffle=True, seed=0)
    shuffled = pl.concat(
        [
            shuffled,
            pl.DataFrame(
                {
                    "track_id": ["x", "t299"],
                    "energy": [0.4, None],
                    "key": [3, 3],
                    "title": ["", ""],
                },
                schema=tracks.schema,
            ),
        ]
    )
    moved = alignment.apply(shuffled, analyses)
    assert moved["track_id"].equals(shuffled["track_id"])
    assert moved["energy"].tail(2).to_list() == [0.4, None]
    expected = alignment.apply(tracks, analyses).sort("track_id")
    assert moved.head(300).sort("track_id").equals(expected)


def test_a_map_survives_as_json_and_rides_along_with_a_recipe():
    tracks, analyses, said, _ = planted()
    alignment = Alignment.learn(said, analyses)
    assert Alignment.from_dict(json.loads(json.dumps(alignment.to_dict()))) == alignment
    recipe = Recipe("mine", "", (FeatureSpec("energy", scale="minmax"),))
    fitted = FittedRecipe.fit(recipe, tracks)
    plain = fitted.to_dict()
    assert FittedRecipe.from_dict(json.loads(json.dumps(plain))).alignment is None
    plain["alignment"] = alignment.to_dict()
    assert FittedRecipe.from_dict(json.loads(json.dumps(plain))).alignment == alignment
    del plain["alignment"]  # a model that was saved before there were any
    assert FittedRecipe.from_dict(plain).alignment is None


def test_disagreement_and_too_few_tracks_are_said():
    tracks, analyses, said, _ = planted()
    rng = np.random.default_rng(4)
    shuffled = said.with_columns(
        energy=pl.when(pl.col("analysis") == "other")
        .then(pl.Series(rng.uniform(size=len(said))))
        .otherwise("energy")
    )
    assert "disagree on energy" in " ".join(Alignment.learn(shuffled, analyses).notes)
    few = said.filter(pl.col("track_id").is_in(["t1", "t2", "t3"]))
    (note,) = Alignment.learn(few, analyses).notes
    assert "3 tracks" in note
    assert Alignment.learn(few, analyses).apply(tracks, analyses).equals(tracks)

"""Every trap of the two source documents is found in data that has it, and only there."""

import numpy as np
import polars as pl
import pytest

from partsong.features import FeatureSpec, Recipe, check_recipe, load_recipe

SEVERITIES = ["spoils", "distorts", "note"]


@pytest.fixture
def tracks():
    """Return made tracks with no trap in them that a good recipe could fall into."""
    random = np.random.default_rng(0)
    n = 500
    return pl.DataFrame(
        {
            "track_id": [f"t{row}" for row in range(n)],
            "popularity": random.integers(0, 101, n),
            "duration_ms": np.exp(random.normal(12.3, 0.3, n)),
            "danceability": random.beta(5, 4, n),
            "energy": random.beta(4, 3, n),
            "key": random.integers(0, 12, n),
            "loudness": random.normal(-8, 3, n).clip(-40, -0.1),
            "mode": random.integers(0, 2, n),
            "speechiness": random.beta(2, 8, n),
            "acousticness": random.beta(1, 2, n),
            "instrumentalness": random.beta(1, 5, n),
            "liveness": random.beta(2, 6, n),
            "valence": random.beta(3, 3, n),
            "tempo": random.normal(120, 25, n).clip(50, 200),
            "time_signature": random.choice([3, 4, 5], n, p=[0.2, 0.6, 0.2]),
        }
    )


def find(findings, trap, feature=None):
    return [
        finding
        for finding in findings
        if finding.trap == trap and feature in {None, finding.feature}
    ]


def check(tracks, *specs, n_catalog=None, where=None):
    return check_recipe(Recipe("test", "", specs, where), tracks, n_catalog=n_catalog)


def test_balanced_falls_into_no_trap_on_sound_tracks(tracks):
    assert check_recipe(load_recipe("balanced"), tracks, n_catalog=len(tracks)) == []


def test_study_12_is_spoiled_by_the_length_of_the_tracks(tracks):
    findings = check_recipe(load_recipe("study-12"), tracks)
    assert [finding.feature for finding in findings if finding.severity == "spoils"] == [
        "duration_ms"
    ]
    (dominance,) = find(findings, "dominates")
    assert "more than 99%" in dominance.found
    assert "scale" in dominance.mend


def test_blog_14_has_no_dominant_feature_but_the_other_traps(tracks):
    findings = check_recipe(load_recipe("blog-14"), tracks)
    assert not find(findings, "dominates")
    assert find(findings, "popularity", "popularity")
    assert find(findings, "circular number", "key")
    assert find(findings, "few values", "mode")


def test_the_worst_comes_first(tracks):
    order = [
        SEVERITIES.index(finding.severity)
        for finding in check_recipe(load_recipe("study-12"), tracks.with_columns(energy=None))
    ]
    assert order == sorted(order)
    assert len(set(order)) == 3


def test_every_finding_has_a_sentence_for_each_question(tracks):
    for name in ("study-12", "blog-14"):
        for finding in check_recipe(load_recipe(name), tracks, n_catalog=5000):
            for sentence in (finding.found, finding.effect, finding.mend):
                assert sentence.endswith(".")
                assert sentence[0].isupper() or sentence[0] in "'1234567890w"


def test_absolute_loudness_turns_loud_into_quiet_and_folds_values_above_zero(tracks):
    louder = tracks.with_columns(
        loudness=pl.when(pl.int_range(pl.len()) < 7).then(1.5).otherwise(pl.col("loudness"))
    )
    (finding,) = check(louder, FeatureSpec("loudness", "abs"))
    assert finding.trap == "absolute value"
    assert "493 values lie below 0 and 7 above" in finding.found


def test_negative_values_without_a_scale_spoil_a_fit(tracks):
    (finding,) = check(tracks, FeatureSpec("loudness"), FeatureSpec("energy"))
    assert (finding.severity, finding.trap, finding.feature) == (
        "spoils",
        "negative values",
        "loudness",
    )
    assert "500 tracks" in finding.found


@pytest.mark.parametrize("scale", ["none", "minmax", "standard", "split"])
def test_key_as_a_number_forgets_that_11_is_next_to_0(tracks, scale):
    assert find(check(tracks, FeatureSpec("key", scale=scale)), "circular number")
    assert not find(check(tracks, FeatureSpec("key", "circle")), "circular number")


@pytest.mark.parametrize(
    ("values", "shown"), [([4] * 99 + [3], "4 in 99.0%"), (np.linspace(99.9, 100.1, 100), "hardly")]
)
def test_a_column_that_hardly_varies_is_named(values, shown):
    tracks = pl.DataFrame({"track_id": [str(row) for row in range(100)], "tempo": values})
    (finding,) = find(check(tracks, FeatureSpec("tempo", scale="minmax")), "near-constant")
    assert shown in finding.found


def test_two_columns_that_say_the_same_are_named_with_their_correlation(tracks):
    same = tracks.with_columns(loudness=pl.col("energy") * 30 - 30)
    (finding,) = check(
        same, FeatureSpec("energy", scale="split"), FeatureSpec("loudness", scale="split")
    )
    assert (finding.severity, finding.trap) == ("distorts", "near-duplicates")
    assert "'energy' and 'loudness' correlate at 1.00" in finding.found


@pytest.mark.parametrize(("transform", "severity"), [("octave", "spoils"), ("none", "distorts")])
def test_a_tempo_of_zero_is_a_failed_analysis(tracks, transform, severity):
    failed = tracks.with_columns(
        tempo=pl.when(pl.int_range(pl.len()) < 3).then(0.0).otherwise(pl.col("tempo"))
    )
    findings = check(failed, FeatureSpec("tempo", transform, "split"))
    assert [finding.severity for finding in find(findings, "coded zeros", "tempo")] == [severity]
    assert "3 tracks" in find(findings, "coded zeros")[0].found


def test_rows_of_zeros_are_failed_analyses(tracks):
    is_failed = pl.int_range(pl.len()) < 4
    columns = ("danceability", "speechiness", "valence")
    failed = tracks.with_columns(
        pl.when(is_failed).then(0.0).otherwise(pl.col(column)).alias(column) for column in columns
    )
    (finding,) = find(check_recipe(load_recipe("balanced"), failed), "failed analyses")
    assert "4 tracks" in finding.found


def test_a_condition_that_throws_most_tracks_away_is_named(tracks):
    findings = check_recipe(load_recipe("study-12"), tracks, n_catalog=5000)
    (finding,) = find(findings, "few tracks")
    assert finding.severity == "distorts"
    assert "500 of 5,000 tracks and throws away 90.0%" in finding.found


def test_too_few_tracks_are_named(tracks):
    assert find(check(tracks.head(15), FeatureSpec("energy"), FeatureSpec("valence")), "few tracks")


@pytest.mark.parametrize(("missing", "severity"), [("mask", "note"), ("drop", "distorts")])
def test_missing_values_are_counted_and_worse_where_they_drop_tracks(tracks, missing, severity):
    gaps = tracks.with_columns(
        energy=pl.when(pl.int_range(pl.len()) < 200).then(None).otherwise(pl.col("energy"))
    )
    findings = check(
        gaps, FeatureSpec("energy", scale="split", missing=missing), FeatureSpec("valence")
    )
    (finding,) = find(findings, "missing values", "energy")
    assert finding.severity == severity
    assert "200 tracks (40.0%)" in finding.found


def test_a_column_without_any_value_is_a_note_not_a_failure(tracks):
    findings = check_recipe(load_recipe("balanced"), tracks.drop("loudness"))
    assert [(finding.severity, finding.trap) for finding in findings] == [("note", "no values")]


def test_one_outlier_squeezes_the_rest_under_minmax_only(tracks):
    longer = tracks.with_columns(
        duration_ms=pl.when(pl.int_range(pl.len()) < 1).then(5e6).otherwise(pl.col("duration_ms"))
    )
    minmax = check(longer, FeatureSpec("duration_ms", scale="minmax"))
    assert [finding.trap for finding in minmax] == ["heavy tail"]
    assert check(longer, FeatureSpec("duration_ms", scale="split")) == []
    assert check(longer, FeatureSpec("duration_ms", "log", "split")) == []


def test_a_recipe_that_cannot_be_fitted_at_all_is_answered_not_raised(tracks):
    empty = tracks.with_columns(energy=None, valence=None)
    findings = check(empty, FeatureSpec("energy"), FeatureSpec("valence"))
    assert findings[0].severity == "spoils"
    assert findings[0].trap == "no matrix"


def test_the_real_catalog_shows_what_the_documents_met(shared_data):
    raw = pl.read_parquet(shared_data / "spotify-114k" / "tracks.parquet").unique("track_id")
    study = check_recipe(load_recipe("study-12"), raw)
    assert find(study, "dominates", "duration_ms")
    assert "above" in find(study, "absolute value", "loudness")[0].found
    blog = check_recipe(load_recipe("blog-14"), raw)
    assert find(blog, "heavy tail", "duration_ms")
    assert find(blog, "near-constant", "time_signature")
    assert "157 tracks" in find(blog, "coded zeros", "tempo")[0].found

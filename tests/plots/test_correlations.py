"""Correlations of features: what is planted is found, drawn and said."""

import numpy as np
import polars as pl
import pytest
from scipy import stats

from partsong.plots import correlate_features, plot_correlations


@pytest.fixture
def tracks():
    random = np.random.default_rng(0)
    energy = random.uniform(size=400)
    return pl.DataFrame(
        {
            "title": [f"Song {row}" for row in range(400)],
            "energy": energy,
            "loudness": np.exp(3 * energy),  # the same order, not the same shape
            "acousticness": 1 - energy + random.normal(0, 0.3, 400),
            "valence": random.uniform(size=400),
            "key": random.integers(0, 12, 400),
        }
    )


def pairs(found):
    return {
        frozenset({first, second}): value
        for first, second, value in found.select("first", "second", "correlation").iter_rows()
    }


@pytest.mark.parametrize(
    ("method", "reference"), [("spearman", stats.spearmanr), ("pearson", stats.pearsonr)]
)
def test_every_pair_is_what_scipy_says(tracks, method, reference):
    found = pairs(correlate_features(tracks, method=method))
    assert len(found) == 6
    for pair, value in found.items():
        one, other = (tracks[column].to_numpy() for column in pair)
        assert value == pytest.approx(reference(one, other).statistic, abs=1e-9)


def test_ranks_forgive_a_long_tail_and_values_do_not(tracks):
    pair = frozenset({"energy", "loudness"})
    assert pairs(correlate_features(tracks))[pair] == pytest.approx(1)
    assert pairs(correlate_features(tracks, method="pearson"))[pair] < 0.97


def test_only_tracks_that_have_both_count(tracks):
    gaps = tracks.with_columns(
        energy=pl.when(pl.int_range(pl.len()) < 100).then(None).otherwise(pl.col("energy")),
        valence=pl.when(pl.int_range(pl.len()) >= 350).then(None).otherwise(pl.col("valence")),
    )
    found = correlate_features(gaps, method="pearson")
    row = found.filter(pl.col("first") == "energy", pl.col("second") == "valence").row(0)
    both = tracks[100:350]
    assert row[3] == 250
    assert row[2] == pytest.approx(np.corrcoef(both["energy"], both["valence"])[0, 1])


@pytest.mark.parametrize("column", [pl.lit(0.1), pl.lit(None, pl.Float64), pl.lit(1e9)])
def test_a_feature_that_does_not_vary_correlates_with_nothing(tracks, column):
    found = correlate_features(tracks.with_columns(valence=column))
    values = found.filter((pl.col("first") == "valence") | (pl.col("second") == "valence"))
    assert values["correlation"].null_count() == len(values)


def test_key_is_a_circle_and_left_out(tracks):
    figure = plot_correlations(tracks)
    assert "key" not in figure.layout.xaxis.ticktext + figure.layout.yaxis.ticktext
    assert "key is left" in figure.layout.title.subtitle.text


def test_each_pair_stands_once_and_the_strongest_is_said(tracks):
    figure = plot_correlations(tracks)
    cells = [value for row in figure.data[0].z for value in row if value is not None]
    assert len(cells) == 6
    words = figure.layout.title.text.replace("<br>", " ").lower()
    assert "energy" in words
    assert "loudness" in words
    assert "go together most (+1.00)" in words
    assert "400 tracks" in figure.layout.title.subtitle.text


def test_opposites_are_said_to_be_opposite(tracks):
    figure = plot_correlations(tracks.select("energy", loudness=-pl.col("loudness")))
    assert "opposite" in figure.layout.title.text
    assert figure.data[0].z[1][0] == pytest.approx(-1)


def test_a_million_tracks_make_no_larger_a_figure(tracks):
    many = pl.concat([tracks] * 50)
    assert len(plot_correlations(many).to_json()) < 1.2 * len(plot_correlations(tracks).to_json())


@pytest.mark.parametrize("table", [pl.DataFrame(), pl.DataFrame({"energy": [0.5, 0.6]})])
def test_too_little_to_compare_is_said(table):
    figure = plot_correlations(table)
    assert not figure.data
    assert figure.layout.annotations[0].text

"""A feature against the others: all tracks count, points can be named, scale is stated."""

import numpy as np
import polars as pl
import pytest

from partsong.plots import plot_scatters


def make_tracks(n):
    random = np.random.default_rng(1)
    energy = random.uniform(size=n)
    return pl.DataFrame(
        {
            "title": [f"Song {row}" for row in range(n)],
            "artists": [["Ann", "Ben"]] * n,
            "energy": energy,
            "loudness": -30 + 25 * energy + random.normal(0, 3, n),
            "valence": random.uniform(size=n),
            "mode": random.integers(0, 2, n),
            "release_year": np.where(energy > 0.5, 2015, 1975),
        }
    )


def points_of(figure):
    return [trace for trace in figure.data if trace.type == "scatter" and trace.mode == "markers"]


def test_few_tracks_are_all_points_with_title_and_artists():
    tracks = make_tracks(200)
    figure = plot_scatters(tracks, "energy")
    points = points_of(figure)
    assert len(points) == 3
    assert all(len(trace.x) == 200 for trace in points)
    assert points[0].hovertext[7] == "<b>Song 7</b><br>Ann, Ben"
    assert points[0].y[7] == pytest.approx(tracks["loudness"][7], abs=0.01)
    assert "200 tracks, each a point" in figure.layout.title.subtitle.text


def test_of_many_tracks_every_one_counts_in_the_density_and_some_are_points():
    figure = plot_scatters(make_tracks(20_000), "energy")
    densities = [trace for trace in figure.data if trace.type == "heatmap"]
    assert [int(trace.customdata.sum()) for trace in densities] == [20_000] * 3
    assert all(len(trace.x) == 250 for trace in points_of(figure))
    assert "20,000 tracks as density" in figure.layout.title.subtitle.text.replace("<br>", " ")
    assert len(figure.to_json()) < 1_000_000


def test_the_same_seed_draws_the_same_points_and_another_others():
    tracks = make_tracks(5_000)
    one, same, other = (
        points_of(plot_scatters(tracks, "energy", random_state=seed))[0].x for seed in (0, 0, 1)
    )
    assert one == same
    assert one != other


def test_the_line_of_medians_follows_what_is_planted():
    figure = plot_scatters(make_tracks(5_000), "energy")
    median = next(trace for trace in figure.data if trace.name == "median")
    assert len(median.x) == 12
    for x, y in zip(median.x, median.y, strict=True):
        assert y == pytest.approx(-30 + 25 * x, abs=1)
    assert figure.layout.title.text == "<b>Energy rises with loudness</b>"


def test_groups_differ_by_symbol_and_hold_their_own_tracks():
    figure = plot_scatters(make_tracks(5_000), "energy", by="decade")
    old, new = points_of(figure)[:2]
    assert [trace.name[:5] for trace in (old, new)] == ["1970s", "2010s"]
    assert max(old.x) <= 0.5 < min(new.x)
    assert old.marker.symbol != new.marker.symbol
    assert "of each group" in figure.layout.title.subtitle.text.replace("<br>", " ")


def test_missing_values_have_no_point():
    tracks = make_tracks(100).with_columns(
        loudness=pl.when(pl.int_range(pl.len()) < 30).then(None).otherwise(pl.col("loudness"))
    )
    points = points_of(plot_scatters(tracks, "energy"))
    assert [len(trace.x) for trace in points] == [70, 100, 100]
    assert points[0].hovertext[0].startswith("<b>Song 30<")


def test_an_unknown_feature_is_refused_and_an_absent_one_is_said():
    with pytest.raises(ValueError, match="'loudnes' is no feature"):
        plot_scatters(make_tracks(10), "loudnes")
    figure = plot_scatters(make_tracks(10), "tempo")
    assert not figure.data
    assert "tempo" in figure.layout.annotations[0].text


def test_hostile_titles_stay_text():
    tracks = make_tracks(30).with_columns(
        title=pl.lit("<script>alert(1)</script> $x$ %{y}"), artists=pl.lit(["<b>A</b>"])
    )
    for trace in points_of(plot_scatters(tracks, "energy")):
        assert trace.hovertemplate == "%{hovertext}<extra></extra>"
        for text in trace.hovertext:
            assert "<script" not in text
            assert "<b>A" not in text
            assert "$" not in text


def test_a_track_without_title_or_artists_has_a_point():
    tracks = make_tracks(3).with_columns(title=pl.lit(None, pl.String), artists=None)
    assert points_of(plot_scatters(tracks, "energy"))[0].hovertext[0] == "<b>no title</b>"

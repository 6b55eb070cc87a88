"""Distributions: every track is in a bar, in its unit, of its group."""

import numpy as np
import polars as pl
import pytest

from partsong.plots import plot_distributions


@pytest.fixture
def tracks():
    random = np.random.default_rng(0)
    n = 3000
    return pl.DataFrame(
        {
            "duration_ms": random.lognormal(12.3, 0.4, n),
            "energy": random.uniform(size=n),
            "key": random.integers(0, 12, n),
            "tempo": random.normal(120, 30, n),
            "release_year": np.repeat([1985, 1994, 2003], n // 3),
            "genres": [["rock", "pop"]] * 1000 + [[]] * 1000 + [["pop"]] * 1000,
            "artist_genres": [["jazz"]] * n,
        }
    )


def panels(figure):
    return {
        note.text.split("</b>")[0].removeprefix("<b>"): note for note in figure.layout.annotations
    }


def test_every_track_is_in_one_bar(tracks):
    for bars in plot_distributions(tracks).data:
        assert sum(bars.y) == pytest.approx(100, abs=0.1)


def test_panels_name_their_unit_and_median(tracks):
    titles = panels(plot_distributions(tracks))
    assert set(titles) == {"duration (min)", "energy", "key", "tempo (BPM)"}
    assert titles["tempo (BPM)"].text.endswith("120")
    assert max(plot_distributions(tracks).data[0].x) < 20  # minutes, not milliseconds


def test_outliers_go_into_the_last_bar_and_not_to_the_axis(tracks):
    longer = tracks.with_columns(
        duration_ms=pl.when(pl.int_range(pl.len()) == 0).then(8e7).otherwise(pl.col("duration_ms"))
    )
    bars = plot_distributions(longer).data[0]
    assert max(bars.x) < 20
    assert sum(bars.y) == pytest.approx(100, abs=0.1)


def test_a_key_has_a_name(tracks):
    key = next(bars for bars in plot_distributions(tracks).data if bars.name == "key")
    assert key.x[:3] == ("C", "C♯", "D")
    assert key.y[2] == pytest.approx(100 * (tracks["key"] == 2).mean(), abs=0.01)


def test_genres_are_a_tracks_own_or_else_its_artists(tracks):
    figure = plot_distributions(tracks, by="genre")
    assert {line.name for line in figure.data} == {"pop (2,000)", "rock (1,000)", "jazz (1,000)"}


def test_decades_stand_in_order_of_time_and_differ_without_colour(tracks):
    lines = [line for line in plot_distributions(tracks, by="decade").data if line.showlegend]
    assert [line.name for line in lines] == ["1980s (1,000)", "1990s (1,000)", "2000s (1,000)"]
    assert len({line.line.dash for line in lines}) == 3
    assert len({line.marker.symbol for line in lines}) == 3


def test_a_group_is_drawn_from_its_own_tracks(tracks):
    shifted = tracks.with_columns(
        energy=pl.when(pl.col("release_year") == 1985).then(0.9).otherwise(0.1)
    )
    lines = {
        line.name: line
        for line in plot_distributions(shifted, by="decade").data
        if line.xaxis == "x2"
    }
    assert lines["1980s (1,000)"].x[np.argmax(lines["1980s (1,000)"].y)] > 0.8
    assert lines["2000s (1,000)"].x[np.argmax(lines["2000s (1,000)"].y)] < 0.2


def test_no_genre_at_all_is_said_and_the_rest_drawn(tracks):
    figure = plot_distributions(tracks.drop("genres", "artist_genres"), by="genre")
    assert "No track has a genre" in figure.layout.title.text
    assert len(figure.data) == 4


def test_a_figure_of_many_tracks_is_no_larger(tracks):
    many = plot_distributions(pl.concat([tracks] * 40), by="genre").to_json()
    assert len(many) < 1.1 * len(plot_distributions(tracks, by="genre").to_json())


def test_one_track_is_drawn(tracks):
    assert plot_distributions(tracks.head(1), by="genre").data
    assert plot_distributions(tracks.head(1)).data


def test_hostile_genres_stay_text():
    hostile = ["<b>x</b><img src=x onerror=alert(1)>", "$x^2$", "%{y}"]
    tracks = pl.DataFrame({"energy": [0.1, 0.5], "genres": [hostile, hostile]})
    figure = plot_distributions(tracks, by="genre")
    for line in figure.data:
        assert "<" not in line.name
        assert "$" not in line.name + "".join(line.hovertext)
        assert line.hovertemplate == "%{hovertext}<extra></extra>"
        assert all("<img" not in text for text in line.hovertext)

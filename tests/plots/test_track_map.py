"""The map of the tracks."""

import numpy as np
import polars as pl
import pytest

from partsong.plots import plot_track_map

POINTS = pl.DataFrame(
    {
        "x": [-1.0, -0.9, 0.0, 1.0, 0.5],
        "y": [0.0, 0.1, 0.0, 0.5, float("nan")],
        "part": ["quiet", "quiet", "mixed", "loud", "loud"],
        "track": ["Solas", "1999", "Intro", "Spiderhead", "Nowhere"],
        "artists": [["Jamie Duffy"], None, [], ["Cage", "The Elephant"], ["nobody"]],
        "confidence": [0.91, None, 0.2, 1.0, 1.0],
    }
)


def many(n_tracks, n_parts):
    rng = np.random.default_rng(0)
    parts = rng.integers(0, n_parts, n_tracks)
    angle = 2 * np.pi * parts / n_parts
    return pl.DataFrame(
        {
            "x": np.cos(angle) + rng.normal(0, 0.1, n_tracks),
            "y": np.sin(angle) + rng.normal(0, 0.1, n_tracks),
            "part": [f"part {part}" for part in parts],
            "track": "A title of a usual length",
            "artists": "An artist",
        }
    )


def points_of(figure):
    return [trace for trace in figure.data if trace.mode == "markers"]


def names_of(figure):
    (names,) = (trace for trace in figure.data if trace.mode == "text")
    return names


def test_every_track_with_a_place_is_where_it_belongs():
    drawn = {trace.name: (trace.x, trace.y) for trace in points_of(plot_track_map(POINTS))}
    assert drawn == {
        "quiet": ((-1.0, -0.9), (0.0, 0.1)),
        "mixed": ((0.0,), (0.0,)),
        "loud": ((1.0,), (0.5,)),
    }


def test_hover_tells_what_is_known():
    told = {trace.name: trace.hovertext for trace in points_of(plot_track_map(POINTS))}
    assert told["quiet"][0] == "<b>Solas</b><br>Jamie Duffy<br>quiet, confidence 0.91"
    assert told["quiet"][1] == "<b>1999</b><br>quiet"
    assert told["loud"][0].split("<br>")[1] == "Cage, The Elephant"


def test_mixed_tracks_are_grey_below_the_others_and_have_no_name():
    figure = plot_track_map(POINTS)
    assert points_of(figure)[0].name == "mixed"
    assert len(names_of(figure).text) == 2
    assert "25% of the tracks" in figure.layout.title.text.replace("<br>", " ")


def test_the_figure_says_that_it_is_a_sample_and_that_places_are_approximate():
    figure = plot_track_map(many(10_000, 5))
    note = figure.layout.title.subtitle.text.replace("<br>", " ")
    assert sum(len(trace.x) for trace in points_of(figure)) == 4000
    assert "10,000 tracks, 4,000 of them drawn" in note
    assert "approximate" in note
    assert figure.to_json() == plot_track_map(many(10_000, 5)).to_json()


def test_a_sample_handed_in_is_said_to_be_one():
    figure = plot_track_map(POINTS, n_tracks=586_672)
    assert "586,672 tracks, 4 of them drawn" in figure.layout.title.subtitle.text


def test_the_largest_set_stays_a_small_figure():
    assert len(plot_track_map(many(586_672, 14)).to_json()) < 3_000_000


@pytest.mark.parametrize("n_parts", [1, 2, 10, 12, 30])
def test_names_stand_apart_inside_the_map_near_their_tracks(n_parts):
    points = many(2000, n_parts)
    names = names_of(plot_track_map(points))
    assert len(names.text) == points["part"].n_unique()
    places = np.column_stack([names.x, names.y])
    low, high = points.select("x", "y").min().row(0), points.select("x", "y").max().row(0)
    assert (places >= np.array(low) - 1e-3).all()
    assert (places <= np.array(high) + 1e-3).all()
    pixels = (places - low) / np.subtract(high, low) * [340, 520]
    gaps = np.abs(pixels[:, None] - pixels)[~np.eye(len(pixels), dtype=bool)]
    assert ((gaps[:, 0] >= 60) | (gaps[:, 1] >= 14)).all()


def test_tracks_all_in_one_place():
    figure = plot_track_map(POINTS.with_columns(x=pl.lit(0.0), y=pl.lit(0.0)))
    assert np.isfinite(names_of(figure).x).all()
    assert np.isfinite(names_of(figure).y).all()


def test_a_catalog_of_mixed_tracks_only():
    figure = plot_track_map(POINTS.with_columns(part=pl.lit("mixed")))
    assert not names_of(figure).text

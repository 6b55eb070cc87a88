"""The bars of recommendations."""

import polars as pl
import pytest

from partsong.parts import BEYOND
from partsong.plots import plot_reasons

RECOMMENDED = pl.DataFrame(
    {
        "track": ["1999", "1999", "Solas", "Intro", "Intro"],
        "part": ["quiet", "slow", "slow", "quiet", "slow"],
        "contribution": [0.5, 0.25, 0.7, 0.3, 0.3],
    }
)


def labels(figure):
    return [note.text for note in figure.layout.annotations]


def test_tracks_keep_their_order_from_top_to_bottom():
    figure = plot_reasons(RECOMMENDED)
    assert labels(figure) == ["1999 · 0.75", "Solas · 0.70", "Intro · 0.60"]
    top, bottom = figure.layout.yaxis.range[::-1]
    assert top < figure.layout.annotations[0].y < figure.layout.annotations[-1].y < bottom


def test_segments_add_up_to_the_score():
    figure = plot_reasons(RECOMMENDED)
    assert figure.layout.barmode == "stack"
    scores = [sum(lengths) for lengths in zip(*(bar.x for bar in figure.data), strict=True)]
    assert scores == pytest.approx([0.75, 0.7, 0.6])


def test_tracks_of_one_name_are_kept_apart_by_their_id():
    tracks = RECOMMENDED.with_columns(track=pl.lit("Intro"), track_id=pl.Series([1, 1, 2, 3, 3]))
    assert labels(plot_reasons(tracks)) == ["Intro · 0.75", "Intro · 0.70", "Intro · 0.60"]


def test_parts_that_add_nothing_are_left_out_of_the_legend():
    figure = plot_reasons(RECOMMENDED, parts=["loud", "slow", "quiet"])
    assert [bar.name for bar in figure.data] == ["slow", "quiet"]
    assert figure.layout.showlegend


def test_what_is_beyond_the_parts_comes_last_and_in_no_part_s_colour():
    beyond = pl.DataFrame({"track": ["1999"], "part": [BEYOND], "contribution": [0.1]})
    figure = plot_reasons(pl.concat([beyond, RECOMMENDED]))
    assert [bar.name for bar in figure.data] == ["quiet", "slow", BEYOND]
    assert [bar.marker.color for bar in figure.data[:2]] == [
        bar.marker.color for bar in plot_reasons(RECOMMENDED).data
    ]
    assert len({bar.marker.color for bar in figure.data}) == 3


def test_a_long_title_is_short_in_the_label_and_whole_in_the_hover():
    figure = plot_reasons(RECOMMENDED.with_columns(track=pl.lit("very " * 40)))
    assert len(labels(figure)[0]) < 50
    assert figure.data[0].hovertext[0].count("very") == 40

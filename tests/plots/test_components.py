"""The heatmap of ``H``."""

import polars as pl

from partsong.plots import plot_components

COMPONENTS = pl.DataFrame(
    [
        ("slow", "high tempo", 0.0),
        ("slow", "low tempo", 1.0),
        ("loud", "high tempo", 0.6),
        ("loud", "low tempo", 0.0),
        ("loud", "high energy", 0.8),
    ],
    schema=["part", "column", "weight"],
    orient="row",
)


def test_cells_hold_the_weights_columns_down_parts_across():
    figure = plot_components(COMPONENTS)
    assert list(figure.data[0].z) == [[0.0, 0.6], [1.0, 0.0], [0.0, 0.8]]
    assert figure.layout.yaxis.ticktext == ("high tempo", "low tempo", "high energy")
    assert [text.split("</span> ")[1] for text in figure.layout.xaxis.ticktext] == ["slow", "loud"]


def test_the_heaviest_columns_of_each_part_are_marked_without_colour():
    assert list(plot_components(COMPONENTS).data[0].text) == [["", "○"], ["●", ""], ["", "●"]]


def test_a_part_of_nothing_is_drawn():
    nothing = COMPONENTS.with_columns(weight=pl.lit(0.0))
    assert list(plot_components(nothing).data[0].text) == [["", ""]] * 3


def test_the_note_says_how_many_tracks():
    assert "1,234 tracks" in plot_components(COMPONENTS, n_tracks=1234).layout.title.subtitle.text

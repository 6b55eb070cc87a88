"""The heatmap of parts and features."""

import polars as pl

from partsong.plots import plot_parts

PARTS = pl.DataFrame(
    [
        ("slow", 0.3, "tempo", -2.0),
        ("slow", 0.3, "energy", -0.6),
        ("loud", 0.7, "tempo", 0.1),
        ("loud", 0.7, "energy", 9.0),
        ("loud", 0.7, "valence", None),
    ],
    schema=["part", "share", "feature", "level"],
    orient="row",
)


def test_rows_and_columns_keep_their_order():
    heatmap = plot_parts(PARTS).data[0]
    layout = plot_parts(PARTS).layout
    assert list(heatmap.z) == [[-2.0, -0.6, None], [0.1, 9.0, None]]
    assert layout.xaxis.ticktext == ("tempo", "energy", "valence")
    assert [text.split(" <")[0] for text in layout.yaxis.ticktext] == ["slow · 30%", "loud · 70%"]
    assert layout.yaxis.autorange == "reversed"


def test_zero_has_the_middle_colour_and_one_extreme_does_not_pale_the_rest():
    heatmap = plot_parts(PARTS).data[0]
    assert heatmap.zmin == -heatmap.zmax
    assert heatmap.zmax == 3


def test_levels_near_average_do_not_shout():
    quiet = PARTS.with_columns(level=pl.lit(0.05))
    assert plot_parts(quiet).data[0].zmax == 1


def test_signs_tell_up_from_down_without_colour():
    assert list(plot_parts(PARTS).data[0].text) == [["▼", "▽", ""], ["", "▲", ""]]


def test_hover_says_it_in_words():
    hover = plot_parts(PARTS).data[0].hovertext
    assert "tempo: far below average (-2.0 standard deviations)" in hover[0][0]
    assert "tempo: about average" in hover[1][0]
    assert "valence: not known" in hover[1][2]

"""One part against the average."""

import json

import polars as pl

from partsong.plots import plot_profile

LEVELS = pl.DataFrame(
    {
        "feature": ["energy", "tempo", "valence", "liveness"],
        "level": [0.2, -1.4, 0.9, None],
        "low": [0.1, -1.5, 0.6, None],
        "high": [0.3, -1.2, 1.2, None],
    }
)


def test_the_largest_difference_comes_first_and_the_unknown_is_left_out():
    figure = plot_profile(LEVELS, part="slow")
    assert figure.data[0].x == (-1.4, 0.9, 0.2)
    assert [note.text.split(" ·")[0] for note in figure.layout.annotations] == [
        "tempo",
        "valence",
        "energy",
    ]


def test_error_bars_reach_from_low_to_high():
    bar = plot_profile(LEVELS, part="slow").data[0]
    highs = [round(x + more, 6) for x, more in zip(bar.x, bar.error_x.array, strict=True)]
    lows = [round(x - less, 6) for x, less in zip(bar.x, bar.error_x.arrayminus, strict=True)]
    assert (lows, highs) == ([-1.5, 0.6, 0.1], [-1.2, 1.2, 0.3])


def test_zero_is_in_the_middle_and_everything_fits():
    low, high = plot_profile(LEVELS, part="slow").layout.xaxis.range
    assert low == -high
    assert high > 1.5


def test_the_title_says_which_way():
    title = plot_profile(LEVELS, part="slow").layout.title.text.replace("<br>", " ")
    assert title == "<b>slow: above average in valence; below average in tempo</b>"
    near = plot_profile(LEVELS.with_columns(pl.col("level") / 10), part="slow")
    assert "close to average" in near.layout.title.text.replace("<br>", " ")


def test_names_are_drawn_as_text():
    hostile = "<b>bold</b><script>alert(1)</script>"
    levels = LEVELS.with_columns(feature=pl.lit(hostile))
    assert "<script" not in json.dumps(plot_profile(levels, part=hostile).to_dict()["layout"])


def test_nothing_known_is_said():
    for levels in (pl.DataFrame(), LEVELS.clear(), LEVELS.tail(1)):
        assert not plot_profile(levels, part="slow").data

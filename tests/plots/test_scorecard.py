"""Methods side by side: the best first, ours told from the plain ones, names as text."""

import polars as pl

from partsong.plots import plot_scorecard

SCORES = pl.DataFrame(
    {
        "method": ["random", "partsong", "<b>$x$</b>"],
        "value": [0.01, 0.13, 0.12],
        "low": [None, 0.12, 0.11],
        "high": [None, 0.15, 0.13],
    }
)


def test_the_best_comes_first_with_its_interval():
    figure = plot_scorecard(SCORES)
    assert figure.layout.yaxis.ticktext[0] == "partsong"
    ours, plain = figure.data
    assert (ours.x, ours.y) == ((0.13,), (0,))
    assert round(ours.error_x.array[0], 9) == 0.02
    assert round(ours.error_x.arrayminus[0], 9) == 0.01
    assert plain.error_x.array[1] == 0
    assert ours.marker.symbol != plain.marker.symbol
    assert "13.0%" in figure.layout.title.text


def test_names_are_drawn_as_text():
    drawn = str(plot_scorecard(SCORES).to_plotly_json()["layout"]["yaxis"])
    assert "&lt;b&gt;" in drawn
    assert "$" not in drawn


def test_plain_methods_alone_and_nothing_at_all_are_no_error():
    (plain,) = plot_scorecard(SCORES.head(1)).data
    assert plain.name == "plain methods"
    assert plot_scorecard(SCORES.clear()).layout.annotations[0].text
    assert not plot_scorecard(pl.DataFrame()).data

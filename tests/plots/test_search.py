"""The figure of a search for the number of parts."""

from dataclasses import asdict

import numpy as np
import polars as pl
import pytest

from partsong.nmf import ComponentSearch
from partsong.plots import plot_search

SCORES = pl.DataFrame(
    {
        "n_components": [4, 2, 3],
        "relative_error": [0.2, 0.5, 0.25],
        "svd_relative_error": [0.15, 0.5, 0.2],
        "held_out_error": [0.5, 0.6, 0.4],
        "held_out_error_se": [0.01, float("nan"), 0.02],
        "half_similarity": [None, 0.99, 0.97],
        "half_ari": [float("nan")] * 3,
    }
)


def curves(figure):
    return {trace.name: (trace.x, trace.y) for trace in figure.data}


def test_curves_go_from_few_parts_to_many():
    drawn = curves(plot_search(SCORES))
    assert drawn["parts"] == ((2, 3, 4), (0.5, 0.25, 0.2))
    assert drawn["hidden entries"] == ((2, 3, 4), (0.6, 0.4, 0.5))


def test_what_was_not_measured_is_left_out():
    figure = plot_search(SCORES)
    assert curves(figure)["in both halves of the tracks"] == ((2, 3), (0.99, 0.97))
    assert len(figure.layout.annotations) == 3  # error, hidden entries, similarity
    assert not plot_search(SCORES.select("n_components")).data
    assert not plot_search(pl.DataFrame()).data


def test_standard_errors_are_bars():
    (hidden,) = (trace for trace in plot_search(SCORES).data if trace.name == "hidden entries")
    assert hidden.error_y.array == (0.0, 0.02, 0.01)


def test_the_recommended_number_is_marked_in_every_panel():
    shapes = plot_search(SCORES, recommended=3).layout.shapes
    assert [(shape.x0, shape.x1) for shape in shapes] == [(3, 3)] * 3


def test_the_title_says_where_methods_disagree():
    agree = plot_search(SCORES, recommended=3, picks={"halves": 3, "elbow": 3}).layout
    assert agree.title.text == "<b>3 parts: all methods agree</b>"
    picks = {"held-out entries": 3, "parallel analysis": 4}
    disagree = plot_search(SCORES, recommended=3, picks=picks, n_tracks=81_193).layout
    assert "parallel analysis 4" in disagree.title.text.replace("<br>", " ")
    note = disagree.title.subtitle.text.replace("<br>", " ")
    assert "81,193 tracks" in note
    assert "held-out entries" in note
    assert [shape.x0 for shape in disagree.shapes if shape.line.dash == "dot"] == [4]


def test_curves_of_one_panel_are_told_apart_without_colour():
    scores = SCORES.with_columns(
        half_similarity=0.9,
        refit_similarity=0.9,
        restart_similarity=0.8,
        balance=0.9,
        largest_cluster=0.3,
    )
    by_panel = {}
    for trace in plot_search(scores).data:
        by_panel.setdefault(trace.yaxis, []).append((trace.line.dash, trace.marker.symbol))
    assert max(map(len, by_panel.values())) == 3
    for looks in by_panel.values():
        assert len({dash for dash, _ in looks}) == len({symbol for _, symbol in looks})
        assert len({dash for dash, _ in looks}) == len(looks)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")  # tiny and quick
def test_a_real_search_can_be_drawn():
    rng = np.random.default_rng(0)
    X = rng.gamma(0.5, size=(120, 3)) @ rng.gamma(0.5, size=(3, 8))
    search = ComponentSearch(range(2, 5), n_init=2, n_splits=2, random_state=0).fit(X)
    rows = [
        {name: value for name, value in asdict(row).items() if isinstance(value, int | float)}
        for row in search.table_
    ]
    figure = plot_search(
        pl.DataFrame(rows), recommended=search.best_n_components_, picks=search.picks_
    )
    assert f"{search.best_n_components_} parts" in figure.layout.title.text
    assert "hidden entries" in curves(figure)

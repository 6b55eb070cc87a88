"""Shares of the parts over the years."""

import polars as pl
import pytest
from scipy.stats import binomtest

from partsong.plots import plot_years


def table(sizes, share):
    return pl.DataFrame(
        [
            row
            for year, n in sizes.items()
            for row in (
                {"year": year, "part": "quiet", "tracks": round(n * share(year))},
                {"year": year, "part": "mixed", "tracks": n - round(n * share(year))},
            )
        ]
    )


def trace(figure, name):
    (found,) = (trace for trace in figure.data if trace.name == name)
    return found


def test_shares_of_a_year_add_up_to_one():
    figure = plot_years(table(dict.fromkeys(range(1990, 2000), 400), lambda _: 0.25))
    quiet, mixed = trace(figure, "quiet"), trace(figure, "mixed")
    assert quiet.x == tuple(range(1990, 2000))
    assert [sum(pair) for pair in zip(quiet.y, mixed.y, strict=True)] == pytest.approx([1.0] * 10)


def test_years_with_few_tracks_are_counted_together_and_the_figure_says_so():
    sizes = {1950: 10, 1960: 50, 1970: 60, 1980: 200, 1981: 30}
    figure = plot_years(table(sizes, lambda _: 0.5))
    quiet = trace(figure, "quiet")
    assert [text.split(":")[0] for text in quiet.hovertext] == ["1950-1970", "1980-1981"]
    assert quiet.y == (0.5, 0.5)
    assert "(60 of 120 tracks)" in quiet.hovertext[0]
    assert "350 tracks" in figure.layout.title.subtitle.text
    assert "together" in figure.layout.title.subtitle.text


def test_the_band_is_the_wilson_interval():
    band = trace(plot_years(table({2000: 200}, lambda _: 0.1)), "quiet, 95%")
    wanted = binomtest(20, 200).proportion_ci(method="wilson")
    assert band.y == pytest.approx((wanted.high, wanted.low), abs=1e-3)


def test_the_title_names_the_part_that_changed_most():
    figure = plot_years(
        table(dict.fromkeys(range(1970, 2000), 500), lambda year: 0.1 if year < 1985 else 0.8)
    )
    title = figure.layout.title.text.replace("<br>", " ")
    assert title == "<b>quiet: 10% of the tracks of 1970-1979, 80% of 1990-1999</b>"


def test_the_last_panel_counts_the_tracks():
    figure = plot_years(table({1950: 40, 1959: 80, 1960: 300}, lambda _: 0.5))
    bars = trace(figure, "tracks a year")
    assert [y * width for y, width in zip(bars.y, bars.width, strict=True)] == [120, 300]


def test_tracks_without_a_year_are_left_out():
    tracks = table({2000: 200}, lambda _: 0.1)
    unknown = tracks.with_columns(year=pl.lit(None, pl.Int64))
    figure = plot_years(pl.concat([tracks, unknown]))
    assert trace(figure, "quiet").y == (0.1,)
    assert not plot_years(unknown).data


def test_thirty_parts_get_a_panel_each():
    tracks = pl.DataFrame({"year": 2000, "part": [f"{n}" for n in range(30)], "tracks": 10})
    layout = plot_years(tracks).layout
    assert len(layout.annotations) == 31
    domains = [layout[f"yaxis{place or ''}"].domain for place in [0, *range(2, 32)]]
    assert all(0 <= low < high <= 1 for low, high in domains)

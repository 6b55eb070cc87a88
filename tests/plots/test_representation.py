"""What a catalog has much of, little of, and nothing of."""

import polars as pl
import pytest

from partsong.plots import plot_coverage, plot_decades, plot_genre_sizes


def bars_by_kind(figure, axis="x"):
    return {bars.name: getattr(bars, axis) for bars in figure.data}


def test_decades_are_told_from_an_even_spread():
    decades = pl.DataFrame(
        {"decade": [1970, 1980, 2000, 2010, None], "tracks": [1, 10, 10, 80, 99]}
    )
    figure = plot_decades(decades)
    assert bars_by_kind(figure) == {
        "3 times or more": ("2010s",),
        "between": ("1980s", "2000s"),
        "a third or less": ("1970s", "1990s"),
    }
    assert "79% of the tracks are from the 2010s" in figure.layout.title.text.replace("<br>", " ")
    assert "101 tracks with a year, 99 without" in figure.layout.title.subtitle.text


def test_decades_keep_the_order_of_time():
    decades = pl.DataFrame({"decade": [2010, 1970, 1990], "tracks": [80, 1, 10]})
    order = plot_decades(decades).layout.xaxis.categoryarray
    assert order == ("1970s", "1980s", "1990s", "2000s", "2010s")


def test_the_largest_and_the_smallest_genres_are_drawn():
    genres = pl.DataFrame({"genre": [f"g{n:03}" for n in range(100)], "tracks": range(1, 101)})
    figure = plot_genre_sizes(genres, n_tracks=5000)
    drawn = sorted(size for bars in figure.data for size in bars.x)
    assert drawn == [*range(1, 13), *range(89, 101)]
    assert any("76 genres between" in note.text for note in figure.layout.annotations)
    assert any("median: 50" in note.text for note in figure.layout.annotations)


def test_kinds_differ_without_colour():
    genres = pl.DataFrame({"genre": ["a", "b", "c"], "tracks": [90, 10, 1]})
    hatches = [bars.marker.pattern.shape for bars in plot_genre_sizes(genres, n_tracks=99).data]
    assert len(set(hatches)) == 3


def test_hostile_genres_stay_text():
    genres = pl.DataFrame({"genre": ["<img src=x>", "$x$"], "tracks": [5, 2]})
    figure = plot_genre_sizes(genres, n_tracks=7)
    assert not any("<" in text or "$" in text for text in figure.layout.yaxis.ticktext)
    assert "<img" not in figure.layout.title.text


def test_coverage_never_rounds_to_all_or_nothing():
    coverage = pl.DataFrame(
        {"column": ["a", "b", "c", "d"], "known": [99_999, 1, 0, 100_000], "tracks": 100_000}
    )
    figure = plot_coverage(coverage)
    assert figure.data[0].text == ("99.99%", "0.01%", "none", "100%")
    assert figure.data[0].x == (0.99999, 0.00001, 0.0, 1.0)
    assert "Known of no track: c" in figure.layout.title.text


def test_full_coverage_says_so():
    coverage = pl.DataFrame({"column": ["a"], "known": [5], "tracks": [5]})
    assert "Every track has every value" in plot_coverage(coverage).layout.title.text


@pytest.mark.parametrize(
    "figure",
    [
        plot_decades(pl.DataFrame(schema={"decade": pl.Int64, "tracks": pl.Int64})),
        plot_genre_sizes(pl.DataFrame(), n_tracks=0),
        plot_coverage(pl.DataFrame()),
    ],
)
def test_nothing_to_see_is_said(figure):
    assert not figure.data
    assert figure.layout.annotations[0].text

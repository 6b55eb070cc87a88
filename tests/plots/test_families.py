"""The heatmap of genres in the order of their tree."""

import re

import polars as pl
import pytest

from partsong.plots import plot_families

PARTS = ["loud", "quiet"]


def profiles_of(genres, families, shares):
    return pl.DataFrame(
        [
            {
                "genre": genre,
                "tracks": 100 - place,
                "family": family,
                "part": part,
                "share": share,
                "lift": share / 0.5,
            }
            for place, (genre, family, row) in enumerate(zip(genres, families, shares, strict=True))
            for part, share in zip(PARTS, row, strict=True)
        ]
    )


@pytest.fixture
def profiles():
    return profiles_of(
        ["metal", "punk", "piano"], [1, 1, 2], [(0.9, 0.1), (0.75, 0.25), (0.2, 0.8)]
    )


@pytest.fixture
def tree():
    return pl.DataFrame({"left": [0, 3], "right": [1, 2], "height": [0.1, 0.5]})


def test_genres_keep_their_order_and_cells_their_shares(profiles):
    figure = plot_families(profiles, parts=PARTS)
    assert figure.layout.yaxis.ticktext == ("metal", "punk", "piano")
    assert figure.data[0].z == ([0.9, 0.1], [0.75, 0.25], [0.2, 0.8])
    assert figure.data[0].text == (["1.8", ""], ["1.5", ""], ["", "1.6"])


def test_a_line_parts_two_families(profiles):
    (line,) = plot_families(profiles).layout.shapes
    assert (line.y0, line.y1) == (1.5, 1.5)


def test_the_tree_joins_the_rows_and_ends_at_the_edge(profiles, tree):
    (path,) = [shape for shape in plot_families(profiles, tree=tree).layout.shapes if shape.path]
    points = [tuple(map(float, point)) for point in re.findall(r"([\d.]+),([\d.]+)", path.path)]
    first, second = points[:4], points[4:]
    assert [y for _, y in first] == [0, 0, 1, 1]
    assert [y for _, y in second] == [0.5, 0.5, 2, 2]
    assert second[0][0] == first[1][0]  # the second merge starts where the first ends
    assert max(x for x, _ in points) == 1
    assert min(x for x, _ in points) > plot_families(profiles, tree=tree).layout.xaxis.domain[1]


def test_of_very_many_genres_the_largest_are_drawn_without_a_tree(tree):
    genres = [f"genre {number}" for number in range(200)]
    figure = plot_families(
        profiles_of(genres, [1] * 100 + [2] * 100, [(0.5, 0.5)] * 200), tree=tree, n_tracks=5000
    )
    assert list(figure.layout.yaxis.ticktext) == genres[:150]
    assert not any(shape.path for shape in figure.layout.shapes)
    note = figure.layout.title.subtitle.text.replace("<br>", " ")
    assert "5,000 tracks" in note
    assert "the largest 150 of 200 genres" in note


def test_hostile_names_are_drawn_as_text():
    bad = "<img src=x onerror=alert(1)> $x$"
    figure = plot_families(profiles_of([bad], [1], [(0.9, 0.1)]))
    for text in (figure.layout.yaxis.ticktext[0], figure.data[0].hovertext[0][0]):
        assert "<img" not in text
        assert "$" not in text


def test_nothing_is_no_error():
    figure = plot_families(pl.DataFrame())
    assert not figure.data
    assert figure.layout.annotations[0].text

"""The heatmap of parts and genres."""

import numpy as np
import polars as pl
import pytest

from partsong.plots import plot_genres

PARTS = ["quiet", "loud", "spoken"]


def pairs_of(shares, base, p_values):
    return pl.DataFrame(
        [
            {
                "part": part,
                "genre": genre,
                "share": share,
                "lift": share / expected,
                "p_value": p_values[genre],
            }
            for genre, row in shares.items()
            for part, share, expected in zip(PARTS, row, base, strict=True)
        ]
    )


@pytest.fixture(scope="module")
def planted():
    """Return 114 genres: 30 that go to one part each, shuffled among 84 that go everywhere."""
    rng = np.random.default_rng(0)
    base = [0.5, 0.3, 0.2]
    shares, p_values = {}, {}
    for number in rng.permutation(114):
        if number < 30:
            home = number % 3
            row = np.full(3, 0.05)
            row[home] = 0.9
            shares[f"{PARTS[home]} {number}"] = row
            p_values[f"{PARTS[home]} {number}"] = 1e-6
        else:
            shares[f"any {number}"] = rng.dirichlet(np.array(base) * 20)
            p_values[f"any {number}"] = 0.5
    return pairs_of(shares, base, p_values)


def test_the_telling_genres_are_kept_and_the_figure_says_how_many(planted):
    figure = plot_genres(planted, parts=PARTS)
    shown = figure.layout.yaxis.ticktext
    assert len(shown) == 40
    assert sum(not genre.startswith("any") for genre in shown) == 30
    assert "40 of 114 genres" in figure.layout.title.subtitle.text


def test_genres_of_one_part_lie_together(planted):
    shown = plot_genres(planted, parts=PARTS).layout.yaxis.ticktext
    homes = [genre.split()[0] for genre in shown if not genre.startswith("any")]
    assert homes == sorted(homes, key=PARTS.index)


def test_cells_hold_the_shares_of_their_genre_and_part(planted):
    figure = plot_genres(planted, parts=PARTS)
    for genre, row in zip(figure.layout.yaxis.ticktext, figure.data[0].z, strict=True):
        wanted = planted.filter(pl.col("genre") == genre)["share"].to_list()
        assert row == pytest.approx(wanted)


def test_a_lift_stands_only_where_it_is_more_than_chance():
    pairs = pl.DataFrame(
        {
            "part": PARTS * 2,
            "genre": ["metal"] * 3 + ["piano"] * 3,
            "share": [0.1, 0.8, 0.1, 0.8, 0.1, 0.1],
            "lift": [0.2, 2.0, 1.5, 12.4, 0.3, 0.5],
            "p_value": [0.01, 0.01, 0.2, 0.01, 0.01, 0.01],
        }
    )
    figure = plot_genres(pairs)
    cells = dict(zip(figure.layout.yaxis.ticktext, figure.data[0].text, strict=True))
    assert cells == {"metal": ["", "2.0", ""], "piano": ["12", "", ""]}
    assert "of 2 genres," not in figure.layout.title.subtitle.text


def test_a_pair_that_is_not_listed_is_empty():
    pairs = pl.DataFrame(
        {
            "part": ["quiet", "loud"],
            "genre": ["piano", "metal"],
            "share": [1.0, 1.0],
            "lift": [2.0, 2.0],
            "p_value": [0.01, 0.01],
        }
    )
    assert list(plot_genres(pairs).data[0].z) == [[1.0, 0.0], [0.0, 1.0]]


def test_the_title_says_how_many_genres_lean_and_how_many_tracks_there_are():
    pairs = pl.DataFrame(
        {
            "part": PARTS * 2,
            "genre": ["metal"] * 3 + ["piano"] * 3,
            "share": [0.1, 0.8, 0.1, 0.4, 0.3, 0.3],
            "lift": [0.2, 2.0, 0.5, 0.8, 1.0, 1.5],
            "p_value": [1.0, 0.001, 1.0, 1.0, 0.9, 0.5],
            "tracks": [10, 80, 10, 4, 3, 3],
        }
    )
    figure = plot_genres(pairs, n_tracks=1234, most=1)
    title = figure.layout.title.text.replace("<br>", " ")
    assert "1 of 2 genres lean to a part more than chance; 1 has half" in title
    note = figure.layout.title.subtitle.text.replace("<br>", " ")
    assert "1,234 tracks" in note
    assert "1 of 2 genres" in note
    assert figure.layout.yaxis.ticktext == ("metal",)
    assert "80% of its tracks, 80, are" in figure.data[0].hovertext[0][1]


def test_where_nothing_is_more_than_chance_the_title_says_so():
    pairs = pl.DataFrame({"part": PARTS, "genre": "any", "share": 0.3, "lift": 1.2, "p_value": 0.4})
    title = plot_genres(pairs).layout.title.text.replace("<br>", " ")
    assert "no more about genres than chance" in title

"""The bars of cluster sizes."""

import polars as pl

from partsong.plots import plot_clusters

SIZES = pl.DataFrame({"part": ["quiet", "mixed", "loud"], "tracks": [1500, 300, 200]})


def test_bars_are_as_long_as_their_clusters_are_large():
    figure = plot_clusters(SIZES)
    assert [(bar.name, bar.x[0]) for bar in figure.data] == list(SIZES.iter_rows())
    assert [note.text for note in figure.layout.annotations] == [
        "quiet · 1,500 tracks, 75%",
        "mixed · 300 tracks, 15%",
        "loud · 200 tracks, 10%",
    ]


def test_empty_clusters_are_drawn():
    figure = plot_clusters(SIZES.with_columns(tracks=0))
    assert figure.layout.annotations[0].text == "quiet · 0 tracks, 0%"


def test_mixed_takes_no_part_its_colour():
    without = plot_clusters(SIZES.filter(pl.col("part") != "mixed"))
    quiet, mixed, loud = plot_clusters(SIZES).data
    assert [bar.marker.color for bar in without.data] == [quiet.marker.color, loud.marker.color]
    assert mixed.marker.color not in {quiet.marker.color, loud.marker.color}

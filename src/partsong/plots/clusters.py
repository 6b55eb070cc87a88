"""How many tracks have each part as their strongest."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from partsong.plots.labels import label, lines
from partsong.plots.marks import MIXED, bar_marker, marks_of, part_order
from partsong.plots.strips import STRIP, STRIP_HEIGHT, strip_layout
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["plot_clusters"]


def plot_clusters(sizes: pl.DataFrame, *, parts: Sequence[str] = ()) -> "Figure":
    """Draw a bar for each cluster, as long as it has tracks.

    Parameters
    ----------
    sizes
        `part` and `tracks`, a row for each cluster, drawn in this order. The part ``"mixed"`` is
        grey: its tracks have no strongest part.
    parts
        All parts of the model in its order, which gives each its colour; by default the order of
        `sizes`.

    Examples
    --------
    >>> sizes = pl.DataFrame({"part": ["quiet", "mixed"], "tracks": [1500, 500]})
    >>> [(bar.name, bar.x) for bar in plot_clusters(sizes).data]
    [('quiet', (1500,)), ('mixed', (500,))]
    """
    if sizes.is_empty():
        return empty_figure("No clusters yet.")
    total = sizes["tracks"].sum()
    marks = marks_of(part for part in part_order(parts, sizes["part"]) if part != "mixed")
    bars = []
    labels = []
    for row, (part, tracks) in enumerate(sizes.select("part", "tracks").iter_rows()):
        mark = marks.get(part, MIXED)
        count = f"{tracks:,} tracks, {tracks / (total or 1):.0%}"
        labels.append(f"{label(part, 26)} · {count}")
        bars.append(
            {
                "type": "bar",
                "name": label(part),
                "x": [tracks],
                "y": [row],
                "marker": bar_marker(mark),
                "hovertext": f"<b>{lines(part, 40)}</b><br>{count}",
                "hovertemplate": "%{hovertext}<extra></extra>",
                **STRIP,
            }
        )
    return new_figure(
        *bars,
        finding=_finding(sizes),
        note=f"{total:,} tracks; the length of a bar is the number of tracks",
        barmode="overlay",
        height=16 + STRIP_HEIGHT * len(bars),
        showlegend=False,
        xaxis={"showticklabels": False},
        **strip_layout(labels),
    )


def _finding(sizes: pl.DataFrame) -> str:
    total = int(sizes["tracks"].sum()) or 1
    clusters = sizes.filter(pl.col("part") != "mixed").sort("tracks", descending=True)
    mixed = int(sizes.filter(pl.col("part") == "mixed")["tracks"].sum()) / total
    rest = f"{mixed:.0%} are mixed" if mixed else "none is mixed"
    if clusters.is_empty():
        return f"No clusters: {rest}"
    part, tracks = clusters.select("part", "tracks").row(0)
    return f"The largest cluster, {part}, has {tracks / total:.0%} of the tracks; {rest}"

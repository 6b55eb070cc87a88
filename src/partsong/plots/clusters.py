"""How many tracks have each part as their strongest."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from partsong.plots.labels import label, lines
from partsong.plots.marks import MIXED, bar_marker, marks_of, part_order
from partsong.plots.strips import STRIP, STRIP_HEIGHT, strip_layout
from partsong.plots.theme import empty_figure, new_figure

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
    total = sizes["tracks"].sum() or 1
    marks = marks_of(part for part in part_order(parts, sizes["part"]) if part != "mixed")
    bars = []
    labels = []
    for row, (part, tracks) in enumerate(sizes.select("part", "tracks").iter_rows()):
        mark = marks.get(part, MIXED)
        count = f"{tracks:,} tracks, {tracks / total:.0%}"
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
        barmode="overlay",
        height=16 + STRIP_HEIGHT * len(bars),
        showlegend=False,
        xaxis={"showticklabels": False},
        **strip_layout(labels),
    )

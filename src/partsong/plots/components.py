"""What each part is made of in the matrix: the numbers of ``H`` themselves."""

from typing import TYPE_CHECKING

import polars as pl

from partsong.plots.labels import label, lines
from partsong.plots.marks import marks_of, swatch
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["plot_components"]


def plot_components(components: pl.DataFrame, *, n_tracks: int | None = None) -> "Figure":
    """Draw ``H`` as a heatmap: matrix columns down, parts across.

    The darker, the more of the column is in the part. A dot says the same without colour: it
    stands where the column has half the part's largest weight or more, filled where it has the
    largest.

    Parameters
    ----------
    components
        A row for each part and column of the matrix: `part`, `column`, `weight`, at least 0.
        Parts and columns keep the order in which they first appear.
    n_tracks
        How many tracks the parts were learned from, for the note.

    Examples
    --------
    >>> components = pl.DataFrame({
    ...     "part": ["quiet"] * 2, "column": ["high energy", "low energy"], "weight": [0.0, 1.0],
    ... })
    >>> figure = plot_components(components)
    >>> figure.data[0].z, figure.data[0].text
    (([0.0], [1.0]), ([''], ['●']))
    """
    if components.is_empty():
        return empty_figure("No parts yet.")
    parts = components["part"].unique(maintain_order=True).to_list()
    columns = components["column"].unique(maintain_order=True).to_list()
    weight_of = {
        (column, part): weight
        for part, column, weight in components.select("part", "column", "weight").iter_rows()
    }
    weights = [[weight_of.get((column, part)) or 0.0 for part in parts] for column in columns]
    largest = [max(of_part) for of_part in zip(*weights, strict=True)]
    marks = marks_of(parts)
    heatmap = {
        "type": "heatmap",
        "z": weights,
        "zmin": 0,
        "zmax": max(largest) or 1,
        "text": [
            [_sign(weight, most) for weight, most in zip(row, largest, strict=True)]
            for row in weights
        ],
        "texttemplate": "%{text}",
        "textfont": {"size": 11},
        "hovertext": [
            [
                f"<b>{lines(part, 40)}</b><br>{label(column, 40)}: {weight:.2f}"
                for part, weight in zip(parts, row, strict=True)
            ]
            for column, row in zip(columns, weights, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "colorbar": {
            "nticks": 5,
            "title": {"text": "weight"},
            "y": 0,
            "yanchor": "top",
        },
    }
    return new_figure(
        heatmap,
        finding=_finding(parts, columns, weights),
        note=_note(n_tracks),
        height=260 + 22 * len(columns),
        xaxis={
            "side": "top",
            "tickangle": -90,
            "tickvals": list(range(len(parts))),
            "ticktext": [f"{swatch(marks[part])} {label(part, 24)}" for part in parts],
        },
        yaxis={
            "autorange": "reversed",
            "tickvals": list(range(len(columns))),
            "ticktext": [label(column, 24) for column in columns],
        },
    )


def _sign(weight: float, largest: float) -> str:
    if weight <= 0 or weight < largest / 2:
        return ""
    return "●" if weight == largest else "○"


def _finding(parts: list[str], columns: list[str], weights: list[list[float]]) -> str:
    """Say how many columns make a part, counted as equally heavy ones (participation ratio)."""
    makers = []
    for of_part in zip(*weights, strict=True):
        squares = [weight**2 for weight in of_part]
        heaviest = sum(square**2 for square in squares)
        makers.append(sum(squares) ** 2 / heaviest if heaviest else 0.0)
    typical = sorted(makers)[len(makers) // 2]
    return (
        f"What {len(parts)} parts are made of: about {typical:.0f} of {len(columns)} columns each"
    )


def _note(n_tracks: int | None) -> str:
    unit = "weight in H, each part at length 1; ● its largest, ○ half of that or more"
    return unit if n_tracks is None else f"{n_tracks:,} tracks; {unit}"

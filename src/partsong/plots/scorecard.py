"""How well a model recommends, beside plain methods."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

import polars as pl

from partsong.plots.labels import label
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["plot_scorecard"]

_OURS: Final = {"color": "#0072b2", "symbol": "circle", "size": 10}
_PLAIN: Final = {"color": "#9a9a9a", "symbol": "diamond", "size": 9}
_ROW: Final = 26


def plot_scorecard(
    scores: pl.DataFrame, *, ours: Collection[str] = ("partsong",), note: str = ""
) -> "Figure":
    """Draw a dot for each method, with its interval.

    Parameters
    ----------
    scores
        `method`, `value`, `low` and `high` (null where there is no interval), a row for each
        method: shares of the lists that are right. The best is drawn first.
    ours
        Methods that are not plain ones; drawn in colour, and round.
    note
        What must be known beside, under the title.

    Examples
    --------
    >>> scores = pl.DataFrame(
    ...     {"method": ["random", "partsong"], "value": [0.01, 0.13], "low": [0.0, 0.12],
    ...      "high": [0.02, 0.14]}
    ... )
    >>> [dots.name for dots in plot_scorecard(scores).data]
    ['the model', 'plain methods']
    """
    if scores.is_empty():
        return empty_figure("Nothing was measured.")
    ordered = scores.select("method", "value", "low", "high").sort(
        "value", descending=True, maintain_order=True
    )
    rows = list(enumerate(ordered.iter_rows()))
    dots = []
    for name, look, is_ours in (("the model", _OURS, True), ("plain methods", _PLAIN, False)):
        chosen = [(place, *row) for place, row in rows if (row[0] in ours) == is_ours]
        if not chosen:
            continue
        dots.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": [value for _, _, value, _, _ in chosen],
                "y": [place for place, *_ in chosen],
                "error_x": {
                    "type": "data",
                    "symmetric": False,
                    "array": [_arm(high, value) for _, _, value, _, high in chosen],
                    "arrayminus": [_arm(value, low) for _, _, value, low, _ in chosen],
                },
                "marker": look,
                "cliponaxis": False,  # a method that finds nothing lies on the axis
                "hovertext": [
                    f"<b>{label(method, 40)}</b><br>{value:.3f}{_interval(low, high)}"
                    for _, method, value, low, high in chosen
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        )
    return new_figure(
        *dots,
        finding=_finding(ordered, ours),
        note=f"dot: share of a list that is right; line: 95% of resamples{'; ' if note else ''}"
        f"{note}",
        height=70 + _ROW * len(rows),
        showlegend=False,
        xaxis={"rangemode": "tozero", "tickformat": ".1~%", "showgrid": True},
        yaxis={
            "range": [len(rows) - 0.5, -0.5],
            "tickvals": [place for place, _ in rows],
            "ticktext": [label(row[0], 24) for _, row in rows],
        },
    )


def _arm(far: float | None, near: float | None) -> float:
    return 0.0 if far is None or near is None else max(far - near, 0.0)


def _interval(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f", 95% {low:.3f} to {high:.3f}"


def _finding(ordered: pl.DataFrame, ours: Collection[str]) -> str:
    is_ours = pl.col("method").is_in(list(ours))
    mine, plain = ordered.filter(is_ours), ordered.filter(~is_ours)
    if mine.is_empty() or plain.is_empty():
        method, value = ordered.select("method", "value").row(0)
        return f"{method}: {value:.1%} of a list is right"
    method, value = mine.select("method", "value").row(0)
    other, best = plain.select("method", "value").row(0)
    return f"{method}: {value:.1%} of a list is right; {other}, the best plain method, {best:.1%}"

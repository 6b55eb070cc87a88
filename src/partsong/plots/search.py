"""Everything a search for the number of parts found out, in one figure."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from partsong.plots.marks import marks_of
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["plot_search"]


class _Curve(NamedTuple):
    """One line of a panel."""

    column: str
    name: str
    mark: int


_PANELS: Final = (
    (
        "relative error, falls with every part",
        (
            _Curve("relative_error", "parts", 0),
            _Curve("svd_relative_error", "least of that rank, any signs (SVD)", 1),
        ),
    ),
    (
        "relative error of hidden entries",
        (_Curve("held_out_error", "hidden entries", 2),),
    ),
    (
        "the least similar part, cosine",
        (
            _Curve("half_similarity", "in both halves of the tracks", 0),
            _Curve("refit_similarity", "in another best fit", 1),
            _Curve("restart_similarity", "from another single start", 2),
        ),
    ),
    (
        "agreement of the clusters, ARI",
        (
            _Curve("half_ari", "in both halves of the tracks", 0),
            _Curve("refit_ari", "in another best fit", 1),
            _Curve("restart_ari", "from another single start", 2),
        ),
    ),
    (
        "sizes of the clusters",
        (
            _Curve("balance", "balance, 1 where all are alike", 3),
            _Curve("largest_cluster", "share of the largest", 5),
        ),
    ),
)
_PANEL, _HEAD, _LEGEND, _FOOT, _LEFT = 130, 26, 20, 34, 40  # pixels
_PARALLEL: Final = "parallel analysis"
_LOOKS: Final = tuple(marks_of("123456").values())


def plot_search(
    scores: pl.DataFrame,
    *,
    recommended: int | None = None,
    picks: Mapping[str, int] | None = None,
    n_tracks: int | None = None,
) -> "Figure":
    """Draw every score against the number of parts, one panel below the other.

    A line through all panels marks the recommended number, a dotted one through the first what
    parallel analysis picks. A score that was not measured is left
    out, and a panel without any.

    Parameters
    ----------
    scores
        A row for each number: `n_components` and the scores of
        `partsong.nmf.ComponentScores` under their names there, each of them optional; null or NaN
        where it was not measured. A column that ends in ``_se`` gives error bars.
    recommended
        The recommended number.
    picks
        What each method would choose on its own.
    n_tracks
        How many tracks were searched, for the note.

    Examples
    --------
    >>> scores = pl.DataFrame({
    ...     "n_components": [2, 3, 4], "relative_error": [0.4, 0.2, 0.19],
    ...     "held_out_error": [0.5, 0.3, 0.4], "held_out_error_se": [0.01, 0.01, 0.01],
    ... })
    >>> figure = plot_search(scores, recommended=3, picks={"held-out entries": 3, "elbow": 3})
    >>> figure.layout.title.text
    '<b>3 parts: all methods agree</b>'
    >>> [curve.name for curve in figure.data]
    ['parts', 'hidden entries']
    """
    if scores.is_empty():
        return empty_figure("Nothing was searched.")
    scores = scores.sort("n_components")
    panels = [
        (title, present)
        for title, curves in _PANELS
        if (present := [curve for curve in curves if _is_known(scores, curve.column)])
    ]
    if not panels:
        return empty_figure("Nothing was measured.")
    traces = [
        _line(scores, curve, place) for place, (_, curves) in enumerate(panels) for curve in curves
    ]
    return new_figure(
        *traces,
        finding=_finding(recommended, picks or {}),
        note=_note(n_tracks, picks or {}, recommended),
        showlegend=False,
        **_layout(scores, panels, recommended, (picks or {}).get(_PARALLEL)),
    )


def _is_known(scores: pl.DataFrame, column: str) -> bool:
    if column not in scores.columns:
        return False
    return bool(scores[column].cast(pl.Float64).is_finite().any())


def _line(scores: pl.DataFrame, curve: _Curve, place: int) -> dict[str, Any]:
    known = scores.filter(pl.col(curve.column).cast(pl.Float64).is_finite())
    values = known[curve.column].cast(pl.Float64)
    spread = f"{curve.column}_se"
    mark = _LOOKS[curve.mark]
    line: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines+markers",
        "name": curve.name,
        "x": known["n_components"].to_list(),
        "y": values.to_list(),
        "line": {"color": mark.color, "dash": mark.dash},
        "marker": {"color": mark.color, "symbol": mark.symbol, "size": 8},
        "hovertext": [
            f"{number} parts<br>{curve.name}: {value:.3f}"
            for number, value in zip(known["n_components"], values, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "xaxis": "x",
        "yaxis": _axis("y", place),
    }
    if _is_known(scores, spread):
        errors = known[spread].cast(pl.Float64).fill_nan(None).fill_null(0.0)
        line["error_y"] = {"type": "data", "array": errors.to_list()}
    return line


def _axis(letter: str, place: int) -> str:
    return letter if place == 0 else f"{letter}{place + 1}"


def _layout(
    scores: pl.DataFrame,
    panels: Sequence[tuple[str, list[_Curve]]],
    recommended: int | None,
    parallel: int | None,
) -> dict[str, Any]:
    heads = [_HEAD + _LEGEND * len(curves) for _, curves in panels]
    height = sum(heads) + len(panels) * (_PANEL + 8) + _FOOT
    numbers = scores["n_components"].to_list()
    layout: dict[str, Any] = {
        "height": height + 12,
        "annotations": [],
        "margin": {"l": _LEFT},
        "shapes": [],
        "xaxis": {
            "anchor": _axis("y", len(panels) - 1),
            "range": [min(numbers) - 0.6, max(numbers) + 0.6],
            "tickvals": numbers if len(numbers) < 16 else numbers[::2],
            "title": {"text": "number of parts"},
        },
    }
    area = height - _FOOT
    top = 1.0
    for place, ((title, curves), head) in enumerate(zip(panels, heads, strict=True)):
        bottom = top - (head + _PANEL) / area
        layout[f"yaxis{'' if place == 0 else place + 1}"] = {
            "anchor": "x",
            "automargin": False,
            "domain": [max(bottom, 0.0), top - head / area],
            "nticks": 5,
            "showgrid": True,
        }
        rows = [f"<b>{title}</b>", *(_key(curve) for curve in curves)]
        layout["annotations"].append(
            {
                "align": "left",
                "font": {"size": 12},
                "showarrow": False,
                "text": "<br>".join(rows),
                "x": 0,
                "xanchor": "left",
                "xref": "paper",
                "xshift": -_LEFT,
                "y": top - head / area,
                "yanchor": "bottom",
                "yref": "paper",
            }
        )
        span = (max(bottom, 0.0), top - head / area)
        if recommended is not None:
            layout["shapes"].append(_rule(recommended, span, "solid"))
        if place == 0 and parallel not in {None, recommended}:
            layout["shapes"].append(_rule(parallel, span, "dot"))
        top = bottom - 8 / area
    return layout


def _rule(number: int | None, span: tuple[float, float], dash: str) -> dict[str, Any]:
    return {
        "type": "line",
        "layer": "below",
        "line": {"dash": dash, "width": 2},
        "x0": number,
        "x1": number,
        "xref": "x",
        "y0": span[0],
        "y1": span[1],
        "yref": "paper",
    }


def _key(curve: _Curve) -> str:
    mark = _LOOKS[curve.mark]
    return f'<span style="color:{mark.color}">{mark.glyph}</span> {curve.name}'


def _finding(recommended: int | None, picks: Mapping[str, int]) -> str:
    if recommended is None:
        return "Every number of parts that was tried"
    others = [f"{method} {number}" for method, number in picks.items() if number != recommended]
    if not others:
        return f"{recommended} parts" + (": all methods agree" if picks else "")
    return f"{recommended} parts; other methods pick others: {', '.join(others)}"


def _note(n_tracks: int | None, picks: Mapping[str, int], recommended: int | None) -> str:
    said = [] if n_tracks is None else [f"{n_tracks:,} tracks"]
    if recommended is not None:
        same = [method for method, number in picks.items() if number == recommended]
        chosen = f", the pick of {' and '.join(same)}" if same else ""
        said.append(f"upright line: the recommended number{chosen}")
    if picks.get(_PARALLEL, recommended) != recommended:
        said.append("dotted: parallel analysis")
    return "; ".join([*said, "bars: standard error"])

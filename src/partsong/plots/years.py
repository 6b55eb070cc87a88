"""How much of the music of each year is each part's.

One small plot a part, all on one scale, and not a stack: in a stack only the lowest band stands on
a level line, and ten bands need ten colours.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from partsong.plots.labels import label
from partsong.plots.marks import MIXED, Mark, marks_of, part_order, swatch
from partsong.plots.panels import axes_of, panel_layout
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["plot_years"]

_FEWEST: Final = 100
_NORMAL: Final = 1.96


class _Span(NamedTuple):
    """Years that are counted together."""

    first: int
    last: int
    n_tracks: int

    @property
    def middle(self) -> float:
        return (self.first + self.last) / 2

    @property
    def name(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"


def plot_years(tracks: pl.DataFrame, *, parts: Sequence[str] = ()) -> "Figure":
    """Draw the share of each part in the tracks of each year.

    A band around the line is the 95% interval of the share (Wilson 1927). Years with fewer than
    100 tracks are counted together with those that follow. The last plot is the number of tracks.

    Parameters
    ----------
    tracks
        A row for each year and part: `year`, `part`, `tracks` (how many). The part ``"mixed"`` is
        grey. Rows without a year are left out.
    parts
        All parts of the model in its order, which gives each its colour; by default in order of
        first appearance.

    Examples
    --------
    >>> tracks = pl.DataFrame({
    ...     "year": [1990, 1990, 2000, 2000], "part": ["quiet", "loud"] * 2,
    ...     "tracks": [150, 50, 50, 150],
    ... })
    >>> figure = plot_years(tracks)
    >>> [(line.x, line.y) for line in figure.data if line.name == "loud"]
    [((1990.0, 2000.0), (0.25, 0.75))]
    """
    if not tracks.is_empty():
        tracks = tracks.drop_nulls("year").filter(pl.col("tracks") > 0)
    if tracks.is_empty():
        return empty_figure("No track has a year.")
    spans = _spans(tracks)
    order = part_order(parts, tracks["part"])
    order = [part for part in order if part != "mixed"] + ["mixed"] * ("mixed" in order)
    marks = {**marks_of(part for part in order if part != "mixed"), "mixed": MIXED}
    counts = {part: _counts(tracks.filter(pl.col("part") == part), spans) for part in order}
    top = max(
        _interval(count, span.n_tracks)[1]
        for of_part in counts.values()
        for count, span in zip(of_part, spans, strict=True)
    )
    traces: list[dict[str, Any]] = []
    for place, part in enumerate(order):
        traces += (
            trace | axes_of(place) for trace in _shares(part, counts[part], spans, marks[part])
        )
    traces.append(_sizes(spans) | axes_of(len(order)))
    years = {"range": [spans[0].first - 1, spans[-1].last + 1], "nticks": 4, "tickangle": 0}
    shares = {"range": [0, 1.03 * top], "nticks": 4, "tickformat": ".0%", "showgrid": True}
    sizes = {"rangemode": "tozero", "nticks": 4, "showgrid": True}
    return new_figure(
        *traces,
        finding=_finding(counts, spans),
        note=_note(spans),
        showlegend=False,
        **panel_layout(
            [*(f"{swatch(marks[part])} {label(part, 22)}" for part in order), "tracks a year"],
            [years] * (len(order) + 1),
            [*([shares] * len(order)), sizes],
            left_margin=36,
        ),
    )


def _spans(tracks: pl.DataFrame) -> list[_Span]:
    """Join years until each span has enough tracks; what is left over joins the last."""
    spans: list[_Span] = []
    first, gathered = None, 0
    by_year = tracks.group_by("year").agg(pl.col("tracks").sum()).sort("year")
    for year, n_tracks in by_year.iter_rows():
        first = year if first is None else first
        gathered += n_tracks
        if gathered >= _FEWEST:
            spans.append(_Span(first, year, gathered))
            first, gathered = None, 0
    if first is not None:
        if spans:
            before = spans.pop()
            first, gathered = before.first, before.n_tracks + gathered
        spans.append(_Span(first, int(by_year["year"].max()), gathered))  # type: ignore[arg-type]  # a column of integers
    return spans


def _counts(tracks: pl.DataFrame, spans: list[_Span]) -> list[int]:
    counts = dict(tracks.group_by("year").agg(pl.col("tracks").sum()).iter_rows())
    return [
        sum(count for year, count in counts.items() if span.first <= year <= span.last)
        for span in spans
    ]


def _interval(count: int, n: int) -> tuple[float, float]:
    """Return the Wilson interval of a share."""
    share, square = count / n, _NORMAL**2
    middle = (share + square / (2 * n)) / (1 + square / n)
    reach = _NORMAL * math.sqrt(share * (1 - share) / n + square / (4 * n**2)) / (1 + square / n)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def _shares(part: str, counts: list[int], spans: list[_Span], mark: Mark) -> list[dict[str, Any]]:
    years = [span.middle for span in spans]
    pairs = list(zip(counts, spans, strict=True))
    intervals = [_interval(count, span.n_tracks) for count, span in pairs]
    band = {
        "type": "scatter",
        "mode": "lines",
        "name": f"{label(part)}, 95%",
        "x": [*years, *reversed(years)],
        "y": [
            round(value, 4)
            for value in [
                *(high for _, high in intervals),
                *(low for low, _ in reversed(intervals)),
            ]
        ],
        "fill": "toself",
        "fillcolor": _faint(mark.color),
        "line": {"width": 0},
        "hoverinfo": "skip",
    }
    line = {
        "type": "scatter",
        "mode": "lines" if len(spans) > 1 else "markers",
        "name": label(part),
        "x": years,
        "y": [round(count / span.n_tracks, 4) for count, span in pairs],
        "line": {"color": mark.color},
        "marker": {"color": mark.color},
        "hovertext": [
            f"{span.name}: {count / span.n_tracks:.1%} ({count:,} of {span.n_tracks:,} tracks)"
            for count, span in pairs
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return [band, line]


def _sizes(spans: list[_Span]) -> dict[str, Any]:
    widths = [span.last - span.first + 1 for span in spans]
    return {
        "type": "bar",
        "name": "tracks a year",
        "x": [span.middle for span in spans],
        "y": [round(span.n_tracks / width, 1) for span, width in zip(spans, widths, strict=True)],
        "width": widths,
        "marker": {"color": MIXED.color, "line": {"width": 0}},
        "hovertext": [f"{span.name}: {span.n_tracks:,} tracks" for span in spans],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _faint(color: str) -> str:
    red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.25)"


def _finding(counts: dict[str, list[int]], spans: list[_Span]) -> str:
    """Name the part whose share changed most from the first third of the years to the last."""
    third = max(1, len(spans) // 3)
    early, late = slice(0, third), slice(len(spans) - third, None)
    if len(spans) < 2:
        return f"Parts in the tracks of {spans[0].name}"
    changes = {
        part: _share(of_part, spans, late) - _share(of_part, spans, early)
        for part, of_part in counts.items()
        if part != "mixed"
    } or {"mixed": 0.0}
    part = max(changes, key=lambda name: abs(changes[name]))
    before, after = (_share(counts[part], spans, when) for when in (early, late))
    return (
        f"{part}: {before:.0%} of the tracks of {_years(spans[early])}, "
        f"{after:.0%} of {_years(spans[late])}"
    )


def _share(counts: list[int], spans: list[_Span], when: slice) -> float:
    return sum(counts[when]) / sum(span.n_tracks for span in spans[when])


def _years(spans: list[_Span]) -> str:
    return _Span(spans[0].first, spans[-1].last, 0).name


def _note(spans: list[_Span]) -> str:
    n_tracks = sum(span.n_tracks for span in spans)
    pooled = any(span.first != span.last for span in spans)
    joined = f"; years of fewer than {_FEWEST} tracks are counted together" if pooled else ""
    return f"{n_tracks:,} tracks with a year; share of each year's tracks, band: 95%{joined}"

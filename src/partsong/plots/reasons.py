"""Why each track was recommended: the parts that its score is the sum of."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import polars as pl

from partsong.parts import BEYOND
from partsong.plots.labels import label, lines
from partsong.plots.marks import MIXED, bar_marker, marks_of, part_order
from partsong.plots.strips import STRIP, STRIP_HEIGHT, strip_layout
from partsong.plots.themes import empty_figure, new_figure

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["plot_reasons"]


def plot_reasons(recommendations: pl.DataFrame, *, parts: Sequence[str] = ()) -> "Figure":
    """Draw a bar for each recommended track, made of what each part adds to its score.

    Parameters
    ----------
    recommendations
        `track` (as it shall be shown), `part`, `contribution` (0 to 1): a row for each part of
        each track, best track first. What is beyond the parts is drawn in grey. A column
        `track_id`, if there is one, keeps apart tracks that are shown alike.
    parts
        All parts of the model in its order, which gives each its colour; by default in order of
        first appearance.

    Examples
    --------
    >>> recommendations = pl.DataFrame({
    ...     "track": ["Solas - Jamie Duffy"] * 2, "part": ["quiet", "slow"],
    ...     "contribution": [0.6, 0.3],
    ... })
    >>> [(bar.name, bar.x) for bar in plot_reasons(recommendations).data]
    [('quiet', (0.6,)), ('slow', (0.3,))]
    """
    if recommendations.is_empty():
        return empty_figure("Nothing was recommended.")
    tracks, reasons = _by_track(recommendations)
    named = [part for part in part_order(parts, recommendations["part"]) if part != BEYOND]
    marks = marks_of(named) | {BEYOND: MIXED}
    order = [*named, BEYOND]
    used = [part for part in order if any(reason.get(part) for reason in reasons)]
    scores = [sum(reason.values()) for reason in reasons]
    bars = [
        {
            "type": "bar",
            "name": label(part, 40),
            "x": [reason.get(part, 0.0) for reason in reasons],
            "y": list(range(len(tracks))),
            "marker": bar_marker(marks[part]),
            "text": [
                _share(reason.get(part, 0.0), score)
                for reason, score in zip(reasons, scores, strict=True)
            ],
            "textposition": "inside",
            "insidetextanchor": "middle",
            "insidetextfont": {"color": marks[part].text_color},
            "textangle": 0,
            "hovertext": [
                f"<b>{lines(track, 40)}</b><br>{lines(part, 40)}:"
                f" {reason.get(part, 0.0):.2f} of {score:.2f}"
                for track, reason, score in zip(tracks, reasons, scores, strict=True)
            ],
            "hovertemplate": "%{hovertext}<extra></extra>",
            **STRIP,
        }
        for part in used
    ]
    return new_figure(
        *bars,
        finding=_finding(used, reasons),
        note=f"{len(tracks):,} tracks; number: share of the score",
        barmode="stack",
        height=80 + STRIP_HEIGHT * len(tracks) + 20 * len(used),
        legend={"traceorder": "normal"},
        showlegend=True,
        uniformtext={"minsize": 10, "mode": "hide"},
        xaxis={"range": [0, 1], "title": {"text": "score, the sum of what the parts add"}},
        **strip_layout(
            [
                f"{label(track, 38)} · {score:.2f}"
                for track, score in zip(tracks, scores, strict=True)
            ]
        ),
    )


def _finding(parts: Sequence[str], reasons: Sequence[dict[str, float]]) -> str:
    """Name the part that adds most to all scores together."""
    totals = {part: sum(reason.get(part, 0.0) for reason in reasons) for part in parts}
    if not totals:
        return "Nothing adds to these scores"
    most = max(totals, key=lambda part: totals[part])
    return f"{most} adds most: {totals[most] / sum(totals.values()):.0%} of these scores"


def _by_track(recommendations: pl.DataFrame) -> tuple[list[str], list[dict[str, float]]]:
    key = "track_id" if "track_id" in recommendations.columns else "track"
    tracks: dict[str, str] = {}
    reasons: dict[str, dict[str, float]] = {}
    for track_id, track, part, contribution in zip(
        *(recommendations[column] for column in (key, "track", "part", "contribution")), strict=True
    ):
        tracks[track_id] = track
        reasons.setdefault(track_id, {})[part] = contribution
    return list(tracks.values()), list(reasons.values())


def _share(contribution: float, score: float) -> str:
    return f"{contribution / score:.0%}" if contribution else ""

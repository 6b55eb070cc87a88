"""Many small plots in one figure, in columns that a phone can show as well as a desk."""

from collections.abc import Sequence
from typing import Any, Final

__all__ = ["axes_of", "panel_layout"]

_HEAD = 22  # pixels for the title over each panel
_FOOT = 34  # and for the ticks below it
_LEGEND = 84  # for a legend that takes three lines on a phone
_COLUMNS: Final = 2


def axes_of(place: int) -> dict[str, str]:
    """Return which axes the traces of a panel belong to.

    Examples
    --------
    >>> axes_of(0), axes_of(3)
    ({'xaxis': 'x', 'yaxis': 'y'}, {'xaxis': 'x4', 'yaxis': 'y4'})
    """
    suffix = "" if place == 0 else str(place + 1)
    return {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}


def panel_layout(
    titles: Sequence[str],
    x_axes: Sequence[dict[str, Any]],
    y_axes: Sequence[dict[str, Any]],
    *,
    left_margin: int = 8,
    has_legend: bool = False,
) -> dict[str, Any]:
    """Return the layout of a grid of panels, two abreast.

    Parameters
    ----------
    titles
        Text over each panel, safe for Plotly.
    x_axes, y_axes
        Each panel's axes; their places are filled in here.
    left_margin
        Pixels for the ticks of the left column.
    has_legend
        Leave room for one over the panels.

    Examples
    --------
    >>> layout = panel_layout(["a", "b", "c"], [{}] * 3, [{}] * 3)
    >>> layout["xaxis2"]["domain"], layout["height"]
    ([0.57, 1.0], 352)
    """
    n_rows = -(-len(titles) // _COLUMNS)
    body = 120
    above = _LEGEND if has_legend else 0
    height = above + n_rows * (_HEAD + body + _FOOT)
    gap = 0.14  # room for the ticks of the right column, also at 360 pixels
    width = (1 - gap * (_COLUMNS - 1)) / _COLUMNS
    layout: dict[str, Any] = {
        "height": height,
        "annotations": [],
        "margin": {"l": left_margin, "r": 14},
    }
    # Inside the figure, for a legend beside it would take the title's place.
    layout["legend"] = {"y": 1, "yanchor": "top", "font": {"size": 12}}
    for place, title in enumerate(titles):
        row, column = divmod(place, _COLUMNS)
        left = column * (width + gap)
        top = 1 - (above + row * (_HEAD + body + _FOOT) + _HEAD) / height
        suffix = "" if place == 0 else str(place + 1)
        layout[f"xaxis{suffix}"] = {
            **x_axes[place],
            "anchor": f"y{suffix}",
            "domain": [round(left, 6), round(left + width, 6)],
        }
        layout[f"yaxis{suffix}"] = {
            **y_axes[place],
            "anchor": f"x{suffix}",
            "domain": [round(top - body / height, 6), round(top, 6)],
        }
        layout["annotations"].append(
            {
                "text": title,
                "font": {"size": 12},
                "showarrow": False,
                "x": left,
                "xanchor": "left",
                "xref": "paper",
                "y": top,
                "yanchor": "bottom",
                "yref": "paper",
            }
        )
    return layout

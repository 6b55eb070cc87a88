"""How all figures look, as two Plotly templates: one for light pages, one for dark ones.

A figure carries no colour of its own but those of the parts. Everything else comes from the
template, so a page that turns dark only has to hand its figures the other one.
"""

from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from plotly.graph_objs._figure import Figure

__all__ = ["empty_figure", "new_figure", "theme"]

_INKS: Final = {
    # Text is readable on every shade of a heatmap, so it needs no colour of its own there.
    "light": {
        "ink": "#1f2328",
        "quiet": "#59636e",
        "line": "#d1d9e0",
        "paper": "#ffffff",
        "low": "#5ba3dc",
        "middle": "#f3f4f5",
        "high": "#ec8b3c",
    },
    "dark": {
        "ink": "#e6e8eb",
        "quiet": "#9aa4af",
        "line": "#3a424c",
        "paper": "#16191d",
        "low": "#1c69ab",
        "middle": "#262b31",
        "high": "#a64c0b",
    },
}


def theme(name: Literal["light", "dark"]) -> dict[str, Any]:
    """Return the template of that name, as plain data for `layout.template`.

    Examples
    --------
    >>> theme("dark")["layout"]["font"]["color"]
    '#e6e8eb'
    """
    inks = _INKS[name]
    axis = {
        "automargin": True,
        "fixedrange": True,
        "gridcolor": inks["line"],
        "showgrid": False,
        "tickcolor": inks["line"],
        "ticklabeloverflow": "allow",
        "ticklabelstandoff": 5,
        "ticks": "",
        "title": {"font": {"color": inks["quiet"], "size": 12}, "standoff": 12},
        "zeroline": False,
    }
    colorbar = {
        "len": 0.9,
        "orientation": "h",
        "outlinewidth": 0,
        "thickness": 10,
        "ticks": "",
        "tickfont": {"color": inks["quiet"], "size": 12},
        "title": {"font": {"color": inks["quiet"], "size": 12}, "side": "top"},
        "x": 0.5,
        "xpad": 0,
        "y": 1,
        "yanchor": "bottom",
        "ypad": 6,
    }
    return {
        "data": {
            "bar": [{"type": "bar", "marker": {"line": {"color": inks["paper"], "width": 1}}}],
            "heatmap": [
                {
                    "type": "heatmap",
                    "autocolorscale": True,
                    "colorbar": colorbar,
                    "textfont": {"color": inks["ink"]},
                    "xgap": 2,
                    "ygap": 2,
                }
            ],
        },
        "layout": {
            "colorscale": {
                "diverging": [[0, inks["low"]], [0.5, inks["middle"]], [1, inks["high"]]],
                "sequential": [[0, inks["middle"]], [1, inks["low"]]],
            },
            "dragmode": False,
            "font": {"color": inks["ink"], "family": "system-ui, sans-serif", "size": 13},
            "hoverlabel": {
                "align": "left",
                "bgcolor": inks["paper"],
                "bordercolor": inks["quiet"],
                "font": {"color": inks["ink"], "size": 13},
            },
            "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
            "margin": {"b": 8, "l": 0, "r": 8, "t": 0},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": axis,
            "yaxis": axis,
        },
    }


def new_figure(*traces: object, **layout: object) -> "Figure":
    """Return a figure of these traces in the light theme."""
    # `plotly.graph_objects` finds its names when asked, which hides them from mypy.
    from plotly.graph_objs._figure import Figure

    return Figure(list(traces), {"template": theme("light"), **layout})


def empty_figure(why: str) -> "Figure":
    """Return a figure that says why there is nothing to see."""
    note = {"text": why, "showarrow": False, "x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper"}
    nothing = {"visible": False}
    return new_figure(height=120, annotations=[note], xaxis=nothing, yaxis=nothing)

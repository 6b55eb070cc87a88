"""How all figures look, as two Plotly templates: one for light pages, one for dark ones.

A figure carries no colour of its own but those of the parts. Everything else comes from the
template, so a page that turns dark only has to hand its figures the other one.

Every figure has a title of its own, at the left above everything else: the finding in bold, and
under it a note with the number of tracks and the units. So it means the same in a notebook, on a
page and in a slide that someone made of it. A page's heading names the noun, and the title says
what to see.
"""

from typing import TYPE_CHECKING, Any, Final, Literal

from partsong.plots.labels import lines
from partsong.plots.marks import marks_of

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

_TITLE_SIZE: Final = 15
_NOTE_SIZE: Final = 12
_LINE: Final = 1.3  # of the size of its letters, as Plotly sets lines
_TITLE_WIDTH: Final = 38  # letters that fit a phone
_NOTE_WIDTH: Final = 54


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
    error_bar = {"color": inks["quiet"], "thickness": 1.5, "width": 3}
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
        "y": 0.9999,  # from 1 on Plotly would move the figure's title for it
        "yanchor": "bottom",
        "ypad": 6,
    }
    return {
        "data": {
            "bar": [
                {
                    "type": "bar",
                    "error_x": error_bar,
                    "error_y": error_bar,
                    "marker": {"line": {"color": inks["paper"], "width": 1}},
                }
            ],
            "box": [{"type": "box", "line": {"width": 1.5}, "marker": {"size": 3}}],
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
            "histogram": [
                {"type": "histogram", "marker": {"line": {"color": inks["paper"], "width": 0.5}}}
            ],
            "histogram2d": [{"type": "histogram2d", "autocolorscale": True, "colorbar": colorbar}],
            "histogram2dcontour": [
                {
                    "type": "histogram2dcontour",
                    "autocolorscale": True,
                    "colorbar": colorbar,
                    "line": {"width": 0},
                }
            ],
            "contour": [
                {
                    "type": "contour",
                    "autocolorscale": True,
                    "colorbar": colorbar,
                    "line": {"width": 0},
                }
            ],
            "scatter": [
                {
                    "type": "scatter",
                    "error_x": error_bar,
                    "error_y": error_bar,
                    "line": {"width": 2},
                    "marker": {"line": {"color": inks["paper"], "width": 0.5}, "size": 7},
                    "textfont": {"color": inks["ink"]},
                }
            ],
        },
        "layout": {
            "coloraxis": {"autocolorscale": True, "colorbar": colorbar},
            "colorscale": {
                "diverging": [[0, inks["low"]], [0.5, inks["middle"]], [1, inks["high"]]],
                "sequential": [[0, inks["middle"]], [1, inks["low"]]],
                "sequentialminus": [[0, inks["low"]], [1, inks["middle"]]],
            },
            "colorway": [mark.color for mark in marks_of("123456").values()],
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
            "shapedefaults": {"line": {"color": inks["quiet"], "width": 1}},
            "title": {
                "automargin": True,
                "font": {"color": inks["ink"], "size": _TITLE_SIZE},
                "pad": {"b": 10, "t": 2},
                "subtitle": {"font": {"color": inks["quiet"], "size": _NOTE_SIZE}},
                "x": 0,
                "xanchor": "left",
                "xref": "container",
                "y": 1,
                "yanchor": "top",
                "yref": "container",
            },
            "xaxis": axis,
            "yaxis": axis,
        },
    }


def new_figure(*traces: object, finding: str = "", note: str = "", **layout: Any) -> "Figure":
    """Return a figure of these traces in the light theme.

    Parameters
    ----------
    traces
        What is drawn.
    finding
        What to see, as plain text; it becomes the title.
    note
        Number of tracks, units, and what else must be known; under the title.
    layout
        The rest of the layout. Its `height` is that of the figure without the title.
    """
    # `plotly.graph_objects` finds its names when asked, which hides them from mypy.
    from plotly.graph_objs._figure import Figure

    if finding:
        layout["title"], taken = _title(finding, note)
        if "height" in layout:
            layout["height"] += taken
    return Figure(list(traces), {"template": theme("light"), **layout})


def _title(finding: str, note: str) -> tuple[dict[str, Any], int]:
    """Return a title, and the pixels that it takes.

    Plotly has no line breaks of its own, so they are made for the narrowest page. It draws a title
    of several lines too high where the title makes room for itself, by as much as the padding at
    its top adds here.
    """
    title = lines(finding, _TITLE_WIDTH)
    subtitle = lines(note, _NOTE_WIDTH)
    breaks = title.count("<br>")
    too_high = _TITLE_SIZE * (_LINE * breaks + 1.35) if breaks else 0
    taken = _LINE * (_TITLE_SIZE * (breaks + 1) + _NOTE_SIZE * (subtitle.count("<br>") + 2))
    return {
        "text": f"<b>{title}</b>",
        "subtitle": {"text": subtitle},
        "pad": {"t": 2 + too_high, "b": 10 - too_high},
    }, round(taken)


def empty_figure(why: str) -> "Figure":
    """Return a figure that says why there is nothing to see."""
    note = {"text": why, "showarrow": False, "x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper"}
    nothing = {"visible": False}
    return new_figure(height=120, annotations=[note], xaxis=nothing, yaxis=nothing)

"""Figures of the gallery as HTML that uses the page's own copy of Plotly."""

from typing import Any

import plotly.io
from plotly.basedatatypes import BaseFigure

__all__ = ["show_figures"]


def show_figures() -> None:
    """Let every figure show itself as a plain division and a script, without a second Plotly."""

    def as_html(figure: BaseFigure) -> Any:
        html = plotly.io.to_html(
            figure,
            full_html=False,
            include_plotlyjs=False,
            config={"displayModeBar": False, "responsive": True},
        )
        # A module waits until the page is whole, and with it Plotly, which stands at its end.
        return html.replace("<script>", '<script type="module">')

    BaseFigure._repr_html_ = as_html  # what sphinx-gallery asks for; Plotly's own fetches a script

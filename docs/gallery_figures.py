"""Figures of the gallery as HTML that uses the page's own copy of Plotly."""

from typing import Any

import plotly.io
from plotly.basedatatypes import BaseFigure

__all__ = ["show_figures"]


def show_figures() -> None:
    """Let every figure show itself as a plain division and a script, without a second Plotly."""

    def as_html(figure: BaseFigure) -> Any:
        return plotly.io.to_html(
            figure,
            full_html=False,
            include_plotlyjs=False,
            config={"displayModeBar": False, "responsive": True},
        )

    BaseFigure._repr_html_ = as_html  # what sphinx-gallery asks for; Plotly's own fetches a script

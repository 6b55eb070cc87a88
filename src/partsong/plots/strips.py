"""Bars that lie under their own label, so that long titles fit a phone as well as a desk."""

from collections.abc import Sequence
from typing import Any, Final

__all__ = ["STRIP", "STRIP_HEIGHT", "strip_layout"]

STRIP_HEIGHT: Final = 46
"""Pixels that one label and its bar take."""

STRIP: Final = {"orientation": "h", "width": 0.46, "offset": -0.04}
"""Where the bar lies; row 0 is the upmost, and each bar fills the lower half of its row."""


def strip_layout(labels: Sequence[str]) -> dict[str, Any]:
    """Return the part of a layout that writes each label over the bar of its row.

    Ticks inside the plot would do the same, but Plotly hides the ticks of the other axis for them.
    """
    return {
        "annotations": [
            {
                "showarrow": False,
                "text": text,
                "x": 0,
                "xanchor": "left",
                "xref": "paper",
                "y": row - 0.26,
            }
            for row, text in enumerate(labels)
        ],
        "yaxis": {"range": [len(labels) - 0.5, -0.5], "showticklabels": False},
    }

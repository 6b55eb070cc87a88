"""What a part looks like: the same colour, hatch and swatch in every figure of a page.

The colours are six of Okabe and Ito's eight, which stay apart for every kind of colour vision and
show on white as on black (Color Universal Design, 2008; yellow and black do not). From the
seventh part on they come again with a hatch. In grey some of them look alike, so points have a
shape and lines a dash besides: among six parts in a row no two share one, and no two parts of one
colour do. Areas and bars carry their names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import polars as pl

__all__ = ["MIXED", "Mark", "bar_marker", "marks_of", "part_order", "swatch"]


@dataclass(frozen=True, slots=True)
class Mark:
    """The look of one part.

    Parameters
    ----------
    color, text_color
        Of its bars, and of text upon them.
    hatch
        Plotly's name of the pattern over the colour; empty for none.
    swatch
        A character that shows the hatch in running text.
    symbol, dash
        Plotly's names of the shape of its points and the stroke of its lines.
    glyph
        A character that shows the shape in running text.
    """

    color: str
    text_color: str
    hatch: str = ""
    swatch: str = "■"
    symbol: str = "circle"
    dash: str = "solid"
    glyph: str = "●"


MIXED: Final = Mark("#9a9a9a", "#000000")
"""Tracks that belong to no part in particular."""

_COLORS: Final = (
    ("#0072b2", "#ffffff"),
    ("#e69f00", "#000000"),
    ("#009e73", "#000000"),
    ("#cc79a7", "#000000"),
    ("#56b4e9", "#000000"),
    ("#d55e00", "#000000"),
)
_HATCHES: Final = (("", "■"), ("/", "▨"), ("-", "▤"), ("|", "▥"), ("x", "▩"))
_STROKES: Final = (
    ("circle", "solid", "●"),
    ("square", "dash", "■"),
    ("diamond", "dot", "◆"),
    ("triangle-up", "dashdot", "▲"),
    ("cross", "longdash", "✚"),
    ("triangle-down", "longdashdot", "▼"),
)
_MARKS: Final = tuple(
    Mark(*_COLORS[color], *_HATCHES[hatch], *_STROKES[(color + hatch) % len(_STROKES)])
    for hatch, color in product(range(len(_HATCHES)), range(len(_COLORS)))
)


def marks_of(parts: Iterable[str]) -> dict[str, Mark]:
    """Give each part its mark, by its place in the list; after thirty they come again."""
    return {part: _MARKS[place % len(_MARKS)] for place, part in enumerate(dict.fromkeys(parts))}


def bar_marker(mark: Mark) -> dict[str, Any]:
    """Return the look of a part as the `marker` of a Plotly bar."""
    pattern = {"shape": mark.hatch, "fillmode": "overlay", "size": 7, "solidity": 0.12}
    return {"color": mark.color, "pattern": pattern}


def part_order(parts: Iterable[str], column: pl.Series) -> list[str]:
    """Return `parts`, then what `column` holds besides, in order of first appearance."""
    return list(dict.fromkeys([*parts, *column.to_list()]))


def swatch(mark: Mark) -> str:
    """Return a sample of a part's look, as text for Plotly."""
    return f'<span style="color:{mark.color}">{mark.swatch}</span>'

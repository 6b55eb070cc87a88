"""Titles and names are other people's text: what may steer a terminal or a page is taken out."""

import unicodedata

__all__ = ["plain_text"]

_BIDI_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def plain_text(text: str) -> str:
    r"""Drop control characters and marks that turn text around; line breaks stay.

    A title with an escape sequence could otherwise colour, clear or rename a terminal, and one
    with an override mark could make the rest of a line read backwards.

    Examples
    --------
    >>> plain_text("\x1b[31mRed\x07 \u202erose")
    ' [31mRed  rose'
    """
    return "".join(
        " " if unicodedata.category(letter) == "Cc" and letter != "\n" else letter
        for letter in text
        if letter not in _BIDI_CONTROLS
    )

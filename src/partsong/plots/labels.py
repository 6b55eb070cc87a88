"""The one place where names and titles become text that Plotly may draw.

Plotly reads a subset of HTML in every label (`<b>`, `<a href>`, `<br>`), decodes entities, and
hands text between dollar signs to MathJax where a page has it. Titles are not ours, so nothing
reaches a figure but through :func:`label` and :func:`lines`.
"""

import html
import textwrap
import unicodedata

from partsong.plain_text import plain_text

__all__ = ["label", "lines"]

_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_JOINERS = "\u200d\ufe0f"  # half of an emoji, when they come last


def label(text: str, width: int | None = None) -> str:
    """Return `text` on one line, as text that Plotly draws letter by letter.

    Parameters
    ----------
    text
        A name or title from anywhere.
    width
        The most columns it may take, at least 2; longer text ends in an ellipsis. Wide letters,
        such as Chinese ones and emoji, take two columns.

    Examples
    --------
    >>> label("<b>Rock & Roll</b>")
    '&lt;b&gt;Rock &amp; Roll&lt;/b&gt;'
    >>> label("The Sound of Silence", 12)
    'The Sound o…'
    """
    plain = _plain(text)
    return _escape(plain if width is None else _shorten(plain, width))


def lines(text: str, width: int, *, most: int | None = None) -> str:
    """Return `text` broken into lines of at most `width` letters.

    Parameters
    ----------
    text
        A name or title from anywhere.
    width
        Letters to a line.
    most
        The most lines; longer text ends in an ellipsis. All of it by default.

    Examples
    --------
    >>> lines("acoustic, instrumental, quiet", 14)
    'acoustic,<br>instrumental,<br>quiet'
    """
    wrapped = textwrap.wrap(
        _plain(text), width, max_lines=most, placeholder="…", break_on_hyphens=False
    )
    return "<br>".join(_escape(line) for line in wrapped)


def _plain(text: str) -> str:
    return " ".join(plain_text(text).split())


def _columns(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _shorten(text: str, width: int) -> str:
    if sum(map(_columns, text)) <= width:
        return text
    room = width - 1
    kept = ""
    for letter in text:
        room -= _columns(letter)
        if room < 0:
            break
        kept += letter
    return kept.rstrip(_JOINERS + " ,") + "…"


def _escape(plain: str) -> str:
    escaped = html.escape(plain, quote=False).replace("$", "&#36;")
    if any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in plain):
        return f"{_ISOLATE}{escaped}{_END_ISOLATE}"
    return escaped

"""Text for people: what may steer a terminal or a page is taken out, numbers take their noun."""

import unicodedata
from datetime import datetime

__all__ = ["counted", "in_words", "local_time", "plain_text"]

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


def counted(n: int, noun: str = "track") -> str:
    """Say how many there are of something.

    Examples
    --------
    >>> counted(1), counted(4694), counted(2, "song")
    ('1 track', '4,694 tracks', '2 songs')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def in_words(column: str) -> str:
    """Return the name of a column as a reader would say it, without its unit.

    Examples
    --------
    >>> in_words("time_signature"), in_words("duration_ms")
    ('time signature', 'duration')
    """
    return column.removesuffix("_ms").replace("_", " ")


def local_time(moment: datetime) -> str:
    """Say when something is, by the clock on the wall, with the day unless it is today.

    Examples
    --------
    >>> local_time(datetime.fromisoformat("2001-02-03T12:00+00:00"))[:13]
    '2001-02-03 at'
    """
    local = moment.astimezone()
    is_today = local.date() == datetime.now(local.tzinfo).date()
    return f"{local:%H:%M}" if is_today else f"{local:%Y-%m-%d at %H:%M}"

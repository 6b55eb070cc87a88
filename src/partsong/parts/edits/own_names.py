"""Names that a user gives: one line of plain text, short enough for a table."""

import unicodedata
from collections.abc import Iterable
from typing import Final

from partsong.errors import QueryError
from partsong.parts.naming import is_taken
from partsong.plain_text import plain_text

__all__ = ["LONGEST_OWN_NAME", "own_name"]

LONGEST_OWN_NAME: Final = 60
"""Letters; a longer name would push the tracks out of a table of 80 columns."""

_NOT_A_PART: Final = "mixed"
_VISIBLE: Final = "LNPS"
"""The categories of Unicode that leave a mark: letters, numbers, punctuation, symbols."""


def own_name(text: str, others: Iterable[str] = ()) -> str:
    r"""Return a name as it is kept, or say why a part cannot have it.

    Line breaks and runs of blanks become one blank, and what may steer a terminal is taken out.

    Parameters
    ----------
    text
        What the user typed.
    others
        The names of the other parts.

    Raises
    ------
    QueryError
        If nothing is left, it is longer than 60 letters, another part has that name (in any case
        or order of its words), or it is "mixed", which is what tracks of no part are called.

    Examples
    --------
    >>> own_name(" Kitchen\n music ")
    'Kitchen music'
    """
    typed = unicodedata.normalize("NFC", plain_text(text))
    name = " ".join("".join(filter(_is_text, typed)).split())
    if not any(unicodedata.category(letter)[0] in _VISIBLE for letter in name):
        raise QueryError(
            "A part cannot be called nothing.", hint="Choose a name of letters, digits or signs."
        )
    if len(name) > LONGEST_OWN_NAME:
        raise QueryError(
            f"A part cannot be called {name[:20] + '…'!r}: the name has {len(name):,} letters.",
            hint=f"Choose a name of at most {LONGEST_OWN_NAME} letters.",
        )
    if name.casefold() == _NOT_A_PART:
        raise QueryError(
            f"A part cannot be called {name!r}: tracks that belong to no part are called so.",
            hint="Choose another name.",
        )
    if is_taken(name, others):
        raise QueryError(
            f"A part cannot be called {name!r}: another one is, and names are unique.",
            hint="Choose another name, or rename the other part first.",
        )
    return name


def _is_text(letter: str) -> bool:
    """Say whether a letter can be written: bytes that were no text arrive as lone surrogates."""
    return unicodedata.category(letter) != "Cs"

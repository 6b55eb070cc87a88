"""Genres found by a word, as a person means it, and the nearest names where there is none."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from partsong.errors import QueryError

__all__ = ["find_genres"]

_NEAREST: Final = 5
_LEAST_LIKENESS: Final = 50


def find_genres(word: str, names: Sequence[str]) -> tuple[str, ...]:
    """Find the genres that a word names.

    Parameters
    ----------
    word
        ``"pop"`` finds the genres with this word, or these words whole and in this order: indie
        pop and k-pop, not popcorn. ``"=pop"`` finds the one of exactly that name. ``"*pop*"``
        finds these letters anywhere, as the first source document searched: britpop too. Case,
        accents and punctuation do not matter: "new age" finds New-Age.
    names
        The genres there are.

    Raises
    ------
    QueryError
        If there is none; the nearest names are its candidates.

    Examples
    --------
    >>> names = ["pop", "k-pop", "britpop", "New-Age"]
    >>> find_genres("pop", names), find_genres("new age", names)
    (('pop', 'k-pop'), ('New-Age',))
    >>> find_genres("=pop", names), find_genres("*pop*", names)
    (('pop',), ('pop', 'k-pop', 'britpop'))
    """
    asked = _plain_words(word)
    plain = [_plain_words(name) for name in names]
    is_exact, is_within = word.startswith("="), word.startswith("*")
    found = tuple(
        name
        for name, text in zip(names, plain, strict=True)
        if asked
        and (
            text == asked
            if is_exact
            else asked in text
            if is_within
            else f" {asked} " in f" {text} "
        )
    )
    if not found:
        raise _no_genre(word, asked, dict(zip(plain, names, strict=True)))
    return found


def _plain_words(text: str) -> str:
    """Lower case, no accents, one space for whatever is neither letter nor digit."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", letters))


def _no_genre(word: str, asked: str, names: dict[str, str]) -> QueryError:
    from rapidfuzz import fuzz, process

    nearest = process.extract(
        asked, list(names), scorer=fuzz.WRatio, limit=_NEAREST, score_cutoff=_LEAST_LIKENESS
    )
    hint = "Ask for one of the genres above" if nearest else "partsong status lists some genres"
    return QueryError(
        f"No genre of these tracks answers to {word!r}.",
        hint=f'{hint}; "*{asked}*" finds letters anywhere in a name.',
        candidates=[names[text] for text, _, _ in nearest],
    )

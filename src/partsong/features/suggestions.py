"""The hint for a word that is not known: what comes near, else everything there is."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["suggest"]


def suggest(word: str, known: Iterable[str]) -> str:
    """Say which known word was probably meant.

    Examples
    --------
    >>> suggest("danceablity", ["danceability", "energy"])
    "Did you mean 'danceability'?"
    >>> suggest("colour", ["danceability", "energy"])
    'Known are: danceability, energy.'
    """
    words = list(known)
    near = get_close_matches(word, words, n=3)
    if near:
        return f"Did you mean {' or '.join(map(repr, near))}?"
    return f"Known are: {', '.join(words)}."

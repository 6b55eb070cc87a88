"""Names for parts in plain words, from how their tracks differ from the catalog.

A name never comes from the largest number in ``H``: that only tells which feature has the largest
values. It comes from levels, which count standard deviations from the catalog's average, so a
part that is like everything else gets no word for it.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from partsong.parts.part import FeatureLevel
from partsong.plain_text import plain_text
from partsong.schema import track_field

__all__ = ["LONGEST_NAME", "is_taken", "name_parts", "number_repeats"]

LONGEST_NAME: Final = 48
"""Letters of a name beyond which no genre is added to it."""

_CLEAR: Final = 0.5
_SLIGHT: Final = 0.25
_MOST_WORDS: Final = 3
_MOST_WORDS_BESIDE_GENRES: Final = 2
_MOST_GENRES: Final = 2
_AVERAGE: Final = "middle of the road"


def name_parts(
    levels: Sequence[Sequence[FeatureLevel]],
    keys: Sequence[str] | None = None,
    *,
    genre_words: Sequence[Sequence[str]] | None = None,
    taken: Collection[str] = (),
) -> tuple[str, ...]:
    """Name parts, each differently.

    A name holds up to three words, the largest level first, for levels of at least half a
    standard deviation; the largest of a quarter will do where none is clear. Beside genres two
    words are enough. Parts that would get the same words get more, down to a quarter, and a
    number where words run out.

    Parameters
    ----------
    levels
        For each part, its levels; features without words in the schema are passed over.
    keys
        For each part ``"in C"``, ``"around C"`` or nothing.
    genre_words
        For each part the genres that it stands for, the strongest first. Up to two follow the
        words behind a colon, as long as the name stays within 48 letters.
    taken
        Names of other parts, which must not be given again.

    Returns
    -------
    tuple of str
        One name a part.

    Examples
    --------
    >>> quiet = [FeatureLevel("acousticness", 1.4), FeatureLevel("loudness", -1.2)]
    >>> name_parts([quiet, [FeatureLevel("tempo", 0.1)]])
    ('acoustic, quiet', 'middle of the road')
    >>> name_parts([quiet], genre_words=[["singer-songwriter", "folk", "ambient"]])
    ('acoustic, quiet: singer-songwriter, folk',)
    >>> name_parts([quiet], taken=["quiet, acoustic"])
    ('acoustic, quiet (2)',)
    """
    keys = keys or [""] * len(levels)
    genres = [_plain_genres(words) for words in genre_words or [()] * len(levels)]
    words = [_rank_words(part) for part in levels]
    lengths = [
        _first_length(ranked, has_key=bool(key), has_genres=bool(added))
        for ranked, key, added in zip(words, keys, genres, strict=True)
    ]
    names = [_join(*part) for part in zip(words, lengths, keys, genres, strict=True)]
    while repeated := [
        part
        for part, name in enumerate(names)
        if lengths[part] < len(words[part])
        and is_taken(name, [*names[:part], *names[part + 1 :], *taken])
    ]:
        for part in repeated:
            lengths[part] += 1
            names[part] = _join(words[part], lengths[part], keys[part], genres[part])
    return number_repeats(names, taken=taken)


def is_taken(name: str, others: Iterable[str]) -> bool:
    """Say whether another part has the same name, be its words in another order or case.

    Examples
    --------
    >>> is_taken("slow, sad", ["live", "Sad, slow"])
    True
    """
    words = _word_set(name)
    return any(_word_set(other) == words for other in others)


def number_repeats(names: Sequence[str], *, taken: Collection[str] = ()) -> tuple[str, ...]:
    """Put a number behind names that came before or are taken, be their words in another order.

    Examples
    --------
    >>> number_repeats(["sad, slow", "live", "slow, sad"])
    ('sad, slow', 'live', 'slow, sad (2)')
    """
    numbered: list[str] = []
    for name in names:
        free, count = name, 1
        while is_taken(free, [*numbered, *taken]):
            count += 1
            free = f"{name} ({count})"
        numbered.append(free)
    return tuple(numbered)


def _word_set(name: str) -> frozenset[str]:
    return frozenset(name.casefold().split(", "))


def _plain_genres(genres: Sequence[str]) -> list[str]:
    """Return genres as one line of text each: they are other people's words."""
    plain = (" ".join(plain_text(genre).split()) for genre in genres)
    return [genre for genre in plain if genre]


def _rank_words(levels: Sequence[FeatureLevel]) -> list[tuple[str, float]]:
    ranked = sorted(levels, key=lambda feature: -abs(feature.level))
    pairs = [(track_field(feature.feature).words, feature.level) for feature in ranked]
    return [
        (words[level > 0], abs(level))
        for words, level in pairs
        if words is not None and abs(level) >= _SLIGHT
    ]


def _first_length(words: Sequence[tuple[str, float]], *, has_key: bool, has_genres: bool) -> int:
    clear = sum(level >= _CLEAR for _, level in words)
    least = 0 if has_key else min(1, len(words))
    most = _MOST_WORDS_BESIDE_GENRES if has_genres else _MOST_WORDS
    return max(least, min(clear, most - has_key))


def _join(words: Sequence[tuple[str, float]], length: int, key: str, genres: Sequence[str]) -> str:
    chosen = [word for word, _ in words[:length]]
    sound = ", ".join([*chosen, key] if key else chosen) or _AVERAGE
    name, added = sound, 0
    for genre in genres:
        longer = f"{name}, {genre}" if added else f"{name}: {genre}"
        if added < _MOST_GENRES and len(longer) <= LONGEST_NAME:
            name, added = longer, added + 1
    return name

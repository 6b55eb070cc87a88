"""Names for parts in plain words, from how their tracks differ from the catalog.

A name never comes from the largest number in ``H``: that only tells which feature has the largest
values. It comes from levels, which count standard deviations from the catalog's average, so a
part that is like everything else gets no word for it.
"""

from collections.abc import Sequence
from typing import Final

from partsong.parts.part import FeatureLevel
from partsong.schema import track_field

__all__ = ["name_parts", "number_repeats"]

_CLEAR: Final = 0.5
_SLIGHT: Final = 0.25
_MOST_WORDS: Final = 3
_AVERAGE: Final = "middle of the road"


def name_parts(
    levels: Sequence[Sequence[FeatureLevel]], keys: Sequence[str] | None = None
) -> tuple[str, ...]:
    """Name parts, each differently.

    A name holds up to three words, the largest level first, for levels of at least half a
    standard deviation; the largest of a quarter will do where none is clear. Parts that would
    get the same words get more, down to a quarter, and a number where words run out.

    Parameters
    ----------
    levels
        For each part, its levels; features without words in the schema are passed over.
    keys
        For each part ``"in C"``, ``"around C"`` or nothing.

    Returns
    -------
    tuple of str
        One name a part.

    Examples
    --------
    >>> quiet = [FeatureLevel("acousticness", 1.4), FeatureLevel("loudness", -1.2)]
    >>> name_parts([quiet, [FeatureLevel("tempo", 0.1)]])
    ('acoustic, quiet', 'middle of the road')
    """
    keys = keys or [""] * len(levels)
    words = [_rank_words(part) for part in levels]
    lengths = [
        _first_length(ranked, has_key=bool(key)) for ranked, key in zip(words, keys, strict=True)
    ]
    names = [_join(*part) for part in zip(words, lengths, keys, strict=True)]
    while repeated := [
        part
        for part, name in enumerate(names)
        if _is_repeated(name, names) and lengths[part] < len(words[part])
    ]:
        for part in repeated:
            lengths[part] += 1
            names[part] = _join(words[part], lengths[part], keys[part])
    return number_repeats(names)


def number_repeats(names: Sequence[str]) -> tuple[str, ...]:
    """Put a number behind names that came before, be their words in another order.

    Examples
    --------
    >>> number_repeats(["sad, slow", "live", "slow, sad"])
    ('sad, slow', 'live', 'slow, sad (2)')
    """
    seen: dict[frozenset[str], int] = {}
    numbered = []
    for name in names:
        words = frozenset(name.split(", "))
        seen[words] = seen.get(words, 0) + 1
        numbered.append(name if seen[words] == 1 else f"{name} ({seen[words]})")
    return tuple(numbered)


def _rank_words(levels: Sequence[FeatureLevel]) -> list[tuple[str, float]]:
    ranked = sorted(levels, key=lambda feature: -abs(feature.level))
    pairs = [(track_field(feature.feature).words, feature.level) for feature in ranked]
    return [
        (words[level > 0], abs(level))
        for words, level in pairs
        if words is not None and abs(level) >= _SLIGHT
    ]


def _first_length(words: Sequence[tuple[str, float]], *, has_key: bool) -> int:
    clear = sum(level >= _CLEAR for _, level in words)
    least = 0 if has_key else min(1, len(words))
    return max(least, min(clear, _MOST_WORDS - has_key))


def _join(words: Sequence[tuple[str, float]], length: int, key: str) -> str:
    chosen = [word for word, _ in words[:length]]
    return ", ".join([*chosen, key] if key else chosen) or _AVERAGE


def _is_repeated(name: str, names: Sequence[str]) -> bool:
    return sum(set(name.split(", ")) == set(other.split(", ")) for other in names) > 1

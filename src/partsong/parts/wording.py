"""How far a part's tracks lie from the catalog's average, said in words."""

from typing import Final

from partsong.parts.part import FeatureLevel
from partsong.schema import track_field

__all__ = ["feature_word", "level_words"]

_FAR: Final = 1.0
_CLEAR: Final = 0.5
_SLIGHT: Final = 0.25


def level_words(level: float) -> str:
    """Say how far above or below the average a level is.

    Parameters
    ----------
    level
        Standard deviations from the catalog's average.

    Examples
    --------
    >>> level_words(1.4), level_words(-0.3), level_words(0.1)
    ('far above', 'a little below', 'like the catalog')
    """
    side = "above" if level > 0 else "below"
    if abs(level) >= _FAR:
        return f"far {side}"
    if abs(level) >= _CLEAR:
        return side
    return f"a little {side}" if abs(level) >= _SLIGHT else "like the catalog"


def feature_word(level: FeatureLevel) -> str:
    """Return what tracks of this level are called; nothing where they are like the catalog.

    Parameters
    ----------
    level
        A feature and its level.

    Examples
    --------
    >>> feature_word(FeatureLevel("loudness", -1.2)), feature_word(FeatureLevel("tempo", 0.1))
    ('quiet', '')
    """
    words = track_field(level.feature).words
    return words[level.level > 0] if words and abs(level.level) >= _SLIGHT else ""

"""Musical keys as tags write them: ``C#m``, ``F major``, ``8A`` on the wheel of DJs."""

import re
from typing import Final

__all__ = ["read_musical_key"]

_WRITTEN: Final = re.compile(
    r"([A-G])([#b\u266f\u266d]?)\s*(m|min|minor|maj|major)?", re.IGNORECASE
)
_WHEEL: Final = re.compile(r"(1[0-2]|[1-9])([AB])", re.IGNORECASE)
_PITCHES: Final = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SHIFTS: Final = {"": 0, "#": 1, "\u266f": 1, "b": -1, "\u266d": -1}
_FIFTH: Final = 7
_MINOR_THIRD: Final = 3
_C_ON_THE_WHEEL: Final = 8


def read_musical_key(text: str) -> tuple[int, int] | None:
    """Return pitch class and mode (0 minor, 1 major), or nothing if it is no key.

    Parameters
    ----------
    text
        The key. Without a word for the mode it is major, as ID3 has it; ``o`` means off key.

    Examples
    --------
    >>> read_musical_key("C#m"), read_musical_key("Bb"), read_musical_key("8A")
    ((1, 0), (10, 1), (9, 0))
    """
    if wheel := _WHEEL.fullmatch(text.strip()):
        major = _FIFTH * (int(wheel[1]) - _C_ON_THE_WHEEL) % 12
        is_major = wheel[2].upper() == "B"
        return (major, 1) if is_major else ((major - _MINOR_THIRD) % 12, 0)
    if written := _WRITTEN.fullmatch(text.strip()):
        pitch = (_PITCHES[written[1].upper()] + _SHIFTS[written[2].lower()]) % 12
        word = written[3] or ""
        is_minor = word == "m" or word.lower() in {"min", "minor"}
        return pitch, 0 if is_minor else 1
    return None

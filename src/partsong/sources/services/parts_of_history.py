"""The parts of a listener's history that services with listens have, and how a report names them."""

from collections.abc import Collection
from typing import Final, Literal, get_args

__all__ = ["ALL_PARTS", "HistoryPart", "part_name", "part_names"]

HistoryPart = Literal["listens", "feedback", "candidates"]
"""Plays; what is loved or hated; tracks that the service suggests."""

ALL_PARTS: Final[tuple[HistoryPart, ...]] = get_args(HistoryPart)


def part_name(user: str, part: HistoryPart) -> str:
    """Return what a report calls a part of someone's history.

    Parameters
    ----------
    user
        Whose, by the name that the service knows.
    part
        The part.

    Examples
    --------
    >>> part_name("rob", "listens")
    "rob's listens"
    """
    return f"{user}'s {part}"


def part_names(user: str, parts: Collection[HistoryPart]) -> list[str]:
    """Return what a report calls some parts of someone's history, in the order of `ALL_PARTS`.

    Parameters
    ----------
    user
        Whose, by the name that the service knows.
    parts
        The parts.

    Examples
    --------
    >>> part_names("rob", ["candidates", "listens"])
    ["rob's listens", "rob's candidates"]
    """
    return [part_name(user, part) for part in ALL_PARTS if part in parts]

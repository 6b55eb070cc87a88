"""Finding a part by what a user types of its name."""

from collections.abc import Sequence

from partsong.errors import QueryError
from partsong.parts.part import Part

__all__ = ["find_part"]


def find_part(parts: Sequence[Part], name: str) -> Part:
    """Find a part by its name, or by as much of it as tells it from the others.

    The whole name counts first, then the name in any case, then how a name begins, then what it
    holds anywhere.

    Parameters
    ----------
    parts
        Of one model, hidden ones included.
    name
        What was typed.

    Raises
    ------
    QueryError
        If no part, or more than one, is meant; with the names to choose from.

    Examples
    --------
    >>> parts = [Part(name, 0.5, 1, (), ()) for name in ("loud, fast", "loud, sad", "quiet")]
    >>> find_part(parts, "Quiet").name, find_part(parts, "sad").name
    ('quiet', 'loud, sad')
    """
    typed = name.strip().casefold()
    ways = (
        [part for part in parts if part.name == name],
        [part for part in parts if part.name.casefold() == typed],
        [part for part in parts if typed and part.name.casefold().startswith(typed)],
        [part for part in parts if typed and typed in part.name.casefold()],
    )
    for found in ways:
        if len(found) == 1:
            return found[0]
        if found:
            raise QueryError(
                f"{name!r} may be any of {len(found)} parts:",
                hint="Type more of the name.",
                candidates=[part.name for part in found],
            )
    raise QueryError(
        f"There is no part called {_short(name)!r}. The parts are:",
        hint="Type one of these names, or how it begins.",
        candidates=[part.name for part in parts],
    )


def _short(name: str, longest: int = 60) -> str:
    return name if len(name) <= longest else f"{name[:longest]}…"

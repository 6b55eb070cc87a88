"""Several conditions over tracks as a list, or as one, however they were given."""

from collections.abc import Sequence
from typing import TypeAlias

__all__ = ["Conditions", "join_conditions", "list_conditions"]

Conditions: TypeAlias = str | Sequence[str | None] | None
"""One SQL condition over the catalog's tracks, or several that must all hold; None is no condition."""


def list_conditions(*conditions: Conditions) -> list[str]:
    """List conditions one by one, however they were given.

    Parameters
    ----------
    conditions
        Each a single SQL condition, several, or none.

    Returns
    -------
    list of str
        All of them in order, each as it was.

    Examples
    --------
    >>> list_conditions(None, "explicit", ["tempo > 120", None])
    ['explicit', 'tempo > 120']
    """
    return [
        condition
        for given in conditions
        for condition in ([given] if isinstance(given, str) else given or ())
        if condition is not None
    ]


def join_conditions(conditions: Conditions) -> str | None:
    """Join conditions into one that holds where all of them do.

    Parameters
    ----------
    conditions
        SQL conditions; a single one, and None where there is none, may stand by themselves.

    Returns
    -------
    str or None
        None without conditions.

    Examples
    --------
    >>> join_conditions(["tempo > 120", None, "explicit"])
    '(tempo > 120) AND (explicit)'
    """
    known = list_conditions(conditions)
    if len(known) < 2:
        return known[0] if known else None
    # A comment in a condition ends with its line, and must not swallow the bracket.
    ends = ["\n)" if "--" in condition else ")" for condition in known]
    return " AND ".join(f"({condition}{end}" for condition, end in zip(known, ends, strict=True))

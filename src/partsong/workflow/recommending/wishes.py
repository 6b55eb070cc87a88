"""Wishes that leave tracks out, each with how many: so that a short list can say why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from partsong.catalog import short_condition
from partsong.schema import TRACK_FIELDS
from partsong.workflow.recommending.question import Question
from partsong.workflow.recommending.recommender import Recommender

__all__ = ["Wish", "all_met", "columns_in", "explain_shortage", "list_wishes"]

_OBSCURE_SHARE: Final = 0.25
_COLUMN: Final = re.compile(rf"\b({'|'.join(field.name for field in TRACK_FIELDS)})\b")


@dataclass(frozen=True, slots=True, eq=False)
class Wish:
    """One thing that recommendations must meet.

    Attributes
    ----------
    kind
        ``"where"``, ``"unheard"`` or ``"obscure"``; of a week's list also ``"shown"``, not in the
        list of another week, and ``"drawn"``, among those that take part.
    label
        As a person says it; the week of ``"shown"``.
    met
        Which tracks meet it, shape (n_tracks,).
    condition
        The SQL behind it, if it is a filter.
    """

    kind: Literal["where", "unheard", "obscure", "shown", "drawn"]
    label: str
    met: NDArray[np.bool_]
    condition: str = ""


def list_wishes(recommender: Recommender, question: Question) -> tuple[Wish, ...]:
    """Return what the tracks of an answer must meet.

    Parameters
    ----------
    recommender
        Whose tracks are asked.
    question
        Its filters.

    Raises
    ------
    FilterError
        If a condition is not usable.
    """
    wishes = [
        Wish("where", short_condition(condition), recommender.met(condition), condition)
        for condition in question.where
    ]
    if question.unheard:
        wishes.append(Wish("unheard", "heard", ~recommender.heard))
    if question.obscure:
        so_far = all_met(wishes)
        wishes.append(Wish("obscure", "better known", _is_obscure(recommender, so_far)))
    return tuple(wishes)


def explain_shortage(
    recommender: Recommender, wishes: Sequence[Wish], question: Question, *, n_found: int
) -> str:
    """Say in one line why a list is shorter than was asked for.

    Parameters
    ----------
    recommender
        Who answered.
    wishes
        What its tracks had to meet.
    question
        What was asked.
    n_found
        Tracks in the list.
    """
    n_tracks = len(recommender.model.track_ids)
    left_out = "; ".join(
        f"{wish.label}: {np.count_nonzero(~wish.met):,} left out" for wish in wishes
    )
    unknown = [name for wish in wishes for name in _unknown_columns(recommender, wish)]
    if unknown:
        left_out += f"; no track has a value of {' or '.join(unknown)}"
    met = all_met(wishes)
    n_left = n_tracks if met is None else int(np.count_nonzero(met))
    if not n_left:
        return f"No track of {n_tracks:,} meets all wishes ({left_out})."
    caps = [
        f"at most {most} of one {what}"
        for what, most in (("artist", question.per_artist), ("album", question.per_album))
        if most is not None
    ]
    told = f"{n_left:,} of {n_tracks:,} tracks meet the wishes"
    told += f" ({left_out})" if left_out else ""
    return f"Only {n_found}: {told}; {', '.join([*caps, 'no song twice'])}."


def all_met(wishes: Sequence[Wish]) -> NDArray[np.bool_] | None:
    """Return the tracks that meet all of some wishes; None where there are no wishes.

    Parameters
    ----------
    wishes
        Of one question.
    """
    return np.logical_and.reduce([wish.met for wish in wishes]) if wishes else None


def columns_in(condition: str) -> list[str]:
    """Return the catalog's columns that a condition speaks of, in its order.

    Parameters
    ----------
    condition
        In SQL.

    Examples
    --------
    >>> columns_in("tempo > 120 AND (mode = 0 OR tempo < 60)")
    ['tempo', 'mode']
    """
    return list(dict.fromkeys(_COLUMN.findall(condition)))


def _unknown_columns(recommender: Recommender, wish: Wish) -> list[str]:
    """Return the columns of a filter that leaves nothing because no track has a value of them."""
    if wish.met.any():
        return []
    known = recommender.catalog.count_tracks
    return [name for name in columns_in(wish.condition) if not known(f'"{name}" IS NOT NULL')]


def _is_obscure(
    recommender: Recommender, candidates: NDArray[np.bool_] | None
) -> NDArray[np.bool_]:
    popularity = recommender.popularity
    known = ~np.isnan(popularity)
    if candidates is not None:
        known &= candidates
    if not known.any():
        return known
    border = np.quantile(popularity[known], _OBSCURE_SHARE, method="lower")
    return known & (popularity <= border)

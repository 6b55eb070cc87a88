"""Which of many starts on a few rows deserve to go on with more: the best may not be so on all.

Descents from many starts end in a handful of different minima. A sample of rows knows their losses
only so well, and may put them in the wrong order. So each that is near the best goes on. And as
long as one of these was found but once, there may be others that were not found at all (Good,
"The population frequencies of species and the estimation of population parameters", 1953).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from partsong.nmf.blocks import FloatArray
from partsong.nmf.looks.projection import FIRST_RADIUS, Look, descend_by_looks, minimize_model
from partsong.nmf.scale import unit_rows
from partsong.nmf.workers import map_in_threads

__all__ = [
    "MOST_ROUNDS",
    "Contender",
    "carry_on",
    "choose_contender",
    "gather_contenders",
    "keep_contenders",
    "try_starts",
]

MOST_ROUNDS = 4
"""Of starts: more are made while something good has been found but once."""

_SAME = 0.97
"""Cosine from which on two components are the same, but for where a descent was cut short."""

_MOST = 4


class Contender(NamedTuple):
    """What some starts have come to.

    Attributes
    ----------
    loss
        The loss on the rows that it was found on; infinite where it is not known.
    H
        The components.
    n_starts
        How many starts ended there.
    """

    loss: float
    H: FloatArray
    n_starts: int = 1


def try_starts(
    starts: Iterator[FloatArray],
    follow: Callable[[FloatArray], Contender],
    *,
    n_init: int,
    n_rows: int,
    rounding: float = 0.0,
    n_jobs: int = 1,
) -> list[Contender]:
    """Follow starts, in rounds, until what is good has been found more than once.

    Parameters
    ----------
    starts
        As many as there may be; a single one is not followed at all.
    follow
        Descends from one, on a few rows.
    n_init
        Starts of a round.
    n_rows
        How many rows they are followed on.
    rounding
        A loss that is nothing but rounding errors, so that there is none better.
    n_jobs
        Threads.

    Returns
    -------
    list of Contender
        What may be the best on all rows, best first.

    Examples
    --------
    >>> def stay(H):
    ...     return Contender(1.0, H)
    >>> found = try_starts(iter([np.eye(2)] * 9), stay, n_init=3, n_rows=100)
    >>> [one.n_starts for one in found]
    [3]
    """
    contenders: list[Contender] = []
    while tried := list(islice(starts, n_init)):
        if not contenders and len(tried) == 1:
            return [Contender(np.inf, tried[0])]
        found = map_in_threads(follow, tried, n_jobs=n_jobs)
        contenders = gather_contenders([*contenders, *found])
        good = keep_contenders(contenders, n_rows)
        if good[0].loss <= rounding or min(one.n_starts for one in good) > 1:
            break
    return keep_contenders(contenders, n_rows)


def gather_contenders(found: Iterable[Contender]) -> list[Contender]:
    """Put those with the same components together, best first.

    Parameters
    ----------
    found
        In any order. Of those that are the same the one with the smallest loss stands for all.

    Examples
    --------
    >>> found = [Contender(3.0, np.eye(2)), Contender(2.0, np.eye(2)[::-1])]
    >>> [(one.loss, one.n_starts) for one in gather_contenders(found)]
    [(2.0, 2)]
    """
    distinct: list[Contender] = []
    for one in sorted(found, key=lambda one: one.loss):
        for place, other in enumerate(distinct):
            if _are_same(one.H, other.H):
                distinct[place] = other._replace(n_starts=other.n_starts + one.n_starts)
                break
        else:
            distinct.append(one)
    return distinct


def keep_contenders(contenders: list[Contender], n_rows: int) -> list[Contender]:
    """Return those that may be the best on all rows, four at most.

    Parameters
    ----------
    contenders
        Best first, at least one.
    n_rows
        Rows that they were found on. A loss of ``n`` rows is uncertain by about a part
        ``1 / sqrt(n)`` of it, and so is how far one is behind another.

    Examples
    --------
    >>> contenders = [Contender(loss, np.eye(2)) for loss in (1.0, 1.05, 1.2)]
    >>> [one.loss for one in keep_contenders(contenders, 100)]
    [1.0, 1.05]
    """
    best = contenders[0].loss  # below zero at times, where a model promised too much
    limit = best + abs(best) * n_rows**-0.5
    return [one for one in contenders if one.loss <= limit][:_MOST]


def carry_on(
    contenders: Iterable[Contender],
    look: Callable[[FloatArray], Look],
    *,
    tol: float,
    max_iter: int,
    is_free: bool,
) -> list[Contender]:
    """Let each descend by more looks, and put those that end in the same components together.

    Parameters
    ----------
    contenders
        In any order.
    look
        Looks at more rows than they were found on.
    tol, max_iter, is_free
        As in `descend_by_looks`.

    Examples
    --------
    >>> from partsong.nmf.looks.patterns import PatternLook
    >>> look = PatternLook(np.array([[1.0, 2.0], [2.0, 4.0]]))
    >>> found = [Contender(0.0, np.array([[x, 1.0]])) for x in (0.5, 9.0)]
    >>> [one.n_starts for one in carry_on(found, look, tol=1e-6, max_iter=20, is_free=True)]
    [2]
    """

    def follow(one: Contender) -> Contender:
        descent = descend_by_looks(look, one.H, tol=tol, max_iter=max_iter, is_free=is_free)
        return Contender(float(descent.loss_curve[-1]), descent.H)

    return gather_contenders(follow(one) for one in contenders)


def choose_contender(
    contenders: Sequence[Contender], look: Callable[[FloatArray], Look]
) -> FloatArray:
    """Return the components to start from on all rows, of one look at all rows for each.

    What counts is not the loss there but what the model of it promises near by.

    Parameters
    ----------
    contenders
        At least one. A single one is not looked at.
    look
        Looks at all rows.

    Examples
    --------
    >>> from partsong.nmf.looks.patterns import PatternLook
    >>> look = PatternLook(np.array([[1.0, 2.0], [2.0, 4.0]]))
    >>> found = [Contender(0.0, np.array([[x, 1.0]])) for x in (0.5, 9.0)]
    >>> choose_contender(found, look).round(3)
    array([[0.5, 1. ]])
    """
    if len(contenders) == 1:
        return contenders[0].H
    tried = [minimize_model(look(one.H).model, one.H, radius=FIRST_RADIUS) for one in contenders]
    return min(tried, key=lambda found: found[1])[0]


def _are_same(one: FloatArray, two: FloatArray) -> bool:
    cosines = unit_rows(one) @ unit_rows(two).T
    partners = cosines.argmax(axis=1)
    return len(set(partners.tolist())) == len(two) and bool(cosines.max(axis=1).min() >= _SAME)

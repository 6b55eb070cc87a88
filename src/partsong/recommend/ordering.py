"""The order of a playlist in which neighbours fit: an open travelling salesman's path.

The path is improved by two moves until neither helps: turning a stretch around (2-opt, Croes 1958)
and carrying a short one elsewhere (Or-opt, Or 1976). All moves of a kind are weighed at once, as
arrays, and the best is made. It starts from going on to the nearest track that is left, and from
some orders drawn from a fixed seed, so that the same distances always give the same order.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["angle_distances", "blend_distances", "order_rows", "path_cost"]

_MOST_STARTS: Final = 10
_STARTED_ROWS: Final = 800
"""How many rows all starts together may have: a long playlist is begun less often."""

_WEIGHED_MOVES: Final = 1_000_000_000
"""How many moves are weighed for a start, at most; enough for 800 rows, some for 3,000."""

_LONGEST_CARRIED: Final = 3
_LEAST_GAIN: Final = 1e-9
"""Smaller than any difference that can be heard, larger than what rounding makes up."""


def angle_distances(unit: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the angles between all pairs of rows, as shares of a right angle.

    Unlike one minus the cosine, angles obey the triangle inequality: a way around is never shorter.

    Parameters
    ----------
    unit
        Rows of unit length, non-negative, shape (n, n_columns).

    Returns
    -------
    ndarray of shape (n, n)
        From 0 where two rows point alike to 1 where they share nothing.

    Examples
    --------
    >>> angle_distances(np.array([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])).round(2)[0].tolist()
    [0.0, 1.0, 0.59]
    """
    rows = np.asarray(unit, dtype=np.float64)
    found: NDArray[np.float64] = np.arccos(np.clip(rows @ rows.T, 0, 1)) / (np.pi / 2)
    np.fill_diagonal(found, 0.0)
    return found


def blend_distances(*distances: NDArray[np.floating]) -> NDArray[np.float64]:
    """Average several kinds of distance, each over its own mean, so that none drowns the others.

    Parameters
    ----------
    distances
        Of the same rows, each of shape (n, n); at least one kind.

    Returns
    -------
    ndarray of shape (n, n)
        Of mean 1 over all pairs of different rows, where any two rows are apart.

    Examples
    --------
    >>> sound = np.array([[0.0, 0.1, 0.3], [0.1, 0.0, 0.2], [0.3, 0.2, 0.0]])
    >>> blend_distances(sound, 1.0 * (sound > 0.15)).round(2)[0].tolist()
    [0.0, 0.25, 1.5]
    """
    n = len(distances[0])
    blended = np.zeros((n, n))
    for one in distances:
        total = one.sum() - np.trace(one)
        if total > 0:
            blended += one * (n * (n - 1) / total / len(distances))
    return blended


def path_cost(distances: NDArray[np.floating], order: NDArray[np.intp]) -> float:
    """Sum the distances between neighbours.

    Parameters
    ----------
    distances
        Shape (n, n).
    order
        Row numbers, shape (m,).

    Examples
    --------
    >>> path_cost(np.array([[0.0, 1.0, 4.0], [1.0, 0.0, 2.0], [4.0, 2.0, 0.0]]), np.array([2, 0, 1]))
    5.0
    """
    return float(distances[order[:-1], order[1:]].sum())


def order_rows(distances: NDArray[np.floating], *, first: int | None = None) -> NDArray[np.intp]:
    """Put rows into an order in which neighbours are near, as far as two kinds of moves get.

    Parameters
    ----------
    distances
        Symmetric, non-negative, shape (n, n).
    first
        The row to begin with; any by default.

    Returns
    -------
    ndarray of shape (n,)
        Every row once. The path never costs more than the rows in their given order (with `first`
        moved to the front).

    Examples
    --------
    >>> places = np.array([3.0, 0.0, 2.0, 1.0])
    >>> order_rows(np.abs(places[:, None] - places)).tolist()
    [0, 2, 3, 1]
    """
    n = len(distances)
    if n < 2:
        return np.arange(n)
    # A place that is next to everything stands before the first row and behind the last.
    around = np.zeros((n + 1, n + 1))
    around[:n, :n] = distances
    given = np.arange(n)
    if first is not None:
        given = np.r_[first, given[given != first]]
    begin = 2 if first is not None else 1
    starts = [_nearest_next(distances, int(given[0]))]
    rng = np.random.default_rng(0)
    while len(starts) < min(_MOST_STARTS, _STARTED_ROWS // n):
        starts.append(np.r_[given[: begin - 1], rng.permutation(given[begin - 1 :])])
    improved = [_improve(around, start, begin) for start in starts]
    best = min([given, *improved], key=lambda order: round(path_cost(distances, order), 9))
    # The same path backwards costs the same; the earlier row of the two ends begins it.
    return best if first is not None or best[0] < best[-1] else best[::-1].copy()


def _nearest_next(distances: NDArray[np.floating], begin: int) -> NDArray[np.intp]:
    """From each row go on to the nearest that is left."""
    left = np.ones(len(distances), dtype=bool)
    order = [begin]
    for _ in range(len(distances) - 1):
        left[order[-1]] = False
        order.append(int(np.where(left, distances[order[-1]], np.inf).argmin()))
    return np.array(order, dtype=np.intp)


def _improve(around: NDArray[np.float64], order: NDArray[np.intp], begin: int) -> NDArray[np.intp]:
    outside = len(order)
    path = np.r_[outside, order, outside]
    for _ in range(max(1, _WEIGHED_MOVES // len(path) ** 2)):
        turn_gain, turned = _best_turn(around, path, begin)
        carry_gain, carried = _best_carry(around, path, begin)
        if max(turn_gain, carry_gain) <= _LEAST_GAIN:
            break
        path = turned if turn_gain >= carry_gain else carried
    return np.asarray(path[1:-1], dtype=np.intp)


def _best_turn(
    around: NDArray[np.float64], path: NDArray[np.intp], begin: int
) -> tuple[float, NDArray[np.intp]]:
    """Turn the stretch around whose ends gain most by it."""
    inner = path[begin:-1]
    before, behind = path[begin - 1 : -2], path[begin + 1 :]
    step_in, step_out = around[before, inner], around[inner, behind]
    gains = (
        step_in[:, None] + step_out - around[np.ix_(before, inner)] - around[np.ix_(inner, behind)]
    )
    gains[np.tri(len(inner), dtype=bool)] = 0.0
    start, end = np.unravel_index(int(gains.argmax()), gains.shape)
    low, high = begin + int(start), begin + int(end)
    turned = path.copy()
    turned[low : high + 1] = path[low : high + 1][::-1]
    return float(gains[start, end]), turned


def _best_carry(
    around: NDArray[np.float64], path: NDArray[np.intp], begin: int
) -> tuple[float, NDArray[np.intp]]:
    """Carry the stretch of up to three rows, either way around, to where it gains most."""
    best_gain, best = 0.0, path
    steps = around[path[:-1], path[1:]]
    for length in range(1, _LONGEST_CARRIED + 1):
        starts = np.arange(begin, len(path) - length)
        if not len(starts):
            break
        heads, tails = path[starts], path[starts + length - 1]
        before, behind = path[starts - 1], path[starts + length]
        saved = around[before, heads] + around[tails, behind] - around[before, behind]
        gaps = np.arange(begin - 1, len(path) - 1)
        left, right = path[gaps], path[gaps + 1]
        ahead = around[np.ix_(heads, left)] + around[np.ix_(tails, right)]
        back = around[np.ix_(tails, left)] + around[np.ix_(heads, right)]
        gains = saved[:, None] + steps[gaps] - np.minimum(ahead, back)
        is_own = (gaps >= starts[:, None] - 1) & (gaps < starts[:, None] + length)
        gains[is_own] = 0.0
        row, column = np.unravel_index(int(gains.argmax()), gains.shape)
        if gains[row, column] <= best_gain:
            continue
        best_gain = float(gains[row, column])
        start, gap = int(starts[row]), int(gaps[column])
        stretch = path[start : start + length]
        if back[row, column] < ahead[row, column]:
            stretch = stretch[::-1]
        rest = np.delete(path, np.s_[start : start + length])
        place = gap + 1 - (length if gap >= start else 0)
        best = np.insert(rest, place, stretch)
    return best_gain, best

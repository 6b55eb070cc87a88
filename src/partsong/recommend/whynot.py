"""Where a track stands that a list did not reach."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from partsong.recommend.centres import Centre
from partsong.recommend.nearest import NearestRows, unit_rows

__all__ = ["Placing", "place_row"]

_BLOCK_ROWS: Final = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class Placing:
    """How near a row is to the centre that it is nearest to.

    Parameters
    ----------
    row
        Which row.
    centre
        Which centre, counted from 0.
    score
        Their cosine.
    contributions
        What each column adds to it, shape (n_columns,).
    rank
        Its place among the candidates by score for that centre, from 1; ties keep the order of
        rows. It is ranked as if it were a candidate itself.
    n_candidates
        How many rows could come, itself included.
    """

    row: int
    centre: int
    score: float
    contributions: NDArray[np.float64]
    rank: int
    n_candidates: int


def place_row(
    nearest: NearestRows,
    centres: Sequence[Centre],
    row: int,
    *,
    candidates: NDArray[np.bool_] | None = None,
) -> Placing:
    """Rank one row among all, by the centre that it is nearest to.

    Parameters
    ----------
    nearest
        All rows.
    centres
        Of a question.
    row
        Which row.
    candidates
        Which rows may be picked, shape (n_rows,); all by default.

    Examples
    --------
    >>> nearest = NearestRows(np.array([[1.0, 0.0], [0.9, 0.1], [0.8, 0.6]]))
    >>> placing = place_row(nearest, [Centre(np.array([1.0, 0.0]), 1.0, ())], 2)
    >>> placing.rank, placing.score
    (3, 0.8)
    """
    unit = unit_rows(nearest.W[row][np.newaxis])[0]
    added = [unit * centre.direction for centre in centres]
    scores = [float(one.sum()) for one in added]
    best = int(np.argmax(scores))
    direction, score = centres[best].direction, scores[best]
    n_before, n_candidates = 0, 0
    for start in range(0, len(nearest.W), _BLOCK_ROWS):
        block = np.arange(start, min(start + _BLOCK_ROWS, len(nearest.W)))
        is_rival = (block != row) if candidates is None else candidates[block] & (block != row)
        others = (unit_rows(nearest.W[block]) * direction).sum(axis=1)
        is_before = (others > score) | ((others == score) & (block < row))
        n_before += int(np.count_nonzero(is_before & is_rival))
        n_candidates += int(np.count_nonzero(is_rival))
    return Placing(row, best, min(score, 1.0), added[best], n_before + 1, n_candidates + 1)

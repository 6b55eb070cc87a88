"""One step of learning from rows that come in batches: what was known is discounted, then added to.

Rows themselves are not kept; the sums of a solver say all that the components have to know of
them (Mairal, Bach, Ponce and Sapiro 2010, algorithm 1; Lefevre, Bach and Fevotte 2011).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from partsong.nmf.blocks import FloatArray, split_into_blocks
from partsong.nmf.descents.descent import sum_blocks
from partsong.nmf.descents.solver import Solver, Sums
from partsong.nmf.loadings import solve_blocks

__all__ = ["BatchStep", "learn_batch"]


@dataclass(frozen=True, slots=True)
class BatchStep:
    """What a batch has changed.

    Parameters
    ----------
    H
        The components after it.
    sums
        What is known now.
    loss
        The loss of the batch with its best loadings for the components before it.
    """

    H: FloatArray
    sums: Sums
    loss: float


def learn_batch(
    X: Any,
    H: FloatArray,
    known: Sums | None,
    solver: Solver,
    *,
    kept: float = 1.0,
    n_jobs: int = 1,
) -> BatchStep:
    """Let components follow one batch of rows.

    Parameters
    ----------
    X
        The batch, shape (n_samples, n_features): an array, where NaN means missing, or a CSR
        array.
    H
        The components so far, shape (n_components, n_features).
    known
        The sums of earlier rows, if there are any.
    solver
        What solves for loadings and components.
    kept
        What earlier rows count from now on, 0 to 1.
    n_jobs
        Threads.

    Examples
    --------
    >>> from partsong.nmf.descents.hals import HierarchicalLeastSquares
    >>> X, H = np.array([[2.0, 4.0]]), np.array([[1.0, 1.0]])
    >>> learn_batch(X, H, None, HierarchicalLeastSquares()).H * 3
    array([[2., 4.]])
    """
    H = H.astype(np.float64)
    blocks = split_into_blocks(X)
    batch = sum_blocks(blocks, solve_blocks(blocks, H, solver, n_jobs=n_jobs), H, solver)
    sums = batch if known is None else known.scaled(kept) + batch
    return BatchStep(solver.update_components(H, sums), sums, batch.loss)

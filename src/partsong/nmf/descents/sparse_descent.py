"""The descent on sparse data, where there may be more features than rows.

Then the components are as large as the loadings, and are brought forward in the same way: by
pieces, each of which needs the entries of its own features only. So the entries are kept twice,
by row and by feature, and nothing of the size of ``X`` is ever made.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from partsong.nmf.blocks import Block, FloatArray
from partsong.nmf.descents.convergence import Descent, has_settled
from partsong.nmf.descents.hals import HierarchicalLeastSquares, half_squares
from partsong.nmf.descents.solver import Sums
from partsong.nmf.normal_equations import add_penalty, sweep
from partsong.nmf.penalties import component_penalty, loading_penalty
from partsong.nmf.workers import Workers

__all__ = ["descend_sparse", "sum_sparse_blocks"]

_FEATURES = 4096
"""Features taken together: what belongs to them fits a second-level cache."""

_SWEEPS = 2


@dataclass(frozen=True, slots=True)
class _Side:
    """One factor, as rows, with the entries that each piece of it has to explain."""

    factor: FloatArray
    pieces: Sequence[tuple[slice, Any]]
    l1: float
    l2: float

    def gram(self, workers: Workers, weights: FloatArray | None = None) -> FloatArray:
        """Return the Gram matrix of the factor, by the weights of its rows."""

        def one(piece: tuple[slice, Any]) -> FloatArray:
            own = self.factor[piece[0]]
            product: FloatArray = own.T @ (own if weights is None else own * weights[piece[0]])
            return product

        first, *others = workers.map(one, self.pieces)
        return sum(others, start=first)

    def pull(self, other: FloatArray, workers: Workers) -> FloatArray:
        """Return the entries times the other factor, shape (n_rows, n_components)."""
        pulls = np.empty_like(self.factor)

        def one(piece: tuple[slice, Any]) -> None:
            rows, entries = piece
            pulls[rows] = entries @ other

        workers.map(one, self.pieces)
        return pulls

    def improve(self, other: FloatArray, gram: FloatArray, workers: Workers) -> float:
        """Sweep over the factor, in place; return how much of the entries it explained before."""

        def one(piece: tuple[slice, Any]) -> float:
            rows, entries = piece
            own, pull = self.factor[rows], entries @ other
            explained = float(np.vdot(pull, own))
            quadratic = add_penalty(pull.T, gram, l1=self.l1, l2=self.l2)
            sweep(own.T, *quadratic, n_sweeps=_SWEEPS)
            return explained

        return sum(workers.map(one, self.pieces))


def descend_sparse(
    blocks: Sequence[Block],
    start: tuple[FloatArray, FloatArray],
    solver: HierarchicalLeastSquares,
    *,
    tol: float,
    max_iter: int,
    n_jobs: int = 1,
    callback: Callable[[int, float], object] | None = None,
) -> Descent:
    """Bring the Frobenius loss on sparse data down, as `descend` does on dense data.

    A step of the components costs as much here as one of the loadings, so none is tried that may
    have to be taken back: there is no extrapolation.

    Parameters
    ----------
    blocks
        All rows in their order, with values in CSR format.
    solver
        Says what the factors cost.
    start, tol, max_iter, n_jobs, callback
        As in `descend`.

    Returns
    -------
    Descent
        The components, and how the loss fell.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> blocks = [Block(slice(0, 2), csr_array(np.array([[0.0, 2.0], [3.0, 0.0]])))]
    >>> start = np.eye(2), np.ones((2, 2))
    >>> descent = descend_sparse(blocks, start, HierarchicalLeastSquares(), tol=0, max_iter=9)
    >>> bool(descent.loss_curve[-1] < 1e-12)
    True
    """
    penalties, weights = solver.penalties, _row_weights(blocks)
    squares = sum(half_squares(block) for block in blocks)
    rows: list[tuple[Any, Any]] = [(block.rows, block.values) for block in blocks]
    W, T = (np.array(factor, dtype=np.float64, order="C") for factor in (start[0], start[1].T))
    loadings = _Side(W, rows, penalties.l1_W, penalties.l2_W)
    components = _Side(T, _by_feature(blocks), penalties.l1_H, penalties.l2_H)
    curve: list[float] = []
    with Workers(n_jobs) as workers:
        gram_T = components.gram(workers)
        for iteration in range(1, max_iter + 1):
            loadings.improve(T, gram_T, workers)
            gram_W = loadings.gram(workers, weights)
            price = loading_penalty(penalties, W.T, None if weights is None else weights[:, 0])
            price += component_penalty(T, penalties)
            counted = W if weights is None else W * weights
            explained = components.improve(counted, gram_W, workers)
            distance = squares + float(np.vdot(gram_W, gram_T)) / 2 - explained
            gram_T = components.gram(workers)
            curve.append(max(distance, 0.0) + price)
            if callback is not None:
                callback(iteration, curve[-1])
            if has_settled(curve, tol):
                return Descent(T.T, np.array(curve), converged=True)
    return Descent(T.T, np.array(curve), converged=False)


def sum_sparse_blocks(
    blocks: Sequence[Block],
    loadings: Sequence[FloatArray],
    H: FloatArray,
    solver: HierarchicalLeastSquares,
    *,
    n_jobs: int = 1,
) -> Sums:
    """Add up the normal equations of the components over sparse blocks.

    Parameters
    ----------
    blocks, loadings, H, solver, n_jobs
        As in `sum_blocks`.

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> block, one = Block(slice(0, 1), csr_array(np.array([[3.0]]))), np.array([[1.0]])
    >>> sum_sparse_blocks([block], [one], one, HierarchicalLeastSquares()).loss
    2.0
    """
    weights = _row_weights(blocks)
    W, T = np.concatenate([part.T for part in loadings]), np.ascontiguousarray(H.T)
    counted = W if weights is None else W * weights
    features = _Side(T, _by_feature(blocks), 0.0, 0.0)
    with Workers(n_jobs) as workers:
        pulls, gram_T = features.pull(counted, workers), features.gram(workers)
    gram_W = counted.T @ W
    distance = sum(half_squares(block) for block in blocks)
    distance += float(np.vdot(gram_W, gram_T)) / 2 - float(np.vdot(pulls, T))
    price = loading_penalty(solver.penalties, W.T, None if weights is None else weights[:, 0])
    return Sums(pulls.T, gram_W, max(distance, 0.0) + price)


def _row_weights(blocks: Sequence[Block]) -> FloatArray | None:
    """Return the weights of all rows as a column."""
    if all(block.weights is None for block in blocks):
        return None
    each = [
        np.ones(block.values.shape[0]) if block.weights is None else block.weights
        for block in blocks
    ]
    return np.concatenate(each)[:, np.newaxis]


def _by_feature(blocks: Sequence[Block]) -> list[tuple[slice, Any]]:
    from scipy.sparse import vstack

    entries = vstack([block.values for block in blocks], format="csr").T.tocsr()
    starts = range(0, entries.shape[0], _FEATURES)
    pieces = [slice(start, min(start + _FEATURES, entries.shape[0])) for start in starts]
    return [(features, entries[features]) for features in pieces]

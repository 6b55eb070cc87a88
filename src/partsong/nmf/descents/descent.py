"""The loop that every solver runs in: loadings, sums, components, until the loss settles."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from partsong.nmf.blocks import Block, FloatArray
from partsong.nmf.descents.convergence import Descent, has_settled
from partsong.nmf.descents.extrapolation import Extrapolation
from partsong.nmf.descents.solver import Solver, Sums
from partsong.nmf.penalties import NO_PENALTIES, Penalties, component_penalty
from partsong.nmf.workers import Workers

__all__ = ["Descent", "descend", "improve_blocks", "sum_blocks"]


def descend(
    blocks: Sequence[Block],
    start: tuple[FloatArray, FloatArray],
    solver: Solver,
    *,
    tol: float,
    max_iter: int,
    penalties: Penalties = NO_PENALTIES,
    n_jobs: int = 1,
    callback: Callable[[int, float], object] | None = None,
) -> Descent:
    """Bring the loss down until ten iterations together lower it by less than ``tol``.

    Parameters
    ----------
    blocks
        The data.
    start
        The factors to start from, `W` and `H`; left as they are.
    solver
        What makes the steps.
    tol
        Least improvement in ten iterations that is worth going on for, as a part of the loss; see
        `has_settled`.
    max_iter
        Most iterations.
    penalties
        What the factors cost. The solver sees to what it costs the loadings.
    n_jobs
        Threads. The result does not depend on them.
    callback
        Called with the number of the iteration, from 1, and the loss.

    Returns
    -------
    Descent
        The components, and how the loss fell. An iteration that went too far and was taken back
        repeats the loss before it.

    Examples
    --------
    >>> from partsong.nmf.descents.hals import HierarchicalLeastSquares
    >>> X = np.array([[1.0, 2.0], [2.0, 4.0]])
    >>> start = np.ones((2, 1)), np.ones((1, 2))
    >>> blocks = [Block(slice(0, 2), X)]
    >>> descend(blocks, start, HierarchicalLeastSquares(), tol=1e-4, max_iter=50).converged
    True
    """
    from partsong.nmf.descents.hals import (
        HierarchicalLeastSquares,  # which solves by patterns, see there
    )

    if _is_sparse(blocks) and isinstance(solver, HierarchicalLeastSquares):
        from partsong.nmf.descents.sparse_descent import descend_sparse

        return descend_sparse(
            blocks, start, solver, tol=tol, max_iter=max_iter, n_jobs=n_jobs, callback=callback
        )
    W, H = start
    loadings: list[FloatArray] = [
        np.array(W[block.rows].T, dtype=np.float64, order="C") for block in blocks
    ]
    extrapolation = Extrapolation() if getattr(solver, "extrapolates", False) else None
    reached, is_beyond = H, False
    curve: list[float] = []
    with Workers(n_jobs) as workers:
        for iteration in range(1, max_iter + 1):
            tried, sums = improve_blocks(blocks, loadings, H, solver, workers=workers)
            loss = sums.loss + component_penalty(H, penalties)
            if extrapolation is not None and is_beyond and loss > curve[-1]:
                extrapolation.shorten()
                H, is_beyond = reached, False
                curve.append(curve[-1])
            else:
                loadings, before = tried, reached
                reached = H = solver.update_components(H, sums)
                if extrapolation is not None and curve:
                    H, is_beyond = extrapolation.go_on(reached, before), True
                    extrapolation.lengthen()
                curve.append(loss)
            if callback is not None:
                callback(iteration, curve[-1])
            if has_settled(curve, tol):
                return Descent(reached, np.array(curve), converged=True)
    return Descent(reached, np.array(curve), converged=False)


def improve_blocks(
    blocks: Sequence[Block],
    loadings: Sequence[FloatArray],
    H: FloatArray,
    solver: Solver,
    *,
    workers: Workers,
) -> tuple[list[FloatArray], Sums]:
    """Return better loadings of all blocks, and their sums; the old ones stay as they are.

    Examples
    --------
    >>> from partsong.nmf.descents.hals import HierarchicalLeastSquares
    >>> blocks, one = [Block(slice(0, 1), np.array([[3.0]]))], np.array([[1.0]])
    >>> with Workers() as workers:
    ...     improve_blocks(blocks, [one], one, HierarchicalLeastSquares(), workers=workers)[0]
    [array([[3.]])]
    """
    together = getattr(solver, "improve", None)

    def improve(index: int) -> tuple[FloatArray, Sums]:
        block, W = blocks[index], loadings[index].copy()
        if together is not None:
            improved: tuple[FloatArray, Sums] = together(block, W, H)
            return improved
        W = solver.update_loadings(block, W, H)
        return W, solver.summarise(block, W, H)

    results = workers.map(improve, range(len(blocks)))
    return [W for W, _ in results], _add_up(sums for _, sums in results)


def sum_blocks(
    blocks: Sequence[Block],
    loadings: Iterable[FloatArray],
    H: FloatArray,
    solver: Solver,
    *,
    n_jobs: int = 1,
) -> Sums:
    """Add up what a solver needs to know of all blocks.

    Parameters
    ----------
    blocks, loadings
        The data, and the loadings of each block, shape (n_components, n_rows).
    H
        Components.
    solver
        Whose sums.
    n_jobs
        Threads. The result does not depend on them.

    Examples
    --------
    >>> from partsong.nmf.descents.hals import HierarchicalLeastSquares
    >>> block = Block(slice(0, 1), np.array([[3.0]]))
    >>> one = np.array([[1.0]])
    >>> sum_blocks([block, block], [one, one], one, HierarchicalLeastSquares()).loss
    4.0
    """
    from partsong.nmf.descents.hals import HierarchicalLeastSquares

    if _is_sparse(blocks) and isinstance(solver, HierarchicalLeastSquares):
        from partsong.nmf.descents.sparse_descent import sum_sparse_blocks

        return sum_sparse_blocks(blocks, list(loadings), H, solver, n_jobs=n_jobs)
    pieces = [(block, W, H) for block, W in zip(blocks, loadings, strict=True)]
    with Workers(n_jobs) as workers:
        return _add_up(workers.map(lambda piece: solver.summarise(*piece), pieces))


def _add_up(parts: Iterable[Sums]) -> Sums:
    first, *others = parts
    return sum(others, start=first)


def _is_sparse(blocks: Sequence[Block]) -> bool:
    return not isinstance(blocks[0].values, np.ndarray)

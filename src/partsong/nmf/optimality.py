"""How far factors are from where no descent can go on: a number to trust instead of a flat curve.

A loss that hardly falls any more may mean a minimum or a slow descent. The conditions of Karush,
Kuhn and Tucker tell them apart: at a minimum no entry above zero has a slope, and no entry at zero
a slope that calls it up. For given components the problem of the loadings is convex, so there even
the distance to the best loss can be bounded.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from partsong.nmf.blocks import Block, FloatArray, split_into_blocks
from partsong.nmf.descents.solver import Sums
from partsong.nmf.divergence import BetaLoss, entry_products
from partsong.nmf.normal_equations import apply_gram, divide_where_positive, gram_diagonal
from partsong.nmf.penalties import NO_PENALTIES, Penalties

__all__ = ["kkt_residual", "kkt_residual_of_blocks", "kkt_residual_of_sums", "loadings_gap"]

_POWER = {"frobenius": 2, "kullback-leibler": 1, "itakura-saito": 0}
"""The power of the unit of ``X`` that each loss is measured in."""


def kkt_residual(
    X: Any,
    W: FloatArray,
    H: FloatArray,
    *,
    beta_loss: BetaLoss = "frobenius",
    penalties: Penalties = NO_PENALTIES,
    sample_weight: FloatArray | None = None,
) -> float:
    """Measure how far factors are from a first-order optimum, free of any scale.

    For each factor ``F`` with slope ``G`` the residual is ``min(F, G)``, entry by entry, which is
    zero where the conditions of optimality hold (Kim, He and Park 2014, section 6). Each component
    is first scaled to unit length in the other factor, so that the result does not depend on how
    scale is shared between `W` and `H`. For ``"frobenius"`` an entry of the residual is then the
    length by which ``W @ H`` would move if that entry alone went to its best value.

    Parameters
    ----------
    X
        Shape (n_samples, n_features), non-negative; an array, where NaN means missing, or a
        sparse array of SciPy in CSR format.
    W, H
        The factors, shapes (n_samples, n_components) and (n_components, n_features).
    beta_loss
        The loss they should minimise. For ``"itakura-saito"`` ``X`` must not hold zeros.
    penalties
        What is added to it.
    sample_weight
        How often each row counts, shape (n_samples,); None where each counts once.

    Returns
    -------
    float
        Length of the residual of the worse factor, as a part of the length of ``X``. 0 at an
        optimum; infinite where the product is 0 and ``X`` is not, for losses that forbid it.

    References
    ----------
    J. Kim, Y. He and H. Park, "Algorithms for nonnegative matrix and tensor factorizations: a
    unified view based on block coordinate descent framework", Journal of Global Optimization 58
    (2014).

    Examples
    --------
    >>> X, H = np.array([[2.0, 0.0], [0.0, 4.0]]), np.eye(2)
    >>> kkt_residual(X, X, H)
    0.0
    >>> round(kkt_residual(X, 0.9 * X, H), 3)
    0.1
    """
    blocks = _as_blocks(X, sample_weight)
    loadings = [np.asarray(W[block.rows].T, dtype=np.float64) for block in blocks]
    return kkt_residual_of_blocks(blocks, loadings, H, beta_loss=beta_loss, penalties=penalties)


def kkt_residual_of_blocks(
    blocks: Sequence[Block],
    loadings: Sequence[FloatArray],
    H: FloatArray,
    *,
    beta_loss: BetaLoss = "frobenius",
    penalties: Penalties = NO_PENALTIES,
) -> float:
    """Measure the same from blocks and their loadings, each of shape (n_components, n_rows).

    Parameters
    ----------
    blocks, loadings
        The data, and what a solver found for it.
    H, beta_loss, penalties
        As in `kkt_residual`.

    Examples
    --------
    >>> block = Block(slice(0, 1), np.array([[2.0, 1.0]]))
    >>> kkt_residual_of_blocks([block], [np.array([[1.0]])], np.array([[2.0, 1.0]]))
    0.0
    """
    H = np.asarray(H, dtype=np.float64)
    squares = sum(_sum_of_squares(block) for block in blocks)
    n_entries = sum(_number_of_entries(block) for block in blocks)
    step = (squares / max(n_entries, 1)) ** (1 - _POWER[beta_loss] / 2)
    lengths_H = np.linalg.norm(H, axis=1, keepdims=True)
    residual_W = 0.0
    slope_H = penalties.l1_H + penalties.l2_H * H
    squares_W = np.zeros_like(lengths_H)
    for block, W in zip(blocks, loadings, strict=True):
        weights = np.ones(W.shape[1]) if block.weights is None else block.weights
        slope_W, part_H = _slopes(block, W, H, weights, beta_loss)
        slope_W += penalties.l1_W + penalties.l2_W * W
        residual_W += float((_natural_residual(W, slope_W, lengths_H, step) ** 2 @ weights).sum())
        slope_H = slope_H + part_H
        squares_W += (W**2 @ weights)[:, np.newaxis]
    residual_H = _natural_residual(H, slope_H, np.sqrt(squares_W), step)
    worse = np.sqrt(max(residual_W, float((residual_H**2).sum())))
    return float(worse / np.sqrt(squares)) if squares > 0 else float(worse)


def kkt_residual_of_sums(
    sums: Sums, H: FloatArray, squares: float, *, penalties: Penalties = NO_PENALTIES
) -> float:
    """Measure the same for the Frobenius loss where the loadings are the best ones.

    Then the residual is that of the components alone, and their normal equations tell it without
    another look at the data.

    Parameters
    ----------
    sums
        The normal equations, as `HierarchicalLeastSquares` makes them.
    H
        The components.
    squares
        The sum of the squares of ``X``.
    penalties
        As in `kkt_residual`.

    Examples
    --------
    >>> H = np.array([[2.0, 1.0]])
    >>> kkt_residual_of_sums(Sums(H, np.eye(1), 0.0), H, 5.0)
    0.0
    """
    H = np.asarray(H, dtype=np.float64)
    slope = apply_gram(sums.denominator, H) - sums.numerator
    slope = slope + penalties.l1_H + penalties.l2_H * H
    lengths = np.sqrt(np.maximum(gram_diagonal(sums.denominator), 0.0))
    residual = float(np.linalg.norm(_natural_residual(H, slope, lengths, 1.0)))
    return residual / float(np.sqrt(squares)) if squares > 0 else residual


def loadings_gap(
    X: Any,
    W: FloatArray,
    H: FloatArray,
    *,
    penalties: Penalties = NO_PENALTIES,
    sample_weight: FloatArray | None = None,
) -> float:
    """Bound how much of the squared loss better loadings could still win, for given components.

    The bound is the duality gap. The residual, moved along the vector of ones until no component
    leans on it, is a point of the dual problem (as for screening in Dantas, Soubies and Fevotte
    2021); what the loadings cost more than that point proves is all there is to win.

    Parameters
    ----------
    X
        Shape (n_samples, n_features), non-negative; an array, where NaN means missing, or a
        sparse array of SciPy in CSR format.
    W, H
        The factors, shapes (n_samples, n_components) and (n_components, n_features).
    penalties
        Those on the loadings are part of what is won.
    sample_weight
        How often each row counts, shape (n_samples,); None where each counts once.

    Returns
    -------
    float
        At least the excess of the loss (with its penalties on `W`) over the least possible, as a
        part of half the squares of ``X``. 0 for the best loadings.

    References
    ----------
    C. F. Dantas, E. Soubies and C. Fevotte, "Expanding boundaries of Gap Safe screening", Journal
    of Machine Learning Research 22 (2021).

    Examples
    --------
    >>> X, H = np.array([[3.0, 4.0]]), np.array([[3.0, 4.0]])
    >>> loadings_gap(X, np.array([[1.0]]), H)
    0.0
    >>> loadings_gap(X, np.array([[0.0]]), H) >= 1.0
    True
    """
    H = np.asarray(H, dtype=np.float64)
    gap, squares = 0.0, 0.0
    for block in _as_blocks(X, sample_weight):
        loadings = np.asarray(W[block.rows].T, dtype=np.float64)
        weights = np.ones(loadings.shape[1]) if block.weights is None else block.weights
        pull = -_slopes(block, loadings, H, weights, "frobenius")[0] - penalties.l1_W
        gap += float(_row_gaps(block, loadings, H, pull, penalties.l2_W) @ weights)
        squares += _sum_of_squares(block)
    return 2 * gap / squares if squares > 0 else 2 * gap


def _row_gaps(
    block: Block, loadings: FloatArray, H: FloatArray, pull: FloatArray, l2: float
) -> FloatArray:
    """Return the gap of each row; `pull` is how strongly its residual leans on each component."""
    gaps: FloatArray
    if l2 > 0:  # any residual is a point of the dual problem
        best = np.maximum(pull, 0) / l2
        gaps = (l2 / 2 * (loadings - best) ** 2 - np.minimum(pull, 0) * loadings).sum(axis=0)
        return gaps
    totals = H.sum(axis=1, keepdims=True) if block.seen is None else H @ block.seen.T
    moves = divide_where_positive(np.maximum(pull, 0), totals, otherwise=0.0).max(axis=0)
    n_seen = H.shape[1] if block.seen is None else block.seen.sum(axis=1)
    gaps = (loadings * (moves * totals - pull)).sum(axis=0) + moves**2 * n_seen / 2
    return gaps


def _natural_residual(
    factor: FloatArray, slope: FloatArray, lengths: FloatArray, step: float
) -> FloatArray:
    """Return ``min(factor, slope)`` with each component scaled to unit length in the other."""
    scaled_slope = divide_where_positive(step * slope, lengths, otherwise=0.0)
    return np.minimum(factor * lengths, scaled_slope)


def _slopes(
    block: Block, W: FloatArray, H: FloatArray, weights: FloatArray, beta_loss: BetaLoss
) -> tuple[FloatArray, FloatArray]:
    """Return the slope of the loss of each row over its loadings, and of all over the components."""
    if not isinstance(block.values, np.ndarray):
        return _sparse_slopes(block, W, H, weights, beta_loss)
    product = W.T @ H
    slope = product - block.values
    if beta_loss != "frobenius":
        power = 2 - _POWER[beta_loss]
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            slope = np.where(slope == 0, 0.0, slope / product**power)
        if beta_loss == "kullback-leibler":  # 1 where neither explains nor is there anything
            slope[(product == 0) & (block.values == 0)] = 1.0
    if block.seen is not None:
        slope = np.where(block.seen > 0, slope, 0.0)
    with np.errstate(invalid="ignore"):
        return H @ slope.T, (W * weights) @ slope


def _sparse_slopes(
    block: Block, W: FloatArray, H: FloatArray, weights: FloatArray, beta_loss: BetaLoss
) -> tuple[FloatArray, FloatArray]:
    """Do the same without a dense product."""
    values: Any = block.values
    weighted = W * weights
    if beta_loss == "frobenius":
        return H @ H.T @ W - (values @ H.T).T, (weighted @ W.T) @ H - (values.T @ weighted.T).T
    if beta_loss == "itakura-saito":
        msg = "beta_loss='itakura-saito' allows no zeros, so X cannot be sparse."
        raise ValueError(msg)
    ratio = values.copy()
    with np.errstate(divide="ignore"):
        ratio.data = values.data / entry_products(values, W, H)
    totals_H, totals_W = H.sum(axis=1, keepdims=True), weighted.sum(axis=1, keepdims=True)
    return totals_H - (ratio @ H.T).T, totals_W - (ratio.T @ weighted.T).T


def _as_blocks(X: Any, sample_weight: FloatArray | None) -> list[Block]:
    weights = None if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    return split_into_blocks(X if hasattr(X, "tocsr") else np.asarray(X), weights)


def _sum_of_squares(block: Block) -> float:
    values: Any = block.values
    if isinstance(values, np.ndarray):
        rows = np.einsum("ij,ij->i", values, values)
    else:
        rows = np.asarray(values.multiply(values).sum(axis=1)).ravel()
    return float(rows.sum() if block.weights is None else rows @ block.weights)


def _number_of_entries(block: Block) -> float:
    n_rows, n_features = block.values.shape
    seen = np.full(n_rows, n_features) if block.seen is None else block.seen.sum(axis=1)
    return float(seen.sum() if block.weights is None else seen @ block.weights)

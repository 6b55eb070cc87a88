"""How far a product ``W @ H`` is from ``X``, by the losses that the solvers bring down."""

from typing import Literal, TypeAlias

import numpy as np

from partsong.nmf.blocks import Block, FloatArray, split_into_blocks

__all__ = ["BetaLoss", "block_divergence", "divergence", "reconstruction_error"]

BetaLoss: TypeAlias = Literal["frobenius", "kullback-leibler"]


def divergence(
    X: FloatArray, W: FloatArray, H: FloatArray, *, beta_loss: BetaLoss = "frobenius"
) -> float:
    """Sum the loss of ``W @ H`` over the observed entries of ``X``.

    ``"frobenius"`` is half the sum of squares. ``"kullback-leibler"`` is the sum of
    ``x * log(x / wh) - x + wh`` (Lee and Seung 2001, equation 3), infinite where ``wh`` is 0 and
    ``x`` is not.

    Parameters
    ----------
    X
        Shape (n_samples, n_features), non-negative. NaN means missing.
    W, H
        The factors, shapes (n_samples, n_components) and (n_components, n_features).
    beta_loss
        Which loss.

    Returns
    -------
    float
        At least 0.

    Examples
    --------
    >>> divergence(np.array([[3.0, np.nan]]), np.array([[1.0]]), np.array([[1.0, 5.0]]))
    2.0
    """
    return sum(
        block_divergence(block, W[block.rows] @ H, beta_loss=beta_loss)
        for block in split_into_blocks(np.asarray(X))
    )


def reconstruction_error(
    X: FloatArray, W: FloatArray, H: FloatArray, *, beta_loss: BetaLoss = "frobenius"
) -> float:
    """Return the root of twice the divergence: for ``"frobenius"`` the length of ``X - W @ H``.

    This is scikit-learn's ``reconstruction_err_``.

    Parameters
    ----------
    X, W, H, beta_loss
        As in `divergence`.

    Examples
    --------
    >>> reconstruction_error(np.array([[3.0, 5.0]]), np.array([[1.0]]), np.array([[0.0, 1.0]]))
    5.0
    """
    return float(np.sqrt(2 * divergence(X, W, H, beta_loss=beta_loss)))


def block_divergence(block: Block, product: FloatArray, *, beta_loss: BetaLoss) -> float:
    """Return the divergence of one block from its product ``W @ H``, shape (n_rows, n_features).

    Examples
    --------
    >>> block = Block(slice(0, 1), np.array([[2.0, 0.0]]))
    >>> block_divergence(block, np.array([[2.0, 3.0]]), beta_loss="kullback-leibler")
    3.0
    """
    if beta_loss == "frobenius":
        residual = product - block.values
        if block.seen is not None:
            residual *= block.seen
        return float(np.einsum("ij,ij->", residual, residual)) / 2
    from scipy.special import kl_div

    terms = kl_div(block.values, product)
    if block.seen is not None:
        terms *= block.seen
    return max(float(terms.sum()), 0.0)  # rounding may take a perfect fit below

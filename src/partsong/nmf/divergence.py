"""How far a product ``W @ H`` is from ``X``, by the losses that the solvers bring down."""

from typing import Any, Literal, TypeAlias

import numpy as np

from partsong.nmf.blocks import Block, FloatArray, split_into_blocks

__all__ = [
    "BetaLoss",
    "block_divergence",
    "check_no_observed_zeros",
    "divergence",
    "entry_products",
    "factored_divergence",
    "reconstruction_error",
]

BetaLoss: TypeAlias = Literal["frobenius", "kullback-leibler", "itakura-saito"]


def divergence(X: Any, W: FloatArray, H: FloatArray, *, beta_loss: BetaLoss = "frobenius") -> float:
    """Sum the loss of ``W @ H`` over the observed entries of ``X``.

    ``"frobenius"`` is half the sum of squares. ``"kullback-leibler"`` is the sum of
    ``x * log(x / wh) - x + wh`` (Lee and Seung 2001, equation 3), infinite where ``wh`` is 0 and
    ``x`` is not. ``"itakura-saito"`` is the sum of ``x / wh - log(x / wh) - 1`` (Fevotte, Bertin
    and Durrieu 2009, equation 2.1), infinite where either is 0 and the other is not.

    Parameters
    ----------
    X
        Shape (n_samples, n_features), non-negative; an array, where NaN means missing, or a
        sparse array of SciPy in CSR format.
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
        factored_divergence(block, W[block.rows].T, H, beta_loss=beta_loss)
        for block in split_into_blocks(X if hasattr(X, "tocsr") else np.asarray(X))
    )


def reconstruction_error(
    X: Any, W: FloatArray, H: FloatArray, *, beta_loss: BetaLoss = "frobenius"
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


def check_no_observed_zeros(X: Any, names: Any = None) -> None:
    """Refuse zeros, which ``"itakura-saito"`` is infinitely far from, and name the first.

    Parameters
    ----------
    X
        An array, where NaN means missing, or a sparse array, which is all but sure to have some.
    names
        What the features are called, if they have names.

    Raises
    ------
    ValueError
        If an observed entry is zero, in scikit-learn's words.

    Examples
    --------
    >>> check_no_observed_zeros(np.array([[1.0, 2.0], [np.nan, 0.0]]), ["energy", "loudness"])
    Traceback (most recent call last):
    ...
    ValueError: When beta_loss <= 0 and X contains zeros, the solver may diverge. Please add small values to X, or use a positive beta_loss. The first zero is in row 1, feature 'loudness'.
    """
    if isinstance(X, np.ndarray):
        where = np.argwhere(X == 0)
        if not len(where):
            return
        row, column = where[0]
        name = str(column) if names is None else repr(str(names[column]))
        place = f"The first zero is in row {row}, feature {name}."
    elif X.nnz == np.prod(X.shape) and X.data.all():
        return
    else:
        place = "What a sparse matrix does not store is zero."
    msg = (
        "When beta_loss <= 0 and X contains zeros, the solver may diverge. Please add small "
        f"values to X, or use a positive beta_loss. {place}"
    )
    raise ValueError(msg)


def factored_divergence(
    block: Block,
    loadings: FloatArray,
    H: FloatArray,
    *,
    beta_loss: BetaLoss,
    product: FloatArray | None = None,
) -> float:
    """Return the divergence of one block, dense or sparse, from its factors.

    Each row counts by its weight. The product is never formed where the block is sparse.

    Parameters
    ----------
    block
        The rows; sparse ones not under ``"itakura-saito"``, which allows no zeros.
    loadings
        Shape (n_components, n_rows).
    H
        Components, shape (n_components, n_features).
    beta_loss
        Which loss.
    product
        ``W @ H`` where it is known already; of a sparse block only at its entries, as
        `entry_products` returns it.

    Examples
    --------
    >>> block = Block(slice(0, 1), np.array([[2.0, 0.0]]))
    >>> factored_divergence(block, np.array([[1.0]]), np.array([[2.0, 3.0]]), beta_loss="frobenius")
    4.5
    """
    if isinstance(block.values, np.ndarray):
        product = loadings.T @ H if product is None else product
        return block_divergence(block, product, beta_loss=beta_loss)
    if beta_loss == "itakura-saito":
        msg = "beta_loss='itakura-saito' allows no zeros, so X cannot be sparse."
        raise ValueError(msg)
    values: Any = block.values
    product = entry_products(values, loadings, H) if product is None else product
    weighted = loadings if block.weights is None else loadings * block.weights
    if beta_loss == "frobenius":
        entries = values.data**2 - 2 * values.data * product
        everywhere = float(np.vdot(weighted @ loadings.T, H @ H.T))
    else:
        entries = _relative_entropies(values.data, product) - product
        everywhere = float(weighted.sum(axis=1) @ H.sum(axis=1))
    if block.weights is not None:
        weights = np.repeat(block.weights, np.diff(values.indptr))
        entries[weights == 0] = 0  # infinite ones too
        entries *= weights
    total = max(float(entries.sum()) + everywhere, 0.0)  # rounding may take a perfect fit below
    return total / 2 if beta_loss == "frobenius" else total


def block_divergence(block: Block, product: FloatArray, *, beta_loss: BetaLoss) -> float:
    """Return the divergence of one dense block from its product ``W @ H``.

    Each row counts by its weight.

    Parameters
    ----------
    block
        The rows.
    product
        Shape (n_rows, n_features).
    beta_loss
        Which loss.

    Examples
    --------
    >>> block = Block(slice(0, 1), np.array([[2.0, 0.0]]))
    >>> block_divergence(block, np.array([[2.0, 3.0]]), beta_loss="kullback-leibler")
    3.0
    """
    terms: FloatArray
    if beta_loss == "frobenius":
        terms = product - block.values
        terms *= terms
    elif beta_loss == "kullback-leibler":
        terms = _relative_entropies(block.values, product)
    else:
        terms = _itakura_saito_terms(block, product)
    if block.seen is not None:
        terms = np.where(block.seen > 0, terms, 0.0)
    if block.weights is not None:
        terms[block.weights == 0] = 0  # infinite ones too
        terms *= block.weights[:, np.newaxis]
    total = max(float(terms.sum()), 0.0)  # rounding may take a perfect fit below
    return total / 2 if beta_loss == "frobenius" else total


def entry_products(values: Any, loadings: FloatArray, H: FloatArray) -> FloatArray:
    """Return ``W @ H`` at the stored entries of a sparse block, in their order.

    Parameters
    ----------
    values
        The block in CSR format, shape (n_rows, n_features).
    loadings
        Shape (n_components, n_rows).
    H
        Components, shape (n_components, n_features).

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> values = csr_array(np.array([[0.0, 7.0], [7.0, 0.0]]))
    >>> entry_products(values, np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]))
    array([4., 6.])
    """
    counts = np.diff(values.indptr)
    products = np.zeros(len(values.data))
    for row_loadings, component in zip(loadings, H, strict=True):
        products += np.repeat(row_loadings, counts) * component[values.indices]
    return products


def _relative_entropies(values: FloatArray, products: FloatArray) -> FloatArray:
    from scipy.special import kl_div

    terms: FloatArray = kl_div(values, products)
    return terms


def _itakura_saito_terms(block: Block, product: FloatArray) -> FloatArray:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = block.values / product
        terms: FloatArray = ratio - np.log(ratio) - 1
    is_one_zero = (block.values > 0) != (product > 0)
    is_both_zero = (block.values == 0) & (product == 0)
    return np.where(is_one_zero, np.inf, np.where(is_both_zero, 0.0, terms))

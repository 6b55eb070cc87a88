"""The quadratic that one factor of ``X ~ W @ H`` has to minimise while the other stands still.

For a column ``f`` of the factor it is ``f @ G @ f / 2 - b @ f``, with a Gram matrix ``G`` and a
numerator ``b``. Where nothing is missing all columns share one ``G``, shape (k, k); where entries
are missing each column has its own, shape (k, k, n_columns). Factors stand as (k, n_columns)
here, so that `H` and the transpose of `W` are treated alike.
"""

import numpy as np

from partsong.nmf.blocks import FloatArray
from partsong.nmf.kernels import load_kernel

__all__ = [
    "add_penalty",
    "apply_gram",
    "divide_where_positive",
    "gram_diagonal",
    "gram_matrix",
    "sweep",
]

_SMALLEST = float(np.finfo(np.float64).tiny)
"""The smallest number of full precision, and whose reciprocal is finite."""


def gram_matrix(factor: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Return the Gram matrix of a factor, or one for each column of the other factor.

    Parameters
    ----------
    factor
        Shape (k, p).
    weights
        How much each of the p entries counts for each column, shape (q, p); None means 1.

    Returns
    -------
    ndarray
        Shape (k, k), or (k, k, q) with `weights`.

    Examples
    --------
    >>> gram_matrix(np.array([[1.0, 2.0]]), np.array([[1.0, 1.0], [1.0, 0.0]]))
    array([[[5., 1.]]])
    """
    if weights is None:
        return factor @ factor.T
    k, p = factor.shape
    pairs = (factor[:, np.newaxis] * factor).reshape(k * k, p)
    return (pairs @ weights.T).reshape(k, k, len(weights))


def apply_gram(gram: FloatArray, factor: FloatArray) -> FloatArray:
    """Multiply each column of a factor by its Gram matrix.

    Examples
    --------
    >>> apply_gram(np.array([[2.0]]), np.array([[3.0, 4.0]]))
    array([[6., 8.]])
    """
    if gram.ndim == 2:
        return gram @ factor
    product: FloatArray = np.einsum("ijn,jn->in", gram, factor)
    return product


def gram_diagonal(gram: FloatArray) -> FloatArray:
    """Return the diagonals of a Gram matrix as a column, or of several as columns.

    Examples
    --------
    >>> gram_diagonal(np.array([[2.0, 1.0], [1.0, 3.0]]))
    array([[2.],
           [3.]])
    """
    k = len(gram)
    return gram[range(k), range(k)].reshape(k, -1)


def add_penalty(
    numerator: FloatArray, gram: FloatArray, *, l1: float, l2: float
) -> tuple[FloatArray, FloatArray]:
    """Return the quadratic with ``l1 * sum(f) + l2 / 2 * sum(f ** 2)`` added for each column.

    Where both are 0 these are the arrays that were given, else copies.

    Examples
    --------
    >>> add_penalty(np.array([[3.0]]), np.array([[2.0]]), l1=1.0, l2=0.5)
    (array([[2.]]), array([[2.5]]))
    """
    if l1:
        numerator = numerator - l1
    if l2:
        gram, k = gram.copy(), range(len(gram))
        gram[k, k] += l2
    return numerator, gram


def sweep(
    factor: FloatArray,
    numerator: FloatArray,
    gram: FloatArray,
    *,
    n_sweeps: int = 1,
    columns: slice = slice(None),
) -> None:
    """Minimise over one row of a factor after the other, in place, never below zero.

    This is the update of hierarchical alternating least squares (Cichocki and Phan 2009,
    algorithm 2; Gillis and Glineur 2012, equation 2.3). The quadratic never rises. A row that
    nothing depends on (a zero on the diagonal) stays as it is.

    Parameters
    ----------
    factor
        Shape (k, n_columns), non-negative; overwritten.
    numerator
        The same shape.
    gram
        Shape (k, k) or (k, k, n_columns).
    n_sweeps
        How often to go over all rows.
    columns
        Which columns to improve; the others stay as they are.

    Examples
    --------
    >>> factor = np.zeros((2, 1))
    >>> sweep(factor, np.array([[2.0], [-1.0]]), np.eye(2))
    >>> factor.ravel()
    array([2., 0.])
    """
    kernel = load_kernel("sweeps")
    if kernel is not None and gram.ndim == 2 and factor.dtype == np.float64:
        for by_column in (False, True):  # the kernel takes a factor, or the transpose of one
            arrays = (factor.T, numerator.T) if by_column else (factor, numerator)
            if all(array.flags.c_contiguous for array in arrays):
                bounds = columns.indices(factor.shape[1])[:2]
                gram = np.ascontiguousarray(gram)
                kernel.sweep(*arrays, gram, len(factor), n_sweeps, by_column, *bounds)
                return
    own_gram = gram if gram.ndim == 2 else gram[:, :, columns]
    _sweep_rows(factor[:, columns], numerator[:, columns], own_gram, n_sweeps)


def _sweep_rows(factor: FloatArray, numerator: FloatArray, gram: FloatArray, n_sweeps: int) -> None:
    inverse_curvature = divide_where_positive(np.ones(()), gram_diagonal(gram), otherwise=0.0)
    for _ in range(n_sweeps):
        for row in range(len(factor)):
            step = apply_gram(gram[row : row + 1], factor)[0]
            np.subtract(numerator[row], step, out=step)
            step *= inverse_curvature[row]
            step += factor[row]
            np.maximum(step, 0, out=factor[row])


def divide_where_positive(
    numerator: FloatArray, denominator: FloatArray, *, otherwise: FloatArray | float
) -> FloatArray:
    """Divide, and take other values where the denominator is zero, or too small to divide by.

    Examples
    --------
    >>> divide_where_positive(np.array([3.0, 0.0]), np.array([2.0, 0.0]), otherwise=1.0)
    array([1.5, 1. ])
    """
    shape = np.broadcast_shapes(numerator.shape, denominator.shape)
    quotient = np.empty(shape)
    quotient[...] = otherwise
    return np.divide(numerator, denominator, out=quotient, where=denominator > _SMALLEST)

"""The scale law: components are compared only after their scale has been moved to the loadings.

``W @ H`` stays the same when a component of `H` is multiplied by any positive number and its
column of `W` divided by it. So the size of a loading says nothing until that number is fixed.
"""

import numpy as np

from partsong.nmf.blocks import FloatArray

__all__ = ["balance_scale", "unit_rows"]


def balance_scale(W: FloatArray, H: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give every component unit length and its loadings the scale it had.

    Then a loading is the length of what the component adds to the track, in the units of ``X``,
    and loadings of different components can be compared.

    Parameters
    ----------
    W
        Loadings, shape (n_samples, n_components).
    H
        Components, shape (n_components, n_features).

    Returns
    -------
    W, H
        New arrays with the same product. A component that is all zero stays so, and as its
        loadings add nothing they become 0 too.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    Examples
    --------
    >>> W, H = balance_scale(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [0.0, 0.5]]))
    >>> W
    array([[5., 1.]])
    >>> H
    array([[0.6, 0.8],
           [0. , 1. ]])
    """
    W, H = np.asarray(W), np.asarray(H)
    if W.ndim != 2 or H.ndim != 2 or W.shape[1] != len(H):
        msg = f"W of shape {W.shape} and H of shape {H.shape} do not have the same components."
        raise ValueError(msg)
    largest = np.abs(H).max(axis=1, initial=0)
    divisors = np.where(largest > 0, largest, 1)[:, np.newaxis]
    shapes = H / divisors  # so that squares of tiny or huge numbers stay in range
    lengths = np.linalg.norm(shapes, axis=1, keepdims=True)
    H_unit = shapes / np.where(lengths > 0, lengths, 1)
    return W * (largest * lengths[:, 0]), H_unit


def unit_rows(H: FloatArray) -> FloatArray:
    """Return components at unit length; one that is all zero stays so.

    Parameters
    ----------
    H
        Shape (n_components, n_features), non-negative.

    Examples
    --------
    >>> unit_rows(np.array([[3e-200, 4e-200], [0.0, 0.0]]))
    array([[0.6, 0.8],
           [0. , 0. ]])
    """
    largest = H.max(axis=1, keepdims=True, initial=0)
    shapes = H / np.where(largest > 0, largest, 1)
    lengths = np.linalg.norm(shapes, axis=1, keepdims=True)
    units: FloatArray = shapes / np.where(lengths > 0, lengths, 1)
    return units

"""What the estimator refuses, in scikit-learn's words where it has some."""

from typing import Any

import numpy as np
from sklearn.utils import check_array

from partsong.nmf.blocks import FloatArray

__all__ = ["check_every_feature_seen", "check_factor", "check_not_negative"]


def check_not_negative(X: FloatArray, names: Any = None) -> None:
    """Refuse a matrix with values below zero, and name the first.

    Parameters
    ----------
    X
        Shape (n_samples, n_features).
    names
        What the features are called, if they have names.

    Raises
    ------
    ValueError
        If a value is negative.

    Examples
    --------
    >>> check_not_negative(np.array([[1.0, -2.0]]), ["energy", "loudness"])
    Traceback (most recent call last):
    ...
    ValueError: Negative values in data passed to NMF (input X), the first in row 0, feature 'loudness'.
    """
    negative = np.argwhere(X < 0)
    if len(negative):
        row, column = negative[0]
        msg = (
            "Negative values in data passed to NMF (input X), "
            f"the first in row {row}, feature {_name(column, names)}."
        )
        raise ValueError(msg)


def check_every_feature_seen(X: FloatArray, names: Any = None) -> None:
    """Refuse a matrix with columns that hold nothing but NaN, and name them.

    Raises
    ------
    ValueError
        If there are any.

    Examples
    --------
    >>> check_every_feature_seen(np.array([[1.0, np.nan]]))
    Traceback (most recent call last):
    ...
    ValueError: No value was observed of feature 1, so nothing can be learned of it. Leave it out.
    """
    unseen = np.flatnonzero(np.isnan(X).all(axis=0))
    if unseen.size:
        listed = ", ".join(_name(column, names) for column in unseen)
        msg = (
            f"No value was observed of feature {listed}, so nothing can be learned of it. "
            "Leave it out."
        )
        raise ValueError(msg)


def check_factor(factor: Any, shape: tuple[int, int], name: str) -> FloatArray:
    """Return a factor to start from as an array, or refuse it.

    Raises
    ------
    ValueError
        If it is missing, of another shape, negative, not finite, or all zero.

    Examples
    --------
    >>> check_factor([[1, 2]], (1, 2), "H")
    array([[1., 2.]])
    """
    if factor is None:
        msg = f"init='custom' needs W and H to start from; {name} is missing."
        raise ValueError(msg)
    checked: FloatArray = check_array(factor, dtype=np.float64, input_name=name)
    if checked.shape != shape:
        msg = (
            f"Array with wrong shape passed to NMF (input {name}). "
            f"Expected {shape}, but got {checked.shape}."
        )
        raise ValueError(msg)
    if (checked < 0).any():
        msg = f"Negative values in data passed to NMF (input {name})."
        raise ValueError(msg)
    if not checked.any():
        msg = f"Array passed to NMF (input {name}) is full of zeros."
        raise ValueError(msg)
    return checked


def _name(column: Any, names: Any) -> str:
    return str(column) if names is None else repr(str(names[column]))

"""What the estimator refuses, in scikit-learn's words where it has some."""

from typing import Any

import numpy as np
from sklearn.utils import assert_all_finite, check_array

from partsong.nmf.blocks import FloatArray
from partsong.nmf.workers import map_in_threads

__all__ = ["check_entries", "check_factor"]

_SCAN_ENTRIES = 500_000
"""Taken together: two reductions over them are worth a thread's turn, and the second finds them in the cache."""


def check_entries(X: Any, names: Any = None, *, learn: bool, n_jobs: int = 1) -> bool:
    """Refuse entries that a fit cannot take; return whether nothing is missing.

    Parameters
    ----------
    X
        Shape (n_samples, n_features): an array, where NaN means missing, or a CSR array.
    names
        What the features are called, if they have names.
    learn
        Whether components are to be learned: then every feature must have been observed.
    n_jobs
        Threads.

    Raises
    ------
    ValueError
        If a value is infinite or negative, or a feature is never observed; and if a sparse array
        has missing entries.

    Examples
    --------
    >>> check_entries(np.array([[1.0, np.nan]]), learn=False)
    False
    >>> check_entries(np.array([[1.0, -2.0]]), ["energy", "loudness"], learn=True)
    Traceback (most recent call last):
    ...
    ValueError: Negative values in data passed to NMF (input X), the first in row 0, feature 'loudness'.
    >>> check_entries(np.array([[1.0, np.nan]]), learn=True)
    Traceback (most recent call last):
    ...
    ValueError: No value was observed of feature 1, so nothing can be learned of it. Leave it out.
    """
    is_sparse = hasattr(X, "tocsr")
    smallest, largest, is_complete = _range(X.data if is_sparse else X, n_jobs)
    if largest == np.inf or (is_sparse and not is_complete):
        assert_all_finite(X, allow_nan=not is_sparse, estimator_name="NMF", input_name="X")
    if smallest < 0:
        negative = np.argwhere((X < 0).toarray() if is_sparse else X < 0)
        if len(negative):
            row, column = negative[0]
            msg = (
                "Negative values in data passed to NMF (input X), "
                f"the first in row {row}, feature {_name(column, names)}."
            )
            raise ValueError(msg)
    if learn and not is_complete:
        _check_every_feature_seen(X, names)
    return is_complete


def _range(values: FloatArray, n_jobs: int) -> tuple[float, float, bool]:
    """Return the smallest and the largest value that is there, and whether none is missing."""
    if not values.size:
        return 0.0, 0.0, True
    size = max(1, min(len(values), _SCAN_ENTRIES * len(values) // values.size))
    chunks = [values[start : start + size] for start in range(0, len(values), size)]

    def scan(chunk: FloatArray) -> tuple[float, float, bool]:
        smallest = float(chunk.min())
        if np.isnan(smallest):
            flat = chunk.ravel()
            return float(np.fmin.reduce(flat)), float(np.fmax.reduce(flat)), False
        return smallest, float(chunk.max()), True

    smallest, largest, is_complete = zip(*map_in_threads(scan, chunks, n_jobs=n_jobs), strict=True)
    return float(np.fmin.reduce(smallest)), float(np.fmax.reduce(largest)), all(is_complete)


def _check_every_feature_seen(X: FloatArray, names: Any) -> None:
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
        msg = f"init='custom' needs {name} to start from."
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

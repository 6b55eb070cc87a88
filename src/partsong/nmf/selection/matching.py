"""Which component of one fit is which of another: fits number their components as they come."""

from typing import Final

import numpy as np
import numpy.typing as npt

from partsong.nmf.blocks import FloatArray
from partsong.nmf.scale import unit_rows

__all__ = ["SAME_COMPONENT", "match_components"]

SAME_COMPONENT: Final = 0.9
"""Cosine from which on components of two fits are called the same."""


def match_components(
    H: FloatArray, reference: FloatArray
) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """Find for each component of a reference its counterpart, each used once.

    The pairs have the largest sum of cosines (Hungarian method, Kuhn 1955), so the scale of the
    components does not matter.

    Parameters
    ----------
    H
        Components, shape (n_components, n_features), non-negative.
    reference
        Components to match them to, shape (n_reference, n_features).

    Returns
    -------
    indices
        The row of `H` that goes with each row of `reference`, shape (n_reference,); -1 for those
        that find none, where `H` has fewer.
    similarities
        Their cosines, in [0, 1]; 0 for those that find none, and with components that are zero.

    Raises
    ------
    ValueError
        If the features differ.

    Examples
    --------
    >>> match_components(np.array([[0.0, 2.0], [3.0, 0.0]]), np.eye(2))
    (array([1, 0]), array([1., 1.]))
    """
    from scipy.optimize import linear_sum_assignment  # type: ignore[attr-defined]  # star export

    if H.ndim != 2 or reference.ndim != 2 or H.shape[1] != reference.shape[1]:
        msg = f"Components of shapes {H.shape} and {reference.shape} do not have the same features."
        raise ValueError(msg)
    cosines = unit_rows(reference) @ unit_rows(H).T
    found, partners = linear_sum_assignment(cosines, maximize=True)
    indices = np.full(len(reference), -1, dtype=np.intp)
    similarities = np.zeros(len(reference))
    indices[found] = partners
    similarities[found] = np.minimum(cosines[found, partners], 1)
    return indices, similarities

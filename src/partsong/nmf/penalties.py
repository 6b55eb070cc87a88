"""Penalties on the size of the factors, as scikit-learn's ``NMF`` defines them."""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from partsong.nmf.blocks import FloatArray

__all__ = [
    "NO_PENALTIES",
    "Penalties",
    "component_penalty",
    "loading_penalty",
    "scale_penalties",
]


@dataclass(frozen=True, slots=True)
class Penalties:
    """What a fit adds to the loss: ``l1 * sum(F) + l2 / 2 * sum(F ** 2)`` for each factor ``F``.

    A row that counts twice (see ``sample_weight``) pays its part of the penalty on `W` twice, so
    that a weight is the same as a copy.

    Parameters
    ----------
    l1_W, l2_W
        On the loadings.
    l1_H, l2_H
        On the components.

    Examples
    --------
    >>> Penalties(l1_W=0.5).any_on_loadings
    True
    """

    l1_W: float = 0.0
    l2_W: float = 0.0
    l1_H: float = 0.0
    l2_H: float = 0.0

    @property
    def any_on_loadings(self) -> bool:
        """Whether large loadings cost anything."""
        return bool(self.l1_W or self.l2_W)

    @property
    def any_on_components(self) -> bool:
        """Whether large components cost anything."""
        return bool(self.l1_H or self.l2_H)

    def for_part(self, share: float) -> "Penalties":
        """Return the penalties for a share of the rows: those on the components grow with them."""
        return replace(self, l1_H=self.l1_H * share, l2_H=self.l2_H * share)


NO_PENALTIES = Penalties()


def scale_penalties(
    alpha_W: float,
    alpha_H: float | Literal["same"],
    *,
    l1_ratio: float,
    shape: tuple[float, int],
) -> Penalties:
    """Bring the penalties to the size of a matrix, so that they mean the same for any number of rows.

    Parameters
    ----------
    alpha_W
        Weight of the penalty on the loadings, at least 0. It is multiplied by the number of
        features.
    alpha_H
        Weight of that on the components, multiplied by the number of rows. ``"same"``: `alpha_W`.
    l1_ratio
        Share of the penalty that is on the sum (L1) and not on the squares (L2), 0 to 1.
    shape
        Number of rows (the sum of their weights, where they have some) and of features.

    Examples
    --------
    >>> scale_penalties(0.1, "same", l1_ratio=0.5, shape=(100, 10))
    Penalties(l1_W=0.5, l2_W=0.5, l1_H=5.0, l2_H=5.0)
    """
    n_rows, n_features = shape
    on_components = alpha_W if alpha_H == "same" else alpha_H
    return Penalties(
        l1_W=n_features * alpha_W * l1_ratio,
        l2_W=n_features * alpha_W * (1 - l1_ratio),
        l1_H=n_rows * on_components * l1_ratio,
        l2_H=n_rows * on_components * (1 - l1_ratio),
    )


def loading_penalty(
    penalties: Penalties, loadings: FloatArray, weights: FloatArray | None = None
) -> float:
    """Return what the loadings of some rows cost.

    Parameters
    ----------
    penalties
        The prices.
    loadings
        Shape (n_components, n_rows).
    weights
        How often each row counts; None: once.

    Examples
    --------
    >>> loading_penalty(Penalties(l1_W=1.0, l2_W=2.0), np.array([[1.0, 2.0]]), np.array([1.0, 2.0]))
    14.0
    """
    if not penalties.any_on_loadings:
        return 0.0
    costs = penalties.l1_W * loadings + penalties.l2_W / 2 * loadings**2
    return float(costs.sum() if weights is None else costs.sum(axis=0) @ weights)


def component_penalty(H: FloatArray, penalties: Penalties) -> float:
    """Return what components cost.

    Examples
    --------
    >>> component_penalty(np.array([[2.0]]), Penalties(l1_H=1.0, l2_H=3.0))
    8.0
    """
    if not penalties.any_on_components:
        return 0.0
    return penalties.l1_H * float(H.sum()) + penalties.l2_H * float(np.vdot(H, H)) / 2

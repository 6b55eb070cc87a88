"""How a descent ends: what it leaves behind, and when it is over."""

from collections.abc import Sequence
from dataclasses import dataclass

from partsong.nmf.blocks import FloatArray

__all__ = ["Descent", "has_settled"]

_JUDGED = 5
"""Last iterations whose improvement is judged together, as single ones are uneven."""

_NEGLIGIBLE = 0.1
"""Of the first loss: below it, improvements are measured by it, as a perfect fit has no end."""


@dataclass(frozen=True, slots=True)
class Descent:
    """How a descent went.

    Parameters
    ----------
    H
        The components it reached.
    loss_curve
        The loss after the loadings of each iteration were updated.
    converged
        Whether the loss settled before the iterations ran out.
    """

    H: FloatArray
    loss_curve: FloatArray
    converged: bool


def has_settled(curve: Sequence[float], tol: float) -> bool:
    """Tell whether a descent is over that reached these losses, one an iteration.

    It is when ten iterations lower the loss by less than ``tol`` of it, at the rate of the last
    five. Where the loss has become smaller than a tenth of the first, it is measured by that tenth.

    Examples
    --------
    >>> has_settled([5.0, 4.0, 3.0, 2.0, 1.0, 0.9], 1e-3), has_settled([5.0, 0.0], 1e-3)
    (False, True)
    """
    if curve[-1] == 0:
        return True
    if len(curve) <= _JUDGED or tol == 0:
        return False
    rate = (curve[-1 - _JUDGED] - curve[-1]) / _JUDGED
    return 10 * rate <= tol * max(curve[-1], _NEGLIGIBLE * curve[0])

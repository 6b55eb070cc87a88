"""Minimise a smooth function in a box: a projected quasi-Newton descent for a few dozen numbers.

Entries that the slope pushes against a wall stand still for a step; among the others the step is
that of limited-memory BFGS (Nocedal and Wright 2006, algorithm 7.4) with the pairs restricted to
them (Bertsekas 1982), shortened until the value falls enough, along the path that the box bends
(Nocedal and Wright 2006, section 16.7). SciPy's L-BFGS-B finds the same minima; on the models of a
fit, where a value costs microseconds, it was measured to spend most of its time between values.
``native/box_descent.h`` is the same in C for the model of :mod:`partsong.nmf.looks.pattern_loss`.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from partsong.nmf.blocks import FloatArray

__all__ = ["minimize_in_box"]

_MEMORY = 12
_SHORTENINGS = 12
_FIRST_STEP = 0.05
"""How far the entry with the steepest slope moves while nothing is known of the curvature."""

_SUFFICIENT = 1e-4
_CURVED = 1e-8
"""Cosine of a step and its change of slope: below it, nothing can be learned from the pair."""

Pairs = list[tuple[FloatArray, FloatArray]]


def minimize_in_box(
    value_and_gradient: Callable[[FloatArray], tuple[float, FloatArray]],
    x: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
    *,
    tol: float,
    max_steps: int,
) -> tuple[FloatArray, float]:
    """Go down from a point until a step gains less than ``tol`` of the value.

    Parameters
    ----------
    value_and_gradient
        The function; at least 0.
    x
        Where to start, inside the box.
    lower, upper
        The walls of the box, of the shape of `x`.
    tol
        Least part of the value that a step must gain.
    max_steps
        Most steps.

    Returns
    -------
    x, value
        The point found and the value there, never above that of the start.

    References
    ----------
    D. P. Bertsekas, "Projected Newton methods for optimization problems with simple constraints",
    SIAM J. Control Optim. 20 (1982). J. Nocedal and S. J. Wright, "Numerical Optimization", second
    edition, Springer (2006).

    Examples
    --------
    >>> def parabola(x):
    ...     return float(((x - 2) ** 2).sum()), 2 * (x - 2)
    >>> minimize_in_box(parabola, np.zeros(2), np.zeros(2), np.array([1.0, 5.0]), tol=1e-9,
    ...                 max_steps=50)[0].round(6)
    array([1., 2.])
    """
    value, slope = value_and_gradient(x)
    pairs: Pairs = []
    for _ in range(max_steps):
        blocked = ((x <= lower) & (slope >= 0)) | ((x >= upper) & (slope <= 0))
        direction = _choose_direction(slope, blocked, pairs)
        if direction is None:
            break
        length = 1.0
        for _ in range(_SHORTENINGS):
            trial = np.clip(x + length * direction, lower, upper)
            promise = float(np.vdot(slope, trial - x))
            trial_value, trial_slope = value_and_gradient(trial)
            is_lower = trial_value < value and trial_value <= value + _SUFFICIENT * promise
            if is_lower:
                break
            # The parabola through both values and the slope says where to look next.
            rise = 2 * (trial_value - value - promise)
            length *= min(max(-promise / rise, 0.1), 0.5) if rise else 0.1
        else:
            break
        pairs = [*pairs[1 - _MEMORY :], (trial - x, trial_slope - slope)]
        gain = value - trial_value
        x, value, slope = trial, trial_value, trial_slope
        if gain <= tol * value:
            break
    return x, value


def _choose_direction(
    slope: FloatArray, blocked: npt.NDArray[np.bool_], pairs: Pairs
) -> FloatArray | None:
    """Return the quasi-Newton step among the entries that are not blocked; None if none can move."""
    downhill = np.where(blocked, 0.0, slope)
    if not downhill.any():
        return None
    q, used = downhill.copy(), []
    scale = 0.0
    for moved, change in reversed(pairs):
        s, y = np.where(blocked, 0.0, moved), np.where(blocked, 0.0, change)
        sy, yy = float(np.vdot(s, y)), float(np.vdot(y, y))
        if not sy > _CURVED * float(np.linalg.norm(s)) * float(np.linalg.norm(y)):
            continue
        scale = scale or sy / yy
        weight = float(np.vdot(s, q)) / sy
        q -= weight * y
        used.append((s, y, sy, weight))
    if used:
        q *= scale
        for s, y, sy, weight in reversed(used):
            q += (weight - float(np.vdot(y, q)) / sy) * s
        if float(np.vdot(q, slope)) > 0:
            return -q
        pairs.clear()
    return downhill * (-_FIRST_STEP / float(np.abs(downhill).max()))

"""The loop that needs few looks at the data: a look, a model of the loss, its minimum, a look again.

For given components the best loadings are a function of the components, so the loss is one too,
of a few dozen numbers only (variable projection, Golub and Pereyra 1973). One look at all rows
gives its value and its slope, and something better than the slope: a model of the loss that costs
nothing to minimise. Where the model comes from is the business of whoever looks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from partsong.nmf.blocks import FloatArray
from partsong.nmf.looks.box_descent import minimize_in_box

__all__ = [
    "FIRST_RADIUS",
    "Look",
    "LookDescent",
    "LossModel",
    "descend_by_looks",
    "minimize_model",
]

_MODEL_STEPS = 100
FIRST_RADIUS = 0.5
"""How far from where a look was taken its model is trusted; of the length of a component."""

_SMALLEST_RADIUS = 1e-10
_POOR, _GOOD = 0.25, 0.75
"""Parts of a promise: steps that keep less are followed by shorter ones, and more by longer ones."""

_SMALLEST_GAIN = 0.01
"""Of the gain that is worth going on for: what the model is minimised to."""


class LossModel(Protocol):
    """What a look says the loss will be for other components; exact where it looked."""

    def value_and_gradient(self, H: FloatArray) -> tuple[float, FloatArray]:
        """Return the loss for components, and its gradient, of their shape."""


class Look(NamedTuple):
    """What a look at the data for given components shows.

    Parameters
    ----------
    loss
        The loss with the best loadings for these components, penalties included.
    model
        What it will be for components near them.
    rounding
        How small a loss is nothing but rounding errors.
    """

    loss: float
    model: LossModel
    rounding: float = 0.0


@dataclass(frozen=True, slots=True)
class LookDescent:
    """How a descent by looks went.

    Parameters
    ----------
    H
        The components of the lowest loss seen.
    loss_curve
        The loss after each look that lowered it.
    converged
        Whether the loss settled before the looks ran out.
    model
        What the look at `H` says of the loss.
    """

    H: FloatArray
    loss_curve: FloatArray
    converged: bool
    model: LossModel


def descend_by_looks(
    look: Callable[[FloatArray], Look],
    H: FloatArray,
    *,
    tol: float,
    max_iter: int,
    callback: Callable[[int, float], object] | None = None,
    is_free: bool = True,
    model_steps: int = _MODEL_STEPS,
) -> LookDescent:
    """Bring the loss down until the model promises less than ``tol`` of it.

    The model is trusted near the components where it was made: the minimum is sought in a box,
    which shrinks when a promise was not kept and grows when it was (a trust region; Conn, Gould
    and Toint 2000). A step that does not lower the loss is not taken.

    Parameters
    ----------
    look
        Looks at all rows for given components.
    H
        Components to start from, shape (n_components, n_features), non-negative.
    tol
        Least part of the loss that one more look must promise to be worth it.
    max_iter
        Most looks.
    callback
        Called after each look that lowered the loss with their number, from 1, and the loss.
    is_free
        Whether the loss stays the same when a component is scaled, as it does without penalties.
        Then components are kept at unit length.
    model_steps
        Most steps in minimising a model.

    Returns
    -------
    LookDescent
        The components of the lowest loss seen, and how it fell.

    Examples
    --------
    >>> from partsong.nmf.looks.patterns import PatternLook
    >>> X = np.array([[1.0, 2.0], [2.0, 1.0], [3.0, 3.0]])
    >>> descent = descend_by_looks(PatternLook(X), np.eye(2), tol=1e-6, max_iter=20)
    >>> descent.converged, bool(descent.loss_curve[-1] < 1e-12)
    (True, True)
    """
    H = _at_unit_length(H) if is_free else H.copy()
    seen = look(H)
    curve = [seen.loss]
    if callback is not None:
        callback(1, seen.loss)
    radius, n_looks = FIRST_RADIUS, 1
    converged = seen.loss <= seen.rounding
    while not converged and n_looks < max_iter:
        target, promised = minimize_model(
            seen.model, H, radius=radius, tol=tol * _SMALLEST_GAIN, max_steps=model_steps
        )
        promise = seen.loss - promised
        if promise <= tol * seen.loss:
            converged = True
            break
        step = float((np.abs(target - H).max(axis=1) / _lengths(H)[:, 0]).max())
        target = _at_unit_length(target) if is_free else target
        trial = look(target)
        n_looks += 1
        kept = (seen.loss - trial.loss) / promise
        if kept < _POOR:
            radius = step / 4
        elif kept > _GOOD:
            radius = max(radius, 2 * step)
        if kept > 0:
            H, seen = target, trial
            curve.append(seen.loss)
            if callback is not None:
                callback(len(curve), seen.loss)
        converged = seen.loss <= seen.rounding or radius < _SMALLEST_RADIUS
    return LookDescent(H, np.array(curve), converged=converged, model=seen.model)


def minimize_model(
    model: LossModel,
    H: FloatArray,
    *,
    radius: float = np.inf,
    tol: float = 1e-9,
    max_steps: int = _MODEL_STEPS,
) -> tuple[FloatArray, float]:
    """Minimise a model over non-negative components, not too far from where it was made.

    A model that knows how to minimise itself fast has a method for it (see `PatternLoss`).

    Parameters
    ----------
    model
        What to minimise.
    H
        Where to start.
    radius
        How far any entry may move, as a part of the length of its component.
    tol
        Least part of the value that a step must gain.
    max_steps
        Most steps.

    Returns
    -------
    H, value
        The components found, and what the model says there; never above the start.

    Examples
    --------
    >>> from partsong.nmf.looks.patterns import PatternLook
    >>> H = np.array([[1.0, 0.5]])
    >>> look = PatternLook(np.array([[1.0, 2.0], [2.0, 4.0]]))(H)
    >>> better, loss = minimize_model(look.model, H)
    >>> loss < 1e-6 * look.loss
    True
    """
    reach = radius * _lengths(H)
    lower, upper = np.maximum(H - reach, 0), H + reach
    minimize = getattr(model, "minimize", None)
    if minimize is not None:
        found: tuple[FloatArray, float] = minimize(H, lower, upper, tol=tol, max_steps=max_steps)
        return found
    return minimize_in_box(model.value_and_gradient, H, lower, upper, tol=tol, max_steps=max_steps)


def _at_unit_length(H: FloatArray) -> FloatArray:
    unit: FloatArray = H / _lengths(H)
    return unit


def _lengths(H: FloatArray) -> FloatArray:
    lengths: FloatArray = np.sqrt((H**2).sum(axis=1, keepdims=True))
    lengths[lengths == 0] = float(lengths.mean()) or 1.0
    return lengths

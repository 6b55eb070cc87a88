"""The loss as a function of the components alone, from one Gram matrix for each pattern.

Rows that use the components ``P`` have loadings ``B x`` with ``B = inv(H_P H_P') H_P``, so their
loss is ``(tr C - tr(B C H_P')) / 2``, with ``C`` the sum of their ``x x'``: exact for any
components as long as no row changes its pattern. A penalty on the sum of the loadings makes the
map affine; then ``x`` carries a 1 at its end and ``H`` the price, with a minus sign.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from partsong.nmf.blocks import FloatArray
from partsong.nmf.descents.solver import Sums
from partsong.nmf.kernels import load_kernel
from partsong.nmf.looks.box_descent import minimize_in_box
from partsong.nmf.looks.pattern_tables import MOST_COMPONENTS, PatternArray
from partsong.nmf.penalties import NO_PENALTIES, Penalties, component_penalty

__all__ = ["PatternLoss"]

_INDEPENDENT = 1e-11
"""Of its length: what must be left of a component for it to be more than a mix of the others."""


@dataclass(frozen=True)
class PatternLoss:
    """A model of the loss near the components that the patterns were found for.

    Parameters
    ----------
    patterns
        Sets of components, as bits, shape (n_patterns,).
    grams
        Sums over the rows of each, shape (n_patterns, n_columns, n_columns).
    penalties
        What factors cost.

    Examples
    --------
    >>> X = np.array([[1.0, 2.0], [2.0, 4.0]])
    >>> model = PatternLoss(np.array([1], dtype=np.uint16), (X.T @ X)[np.newaxis])
    >>> model.value_and_gradient(np.array([[1.0, 2.0]]))[0]
    0.0
    """

    patterns: PatternArray
    grams: FloatArray
    penalties: Penalties = NO_PENALTIES

    @cached_property
    def total_squares(self) -> float:
        """The sum of the squares of all rows."""
        squares = np.einsum("pii->p", self.grams).sum()
        return float(squares - (self._count if self.penalties.l1_W else 0.0))

    @cached_property
    def _sets(self) -> "_Sets":
        return _Sets.of(self.patterns)

    @property
    def _count(self) -> float:
        return float(self.grams[:, -1, -1].sum())

    def value_and_gradient(self, H: FloatArray) -> tuple[float, FloatArray]:
        """Return the loss for components, penalties included, and its gradient."""
        pull, push, explained = self._sums(H)
        price = self.penalties
        value = (self.total_squares - explained) / 2
        gradient = push @ H - pull
        if price.any_on_components:
            value += component_penalty(H, price)
            gradient += price.l1_H + price.l2_H * H
        return max(value, 0.0), gradient

    def sums(self, H: FloatArray) -> Sums:
        """Return the normal equations of the components, and the loss without penalties."""
        pull, push, _ = self._sums(H)
        fit = float(np.vdot(pull, H)) - float(np.vdot(push, H @ H.T)) / 2
        return Sums(pull, push, max(self.total_squares / 2 - fit, 0.0))

    def minimize(
        self,
        H: FloatArray,
        lower: FloatArray,
        upper: FloatArray,
        *,
        tol: float,
        max_steps: int,
    ) -> tuple[FloatArray, float]:
        """Return the best components between two bounds, and the loss, as `minimize_in_box`."""
        kernel = load_kernel("pattern_loss")
        if kernel is None:
            return minimize_in_box(
                self.value_and_gradient, H, lower, upper, tol=tol, max_steps=max_steps
            )
        found = np.array(H, dtype=np.float64, order="C")
        cost = self.penalties
        loss = kernel.minimize(
            found,
            *found.shape,
            cost.l1_W,
            cost.l2_W,
            cost.l1_H,
            cost.l2_H,
            self.patterns,
            self.grams,
            np.ascontiguousarray(lower, dtype=np.float64),
            np.ascontiguousarray(upper, dtype=np.float64),
            tol,
            max_steps,
        )
        return found, loss

    def _sums(self, H: FloatArray) -> tuple[FloatArray, FloatArray, float]:
        """Return ``W' X``, ``W' W``, and what the loadings explain."""
        k, m = H.shape
        H = np.ascontiguousarray(H, dtype=np.float64)
        l1, l2 = self.penalties.l1_W, self.penalties.l2_W
        kernel = load_kernel("pattern_loss")
        if kernel is not None:
            own_pull, own_push = np.empty_like(H), np.empty((k, k))
            explained = kernel.sums(H, k, m, l1, l2, self.patterns, self.grams, own_pull, own_push)
            return own_pull, own_push, explained
        extended = np.column_stack([H, np.full(k, -l1)]) if l1 else H
        gram = H @ H.T + l2 * np.eye(k)
        pull, push = _add_patterns(extended, gram, self._sets, self.grams)
        return pull[:, :m], push, float(np.vdot(pull, extended))


@dataclass(frozen=True, slots=True)
class _Sets:
    """Which of 16 components each pattern uses, in the shapes that NumPy needs them in."""

    used: npt.NDArray[np.bool_]
    both: npt.NDArray[np.bool_]
    unused: FloatArray

    @classmethod
    def of(cls, patterns: PatternArray) -> "_Sets":
        used = (patterns[:, np.newaxis] >> np.arange(MOST_COMPONENTS)) & 1 > 0
        both = used[:, :, np.newaxis] & used[:, np.newaxis]
        return cls(used, both, np.eye(MOST_COMPONENTS) * ~used[:, np.newaxis])


def _add_patterns(
    H: FloatArray, gram: FloatArray, sets: _Sets, grams: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return ``W' X`` and ``W' W`` over all rows."""
    k = len(H)
    used = sets.used[:, :k]
    if _are_independent(gram):
        systems = np.where(sets.both[:, :k, :k], gram, sets.unused[:, :k, :k])
        maps = np.linalg.solve(systems, np.where(used[:, :, np.newaxis], H, 0.0))
    else:
        lower, is_kept = _cholesky(gram, used)
        inverse = np.linalg.inv(lower)
        own = np.where(is_kept[:, :, np.newaxis], H, 0.0)
        maps = inverse.transpose(0, 2, 1) @ (inverse @ own)
    pulls = maps @ grams
    push = pulls.transpose(1, 0, 2).reshape(k, -1) @ maps.transpose(1, 0, 2).reshape(k, -1).T
    return pulls.sum(axis=0), push


def _are_independent(gram: FloatArray) -> bool:
    """Tell whether no component is nearly a mix of others, so that every set of them is solvable."""
    lengths = np.sqrt(np.diag(gram))
    if not lengths.all():
        return False
    return bool(np.linalg.eigvalsh(gram / np.outer(lengths, lengths))[0] > _INDEPENDENT * 1e3)


def _cholesky(
    gram: FloatArray, used: npt.NDArray[np.bool_]
) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
    """Factor the Gram matrix of each set, leaving out what is but a mix of earlier components."""
    k = len(gram)
    is_kept = used.copy()
    lower = np.zeros((len(used), k, k))
    for i in range(k):
        for j in range(i):
            below = np.einsum("pt,pt->p", lower[:, i, :j], lower[:, j, :j])
            entry = (gram[i, j] - below) / lower[:, j, j]
            lower[:, i, j] = np.where(is_kept[:, i] & is_kept[:, j], entry, 0.0)
        left = gram[i, i] - np.einsum("pt,pt->p", lower[:, i, :i], lower[:, i, :i])
        is_kept[:, i] &= left > _INDEPENDENT * gram[i, i]
        lower[~is_kept[:, i], i, :i] = 0
        lower[:, i, i] = np.where(is_kept[:, i], np.sqrt(np.maximum(left, 0)), 1.0)
    return lower, is_kept

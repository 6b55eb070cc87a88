"""Which solver suits what was asked for, and which does not."""

from typing import Literal, TypeAlias

from partsong.nmf.descents.hals import HierarchicalLeastSquares
from partsong.nmf.descents.multiplicative import MultiplicativeUpdates
from partsong.nmf.descents.solver import Solver
from partsong.nmf.divergence import BetaLoss
from partsong.nmf.looks.pattern_tables import MOST_COMPONENTS
from partsong.nmf.penalties import Penalties

__all__ = ["SolverName", "build_solver", "choose_solver"]

SolverName: TypeAlias = Literal["patterns", "hals", "mu"]

_MOST_FEATURES = 64
"""Gram matrices of patterns grow with the square of the features."""

_KL_UPDATES = 2


def choose_solver(
    solver: Literal["auto", "patterns", "hals", "mu"],
    beta_loss: BetaLoss,
    *,
    n_components: int,
    n_features: int,
    is_sparse: bool,
) -> SolverName:
    """Return the solver that is meant, or that suits best; refuse one that cannot do it.

    Raises
    ------
    ValueError
        If the solver that was asked for does not do what else was asked for.

    Examples
    --------
    >>> choose_solver("auto", "frobenius", n_components=7, n_features=14, is_sparse=False)
    'patterns'
    """
    obstacles = {
        f"beta_loss={beta_loss!r}": beta_loss != "frobenius",
        "sparse X": is_sparse,
        f"{n_components} components": n_components > MOST_COMPONENTS,
    }
    named = [name for name, stands in obstacles.items() if stands]
    if solver == "auto":
        if beta_loss != "frobenius":
            return "mu"
        return "hals" if named or n_features > _MOST_FEATURES else "patterns"
    if solver == "patterns" and named:
        msg = (
            f"solver='patterns' is for the Frobenius loss, dense X and at most {MOST_COMPONENTS} "
            f"components, got {' and '.join(named)}; use solver='auto'."
        )
        raise ValueError(msg)
    if solver == "hals" and beta_loss != "frobenius":
        msg = (
            f"solver='hals' minimises beta_loss='frobenius' only, got {beta_loss!r}; "
            "use solver='mu'."
        )
        raise ValueError(msg)
    return solver


def build_solver(
    name: SolverName, beta_loss: BetaLoss, penalties: Penalties, *, is_free: bool = False
) -> Solver:
    """Return the solver of a name; for ``"patterns"`` the one that goes on in `partial_fit`.

    Where the user left the choice free, multiplicative updates need not take the steps of the
    papers: with two updates of the loadings for each of the components, Kullback-Leibler was
    measured to need a third fewer iterations or better.

    Examples
    --------
    >>> build_solver("mu", "kullback-leibler", Penalties())
    MultiplicativeUpdates(beta_loss='kullback-leibler', penalties=..., loading_updates=1)
    """
    if name == "mu":
        n_updates = _KL_UPDATES if is_free and beta_loss == "kullback-leibler" else 1
        return MultiplicativeUpdates(beta_loss, penalties, n_updates)
    return HierarchicalLeastSquares(penalties=penalties)

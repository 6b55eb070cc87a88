from .descent import Descent, descend
from .divergence import divergence, reconstruction_error
from .estimator import NMF
from .initialization import initialize
from .least_squares import nonnegative_least_squares
from .scale import balance_scale
from .solver import Solver, Sums

__all__ = [
    "NMF",
    "Descent",
    "Solver",
    "Sums",
    "balance_scale",
    "descend",
    "divergence",
    "initialize",
    "nonnegative_least_squares",
    "reconstruction_error",
]

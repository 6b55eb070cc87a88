"""Many features, dense: 200,000 x 100 in single precision, 10 parts, beside scikit-learn.

    python benchmarks/wide.py [--quick] [--rounds 3]

Both fit with their defaults and return the loadings, scikit-learn at two tolerances. The loss is
computed afresh in double precision, the same way for all.
"""

import argparse
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import decomposition
from sklearn.exceptions import ConvergenceWarning

from matrices import planted_matrix, relative_error
from partsong.nmf import NMF
from side_by_side import describe_machine, measure, print_table

N_COMPONENTS = 10

Factors = tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]


def fit(model: Any, X: NDArray[np.float32]) -> Callable[[], Factors]:
    """Return what fits a model and returns its factors."""

    def run() -> Factors:
        with warnings.catch_warnings():  # where scikit-learn stops early, the table shows it
            warnings.simplefilter("ignore", ConvergenceWarning)
            return model.fit_transform(X), model.components_

    return run


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Time a fit of many features.")
    parser.add_argument("--quick", action="store_true", help="an eighth of the rows, one round")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    n_rows, rounds = (25_000, 1) if arguments.quick else (200_000, arguments.rounds)
    X = planted_matrix(n_rows, 100, N_COMPONENTS).astype(np.float32)
    models = {
        "partsong": NMF(N_COMPONENTS, random_state=0),
        "partsong, tol 1e-7": NMF(N_COMPONENTS, tol=1e-7, random_state=0),
    } | {
        f"scikit-learn, tol {tol:g}": decomposition.NMF(
            N_COMPONENTS, tol=tol, max_iter=10_000, random_state=0
        )
        for tol in (1e-4, 1e-6)
    }
    results = measure(
        {name: fit(model, X) for name, model in models.items()}, repeats=rounds, warm_up=False
    )
    errors = {name: f"{relative_error(X, *run.result):.8f}" for name, run in results.items()}
    iterations = {name: model.n_iter_ for name, model in models.items()}
    print(f"{n_rows:,} x 100 in single precision, {N_COMPONENTS} parts, all rows.\n")
    print_table(
        results,
        against="scikit-learn, tol 0.0001",
        columns={"relative error": errors, "iterations": iterations},
    )
    print(f"\n{describe_machine()}")


if __name__ == "__main__":
    main()

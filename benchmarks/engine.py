"""The engine beside scikit-learn on a tall table: fit, transform, one row, with and without C.

    python benchmarks/engine.py [--quick] [--rounds 3]

586,672 x 14, 7 parts, double precision in and out, on real tracks and on a planted sum. Errors are
computed afresh in double precision, the same way for all. scikit-learn runs coordinate descent
from NNDSVDa, its best on this shape, to two tolerances.
"""

import argparse
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import decomposition
from sklearn.exceptions import ConvergenceWarning

from matrices import MATRICES, SHAPE, relative_error
from partsong.nmf import NMF, nonnegative_least_squares
from side_by_side import describe_machine, measure, print_table

N_COMPONENTS = 7
Matrix = NDArray[np.float64]


def ours(**settings: Any) -> NMF:
    """Return the estimator with its defaults but for `settings`."""
    return NMF(N_COMPONENTS, random_state=0, **settings)


def peer(tol: float) -> decomposition.NMF:
    """Return scikit-learn's, with iterations enough."""
    return decomposition.NMF(N_COMPONENTS, init="nndsvda", tol=tol, max_iter=10_000, random_state=0)


@contextmanager
def without_kernels() -> Iterator[None]:
    """Let NumPy do all the work."""
    os.environ["PARTSONG_KERNELS"] = "numpy"
    try:
        yield
    finally:
        del os.environ["PARTSONG_KERNELS"]


def fit(X: Matrix, model: Any) -> Callable[[], tuple[Any, Matrix]]:
    """Return what fits a model and returns it with the loadings."""
    return lambda: (model, model.fit_transform(X))


def in_numpy(run: Callable[[], Any]) -> Callable[[], Any]:
    """Return the same without compiled kernels."""

    def run_without() -> Any:
        with without_kernels():
            return run()

    return run_without


def compare_fits(X: Matrix, rounds: int) -> None:
    """Print the table of fits."""
    results = measure(
        {
            "partsong": fit(X, ours()),
            "partsong, one start": fit(X, ours(n_init=1)),
            "partsong, NumPy alone": in_numpy(fit(X, ours())),
            "partsong, NumPy alone, one start": in_numpy(fit(X, ours(n_init=1))),
            "scikit-learn, tol 1e-4": fit(X, peer(1e-4)),
            "scikit-learn, tol 1e-6": fit(X, peer(1e-6)),
        },
        repeats=rounds,
    )
    models = {name: measured.result for name, measured in results.items()}
    print_table(
        results,
        against="scikit-learn, tol 1e-4",
        columns={
            "relative error": {
                name: f"{relative_error(X, W, model.components_):.8f}"
                for name, (model, W) in models.items()
            },
            "iterations": {name: model.n_iter_ for name, (model, _) in models.items()},
        },
    )


def compare_transforms(X: Matrix, rounds: int) -> None:
    """Print the table of loadings for given components."""
    model, other = ours(n_init=1).fit(X[:50_000]), peer(1e-4).fit(X[:50_000])
    other.components_ = model.components_.copy()
    other.set_params(max_iter=200)  # scikit-learn's default
    results = measure(
        {
            "partsong": lambda: model.transform(X),
            "partsong, NumPy alone": in_numpy(lambda: model.transform(X)),
            "scikit-learn": lambda: other.transform(X),
        },
        repeats=rounds,
    )
    errors = {
        name: f"{relative_error(X, measured.result, model.components_):.8f}"
        for name, measured in results.items()
    }
    print_table(results, against="scikit-learn", columns={"relative error": errors})

    n_calls = 200
    row, H = X[:1], model.components_
    results = measure(
        {
            "partsong": lambda: [model.transform(row) for _ in range(n_calls)],
            "partsong, the function": lambda: [
                nonnegative_least_squares(row, H) for _ in range(n_calls)
            ],
            "scikit-learn": lambda: [other.transform(row) for _ in range(n_calls)],
        },
        repeats=rounds,
        warm_up=True,
    )
    for measured in results.values():
        for seconds in (measured.wall, measured.cpu):
            seconds[:] = [value / n_calls for value in seconds]
    print("\nOne row at a time, seconds a call:\n")
    print_table(results, against="scikit-learn")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Time the engine beside scikit-learn.")
    parser.add_argument("--quick", action="store_true", help="a twentieth of the rows")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    n_rows = SHAPE[0] // 20 if arguments.quick else SHAPE[0]
    warnings.simplefilter("ignore", ConvergenceWarning)
    for name in MATRICES:
        X = MATRICES[name](n_rows)
        print(f"\nFit of {X.shape[0]:,} x {X.shape[1]}, {N_COMPONENTS} parts, {name}:\n")
        compare_fits(X, arguments.rounds)
        print(f"\nTransform of {len(X):,} rows, {name}:\n")
        compare_transforms(X, arguments.rounds)
    print(f"\n{describe_machine()}")


if __name__ == "__main__":
    main()

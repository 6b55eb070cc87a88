"""The engine beside other Python packages for NMF, and beside ten lines of NumPy.

    python benchmarks/peers.py [--quick] [--rounds 2]

nimfa and torchnmf are no dependencies: they run if they can be imported, so best from a throw-away
environment outside the checkout:

    python -m venv /tmp/peers
    /tmp/peers/bin/pip install . nimfa torchnmf
    /tmp/peers/bin/python benchmarks/peers.py

Each peer gets as many iterations as are usual, and the error that it reaches stands beside.
"""

import argparse
import functools
import importlib
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import decomposition
from sklearn.exceptions import ConvergenceWarning

from matrices import MATRICES, SHAPE, relative_error
from partsong.nmf import NMF
from side_by_side import describe_machine, measure, print_table

N_COMPONENTS = 7
N_ITERATIONS = 200
Matrix = NDArray[np.float64]
Factors = tuple[NDArray[np.floating], NDArray[np.floating]]


def fit_partsong(X: Matrix) -> Factors:
    """Return both factors by partsong's defaults."""
    model = NMF(N_COMPONENTS, random_state=0)
    return model.fit_transform(X), model.components_


def fit_scikit_learn(X: Matrix) -> Factors:
    """Return both factors by scikit-learn's defaults; it stops by its own tolerance of 1e-4."""
    model = decomposition.NMF(N_COMPONENTS, random_state=0, max_iter=N_ITERATIONS)
    return model.fit_transform(X), model.components_


def fit_numpy(X: Matrix) -> Factors:
    """Return both factors by Lee and Seung's updates, as notebooks have them."""
    rng = np.random.default_rng(0)
    W, H = rng.random((len(X), N_COMPONENTS)), rng.random((N_COMPONENTS, X.shape[1]))
    for _ in range(N_ITERATIONS):
        H *= (W.T @ X) / (W.T @ W @ H + 1e-12)
        W *= (X @ H.T) / (W @ (H @ H.T) + 1e-12)
    return W, H


def fit_nimfa(X: Matrix) -> Factors:
    """Return both factors by nimfa's multiplicative updates."""
    nimfa: Any = importlib.import_module("nimfa")
    vars(np)["mat"] = np.asmatrix  # gone since NumPy 2, and nimfa needs it
    np.random.seed(0)  # noqa: NPY002 - nimfa draws from NumPy's global generator
    fit = nimfa.Nmf(X, rank=N_COMPONENTS, max_iter=N_ITERATIONS, min_residuals=0)()
    return np.asarray(fit.basis()), np.asarray(fit.coef())


def fit_torchnmf(X: Matrix) -> Factors:
    """Return both factors by torchnmf on the processor."""
    torch: Any = importlib.import_module("torch")
    nmf: Any = importlib.import_module("torchnmf.nmf")
    torch.manual_seed(0)
    model = nmf.NMF(X.shape, rank=N_COMPONENTS).double()
    model.fit(torch.from_numpy(X), tol=0, max_iter=N_ITERATIONS)
    return model.H.detach().numpy(), model.W.detach().numpy().T


PEERS: dict[str, tuple[str, Callable[[Matrix], Factors]]] = {
    f"NumPy, {N_ITERATIONS} iterations": ("numpy", fit_numpy),
    f"nimfa, {N_ITERATIONS} iterations": ("nimfa", fit_nimfa),
    f"torchnmf, {N_ITERATIONS} iterations": ("torchnmf", fit_torchnmf),
    "scikit-learn, defaults": ("sklearn", fit_scikit_learn),
    "partsong, defaults": ("partsong", fit_partsong),
}


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Time the engine beside other packages.")
    parser.add_argument("--quick", action="store_true", help="a twentieth of the rows")
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()
    n_rows = SHAPE[0] // 20 if arguments.quick else SHAPE[0]
    warnings.simplefilter("ignore", ConvergenceWarning)
    runnable = {}
    for name, (module, fit) in PEERS.items():
        try:
            importlib.import_module(module)
        except ImportError:
            print(f"{module} is left out; to measure it: pip install {module}")
        else:
            runnable[name] = fit
    for matrix, build in MATRICES.items():
        X = build(n_rows)
        results = measure(
            {name: functools.partial(fit, X) for name, fit in runnable.items()},
            repeats=arguments.rounds,
        )
        errors = {
            name: f"{relative_error(X, *measured.result):.6f}" for name, measured in results.items()
        }
        print(f"\n{n_rows:,} x {SHAPE[1]}, {N_COMPONENTS} parts, {matrix}:\n")
        print_table(results, against="partsong, defaults", slower=True, columns={"error": errors})
    print(f"\n{describe_machine('torch', 'torchnmf', 'nimfa')}")


if __name__ == "__main__":
    main()

"""Kullback-Leibler and Itakura-Saito beside scikit-learn's multiplicative updates.

    python benchmarks/losses.py [--quick] [--rounds 3]

586,672 x 14, 7 parts. First the same number of the same steps from the same start; then the way to
the loss where scikit-learn stops at its default tolerance; then the loadings of rows for given
components, which ours solves exactly. Losses are computed afresh in double precision, the same way
for all.
"""

import argparse
import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import decomposition
from sklearn.exceptions import ConvergenceWarning

from matrices import MATRICES, SHAPE
from partsong.nmf import NMF, descend, divergence, initialize
from partsong.nmf.blocks import split_into_blocks
from partsong.nmf.descents.multiplicative import MultiplicativeUpdates
from partsong.nmf.divergence import BetaLoss
from side_by_side import Measured, describe_machine, measure, print_table

N_COMPONENTS = 7
N_STEPS = 5
MOST_STEPS = 3000
LOADING_UPDATES: dict[BetaLoss, int] = {"kullback-leibler": 2, "itakura-saito": 2}
ABOVE_ZERO = 0.01
"""Added for Itakura-Saito, which allows no zeros."""

Matrix = NDArray[np.floating[Any]]
Factors = tuple[Matrix, Matrix]


class Reached(Exception):  # noqa: N818 - no error: it ends a descent early
    """The loss has come down to a goal."""


@contextmanager
def without_kernels() -> Iterator[None]:
    """Let NumPy do all the work."""
    os.environ["PARTSONG_KERNELS"] = "numpy"
    try:
        yield
    finally:
        del os.environ["PARTSONG_KERNELS"]


def peer(loss: BetaLoss, **settings: Any) -> decomposition.NMF:
    """Return scikit-learn's, from factors that are given."""
    return decomposition.NMF(N_COMPONENTS, solver="mu", beta_loss=loss, init="custom", **settings)


def our_steps(X: Matrix, start: Factors, loss: BetaLoss, n_jobs: int) -> Callable[[], Matrix]:
    """Return what takes a few of our steps and returns the components."""
    solver = MultiplicativeUpdates(loss)
    return lambda: np.asarray(
        descend(split_into_blocks(X), start, solver, tol=0, max_iter=N_STEPS, n_jobs=n_jobs).H
    )


def their_steps(X: Matrix, start: Factors, loss: BetaLoss) -> Callable[[], Matrix]:
    """Return what takes as many of theirs."""
    model = peer(loss, tol=0, max_iter=N_STEPS)
    return lambda: np.asarray(model.fit(X, W=start[0].copy(), H=start[1].copy()).components_)


def in_numpy(run: Callable[[], Matrix]) -> Callable[[], Matrix]:
    """Return the same without compiled kernels."""

    def run_without() -> Matrix:
        with without_kernels():
            return run()

    return run_without


def compare_steps(X: Matrix, start: Factors, loss: BetaLoss, rounds: int) -> None:
    """Print the time of the same steps."""
    results = measure(
        {
            "two threads": our_steps(X, start, loss, 2),
            "one thread": our_steps(X, start, loss, 1),
            "NumPy, one thread": in_numpy(our_steps(X, start, loss, 1)),
            "scikit-learn": their_steps(X, start, loss),
        },
        repeats=rounds,
    )
    print(f"\n{N_STEPS} iterations from the same start\n")
    print_table(results, against="scikit-learn", columns={"loss": losses_of(X, results, loss)})


def losses_of(X: Matrix, results: dict[str, Measured], loss: BetaLoss) -> dict[str, object]:
    """Return the loss of some rows with the best loadings for what each contender learned."""
    rows = X[:20_000]
    model = NMF(N_COMPONENTS, beta_loss=loss, solver="mu", init="custom", max_iter=1, tol=0)
    found: dict[str, object] = {}
    for name, measured in results.items():
        H = measured.result
        model.fit(rows, W=np.ones((len(rows), N_COMPONENTS)), H=H)
        model.components_ = H
        found[name] = f"{divergence(rows, model.transform(rows), H, beta_loss=loss):.10g}"
    return found


def compare_descents(X: Matrix, start: Factors, loss: BetaLoss) -> None:
    """Print the time to the loss where scikit-learn stops."""
    steps: dict[str, object] = {}
    reached: dict[str, object] = {}
    goal = np.inf

    def theirs() -> None:
        nonlocal goal
        model = peer(loss, max_iter=MOST_STEPS)
        W = model.fit_transform(X, W=start[0].copy(), H=start[1].copy())
        steps["scikit-learn"] = model.n_iter_
        goal = divergence(X, W, model.components_, beta_loss=loss)
        reached["scikit-learn"] = f"{goal:.8g}"

    def ours(name: str, solver: MultiplicativeUpdates) -> Callable[[], None]:
        def stop_at_goal(step: int, value: float) -> None:
            steps[name], reached[name] = step, f"{value:.8g}"
            if value <= goal:
                raise Reached

        def run() -> None:
            try:
                descend(
                    split_into_blocks(X),
                    start,
                    solver,
                    tol=0,
                    max_iter=MOST_STEPS,
                    n_jobs=2,
                    callback=stop_at_goal,
                )
            except Reached:
                return

        return run

    plain = MultiplicativeUpdates(loss)
    several = LOADING_UPDATES[loss]
    accelerated = f"two threads, {several} updates of the loadings in each"
    contenders = {
        "scikit-learn": theirs,
        "two threads": ours("two threads", plain),
        accelerated: ours(accelerated, replace(plain, loading_updates=several)),
    }
    results = measure(contenders)
    print("\nTo the loss where scikit-learn stops (tol 1e-4)\n")
    print_table(results, against="scikit-learn", columns={"iterations": steps, "loss": reached})


def compare_loadings(X: Matrix, start: Factors, loss: BetaLoss, rounds: int) -> None:
    """Print the time to find the loadings of all rows."""
    W, H = start
    model = peer(loss, tol=0, max_iter=1).fit(X, W=W.copy(), H=H.copy())
    exact = {
        n_jobs: NMF(
            N_COMPONENTS,
            solver="mu",
            beta_loss=loss,
            init="custom",
            tol=0,
            max_iter=1,
            n_jobs=n_jobs,
        ).fit(X, W=W, H=model.components_)
        for n_jobs in (1, 2)
    }
    H = model.components_ = exact[1].components_
    results = measure(
        {
            "two threads": lambda: exact[2].transform(X),
            "one thread": lambda: exact[1].transform(X),
            "scikit-learn": lambda: model.set_params(max_iter=200, tol=1e-4).transform(X),
        },
        repeats=rounds,
    )
    found: dict[str, object] = {
        name: f"{divergence(X, measured.result, H, beta_loss=loss):.10g}"
        for name, measured in results.items()
    }
    print("\nLoadings of all rows for given components\n")
    print_table(results, against="scikit-learn", columns={"loss": found})


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description="Measure the losses other than Frobenius.")
    parser.add_argument("--quick", action="store_true", help="a twentieth of the rows")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    n_rows = SHAPE[0] // (20 if arguments.quick else 1)
    warnings.simplefilter("ignore", ConvergenceWarning)
    print(describe_machine())
    for name, make in MATRICES.items():
        X = make(n_rows)
        for loss in LOADING_UPDATES:
            rows = X + ABOVE_ZERO if loss == "itakura-saito" else X
            start = initialize(rows, N_COMPONENTS, init="random", random_state=0)
            print(f"\n## {loss}, {name}, {n_rows:,} x {rows.shape[1]}, {N_COMPONENTS} parts")
            compare_steps(rows, start, loss, arguments.rounds)
            part = slice(0, n_rows // 10)
            compare_descents(rows[part], (start[0][part], start[1]), loss)
            compare_loadings(rows[part], (start[0][part], start[1]), loss, 1)


if __name__ == "__main__":
    main()

"""A fit with missing entries beside a fit of the same rows without, and beside filling with means.

    python benchmarks/incomplete.py [--quick] [--share 0.2] [--rounds 5]

Entries are taken away at random. What is shown beside the times is the relative error of the
entries that were kept, and how far the entries that were taken away are missed: the median of the
distance, as loadings of rows that miss much are free to be far off.
"""

import argparse
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matrices import MATRICES, SHAPE
from partsong.nmf import NMF
from side_by_side import describe_machine, measure, print_table

N_COMPONENTS = 7

Floats = NDArray[np.floating[Any]]


def compare(X: Floats, share: float, *, rounds: int, n_jobs: int) -> None:
    """Print the table for one matrix."""
    missing = np.random.default_rng(1).random(X.shape) < share
    masked = np.where(missing, np.nan, X)
    filled = np.where(missing, np.nanmean(masked, axis=0), X)

    def fit(data: Floats) -> Callable[[], tuple[Floats, Floats]]:
        def run() -> tuple[Floats, Floats]:
            model = NMF(N_COMPONENTS, random_state=0, n_jobs=n_jobs)
            return model.fit_transform(data), model.components_

        return run

    results = measure(
        {"complete": fit(X), "masked": fit(masked), "filled with means": fit(filled)},
        repeats=rounds,
        warm_up=True,
    )
    left_over = {name: np.abs(W @ H - X) for name, W, H in _factors(results)}
    kept = {
        name: f"{np.linalg.norm(off[~missing]) / np.linalg.norm(X[~missing]):.6f}"
        for name, off in left_over.items()
    }
    taken = {name: f"{np.median(off[missing]):.4f}" for name, off in left_over.items()}
    print_table(
        results,
        against="complete",
        slower=True,
        columns={"error, kept": kept, "distance, taken": taken},
    )


def _factors(results: Any) -> list[tuple[str, Floats, Floats]]:
    return [(name, *measured.result) for name, measured in results.items()]


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Time fits with and without missing entries.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows")
    parser.add_argument("--share", type=float, default=0.2, help="of the entries that are missing")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=1)
    arguments = parser.parse_args()
    n_rows = SHAPE[0] // 10 if arguments.quick else SHAPE[0]
    for name, build in MATRICES.items():
        print(f"\n{n_rows:,} x {SHAPE[1]}, {name}, {arguments.share:.0%} missing. Seconds:\n")
        compare(build(n_rows), arguments.share, rounds=arguments.rounds, n_jobs=arguments.jobs)
    print(f"\n{describe_machine()}")


if __name__ == "__main__":
    main()

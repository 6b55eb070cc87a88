"""One look at all rows, against reading them once from memory; then a hundred million rows.

    python benchmarks/passes.py [--quick] [--fit 100_000_000]

A look finds for every row the set of components it uses and adds the row to that set's Gram matrix:
all that a fit needs of the data. Reading is one sum over the same array. The larger size is beyond
any cache, so there reading means memory. With `--fit` so many rows of 14 numbers in single
precision (5.6 GB for 100 million) are made in memory and fitted.
"""

import argparse
import itertools
import os
import resource
import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from matrices import MATRICES, SHAPE, planted_matrix, relative_error
from partsong.nmf import NMF
from partsong.nmf.looks.pattern_tables import every_component
from partsong.nmf.looks.patterns import solve_by_patterns, visit_rows
from side_by_side import describe_machine, measure, print_table

N_COMPONENTS = 7
N_READS = 10


def compare_with_reading(X: NDArray[np.floating], *, rounds: int) -> None:
    """Print the table for one matrix; looks use the components of a fit on a sample."""
    near, H = (NMF(N_COMPONENTS, random_state=0).fit(X[:n]).components_ for n in (5_000, 20_000))
    before = every_component(len(X), N_COMPONENTS)
    visit_rows(X, near, before)

    def look_again(n_jobs: int) -> Callable[[], object]:
        return lambda: visit_rows(X, H, before.copy(), n_jobs=n_jobs)

    results = measure(
        {
            "reading": lambda: [X.sum() for _ in range(N_READS)],
            "a look, after one at other components": look_again(1),
            "the same, a thread a core": look_again(os.cpu_count() or 1),
            "a first look": lambda: visit_rows(X, H, every_component(len(X), N_COMPONENTS)),
            "loadings": lambda: solve_by_patterns(X, H),
        },
        repeats=rounds,
        warm_up=True,
    )
    for seconds in (results["reading"].wall, results["reading"].cpu):
        seconds[:] = [value / N_READS for value in seconds]
    print_table(results, against="reading", slower=True)


def fit_many(n_rows: int) -> None:
    """Fit so many rows in memory, and say what it took."""
    X = np.empty((n_rows, SHAPE[1]), dtype=np.float32)
    pattern = planted_matrix(min(n_rows, 2_000_000)).astype(np.float32)
    rng = np.random.default_rng(1)
    for start in range(0, n_rows, len(pattern)):  # the same parts, other rows
        rows = X[start : start + len(pattern)]
        np.multiply(pattern[: len(rows)], rng.gamma(4.0, 0.25, (len(rows), 1)), out=rows)
    wall, cpu = time.perf_counter(), time.process_time()
    model = NMF(N_COMPONENTS, random_state=0, n_jobs=-1)
    W = model.fit_transform(X)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"\n{n_rows:,} x {SHAPE[1]} float32: fit and loadings in {wall:.1f} s ({cpu:.1f} s of "
        f"processor), {model.n_iter_} looks, relative error "
        f"{relative_error(X, W, model.components_):.8f}, peak memory {peak:.1f} GB, of which X is "
        f"{X.nbytes / 2**30:.1f}"
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Time one look at all rows beside reading them.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--fit", type=int, default=0, help="fit so many rows, and nothing else")
    arguments = parser.parse_args()
    if arguments.fit:
        fit_many(arguments.fit)
        return
    sizes = [SHAPE[0] // 10] if arguments.quick else [SHAPE[0], 5_000_000]
    for n_rows, (name, build) in itertools.product(sizes, MATRICES.items()):
        X = build(n_rows)
        for dtype in (np.float64, np.float32):
            print(f"\n{n_rows:,} x {SHAPE[1]} {np.dtype(dtype)}, {name}. Seconds:\n")
            compare_with_reading(X.astype(dtype), rounds=arguments.rounds)
    print(f"\n{describe_machine()}")


if __name__ == "__main__":
    main()

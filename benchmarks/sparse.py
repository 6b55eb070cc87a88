"""Sparse rows: 20,000 x 200,000 with about 1.9 million entries, 64 parts, beside scikit-learn.

    python benchmarks/sparse.py [--quick] [--rounds 1]

Made like playlists: every row takes features of three groups, popular ones more often, and some
of no group. Both fit with their defaults. The loss is computed afresh, the same way for both,
from the entries and the Gram matrices of the factors.
"""

import argparse
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray
from sklearn import decomposition
from sklearn.exceptions import ConvergenceWarning

from partsong.nmf import NMF, reconstruction_error
from side_by_side import describe_machine, measure, print_table

Factors = tuple[NDArray[np.floating[Any]], NDArray[np.floating[Any]]]


def playlists(
    n_rows: int, n_features: int, n_groups: int, *, per_row: int = 108, random_state: int = 0
) -> Any:
    """Return rows with logarithms of counts, shape (n_rows, n_features), in CSR format."""
    rng = np.random.default_rng(random_state)
    popularity = rng.permutation(1 / np.arange(1, n_features + 1) ** 0.8)
    group = rng.integers(0, n_groups, n_features)
    order = np.argsort(group, kind="stable")
    ends = np.append(0, np.cumsum(popularity[order]))
    bounds = np.searchsorted(group[order], np.arange(n_groups + 1))
    rows = np.repeat(np.arange(n_rows), per_row)
    taste = rng.integers(0, n_groups, (n_rows, 3))
    wanted = taste[rows, rng.choice(3, len(rows), p=[0.6, 0.3, 0.1])]
    low, high = ends[bounds[wanted]], ends[bounds[wanted + 1]]
    from_any = rng.random(len(rows)) < 0.15
    low[from_any], high[from_any] = 0, ends[-1]
    drawn = low + (high - low) * rng.random(len(rows))
    columns = order[np.searchsorted(ends, drawn, side="right").clip(1, n_features) - 1]
    counts = scipy.sparse.csr_array(
        (np.ones(len(rows)), (rows, columns)), shape=(n_rows, n_features)
    )
    counts.sum_duplicates()
    counts.data = np.log1p(counts.data)
    return counts


def fit(model: Any, X: Any) -> Callable[[], Factors]:
    """Return what fits a model and returns its factors."""

    def run() -> Factors:
        with warnings.catch_warnings():  # where scikit-learn stops early, the table shows it
            warnings.simplefilter("ignore", ConvergenceWarning)
            return model.fit_transform(X), model.components_

    return run


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Time a fit of sparse rows.")
    parser.add_argument("--quick", action="store_true", help="a tenth of each side")
    parser.add_argument("--rounds", type=int, default=1)
    arguments = parser.parse_args()
    shape, n_components = ((2_000, 20_000), 16) if arguments.quick else ((20_000, 200_000), 64)
    X = playlists(*shape, n_components)
    models: dict[str, Any] = {
        "partsong": NMF(n_components, random_state=0),
        "scikit-learn": decomposition.NMF(n_components, tol=1e-4, max_iter=1000, random_state=0),
    }
    results = measure(
        {name: fit(model, X) for name, model in models.items()}, repeats=arguments.rounds
    )
    length = float(np.sqrt((X.data**2).sum()))
    errors = {
        name: f"{reconstruction_error(X, *run.result) / length:.8f}"
        for name, run in results.items()
    }
    iterations = {name: model.n_iter_ for name, model in models.items()}
    print(f"{shape[0]:,} x {shape[1]:,}, {X.nnz:,} entries, {n_components} parts.\n")
    print_table(
        results,
        against="scikit-learn",
        columns={"relative error": errors, "iterations": iterations},
    )
    print(f"\n{describe_machine()}")


if __name__ == "__main__":
    main()

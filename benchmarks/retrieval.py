"""How long the nearest rows take: reading all of them, an index, and one read of memory.

    python benchmarks/retrieval.py [--quick]

Loadings of real tracks at 586,672 rows, for several numbers of components. A question asks for
the ten nearest to a track; both ways return the same rows, which is checked here once more.
"""

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from matrices import MATRICES, SHAPE
from partsong.nmf import NMF, balance_scale
from partsong.recommend import NearestRows
from side_by_side import describe_machine, measure, print_table

COMPONENTS = (4, 7, 10, 14)
N_NEAREST = 10


def loadings(X: NDArray[np.float64], n_components: int) -> NDArray[np.float32]:
    """Return balanced loadings as a model keeps them; learned on a sample, solved for all."""
    nmf = NMF(n_components, random_state=0, tol=1e-4).fit(X[:20_000])
    W, _ = balance_scale(nmf.transform(X), nmf.components_)
    return W.astype(np.float32)


def asker(
    nearest: NearestRows, queries: NDArray[np.float64]
) -> Callable[[], list[NDArray[np.intp]]]:
    """Return what asks all questions and returns the best rows of each."""

    def ask() -> list[NDArray[np.intp]]:
        return [next(nearest.best_first(query, n=N_NEAREST))[0][:N_NEAREST] for query in queries]

    return ask


def compare(W: NDArray[np.float32], *, n_reads: int, n_queries: int, repeats: int) -> None:
    """Print one table: seconds for building, then milliseconds a question."""
    rng = np.random.default_rng(0)
    queries = W[rng.choice(len(W), n_queries, replace=False)].astype(np.float64)
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    indexed = NearestRows(W)
    built = measure({"building the index": indexed.build_index}, repeats=1)
    results = measure(
        {
            "one read of memory": lambda: [W.max() for _ in range(n_reads)],
            "reading all rows": asker(NearestRows(W), queries[:n_reads]),
            "the index": asker(indexed, queries),
        },
        repeats=repeats,
    )
    pairs = zip(results["reading all rows"].result, results["the index"].result, strict=False)
    assert all(np.array_equal(one, other) for one, other in pairs)
    for name, measured in results.items():
        count = n_queries if name == "the index" else n_reads
        for seconds in (measured.wall, measured.cpu):
            seconds[:] = [value / count for value in seconds]
    print(
        f"\n{len(W):,} rows, {W.shape[1]} components; the index was built in "
        f"{built['building the index'].cpu[0]:.2f} s of processor. Seconds a question:\n"
    )
    print_table(results, against="one read of memory", slower=True)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Time questions for the nearest rows.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, one round")
    quick = parser.parse_args().quick
    build = next(iter(MATRICES.values()))  # real tracks, where they are here
    X = build(SHAPE[0] // 10 if quick else SHAPE[0])
    for n_components in COMPONENTS:
        # Fewer than the questions after which an index is built by itself.
        compare(
            loadings(X, n_components),
            n_reads=4,
            n_queries=200,
            repeats=1 if quick else 4,
        )
    print(f"\n{describe_machine()}")


if __name__ == "__main__":
    main()

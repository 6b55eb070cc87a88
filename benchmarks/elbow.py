"""The elbow: how long a sweep over 2 to 13 components takes, beside scikit-learn once for each.

    python benchmarks/elbow.py [--quick] [--full]

The sweep makes eight starts for each number; scikit-learn one, from singular vectors, at its
default tolerance. ``--full`` adds the whole search: halves of the rows, held-out entries, reasons.
"""

import argparse
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sklearn import decomposition
from sklearn.exceptions import ConvergenceWarning

from matrices import MATRICES, SHAPE, relative_error
from partsong.nmf.selection.component_search import ComponentSearch
from side_by_side import describe_machine, measure, print_table

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBERS = range(2, 14)
QUICK_ROWS = 20_000

Errors = dict[int, float]


def sweep(X: NDArray[np.float64], **settings: Any) -> Errors:
    """Return the relative error of each number of components, from one search."""
    search = ComponentSearch(NUMBERS, random_state=0, **settings).fit(X)
    for sentence in search.reasons_ if settings.get("n_splits", 1) else []:
        print(f"  {sentence}")
    return {row.n_components: row.relative_error for row in search.table_}


def fit_each(X: NDArray[np.float64]) -> Errors:
    """Return the same from one fit of scikit-learn each, in float64."""
    errors = {}
    for number in NUMBERS:
        model = decomposition.NMF(number, init="nndsvda", random_state=0, max_iter=1000)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            W = model.fit_transform(X)
        errors[number] = relative_error(X, W, model.components_)
    return errors


def main() -> None:
    """Measure, and print one table of times and one of errors for each matrix."""
    parser = argparse.ArgumentParser(description="Time a sweep over numbers of components.")
    parser.add_argument("--quick", action="store_true", help=f"only {QUICK_ROWS:,} rows")
    parser.add_argument("--full", action="store_true", help="the whole search, too")
    arguments = parser.parse_args()
    n_rows = QUICK_ROWS if arguments.quick else SHAPE[0]
    for name, make in MATRICES.items():
        X = make(n_rows)
        contenders: dict[str, Callable[[], Errors]] = {
            "elbow, 8 starts each": lambda X=X: sweep(X, n_splits=0),  # type: ignore[misc]  # mypy infers no type of a default
            "scikit-learn, once each": lambda X=X: fit_each(X),  # type: ignore[misc]  # mypy infers no type of a default
        }
        if arguments.full:
            contenders["whole search"] = lambda X=X: sweep(X)  # type: ignore[misc]  # mypy infers no type of a default
        print(
            f"\n{name}, {X.shape[0]:,} x {X.shape[1]}, {NUMBERS[0]} to {NUMBERS[-1]} components\n"
        )
        results = measure(contenders, repeats=1)
        print_table(results, against="scikit-learn, once each")
        ours, theirs = (
            results[which].result for which in ("elbow, 8 starts each", "scikit-learn, once each")
        )
        print("\n| components | relative error | scikit-learn's |\n| ---: | ---: | ---: |")
        for number in NUMBERS:
            print(f"| {number} | {ours[number]:.6f} | {theirs[number]:.6f} |")
    print(f"\n{describe_machine()}")


if __name__ == "__main__":
    main()

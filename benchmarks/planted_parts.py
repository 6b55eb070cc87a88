"""How often the planted number of components is found, on tables whose truth is known.

    python benchmarks/planted_parts.py [--numbers 3:10] [--draws 10] [--seed 1] [--search]

Rows are sums of overlapping sparse components with loadings of long tails, the largest component
up to five times the smallest in share, noise of 10 to 25 percent of the signal, and up to a tenth
of the entries missing. Each draw has its own sizes. ``n_components="auto"`` is asked, and with
``--search`` a whole `ComponentSearch` too, which takes half a minute to two minutes for each draw.
"""

import argparse
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from partsong.nmf.selection.component_search import ComponentSearch, choose_n_components
from side_by_side import describe_machine

if TYPE_CHECKING:
    from collections.abc import Callable

Floats = NDArray[np.floating[Any]]

LARGEST_COSINE = 0.8
"""Between two planted components: those that are nearly one are not two."""


class Planted(NamedTuple):
    """A table, and what it was made with."""

    X: Floats
    noise: float
    missing: float
    imbalance: float


def draw_components(
    rng: np.random.Generator, n_components: int, n_features: int
) -> NDArray[np.float64]:
    """Return sparse components at unit length, none nearly another, none a mix of others."""
    while True:
        H = rng.gamma(1.0, size=(n_components, n_features))
        H *= rng.random(H.shape) < rng.uniform(0.25, 0.45)
        H[range(n_components), rng.permutation(n_features)[:n_components]] += 1
        H /= np.linalg.norm(H, axis=1)[:, np.newaxis]
        if (H @ H.T - np.eye(n_components)).max() <= LARGEST_COSINE:
            return H


def draw_planted(n_components: int, seed: int, *, n_samples: int = 2000) -> Planted:
    """Return a table of this many components.

    The noise is a part of the root mean square of the signal. Negative sums become zero.
    """
    rng = np.random.default_rng([n_components, seed])
    n_features = int(rng.integers(16, 25))
    H = draw_components(rng, n_components, n_features)
    W = rng.gamma(rng.uniform(0.3, 1.0), size=(n_samples, n_components))
    W *= rng.random(W.shape) < rng.uniform(0.5, 1.0)
    imbalance = float(rng.uniform(1, 5))
    shares = np.linspace(1, 1 / imbalance, n_components)
    H *= np.sqrt(shares / np.mean(W**2, axis=0))[:, np.newaxis]
    X = W @ H
    noise = float(rng.uniform(0.1, 0.25))
    X += noise * np.sqrt(np.mean(X**2)) * rng.normal(size=X.shape)
    np.maximum(X, 0, out=X)
    missing = float(rng.choice([0.0, 0.05, 0.1]))
    X[rng.random(X.shape) < missing] = np.nan
    return Planted(X, noise, missing, imbalance)


def ask_auto(X: Floats) -> int:
    """Return the number that ``n_components="auto"`` takes."""
    return choose_n_components(X, random_state=0)


def search(X: Floats) -> int:
    """Return the number that a whole search recommends."""
    return ComponentSearch(random_state=0).fit(X).best_n_components_


def main() -> None:
    """Count, and print one row for each planted number."""
    parser = argparse.ArgumentParser(description="Count how often planted numbers are found.")
    parser.add_argument("--numbers", default="3:10", help="from:to")
    parser.add_argument("--draws", type=int, default=10, help="tables of each number")
    parser.add_argument("--seed", type=int, default=1, help="of the first draw")
    parser.add_argument("--search", action="store_true", help="a whole search of each, too")
    arguments = parser.parse_args()
    first, last = (int(part) for part in arguments.numbers.split(":"))
    ways: dict[str, Callable[[Floats], int]] = {"auto": ask_auto}
    if arguments.search:
        ways["search"] = search
    print("| planted | by | right | found instead | seconds a draw |")
    print("| ---: | --- | ---: | --- | ---: |")
    totals = dict.fromkeys(ways, 0)
    for number in range(first, last + 1):
        tables = [
            draw_planted(number, seed)
            for seed in range(arguments.seed, arguments.seed + arguments.draws)
        ]
        for name, way in ways.items():
            began = time.perf_counter()
            found = [way(table.X) for table in tables]
            seconds = (time.perf_counter() - began) / len(tables)
            right = sum(one == number for one in found)
            totals[name] += right
            wrong = ", ".join(str(one) for one in found if one != number)
            print(
                f"| {number} | {name} | {right} of {len(tables)} | {wrong} | {seconds:.1f} |",
                flush=True,
            )
    n_tables = arguments.draws * (last - first + 1)
    for name, right in totals.items():
        print(f"\n{name}: {right} of {n_tables}")
    print(f"\n{describe_machine()}")


if __name__ == "__main__":
    main()

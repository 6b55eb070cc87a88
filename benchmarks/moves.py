"""How far a catalog may move before refreshed parts fall behind a fit: the 114k set.

    python benchmarks/moves.py [PARQUET] [--tries N] [-k N]

Each try fits 20,000 tracks of all kinds, adds tracks of one kind, lets the parts move at the bounds
of the fit, and learns parts from scratch beside them. This is where the threshold at which
`partsong update` asks for a fit comes from.
"""

import argparse
import warnings
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from partsong.features import FittedRecipe, load_recipe
from partsong.nmf import NMF, match_components, nonnegative_least_squares
from partsong.parts import measure_moves
from partsong.workflow.updating import MOST_MOVE

FloatArray = NDArray[np.floating]

DATA = Path(__file__).resolve().parents[2] / "shared/data/spotify-114k/tracks.parquet"
N_KNOWN = 20_000


def missed(X: FloatArray, H: FloatArray) -> float:
    """Return the relative error of components with their best loadings."""
    left = X - nonnegative_least_squares(X, H) @ H
    return float(np.sqrt(np.nansum(left**2) / np.nansum(X**2)))


def learn(X: FloatArray, n: int, H: FloatArray | None = None) -> NMF:
    """Learn components from scratch, or going on from `H`."""
    if H is None:
        return NMF(n, random_state=0).fit(X)
    return NMF(n, init="custom", random_state=0).fit(X, H=H)


def of_one_kind(levels: FloatArray, rng: np.random.Generator, turn: int) -> NDArray[np.intp]:
    """Draw rows that lie far out in one direction, or near one row."""
    if turn % 2:
        near = ((levels - levels[rng.integers(len(levels))]) ** 2).sum(axis=1)
    else:
        near = levels @ (rng.normal(size=levels.shape[1]) * (rng.random(levels.shape[1]) < 0.4))
    n = int(rng.choice([500, 2_000, 5_000, 10_000, 20_000]))
    pool = np.argsort(near)[: max(n, int(len(levels) * rng.choice([0.05, 0.2, 0.5])))]
    return rng.choice(pool, n, replace=False)


def main() -> None:
    """Run the tries and print a line for each, then the worst on either side of the threshold."""
    parser = argparse.ArgumentParser(description="Move a catalog and see who falls behind.")
    parser.add_argument("parquet", nargs="?", type=Path, default=DATA)
    parser.add_argument("--tries", type=int, default=30)
    parser.add_argument("-k", type=int, default=10, metavar="N", help="Number of parts.")
    asked = parser.parse_args()
    if not asked.parquet.is_file():
        raise SystemExit(f"{asked.parquet.name} is not here; give the path of the 114k set.")
    warnings.simplefilter("ignore", ConvergenceWarning)  # what is missed is what is measured
    recipe = load_recipe("balanced")
    columns = recipe.feature_columns
    rows = pl.read_parquet(asked.parquet).unique("track_id", maintain_order=True)
    rows = rows.filter((pl.col("tempo") > 0) & (pl.col("duration_ms") > 0)).drop_nulls(columns)
    rng = np.random.default_rng(1)
    print(
        "| new | furthest move | placed over refreshed | over from scratch | cosine, new bounds |"
    )
    print("| ---: | ---: | ---: | ---: | ---: |")
    tries = []
    for turn in range(asked.tries):
        shuffled = rows[rng.permutation(len(rows))]
        known, others = shuffled[:N_KNOWN], shuffled[N_KNOWN:]
        fitted = FittedRecipe.fit(recipe, known)
        new = others[of_one_kind(fitted.levels(others).to_numpy(), rng, turn)]
        both = pl.concat([known, new])
        X, Y = fitted.transform(both).X, FittedRecipe.fit(recipe, both).transform(both).X
        early = learn(X[:N_KNOWN], asked.k).components_
        late = learn(X, asked.k, early).components_
        error = missed(X, late)
        lead = error / missed(X, learn(X, asked.k).components_) - 1
        behind = missed(X, early) / error - 1
        cosines = match_components(learn(Y, asked.k, late).components_, late)[1]
        move = measure_moves(fitted, both)[0].size
        tries.append((move, behind, lead))
        median = np.median(cosines)
        print(
            f"| {len(new):,} | {move:.2f} | {behind:+.2%} | {lead:+.2%} | {median:.3f} |",
            flush=True,
        )
    found = np.array(tries)
    for name, chosen in (
        (f"below {MOST_MOVE}", found[found[:, 0] < MOST_MOVE]),
        (f"{MOST_MOVE} and more", found[found[:, 0] >= MOST_MOVE]),
    ):
        if len(chosen):
            _, behind, lead = chosen.max(axis=0)
            print(f"\n{name}: {len(chosen)} tries, at most {behind:+.2%} and {lead:+.2%}.")


if __name__ == "__main__":
    main()

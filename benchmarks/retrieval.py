"""How long the ten nearest tracks take: exact ways, and graph indexes that answer nearly right.

    python benchmarks/retrieval.py [--quick]

586,672 rows of 7 parts, with what the parts leave unexplained beside them (27 columns) and without.
Real tracks are drawn, each shaken by a tenth of a standard deviation in every feature: about as far
from its twins as its neighbours would be among so many. voyager and usearch take part where they
are installed, at the first setting that finds 99 of 100 true neighbours. All on one core.
"""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.spatial import KDTree
from threadpoolctl import ThreadpoolController

from matrices import DATA, SHAPE
from partsong.features import FittedRecipe, load_recipe
from partsong.nmf import NMF
from partsong.parts import build_model, track_space
from partsong.recommend import NearestRows, unit_rows
from side_by_side import describe_machine, measure, print_table

Rows: TypeAlias = NDArray[np.integer[Any]]
Floats: TypeAlias = NDArray[np.floating[Any]]
Queries: TypeAlias = NDArray[np.float64]
Mask: TypeAlias = NDArray[np.bool_] | None

N_PARTS = 7
N_NEAREST = 10
SHARE = 0.1
"""Of the rows that a filter leaves."""

WANTED_RECALL = 0.99
EFFORTS = (10, 20, 40, 80, 160, 320, 640, 1_280)
_JITTER = 0.1


def draw_tracks(n_rows: int) -> pl.DataFrame:
    """Return real tracks drawn with jitter, or made ones where the data sets are not here."""
    columns = list(load_recipe("balanced").columns)
    rng = np.random.default_rng(0)
    if DATA.is_dir():
        tables = [
            pl.read_parquet(DATA / name / "tracks.parquet").select(pl.col(columns).cast(pl.Float64))
            for name in ("spotify-114k", "spotify-600k-part")
        ]
        usable = pl.all_horizontal(pl.all().is_finite()), pl.col("tempo", "duration_ms") > 0
        tracks = pl.concat(tables).unique(maintain_order=True).filter(*usable).to_numpy()
    else:
        tracks = 1 + rng.random((10_000, len(columns)))
    drawn = tracks[rng.integers(0, len(tracks), n_rows)]
    drawn += _JITTER * tracks.std(axis=0) * rng.standard_normal(drawn.shape)
    drawn = np.clip(drawn, tracks.min(axis=0), tracks.max(axis=0))
    ids = pl.Series("track_id", np.arange(n_rows)).cast(pl.String)
    return pl.DataFrame(drawn, schema=columns).with_columns(ids)


def spaces(n_rows: int) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Yield what tracks are compared by, as a model gives it, and the parts alone."""
    tracks = draw_tracks(n_rows)
    recipe = FittedRecipe.fit(load_recipe("balanced"), tracks)
    matrix = recipe.transform(tracks)
    nmf = NMF(N_PARTS, random_state=0, tol=1e-4).fit(matrix.X[:20_000])
    W = nmf.transform(matrix.X)
    model = build_model(
        matrix, W, nmf.components_, name="x", recipe=recipe, tracks=tracks, n_iter=0, seconds=0
    )
    yield "parts and rest", track_space(model).loadings
    yield "parts alone", model.W


def multiply(unit: Floats, queries: Queries) -> Rows:
    """Ask by a product in single precision and a partition, as is done in a notebook."""
    best = []
    for query in queries.astype(np.float32):
        scores = unit @ query
        head = np.argpartition(scores, -N_NEAREST)[-N_NEAREST:]
        best.append(head[np.argsort(-scores[head])])
    return np.array(best)


def ask_tree(index: KDTree, mask: Mask, queries: Queries) -> Rows:
    """Ask a k-d tree, one question after the other; under a filter for enough to have ten left."""
    if mask is None:
        return np.array([index.query(query, N_NEAREST)[1] for query in queries])
    found = [index.query(query, int(4 * N_NEAREST / SHARE))[1] for query in queries]
    return np.array([rows[mask[rows]][:N_NEAREST] for rows in found])


def ask_partsong(nearest: NearestRows, mask: Mask, queries: Queries) -> Rows:
    """Ask partsong, one question after the other."""
    found = [next(nearest.best_first(query, n=N_NEAREST, candidates=mask)) for query in queries]
    return np.array([rows[:N_NEAREST] for rows, _ in found])


def ask_partsong_at_once(nearest: NearestRows, mask: Mask, queries: Queries) -> Rows:
    """Ask partsong all questions at once."""
    found = nearest.best_of_many(queries, n=N_NEAREST, candidates=mask)
    return np.array([rows for rows, _ in found])


def build_voyager(unit: Floats) -> Any:
    """Build a graph with voyager's defaults."""
    voyager = import_module("voyager")
    index = voyager.Index(voyager.Space.InnerProduct, num_dimensions=unit.shape[1])
    index.add_items(unit, num_threads=1)
    return index


def ask_voyager(index: Any, effort: int, queries: Queries) -> Rows:
    """Ask voyager, one question after the other."""
    settings = {"k": N_NEAREST, "query_ef": effort, "num_threads": 1}
    return np.array([index.query(query, **settings)[0] for query in queries.astype(np.float32)])


def build_usearch(unit: Floats) -> Any:
    """Build a graph with usearch's defaults."""
    index = import_module("usearch.index").Index(ndim=unit.shape[1], metric="ip", dtype="f32")
    index.add(np.arange(len(unit)), unit, threads=1)
    return index


def ask_usearch(index: Any, effort: int, queries: Queries) -> Rows:
    """Ask usearch, one question after the other."""
    index.expansion_search = effort
    found = [index.search(query, N_NEAREST, threads=1) for query in queries.astype(np.float32)]
    return np.array([matches.keys for matches in found])


GRAPHS = {"voyager": (build_voyager, ask_voyager), "usearch": (build_usearch, ask_usearch)}


def least_effort(ask: Callable[[int, Floats], Rows], queries: Queries, expected: Rows) -> int:
    """Return the quickest setting of a graph that finds enough of the neighbours."""
    for effort in EFFORTS:
        if recall(ask(effort, queries), expected) >= WANTED_RECALL:
            break
    return effort


def brute_force(W: Floats, queries: Queries, mask: Mask = None) -> Rows:
    """Return the nearest rows in the plainest way: all cosines in double precision, sorted."""
    unit = unit_rows(W)
    best = []
    for query in queries:
        scores = unit @ query
        if mask is not None:
            scores[~mask] = -1
        head = np.argpartition(-scores, 2 * N_NEAREST)[: 2 * N_NEAREST]
        best.append(head[np.lexsort((head, -scores[head]))][:N_NEAREST])
    return np.array(best)


def recall(found: Rows, expected: Rows) -> float:
    """Return the share of the true neighbours that were found."""
    pairs = zip(found[: len(expected)], expected, strict=True)
    return float(np.mean([len(set(one) & set(other)) / N_NEAREST for one, other in pairs]))


def compare(W: Floats, *, n_queries: int, n_at_once: int, repeats: int) -> None:
    """Print one table: seconds a question, what was found, seconds to build."""
    rng = np.random.default_rng(0)
    unit = unit_rows(W).astype(np.float32)
    queries = unit_rows(W[rng.choice(len(W), n_at_once, replace=False)])
    few = queries[:n_queries]
    mask = rng.random(len(W)) < SHARE
    truth, truth_filtered = brute_force(W, few), brute_force(W, few, mask)
    graphs = {name: ways for name, ways in GRAPHS.items() if find_spec(name)}
    built = measure(
        {
            "k-d tree": partial(KDTree, unit, leafsize=16, balanced_tree=False),
            "partsong": partial(NearestRows, W),
            **{name: partial(build, unit) for name, (build, _) in graphs.items()},
        },
        repeats=1,
    )
    nearest, tree = built["partsong"].result, built["k-d tree"].result
    asks = {
        "plain product": partial(multiply, unit, few),
        "k-d tree": partial(ask_tree, tree, None, few),
        "k-d tree, a filter": partial(ask_tree, tree, mask, few),
        "partsong": partial(ask_partsong, nearest, None, few),
        "partsong, a filter": partial(ask_partsong, nearest, mask, few),
        "partsong, at once": partial(ask_partsong_at_once, nearest, None, queries),
        "partsong, at once, a filter": partial(ask_partsong_at_once, nearest, mask, queries),
    }
    efforts = {}
    for name, (_, ask) in graphs.items():
        index = built[name].result
        efforts[name] = least_effort(partial(ask, index), few, truth)
        asks[name] = partial(ask, index, efforts[name], few)
    results = measure(asks, repeats=repeats)
    for name, measured in results.items():
        for seconds in (measured.wall, measured.cpu):
            seconds[:] = [value / len(asks[name].args[-1]) for value in seconds]
    print_table(
        results,
        against="plain product",
        slower=True,
        columns={
            "found": {
                name: f"{recall(measured.result, truth_filtered if 'filter' in name else truth):.4f}"
                for name, measured in results.items()
            },
            "effort": efforts,
            "build, cpu s": {name: f"{made.cpu[0]:.3g}" for name, made in built.items()},
        },
    )


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Time questions for the nearest rows.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, one round")
    quick = parser.parse_args().quick
    controller = ThreadpoolController()  # type: ignore[no-untyped-call]  # carries no types
    with controller.limit(limits=1):
        for name, W in spaces(SHAPE[0] // 10 if quick else SHAPE[0]):
            print(f"\n{name}, {len(W):,} rows, {W.shape[1]} columns; seconds a question:\n")
            compare(
                W,
                n_queries=20 if quick else 200,
                n_at_once=200 if quick else 1_000,
                repeats=1 if quick else 5,
            )
    print(f"\n{describe_machine('voyager', 'usearch')}")


if __name__ == "__main__":
    main()

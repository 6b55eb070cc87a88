"""How well are tracks recommended, beside plain methods? Asked of artists nothing was chosen on.

    make bench, or: python benchmarks/scorecard.py [--choose] [--queries 5000] [-k 7 10 14]

`partsong evaluate` over several models: the 114k set, one track a song, asked for the same genre by
other artists, of the half of the artists that no default was chosen on. `informed` has learned from
the other half alone, and these have their genres hidden. Then the playlists of the second source
document: half of each is asked with for the other half. What is wanted: the default within 5% of
the best plain method or above it, and above scikit-learn's recipe; `informed` 10% above all of them.

`--choose` asks the other half, which is where recipes and numbers of parts are to be compared.
"""

import argparse
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import partsong as ps
from partsong.evaluate import BASELINES, Half, Scorecard
from partsong.workflow import evaluate_model
from recipes import DATA

BLOG = DATA.parents[1] / "blog-bsraya"
METRICS = ("precision", "hit_rate", "ndcg", "mrr", "coverage", "hubness", "spread", "agreement")
OURS = ("partsong", "parts alone")


def print_table(cards: Sequence[Scorecard], task: str) -> None:
    """Print the figures of several models in one table, with the plain methods at their ranks."""
    print(f"\n| {task}, by other artists | {' | '.join(METRICS)} |")
    print(f"| --- | {' | '.join(['---:'] * len(METRICS))} |")
    for card in cards:
        for method in OURS:
            print(f"| {card.model}, {method} | {_cells(card, task, method)} |")
    for card in {card.n_components: card for card in reversed(cards)}.values():
        for method in card.methods_of(task):
            has_rank = method in {"PCA", "SVD", "k-means", "scikit-learn NMF"}
            if method in BASELINES and (has_rank or card is cards[0]):
                rank = f", {card.n_components}" if has_rank else ""
                print(f"| {method}{rank} | {_cells(card, task, method)} |")


def _cells(card: Scorecard, task: str, method: str) -> str:
    cells = []
    for metric in METRICS:
        found = card.find(task, method, metric)
        interval = ""
        if found is not None and found.low is not None and metric == "precision":
            interval = f" ({found.low:.3f} to {found.high:.3f})"
        cells.append("" if found is None else f"{found.value:.3f}{interval}")
    return " | ".join(cells)


def verdict(card: Scorecard, task: str) -> str:
    """Say how a model stands against the best plain method, and against scikit-learn's NMF."""
    (gain,) = (
        one
        for one in card.differences
        if (one.task, one.artist_filter, one.method, one.metric)
        == (task, True, "partsong", "precision")
    )
    ours, best, recipe = (
        found.value
        for name in ("partsong", gain.against, "scikit-learn NMF")
        if (found := card.find(task, name)) is not None
    )
    return (
        f"{ours / best - 1:+.1%} against {gain.against} ({gain.low / best:+.1%} to "
        f"{gain.high / best:+.1%}), {ours / recipe - 1:+.1%} against scikit-learn's NMF"
    )


def evaluate(
    files: Sequence[Path],
    fits: Sequence[tuple[str, int]],
    task: str,
    *,
    half: Half,
    queries: int | None,
) -> None:
    """Import files, fit models and print how well they do one task."""
    with tempfile.TemporaryDirectory() as folder:
        catalog = Path(folder) / "catalog.duckdb"
        for number, file in enumerate(files):
            ps.import_files([file], catalog=catalog, library=number > 0)
        cards = []
        for recipe, n_components in fits:
            fitted = ps.fit_parts(catalog=catalog, recipe=recipe, n_components=n_components)
            started = time.perf_counter()
            cards.append(
                evaluate_model(
                    catalog=catalog,
                    model=fitted.folder,
                    tasks=[task],
                    queries=queries,
                    half=half,
                )
            )
            (asked,) = cards[-1].tasks
            print(
                f"- {cards[-1].model}: {verdict(cards[-1], task)}; {asked.n_queries:,} queries, "
                f"{asked.n_tracks:,} tracks ranked, {time.perf_counter() - started:.0f} s",
                flush=True,
            )
    print(f"\n{' '.join(cards[0].tasks[0].notes)}")
    print_table(cards, task)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--choose", action="store_true", help="ask the half to choose on")
    parser.add_argument("--queries", type=int, default=5_000)
    parser.add_argument("-k", "--n-components", type=int, nargs="*", default=[10, 7, 14])
    arguments = parser.parse_args()
    if not DATA.is_file():
        raise SystemExit(f"{DATA.name} of the 114k set is not here.")
    half: Half = "choose" if arguments.choose else "report"
    fits = [
        (recipe, number) for number in arguments.n_components for recipe in ("balanced", "informed")
    ]
    evaluate([DATA], fits, "genre", half=half, queries=arguments.queries)
    if BLOG.is_dir():
        files = [BLOG / "unheard_categories.parquet", BLOG / "liked_personal-playlists.parquet"]
        fits = [("balanced", number) for number in arguments.n_components]
        evaluate(files, [*fits, ("blog-14", 7)], "playlist", half=half, queries=None)


if __name__ == "__main__":
    main()

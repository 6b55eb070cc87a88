"""How long an update takes, and how near it comes to a fit from scratch: the 114k set.

    python benchmarks/update.py [PARQUET] [--quick] [-k N]

Tracks are held out, a model is fitted, the tracks are imported, and the model is brought up to
date in three ways: new tracks placed, parts let move, everything fitted again. Each command is a
process of its own; processor seconds stand in brackets. Tracks are held out at random, and once all
of some quiet genres, which moves the catalog.
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from partsong.nmf import match_components
from partsong.parts import Model, Part, read_model
from side_by_side import describe_machine

DATA = Path(__file__).resolve().parents[2] / "shared/data/spotify-114k/tracks.parquet"
QUIET = ("ambient", "classical", "new-age", "opera", "piano", "sleep", "guitar", "study")
STABLE = 0.9
NEAR = 0.98


def run(catalog: Path, *arguments: str) -> tuple[float, float, dict[str, Any]]:
    """Run a command and return its seconds, those of the processor, and its JSON."""
    started, used = time.perf_counter(), _processor_seconds()
    done = subprocess.run(
        [sys.executable, "-m", "partsong", *arguments, "--json"],
        env={**os.environ, "PARTSONG_CATALOG": str(catalog)},
        capture_output=True,
        check=True,
    )
    took = time.perf_counter() - started
    return took, _processor_seconds() - used, json.loads(done.stdout)


def _processor_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def try_update(catalog: Path, *options: str, repeats: int = 3) -> tuple[str, dict[str, Any], Model]:
    """Update copies of the model "early"; return the median seconds, and the last model."""
    models = catalog.with_suffix(".models")
    seconds = []
    for _ in range(repeats):
        shutil.rmtree(models / "tried", ignore_errors=True)
        shutil.copytree(models / "early", models / "tried")
        *took, answer = run(catalog, "update", "--model", "tried", *options)
        seconds.append(took)
    wall, processor = map(statistics.median, zip(*seconds, strict=True))
    return f"{wall:.2f} ({processor:.2f})", answer, read_model(models / "tried")


def compare(rows: pl.DataFrame, is_new: pl.Series, *, what: str, n_components: int) -> None:
    """Print the line of one experiment."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        catalog = folder / "music.duckdb"
        rows.filter(~is_new).write_parquet(folder / "old.parquet")
        rows.filter(is_new).write_parquet(folder / "new.parquet")
        run(catalog, "import", str(folder / "old.parquet"))
        run(catalog, "fit", "-k", str(n_components), "--name", "early")
        run(catalog, "import", str(folder / "new.parquet"))
        placing, placed, _ = try_update(catalog)
        moving, moved, refreshed = try_update(catalog, "--refresh")
        fitting, used, fit = run(catalog, "fit", "-k", str(n_components), "--name", "full")
        full = read_model(catalog.with_suffix(".models") / "full")
    partners, cosines = match_components(full.H, refreshed.H)
    surely = np.array([part.stability for part in _by_component(refreshed)]) >= STABLE
    surely &= np.array([part.stability for part in _by_component(full)])[partners] >= STABLE
    near = cosines >= NEAR
    refresh = moved["refresh"]
    furthest = max((abs(one["shift"]) for one in placed["moved"]), default=None)
    print(
        f"| {what} | {placed['added']:,} | {placing} | {moving} | {fitting:.1f} ({used:.1f}) "
        f"| {refresh['relative_error_before']:.4f} | {refresh['relative_error']:.4f} "
        f"| {fit['relative_error']:.4f} | {refresh['lead']:+.2%} "
        f"| {cosines.min():.3f} | {near.sum()} of {len(near)} | {near[surely].sum()} of {surely.sum()} "
        f"| {'-' if furthest is None else f'{furthest:.2f}'} "
        f"| {'yes' if moved['fit_is_due'] else 'no'} |",
        flush=True,
    )


def _by_component(model: Model) -> list[Part]:
    return sorted(model.parts, key=lambda part: part.components)


def main() -> None:
    """Run the experiments and print the table."""
    parser = argparse.ArgumentParser(description="Time updates on the 114k set.")
    parser.add_argument("parquet", nargs="?", type=Path, default=DATA)
    parser.add_argument("--quick", action="store_true", help="A tenth of the tracks.")
    parser.add_argument("-k", type=int, default=10, metavar="N", help="Number of parts.")
    asked = parser.parse_args()
    if not asked.parquet.is_file():
        raise SystemExit(f"{asked.parquet.name} is not here; give the path of the 114k set.")
    rows = pl.read_parquet(asked.parquet)
    ids = rows["track_id"].unique(maintain_order=True)
    order = np.random.default_rng(0).permutation(len(ids))
    if asked.quick:
        order = order[: len(order) // 10]
        rows = rows.filter(pl.col("track_id").is_in(ids.gather(order).implode()))
    print(
        "| held out | placed | update, s | --refresh, s | fit, s | error, parts as they were "
        "| refreshed | fit | from scratch | least cosine | at 0.98 | of the stable | shift | due |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"
    )
    for n in (100, 1_000) if asked.quick else (1_000, 10_000):
        is_new = rows["track_id"].is_in(ids.gather(order[:n]).implode())
        compare(rows, is_new, what="at random", n_components=asked.k)
    quiet = rows.filter(pl.col("track_genre").is_in(QUIET))["track_id"]
    is_new = rows["track_id"].is_in(quiet.implode())
    compare(rows, is_new, what=f"{len(QUIET)} quiet genres", n_components=asked.k)
    print(f"\n{describe_machine()}")


if __name__ == "__main__":
    main()

"""A fit on two Dask workers against the same fit in one process on one core.

    python benchmarks/cluster.py [--quick] [--rows 5_000_000] [--workers 2]

The rows lie in ten Parquet files. The workers are processes of one thread each; the one process is
held to one core. All decode with one thread of polars. Both have imported what they need before,
and both keep the decoded rows, so a round times: decode, check, draw the sample, look.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

os.environ["POLARS_MAX_THREADS"] = "1"

from distributed import LocalCluster

from partsong.nmf import ParquetRows, RowsFit, connect_to_cluster, fit_rows, fit_rows_on_cluster
from side_by_side import describe_machine
from streams import N_COMPONENTS, write_files

start_workers: Any = LocalCluster  # untyped


def stay_on_one_core() -> None:
    """Hold this process to its first core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def fit_alone(folder: str) -> tuple[RowsFit, float]:
    """Fit in this process, and return its processor seconds."""
    before = time.process_time()
    fit = fit_rows(ParquetRows.open(folder), N_COMPONENTS, random_state=0)
    return fit, time.process_time() - before


def clocked(run: Callable[[], tuple[RowsFit, float]]) -> tuple[float, float, RowsFit]:
    """Return wall seconds, processor seconds, and the fit."""
    started = time.perf_counter()
    fit, cpu = run()
    return time.perf_counter() - started, cpu, fit


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Time a fit on Dask workers beside one process.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, one round")
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    n_rows = options.rows // 10 if options.quick else options.rows
    spawn = get_context("spawn")
    with (
        tempfile.TemporaryDirectory() as folder,
        start_workers(
            n_workers=options.workers,
            threads_per_worker=1,
            processes=True,
            dashboard_address=":0",
            silence_logs="ERROR",
        ) as cluster,
        connect_to_cluster(cluster.scheduler_address) as client,
        ProcessPoolExecutor(1, mp_context=spawn, initializer=stay_on_one_core) as alone,
    ):
        write_files(Path(folder), n_rows, "float32")

        def run_alone() -> tuple[RowsFit, float]:
            return alone.submit(fit_alone, folder).result()

        def run_together() -> tuple[RowsFit, float]:
            def cpu_seconds() -> float:
                return time.process_time() + float(sum(client.run(time.process_time).values()))

            before = cpu_seconds()
            rows = ParquetRows.open(folder)
            fit = fit_rows_on_cluster(
                client, rows, N_COMPONENTS, random_state=0, n_jobs=options.workers
            )
            return fit, cpu_seconds() - before

        for run in (run_alone, run_together):
            run()
        rounds = [
            (clocked(run_alone), clocked(run_together)) for _ in range(1 if options.quick else 3)
        ]
    print(f"{n_rows:,} x 14 float32, {N_COMPONENTS} components\n")
    print("| | wall s | cpu s | loss |\n| --- | ---: | ---: | ---: |")
    names = "one process, one core", f"{options.workers} Dask workers, client included"
    for place, name in enumerate(names):
        walls, cpus, fits = zip(*(contenders[place] for contenders in rounds), strict=True)
        loss = fits[-1].loss_curve[-1]
        wall, cpu = statistics.median(walls), statistics.median(cpus)
        print(f"| {name} | {wall:.2f} | {cpu:.2f} | {loss:.4f} |")
    ratios = sorted(one[0] / other[0] for one, other in rounds)
    middle = statistics.median(ratios)
    print(f"\n{middle:.2f} times as fast ({ratios[0]:.2f} to {ratios[-1]:.2f} in single rounds).")
    print(f"\n{describe_machine('polars', 'distributed')}")


if __name__ == "__main__":
    main()

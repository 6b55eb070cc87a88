"""A fit of Parquet files, block by block, against decoding them; and the memory that it takes.

    python benchmarks/streams.py [--quick] [--rows 10_000_000] [--precision float64]

Real tracks, brought to size with a little jitter, are written in ten files. A fit goes over its
rows once to check them and to draw a sample, and then once for each look, so decoding alone is
timed for as many passes too. Rows that fit into a gigabyte are kept by default and decoded once.
Peak memory is that of a process of its own which does nothing but the fit.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from matrices import SHAPE, real_matrix
from partsong.nmf import ParquetRows, RowsFit, fit_rows
from side_by_side import describe_machine, measure, print_table

N_COMPONENTS = 7
N_FILES = 10
N_JOBS = os.cpu_count() or 1
KEEP = 2**30

_ALONE = """
import sys
from pathlib import Path
from partsong.nmf import ParquetRows, fit_rows
rows = ParquetRows.open(sys.argv[1])
fit_rows(rows, {k}, random_state=0, n_jobs={n_jobs}, keep_bytes=int(sys.argv[2]))
# not getrusage, whose peak counts what the process that started this one had
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if "VmHWM" in line)
print(int(peak.split()[1]) // 1024)
"""


def write_files(folder: Path, n_rows: int, precision: str) -> None:
    """Write real tracks as Parquet, with the row groups that DuckDB makes."""
    names = [f"feature_{place}" for place in range(SHAPE[1])]
    for number in range(N_FILES):
        rows = real_matrix(n_rows // N_FILES, random_state=number).astype(precision)
        table = pl.DataFrame(rows, schema=names)
        table.write_parquet(folder / f"part-{number}.parquet", row_group_size=122_880)


def fit(rows: ParquetRows, keep_bytes: int) -> tuple[RowsFit, float]:
    """Fit, and return how many times the rows were gone over."""
    seen: list[int] = []
    found = fit_rows(
        rows,
        N_COMPONENTS,
        random_state=0,
        n_jobs=N_JOBS,
        keep_bytes=keep_bytes,
        on_rows=seen.append,
    )
    return found, sum(seen) / rows.n_rows


def decode(rows: ParquetRows, n_passes: int) -> None:
    """Decode all rows and let them go, block by block."""
    for _ in range(n_passes):
        for _block in rows.blocks():
            pass


def peak_megabytes(folder: Path, keep_bytes: int) -> int | None:
    """Return the peak memory of a process that does nothing but the fit; None but on Linux."""
    if not Path("/proc/self/status").exists():
        return None
    code = _ALONE.format(k=N_COMPONENTS, n_jobs=N_JOBS)
    command = [sys.executable, "-c", code, str(folder), str(keep_bytes)]
    return int(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description="Time a fit of Parquet files beside decoding.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, one round")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--precision", choices=("float32", "float64"), default="float32")
    options = parser.parse_args()
    n_rows = options.rows // 10 if options.quick else options.rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder, n_rows, options.precision)
        size = sum(file.stat().st_size for file in folder.iterdir()) / 2**20
        rows = ParquetRows.open(folder)
        _, n_passes = fit(rows, 0)
        again = f"decoding, {n_passes:.0f} passes"
        results = measure(
            {
                "decoding, once": lambda: decode(rows, 1),
                again: lambda: decode(rows, round(n_passes)),
                "fit, up to 1 GB of rows kept": lambda: fit(rows, KEEP),
                "fit, no rows kept": lambda: fit(rows, 0),
            },
            repeats=1 if options.quick else 3,
        )
        kept, fresh = "fit, up to 1 GB of rows kept", "fit, no rows kept"
        peaks = {kept: peak_megabytes(folder, KEEP), fresh: peak_megabytes(folder, 0)}
        errors = {name: f"{results[name].result[0].relative_error:.8f}" for name in (kept, fresh)}
    print(
        f"{n_rows:,} x {SHAPE[1]} {options.precision}, {size:.0f} MB in {N_FILES} files; "
        f"{N_COMPONENTS} components, {N_JOBS} threads\n"
    )
    columns: dict[str, Any] = {"peak MB": peaks, "relative error": errors}
    print_table(results, against=again, columns=columns)
    assert np.array_equal(results[kept].result[0].H, results[fresh].result[0].H)
    print(f"\n{describe_machine('polars')}")


if __name__ == "__main__":
    main()

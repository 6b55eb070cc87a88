"""How long the flow takes from a shell: the whole 114k set, each command in a process of its own.

    python benchmarks/flow.py [PARQUET]

Prints the table of the README. The recommendation is timed cold, five times; its median is shown.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[2] / "shared/data/spotify-114k/tracks.parquet"


def run(catalog: Path, *arguments: str) -> tuple[float, dict[str, Any]]:
    """Run a command and return its seconds and its JSON."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "partsong", *arguments, "--json"],
        env={**os.environ, "PARTSONG_CATALOG": str(catalog)},
        capture_output=True,
        check=True,
    )
    return time.perf_counter() - started, json.loads(done.stdout)


def main() -> None:
    """Run the flow and print the table."""
    parser = argparse.ArgumentParser(description="Time the flow on the 114k set.")
    parser.add_argument("parquet", nargs="?", type=Path, default=DATA)
    parquet = parser.parse_args().parquet
    if not parquet.is_file():
        raise SystemExit(f"{parquet.name} is not here; give the path of the 114k set.")
    with tempfile.TemporaryDirectory() as folder:
        catalog = Path(folder) / "music.duckdb"
        imported, report = run(catalog, "import", str(parquet))
        again, _ = run(catalog, "import", str(parquet))
        checked, _ = run(catalog, "check")
        fitted, fit = run(catalog, "fit")
        listed, _ = run(catalog, "parts")
        cold = [run(catalog, "recommend", "Yellow - Coldplay")[0] for _ in range(5)]
        size = catalog.stat().st_size / 2**20
    print("| command | seconds | what |\n| --- | ---: | --- |")
    print(
        f"| `import` | {imported:.1f} | {report['read']:,} rows into {report['kept']:,} tracks, "
        f"a catalog of {size:.0f} MB |"
    )
    print(f"| `import` again | {again:.1f} | nothing changes |")
    print(f"| `check` | {checked:.1f} | |")
    print(
        f"| `fit` | {fitted:.1f} | {fit['n_components']} parts, the best of eight starts, "
        f"{fit['n_iter']} iterations |"
    )
    print(f"| `parts` | {listed:.1f} | |")
    print(f"| `recommend` | {statistics.median(cold):.2f} | from a cold shell, median of five |")
    print(f"\nPython {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}.")


if __name__ == "__main__":
    main()

"""How long Spotify's data export takes to import: 200,000 plays of 8,000 tracks, twice.

    python benchmarks/spotify_export.py [--plays N] [--tracks N]

The export is made up, in Spotify's field names, by ``tests/sources/exports/make_export.py``. Each
import runs as a command in a process of its own; the second finds everything there.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/sources/exports"))

from make_export import extended_history, write_export


def main() -> None:
    """Make the export, import it twice, and print what it took."""
    parser = argparse.ArgumentParser(description="Time the import of a data export.")
    parser.add_argument("--plays", type=int, default=200_000)
    parser.add_argument("--tracks", type=int, default=8_000)
    options = parser.parse_args()
    export = extended_history(options.plays, options.tracks, n_files=13)
    print("| import | seconds | of processor | peak memory | what |")
    print("| --- | ---: | ---: | ---: | --- |")
    with tempfile.TemporaryDirectory() as folder:
        path = write_export(export, Path(folder) / "my_spotify_data.zip")
        for name, n_new in (("first", len(export.played)), ("again", 0)):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            started = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "-m", "partsong", "import", str(path), "--json"],
                env={**os.environ, "PARTSONG_CATALOG": str(Path(folder) / "music.duckdb")},
                capture_output=True,
                check=True,
            )
            seconds = time.perf_counter() - started
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            report = json.loads(done.stdout)
            if report["listens"] != n_new:
                raise SystemExit(f"{report['listens']:,} new plays, where {n_new:,} were planted")
            print(
                f"| {name} | {seconds:.1f} | {cpu:.1f} | {after.ru_maxrss / 2**10:,.0f} MB | "
                f"{report['read']:,} rows, {report['kept']:,} new tracks, {n_new:,} new plays |"
            )
    print(f"\nPython {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}.")


if __name__ == "__main__":
    main()

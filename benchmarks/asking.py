"""How long a list of ten tracks with reasons takes: warm, filtered, batched, and from a cold shell.

    python benchmarks/asking.py [--quick] [--rows N]

The 114k set is imported and learned (7 parts), and asked from a shell. Then its tracks are brought to
586,672 with a little jitter and names of their own, in a catalog of their own that is thrown away,
and one warm process is asked by track id. Without the data sets beside the checkout, made tracks
stand in for them.
"""

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

import partsong as ps
from partsong.rows import Batch, ImportReport
from partsong.workflow import Recommender
from side_by_side import describe_machine, measure, print_table

DATA = Path(__file__).resolve().parents[2] / "shared/data/spotify-114k/tracks.parquet"
SOUND = (
    "danceability",
    "energy",
    "loudness",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "valence",
    "tempo",
)
N_BATCHED = 1_000
BLOCK_ROWS = 50_000


def made_tracks(n_rows: int) -> pl.DataFrame:
    """Return tracks of no particular sound."""
    rng = np.random.default_rng(0)
    return pl.DataFrame(
        {
            "title": [f"Song {number}" for number in range(n_rows)],
            "artists": [[f"Artist {number % 997}"] for number in range(n_rows)],
            "duration_ms": rng.integers(90_000, 400_000, n_rows),
            **{name: rng.uniform(0.05, 0.95, n_rows) for name in SOUND},
        }
    ).with_columns(tempo=60 + 120 * pl.col("tempo"), loudness=-30 * pl.col("loudness"))


def add(catalog: Path, tracks: pl.DataFrame, *, library: bool = False) -> None:
    """Write tracks into a catalog."""
    batches = (
        Batch(block.with_row_index("line").with_columns(pl.col("line").cast(pl.Int64)))
        for block in tracks.iter_slices(BLOCK_ROWS)
    )
    report = ImportReport(files=["made"], layout="made", read=len(tracks))
    ps.Catalog(catalog).add(batches, report, library=library)


def jittered(tracks: pl.DataFrame, n_rows: int) -> pl.DataFrame:
    """Repeat tracks with jitter, each copy as a song of another name."""
    rng = np.random.default_rng(1)
    copies = -(-n_rows // len(tracks))
    blocks = []
    for copy in range(copies):
        noise = {
            name: pl.col(name) * pl.Series(1 + 0.05 * rng.standard_normal(len(tracks)))
            for name in SOUND
        }
        named = {
            "title": pl.format("{} {}", "title", pl.lit(f"no. {copy}")),
            "artists": pl.col("artists").list.eval(pl.format("{} {}", pl.element(), pl.lit(copy))),
        }
        blocks.append(tracks.with_columns(**noise, **named))
    return pl.concat(blocks).head(n_rows)


def ask(recommender: Recommender, **wishes: Any) -> Callable[[], object]:
    """Return a question that starts from another track each time."""
    ids = itertools.cycle(recommender.model.track_ids.sample(200, seed=2))

    def once() -> object:
        return ps.recommend_tracks(next(ids), recommender=recommender, **wishes)

    return once


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Time recommendations with reasons.")
    parser.add_argument("--quick", action="store_true", help="3,000 tracks, few rounds")
    parser.add_argument("--rows", type=int, default=586_672)
    options = parser.parse_args()
    n_rows, repeats = (3_000, 3) if options.quick else (options.rows, 21)
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder) / "small.duckdb", Path(folder) / "large.duckdb"
        if DATA.is_file() and not options.quick:
            ps.import_files([DATA], catalog=small)
        else:
            add(small, made_tracks(2_000))
        ps.fit_parts(catalog=small, n_components=7, n_init=1, sample=20_000)
        tracks = ps.Catalog(small).read_tracks(
            ["title", "artists", "duration_ms", *SOUND], where="title IS NOT NULL"
        )
        seed = str(tracks["track_id"][0])
        add(large, jittered(tracks.drop("track_id"), n_rows))
        known = ps.Catalog(large).read_tracks(["title", "artists"]).head(300).drop("track_id")
        add(large, known, library=True)
        ps.fit_parts(catalog=large, n_components=7, n_init=1, sample=20_000)
        recommender = Recommender(large)
        batch = recommender.model.track_ids.sample(N_BATCHED, seed=3, with_replacement=True)
        shell = [sys.executable, "-m", "partsong", "recommend", seed]
        environment = {**os.environ, "PARTSONG_CATALOG": str(small)}
        asked = {
            "one": ask(recommender),
            "one, filtered": ask(recommender, where="tempo > 100 AND energy < 0.8"),
            "one, never heard": ask(recommender, unheard=True),
            "one, with spread": ask(recommender, diversity=0.3),
            f"{N_BATCHED:,} at once": lambda: recommender.recommend_many(batch.to_list()),
            "from a cold shell": lambda: subprocess.run(
                shell, env=environment, check=True, capture_output=True
            ),
        }
        print(describe_machine())
        print(f"\nTop 10 with reasons of {n_rows:,} tracks; the shell of {len(tracks):,}.\n")
        measured = measure(asked, repeats=repeats, warm_up=True)
        print_table(measured)


if __name__ == "__main__":
    main()

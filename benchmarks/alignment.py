"""What bringing another analysis onto one scale is worth, by how many tracks both have measured.

    python benchmarks/alignment.py [PARQUET]

Bends the features of the 114k set as another program might, adds noise, learns the maps on a few
tracks, and judges them on others; then learns parts of tracks of which a third are of the other
program. Prints the tables of decision 40.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.metrics import adjusted_mutual_info_score

from partsong.features import MAPPED_FEATURES, Alignment, FittedRecipe, ValueMap, load_recipe
from partsong.nmf import NMF
from partsong.parts import assign_parts
from partsong.schema import track_field

DATA = Path(__file__).resolve().parents[2] / "shared/data/spotify-114k/tracks.parquet"
JUDGED = ("danceability", "energy", "acousticness", "valence", "instrumentalness")
N_JUDGED = 20_000
N_LEARNED = 15_000

Floats = NDArray[np.float64]


def bend(name: str, values: Floats, noise: float, rng: np.random.Generator) -> Floats:
    """Return values as another program might have them: steeper in the middle, and noisy."""
    low, high = (0.0, 1.0) if name in JUDGED else (values.min(), values.max())
    unit = (values - low) / (high - low)
    bent = 0.5 + 0.35 * np.tanh(3 * (unit - 0.4)) + rng.normal(0, noise, len(values))
    field = track_field(name)
    return np.clip(low + (high - low) * np.clip(bent, 0, 1), field.low, field.high)


def judge_maps(tracks: pl.DataFrame) -> None:
    """Print how far apart values are, before and after."""
    print("| noise | tracks that both have | apart | moved |\n| ---: | ---: | ---: | ---: |")
    for noise in (0.0, 0.05, 0.15):
        for n_shared in (10, 30, 50, 200, 1000, 10_000):
            apart, moved = [], []
            for seed, name in enumerate(JUDGED):
                rng = np.random.default_rng(seed)
                truth = rng.permutation(tracks[name].drop_nulls().to_numpy())
                other = bend(name, truth, noise, rng)
                learned = ValueMap.learn(
                    name, other[:n_shared], truth[:n_shared], analysis="b", reference="a"
                )
                other, truth = other[-N_JUDGED:], truth[-N_JUDGED:]
                apart.append(np.median(np.abs(other - truth)))
                moved.append(np.median(np.abs(learned.apply(other) - truth)))
            print(f"| {noise} | {n_shared:,} | {np.mean(apart):.3f} | {np.mean(moved):.3f} |")


def learn(tracks: pl.DataFrame) -> NDArray[np.integer[Any]]:
    """Return the strongest of ten parts of each track."""
    matrix = FittedRecipe.fit(load_recipe("balanced"), tracks).transform(tracks)
    nmf = NMF(10, n_init=2, random_state=0)
    return assign_parts(nmf.fit_transform(matrix.X), nmf.components_, margin=0.0).labels


def judge_parts(tracks: pl.DataFrame) -> None:
    """Print how far parts tell the source, and the music, of tracks from two programs."""
    rng = np.random.default_rng(0)
    features = [name for name in MAPPED_FEATURES if name in tracks.columns]
    truth = tracks.drop_nulls(features).sample(N_LEARNED + 200, seed=0)
    other = truth.with_columns(
        pl.Series(name, bend(name, truth[name].to_numpy(), 0.05, rng)) for name in features
    )
    is_other = np.arange(len(truth)) % 3 == 0
    mixed = pl.concat([other.filter(is_other), truth.filter(~is_other)])
    truth = pl.concat([truth.filter(is_other), truth.filter(~is_other)])
    shared = pl.col("track_id").is_in(truth["track_id"].tail(200).implode())
    said = pl.concat(
        [
            frame.filter(shared).select("track_id", *features).with_columns(analysis=pl.lit(name))
            for frame, name in ((other, "other"), (truth, "spotify"))
        ]
    )
    source = np.sort(is_other)[::-1]
    names = pl.Series(np.where(source, "other", "spotify"))
    analyses = mixed.select("track_id", **dict.fromkeys(features, names))
    right = learn(truth)
    print("\n| values | AMI of parts and source | AMI with the parts of one program alone |")
    print("| --- | ---: | ---: |")
    for what, frame in (
        ("as they came", mixed),
        ("on one scale, by 200 tracks", Alignment.learn(said, analyses).apply(mixed, analyses)),
        ("of one program alone", truth),
    ):
        labels = learn(frame)
        by_source = adjusted_mutual_info_score(source, labels)
        by_music = adjusted_mutual_info_score(right, labels)
        print(f"| {what} | {by_source:.3f} | {by_music:.3f} |")


def main() -> None:
    """Judge maps, then parts."""
    parser = argparse.ArgumentParser(description="Judge maps between analyses.")
    parser.add_argument("parquet", nargs="?", type=Path, default=DATA)
    parquet = parser.parse_args().parquet
    if not parquet.is_file():
        raise SystemExit(f"{parquet.name} is not here; give the path of the 114k set.")
    tracks = pl.read_parquet(parquet).unique("track_id", keep="first", maintain_order=True)
    usable = tracks.filter(pl.col("tempo") > 0, pl.col("duration_ms") > 0)
    judge_maps(usable)
    judge_parts(usable)


if __name__ == "__main__":
    main()

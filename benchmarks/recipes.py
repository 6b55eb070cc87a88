"""Which recipe keeps likeness best? Chosen on one half of the artists, reported on the other.

    make bench, or: python benchmarks/recipes.py [PARQUET] [-k 10]

Three questions are asked of every recipe, on the 114k set (114 genres, many a track):

- neighbours: of a track's ten nearest by other artists, how many share a genre with it?
- clusters: how far do the strongest parts agree with the genres (AMI, tracks of one genre only)?
- stability: how far do the strongest parts agree between two seeds (ARI)?

Artists are split in two by a hash of their name. The choice of `balanced` was made on the first
half; the second half is the honest figure. Plain baselines run beside the recipes.
"""

import argparse
import hashlib
import tempfile
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score

import partsong as ps
from partsong.features import FeatureSpec, FittedRecipe, Recipe, Scale, load_recipe
from partsong.nmf import NMF, balance_scale

Floats = NDArray[np.float64]

DATA = Path(__file__).resolve().parents[2] / "shared/data/spotify-114k/tracks.parquet"
N_QUERIES = 3_000
N_NEIGHBOURS = 10

CONTINUOUS = (
    "danceability",
    "energy",
    "loudness",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "valence",
)


def _recipe(name: str, scale: Scale, *, key: bool = False, metre: bool = False) -> Recipe:
    specs = [FeatureSpec(column, scale=scale) for column in CONTINUOUS]
    specs += [
        FeatureSpec("tempo", transform="octave", scale=scale),
        FeatureSpec("duration_ms", transform="log", scale=scale),
    ]
    if key:
        specs.append(FeatureSpec("key", transform="circle", weight=0.5))
    if metre:
        specs.append(FeatureSpec("mode", scale=scale, weight=0.5))
    return Recipe(name, "candidate", tuple(specs))


CANDIDATES = (
    _recipe("split", "split"),
    _recipe("overlap", "overlap"),
    _recipe("overlap + mode", "overlap", metre=True),
    _recipe("overlap + key", "overlap", key=True),
    _recipe("standard", "standard"),
    _recipe("minmax", "minmax"),
)


def read_tracks(parquet: Path) -> pl.DataFrame:
    """Import the set into a throw-away catalog and return one row a song with all features."""
    with tempfile.TemporaryDirectory() as folder:
        catalog = Path(folder) / "catalog.duckdb"
        ps.import_files([parquet], catalog=catalog)
        tracks = ps.Catalog(catalog).read_tracks()
    needed = [*CONTINUOUS, "tempo", "duration_ms", "key", "mode", "time_signature"]
    return tracks.drop_nulls(needed).unique(["title", "artists"], keep="first", maintain_order=True)


def half_of(artist: str) -> int:
    """Return 0 or 1, the same for every track of an artist."""
    return hashlib.sha256(artist.encode()).digest()[0] % 2


def neighbour_hits(vectors: Floats, tracks: pl.DataFrame, random_state: int = 0) -> Floats:
    """Return for each query the share of its neighbours that share a genre, shape (n_queries,)."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    artists = tracks["artists"].list.first().fill_null("").to_physical()
    artist = artists.rank("dense").to_numpy()
    genres = [set(row) for row in tracks["genres"].to_list()]
    rng = np.random.default_rng(random_state)
    queries = rng.choice(len(unit), size=min(N_QUERIES, len(unit)), replace=False)
    hits = np.empty(len(queries))
    for start in range(0, len(queries), 200):
        block = queries[start : start + 200]
        likeness = unit[block] @ unit.T
        likeness[artist[block][:, None] == artist[None, :]] = -np.inf
        nearest = np.argpartition(-likeness, N_NEIGHBOURS, axis=1)[:, :N_NEIGHBOURS]
        for offset, (query, found) in enumerate(zip(block, nearest, strict=True)):
            shared = sum(not genres[query].isdisjoint(genres[row]) for row in found)
            hits[start + offset] = shared / N_NEIGHBOURS
    return hits


def interval(values: Floats, random_state: int = 0) -> tuple[float, float]:
    """Return the 95% bootstrap interval of a mean."""
    rng = np.random.default_rng(random_state)
    means = rng.choice(values, size=(1_000, len(values))).mean(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def cluster_ami(labels: NDArray[np.intp], tracks: pl.DataFrame) -> float:
    """Return the agreement of labels and genres over tracks of one genre."""
    is_single = (tracks["genres"].list.len() == 1).to_numpy()
    genre = tracks["genres"].list.first().to_numpy()[is_single]
    return float(adjusted_mutual_info_score(genre, labels[is_single]))


def loadings(
    recipe: Recipe, tracks: pl.DataFrame, n_components: int, *, random_state: int
) -> Floats:
    """Return scale-balanced loadings, shape (n_tracks, n_components)."""
    X = FittedRecipe.fit(recipe, tracks).transform(tracks).X
    nmf = NMF(n_components=n_components, init="random", n_init=8, random_state=random_state)
    W, _ = balance_scale(nmf.fit_transform(X), nmf.components_)
    return np.asarray(W, dtype=np.float64)


def standardised(tracks: pl.DataFrame) -> Floats:
    """Return raw features as z-scores, the plain baseline."""
    values = tracks.select(*CONTINUOUS, "tempo", "duration_ms").to_numpy().astype(float)
    return np.asarray((values - values.mean(axis=0)) / values.std(axis=0))


def report(tracks: pl.DataFrame, n_components: int) -> None:
    """Print one table."""
    rng = np.random.default_rng(0)
    print(f"{'':36} neighbours (95% interval)   clusters AMI   stability ARI")
    _print_row("random", rng.normal(size=(len(tracks), n_components)), tracks)
    _print_row("z-score cosine, 10 columns (plain)", standardised(tracks), tracks)
    for recipe in (*CANDIDATES, load_recipe("blog-14")):
        W, other = (loadings(recipe, tracks, n_components, random_state=seed) for seed in (0, 1))
        labels = W.argmax(axis=1)
        ami = cluster_ami(labels, tracks)
        ari = adjusted_rand_score(labels, other.argmax(axis=1))
        _print_row(f"NMF, {recipe.name}", W, tracks, clusters=f"{ami:.3f}          {ari:.2f}")


def _print_row(name: str, vectors: Floats, tracks: pl.DataFrame, *, clusters: str = "") -> None:
    hits = neighbour_hits(vectors, tracks)
    low, high = interval(hits)
    print(f"{name:36} {hits.mean():.4f} ({low:.4f} to {high:.4f})   {clusters}", flush=True)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("parquet", nargs="?", type=Path, default=DATA)
    parser.add_argument("-k", "--n-components", type=int, nargs="*", default=[10])
    arguments = parser.parse_args()
    if not arguments.parquet.is_file():
        raise SystemExit(f"{arguments.parquet.name} is not here; give the path of the 114k set.")
    tracks = read_tracks(arguments.parquet)
    halves = tracks["artists"].list.first().fill_null("").map_elements(half_of, pl.Int8)
    for n_components in arguments.n_components:
        for half, words in ((0, "chosen on"), (1, "reported on")):
            part = tracks.filter(halves == half)
            print(f"\n{n_components} parts; the half of the artists {words}: {len(part):,} tracks")
            report(part, n_components)


if __name__ == "__main__":
    main()

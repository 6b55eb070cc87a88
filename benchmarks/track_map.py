"""Which plane keeps neighbours? Ways to place tracks on a map, by trustworthiness.

    python benchmarks/track_map.py [PARQUET] [-k 6 10 14] [--tracks 2000]

For each number of parts, tracks of the 114k set are placed from their loadings in several ways.
Two figures for each, over a sample of tracks, 10 neighbours by the angle between loadings:

- trustworthiness (Venna and Kaski 2001): are neighbours on the map neighbours indeed? 0.5 is chance;
- the share of neighbours on the map whose strongest part is the same.
"""

import argparse
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness
from sklearn.neighbors import NearestNeighbors

from partsong.features import FittedRecipe, load_recipe
from partsong.nmf import NMF, balance_scale
from partsong.parts import map_parts, map_tracks
from recipes import DATA, read_tracks
from side_by_side import describe_machine

Floats = NDArray[np.float64]

N_NEIGHBOURS = 10


def candidates(loadings: Floats, sample: NDArray[np.intp]) -> dict[str, Floats]:
    """Return the places of the sampled tracks, shape (n_sampled, 2), by the name of the way."""
    unit = unit_rows(loadings)
    angles = 2 * np.pi * np.arange(loadings.shape[1]) / loadings.shape[1]
    circle = np.column_stack([np.cos(angles), np.sin(angles)])
    places = map_parts(loadings)
    shares = loadings / np.maximum(loadings.sum(axis=1, keepdims=True), 1e-12)
    return {
        "parts on a circle, by share of the catalog": map_tracks(loadings[sample], circle),
        "parts scaled, mean by loadings": shares[sample] @ places,
        "parts scaled, mean by cubes (chosen)": map_tracks(loadings[sample], places),
        "two principal components": PCA(2, random_state=0).fit(unit).transform(unit[sample]),
        "t-SNE of the sample alone": TSNE(2, random_state=0, init="pca").fit_transform(
            unit[sample]
        ),
    }


def unit_rows(loadings: Floats) -> Floats:
    """Bring each track to length 1."""
    lengths = np.linalg.norm(loadings, axis=1, keepdims=True)
    return np.asarray(loadings / np.maximum(lengths, 1e-12), dtype=np.float64)


def scores(loadings: Floats, places: Floats) -> tuple[float, float]:
    """Return trustworthiness, and the share of neighbours of the same strongest part."""
    trust = trustworthiness(unit_rows(loadings), places, n_neighbors=N_NEIGHBOURS)
    search = NearestNeighbors(n_neighbors=N_NEIGHBOURS).fit(places)
    neighbours = search.kneighbors(return_distance=False)
    strongest = loadings.argmax(axis=1)
    return float(trust), float((strongest[neighbours] == strongest[:, None]).mean())


def main() -> None:
    """Fit, place and print a row for each way and number of parts."""
    parser = argparse.ArgumentParser(description="Compare ways to place tracks on a map.")
    parser.add_argument("parquet", nargs="?", type=Path, default=DATA)
    parser.add_argument("-k", type=int, nargs="+", default=[6, 10, 14])
    parser.add_argument("--tracks", type=int, default=2000)
    arguments = parser.parse_args()
    tracks = read_tracks(arguments.parquet)
    X = FittedRecipe.fit(load_recipe("balanced"), tracks).transform(tracks).X
    sample = np.random.default_rng(0).choice(len(X), min(arguments.tracks, len(X)), replace=False)
    print(describe_machine())
    print("| parts | places | trustworthiness | same part |\n| ---: | --- | ---: | ---: |")
    for k in arguments.k:
        model = NMF(k, init="random", n_init=8, random_state=0)
        W, _ = balance_scale(model.fit_transform(X), model.components_)
        loadings = np.asarray(W, dtype=np.float64)
        for way, places in candidates(loadings, sample).items():
            trust, same = scores(loadings[sample], places)
            print(f"| {k} | {way} | {trust:.3f} | {same:.3f} |", flush=True)


if __name__ == "__main__":
    main()

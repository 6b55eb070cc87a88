"""Do parts informed by genre find unseen genres? Artists of one half teach, the others ask.

    make bench, or: python benchmarks/informed.py [PARQUET] [--choose] [-k 7 10 14 30]

Genres are known of the artists of one half only (by a hash of their name): bounds, the genre model
and the components are learned there. Everything is reported on the other half, whose genres are
hidden. `--choose` splits the first half again, so that weights can be chosen without a look at the
second. Compared are

- plain: k-means on standardised features; scikit-learn's MinMaxScaler, NMF, Normalizer and argmax;
- `balanced`, the default recipe;
- joint: sound and known genres in one matrix; new tracks are placed by their sound alone;
- genres: the genre block alone, without columns of the sound;
- both blocks, the genres at several weights; `informed` is one of these.

AMI is that of the strongest parts with the genres, of tracks with one genre; "all" counts every
genre of every track. Intervals are 95% bootstraps over artists, and so is the gain over k-means.
With the FMA set at hand, five times a fifth of its labels is hidden and found again.
"""

import argparse
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn import decomposition
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score
from sklearn.preprocessing import MinMaxScaler, Normalizer

from partsong.features import FittedRecipe, GenreSpec, Recipe, load_recipe
from partsong.nmf import NMF, balance_scale, nonnegative_least_squares
from recipes import DATA, half_of, interval, neighbour_hits, read_tracks

Floats = NDArray[np.float64]
Labels = NDArray[np.intp]

FMA = DATA.parents[1] / "fma-echonest"
N_BOOTSTRAPS = 100
N_FMA_FOLDS = 5
WEIGHTS = (3.0, 6.0, 9.0)

Method = Callable[[int, int], "Answer"]
"""From a number of parts and a seed to what the method says of the hidden half."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method says of tracks whose genres it has not seen."""

    labels: Labels
    vectors: Floats
    sound: float | None = None


def other_bit(artist: str) -> int:
    """Return 0 or 1 for an artist, whatever half it is in."""
    return hashlib.sha256(artist.encode()).digest()[1] % 2


def split(tracks: pl.DataFrame, side: Callable[[str], int]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split tracks in two by their main artist."""
    artists = tracks["artists"].list.first().fill_null("")
    sides = artists.map_elements(side, pl.Int8)
    return tracks.filter(sides == 0), tracks.filter(sides == 1)


def without_genres(tracks: pl.DataFrame) -> pl.DataFrame:
    """Hide what is known of the genres."""
    hidden = pl.lit(None, dtype=pl.List(pl.String))
    return tracks.with_columns(genres=hidden, artist_genres=hidden)


def factorised(seen: Floats, new: Floats, *, n_sound: int | None = None) -> Method:
    """Learn components on one matrix, place the rows of another."""

    def answer(n_components: int, random_state: int) -> Answer:
        nmf = NMF(n_components=n_components, init="random", n_init=8, random_state=random_state)
        nmf.fit(seen)
        H = nmf.components_
        observed = ~np.isnan(new).all(axis=0)
        W, _ = balance_scale(nonnegative_least_squares(new[:, observed], H[:, observed]), H)
        vectors = np.asarray(W, dtype=np.float64)
        sound = None
        if n_sound is not None:
            sound = float(np.mean((H[:, :n_sound] ** 2).sum(axis=1) / (H**2).sum(axis=1)))
        return Answer(vectors.argmax(axis=1), vectors, sound)

    return answer


def recipe_method(recipe: Recipe, seen: pl.DataFrame, new: pl.DataFrame) -> Method:
    """Use a recipe as `partsong fit` and `partsong update` do."""
    fitted = FittedRecipe.fit(recipe, seen)
    hidden = without_genres(new)
    n_sound = len(fitted.names) - len(fitted.genre_columns)
    return factorised(fitted.transform(seen).X, fitted.transform(hidden).X, n_sound=n_sound)


def plain_methods(seen: pl.DataFrame, new: pl.DataFrame) -> dict[str, Method]:
    """Return what an analyst would do with scikit-learn."""
    columns = load_recipe("balanced").columns
    old_values = seen.select(columns).to_numpy().astype(float)
    new_values = new.select(columns).to_numpy().astype(float)
    mean, spread = old_values.mean(axis=0), old_values.std(axis=0)
    scaler = MinMaxScaler().fit(old_values)

    def k_means(n_components: int, random_state: int) -> Answer:
        found = KMeans(n_components, n_init=4, random_state=random_state)
        found.fit((old_values - mean) / spread)
        vectors = (new_values - mean) / spread
        return Answer(np.asarray(found.predict(vectors), dtype=np.intp), vectors)

    def plain_nmf(n_components: int, random_state: int) -> Answer:
        found = decomposition.NMF(
            n_components, init="random", max_iter=1_000, random_state=random_state
        )
        found.fit(scaler.transform(old_values))
        W = found.transform(np.maximum(scaler.transform(new_values), 0))
        vectors = np.asarray(Normalizer().fit_transform(W), dtype=np.float64)
        return Answer(vectors.argmax(axis=1), vectors)

    return {"k-means, standardised": k_means, "scikit-learn's NMF, min-max": plain_nmf}


def informed_methods(seen: pl.DataFrame, new: pl.DataFrame) -> dict[str, Method]:
    """Return the ways in which genres can enter the matrix; the model is learned once."""
    informed = FittedRecipe.fit(load_recipe("informed"), seen)
    assert informed.genres is not None
    print(" ".join(informed.notes), f"Temperature {informed.genres.model.temperature:.2f}.")
    old, hidden = informed.transform(seen).X, informed.transform(without_genres(new)).X
    n_sound = informed.genre_columns[0][0]

    def with_spec(spec: GenreSpec) -> FittedRecipe:
        assert informed.genres is not None
        return replace(informed, genres=replace(informed.genres, spec=spec))

    labels_only = with_spec(GenreSpec(known=1.0)).transform(seen).X
    by_sound = hidden.copy()
    by_sound[:, n_sound:] = np.nan
    methods = {
        "joint, genres masked": factorised(labels_only, by_sound, n_sound=n_sound),
        "genres alone": factorised(old[:, n_sound:], hidden[:, n_sound:]),
    }
    for weight in WEIGHTS:
        scale = np.ones(old.shape[1])
        scale[n_sound:] = weight / informed.genres.spec.weight
        methods[f"sound and genres, weight {weight:g}"] = factorised(
            old * scale, hidden * scale, n_sound=n_sound
        )
    for known in (0.0, 1.0):
        blended = with_spec(GenreSpec(known=known)).transform(seen).X
        methods[f"the same, weight 6, known = {known:g}"] = factorised(
            blended, hidden, n_sound=n_sound
        )
    return methods


def agreement(labels: Labels, genres: pl.Series, rows: NDArray[np.intp] | None = None) -> float:
    """Return the AMI of clusters with the genres of tracks that have exactly one."""
    single = np.flatnonzero((genres.list.len() == 1).to_numpy())
    chosen = single if rows is None else rows[np.isin(rows, single)]
    _, truth = np.unique(genres.list.first().to_numpy()[chosen], return_inverse=True)
    return float(adjusted_mutual_info_score(truth, labels[chosen]))


def agreement_of_all(labels: Labels, genres: pl.Series) -> float:
    """Return the AMI where each track counts once with each of its genres."""
    pairs = pl.DataFrame({"label": labels, "genre": genres}).explode("genre").drop_nulls()
    return float(adjusted_mutual_info_score(pairs["genre"].to_list(), pairs["label"].to_numpy()))


def bootstrap(answers: Sequence[Labels], tracks: pl.DataFrame) -> Floats:
    """Return AMI of each answer under resampled artists, shape (n_bootstraps, n_answers).

    An artist drawn twice makes genres look easier than they are, so the values are moved to have
    the AMI of all tracks as their mean.
    """
    single = tracks["genres"].list.len() == 1
    kept = tracks.filter(single)
    _, genre = np.unique(kept["genres"].list.first().to_list(), return_inverse=True)
    artist = kept["artists"].list.first().fill_null("").rank("dense").to_numpy().astype(int) - 1
    order = np.argsort(artist, kind="stable")
    rows_of = np.split(order, np.flatnonzero(np.diff(artist[order])) + 1)
    labels = [answer[single.to_numpy()] for answer in answers]
    rng = np.random.default_rng(0)
    values = np.empty((N_BOOTSTRAPS, len(answers)))
    for number in range(N_BOOTSTRAPS):
        drawn = rng.integers(0, len(rows_of), len(rows_of))
        rows = np.concatenate([rows_of[index] for index in drawn])
        values[number] = [adjusted_mutual_info_score(genre[rows], one[rows]) for one in labels]
    whole = [adjusted_mutual_info_score(genre, one) for one in labels]
    return np.asarray(values - values.mean(axis=0) + whole, dtype=np.float64)


def report(seen: pl.DataFrame, new: pl.DataFrame, n_components: Sequence[int]) -> None:
    """Print a table for every number of parts."""
    methods = plain_methods(seen, new)
    methods["`balanced`"] = recipe_method(load_recipe("balanced"), seen, new)
    methods |= informed_methods(seen, new)
    for k in n_components:
        print(f"\n{k} parts, learned of {len(seen):,} tracks, asked of {len(new):,}\n")
        print(
            "| | AMI (95% interval) | gain over k-means | AMI, all | neighbours (95% interval) "
            "| seeds agree, ARI | sound in `H` |\n| --- | --- | --- | --- | --- | --- | --- |"
        )
        pairs = {name: (method(k, 0), method(k, 1)) for name, method in methods.items()}
        resampled = bootstrap([first.labels for first, _ in pairs.values()], new)
        for column, (name, (first, second)) in enumerate(pairs.items()):
            _print_row(name, first, second, resampled[:, [column, 0]], new)


def _print_row(
    name: str, first: Answer, second: Answer, resampled: Floats, tracks: pl.DataFrame
) -> None:
    ami = agreement(first.labels, tracks["genres"])
    low, high = np.quantile(resampled[:, 0], [0.025, 0.975])
    worst, best = np.quantile(resampled[:, 0] - resampled[:, 1], [0.025, 0.975])
    hits = neighbour_hits(first.vectors, tracks)
    near, far = interval(hits)
    sound = "" if first.sound is None else f"{first.sound:.2f}"
    print(
        f"| {name} | {ami:.3f} ({low:.3f} to {high:.3f}) | {worst:+.3f} to {best:+.3f} "
        f"| {agreement_of_all(first.labels, tracks['genres']):.3f} "
        f"| {hits.mean():.3f} ({near:.3f} to {far:.3f}) "
        f"| {adjusted_rand_score(first.labels, second.labels):.2f} | {sound} |",
        flush=True,
    )


def read_fma(folder: Path) -> pl.DataFrame:
    """Read the FMA tracks with eight features, and their genre where one is known."""
    sounds = pl.read_parquet(folder / "echonest.parquet")
    small = pl.read_parquet(folder / "tracks_fma_small.parquet").select("track_id", "genre")
    two = pl.read_parquet(folder / "tracks_rock_hiphop.parquet")
    known = pl.concat([small, two.select("track_id", pl.col("genre_top").alias("genre"))])
    joined = sounds.join(known.unique("track_id", keep="first"), on="track_id", how="left")
    return joined.with_columns(
        pl.col("track_id").cast(pl.String),
        pl.when(pl.col("genre").is_not_null()).then(pl.concat_list("genre")).alias("genres"),
        pl.col("track_id").is_in(small["track_id"].to_list()).alias("is_balanced"),
    ).sort("track_id")


def report_fma(tracks: pl.DataFrame, n_components: Sequence[int]) -> None:
    """Print how well hidden genres of the FMA set are found, over its eight balanced genres."""
    n_labelled, n_small = tracks["genres"].is_not_null().sum(), tracks["is_balanced"].sum()
    print(
        f"\nFMA: {len(tracks):,} tracks, {n_labelled:,} labelled, {n_small:,} of them of eight "
        "balanced genres; AMI over the latter, each while its label is hidden\n"
    )
    fold = tracks["track_id"].map_elements(other_fold, pl.Int64).to_numpy()
    columns = [name for name in load_recipe("balanced").columns if name in tracks.columns]
    z = tracks.select((pl.col(columns) - pl.col(columns).mean()) / pl.col(columns).std()).to_numpy()
    print("| parts | k-means, standardised | `balanced` | `informed` |\n| --- | --- | --- | --- |")
    for k in n_components:
        scores: dict[str, list[float]] = {"k-means": [], "balanced": [], "informed": []}
        k_means = KMeans(k, n_init=4, random_state=0).fit(z).labels_
        balanced = _labels_of(load_recipe("balanced"), tracks, k)
        for number in range(N_FMA_FOLDS):
            is_hidden = tracks["is_balanced"].to_numpy() & (fold == number)
            rows = np.flatnonzero(is_hidden)
            given = tracks.with_columns(
                pl.when(pl.Series(~is_hidden)).then("genres").alias("genres")
            )
            informed = _labels_of(load_recipe("informed"), given, k)
            for name, labels in zip(scores, (k_means, balanced, informed), strict=True):
                scores[name].append(agreement(labels, tracks["genres"], rows))
        cells = " | ".join(
            f"{np.mean(values):.3f} ({min(values):.3f} to {max(values):.3f})"
            for values in scores.values()
        )
        print(f"| {k} | {cells} |", flush=True)


def other_fold(track_id: str) -> int:
    """Return a number from 0 to 4 for a track; the FMA set names no artists."""
    return hashlib.sha256(f"fma {track_id}".encode()).digest()[0] % N_FMA_FOLDS


def _labels_of(recipe: Recipe, tracks: pl.DataFrame, n_components: int) -> Labels:
    X = FittedRecipe.fit(recipe, tracks).transform(tracks).X
    nmf: Any = NMF(n_components=n_components, init="random", n_init=8, random_state=0)
    W, _ = balance_scale(nmf.fit_transform(X), nmf.components_)
    return np.asarray(W.argmax(axis=1), dtype=np.intp)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("parquet", nargs="?", type=Path, default=DATA)
    parser.add_argument("-k", "--n-components", type=int, nargs="*", default=[7, 10, 14, 30])
    parser.add_argument("--choose", action="store_true", help="stay within the first half")
    arguments = parser.parse_args()
    if not arguments.parquet.is_file():
        raise SystemExit(f"{arguments.parquet.name} is not here; give the path of the 114k set.")
    seen, new = split(read_tracks(arguments.parquet), half_of)
    if arguments.choose:
        seen, new = split(seen, other_bit)
    report(seen, new, arguments.n_components)
    if FMA.is_dir() and not arguments.choose:
        report_fma(read_fma(FMA), [k for k in arguments.n_components if k <= 14])


if __name__ == "__main__":
    main()

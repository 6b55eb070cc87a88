"""Does `discover` find what a listener likes? The second source document's own data and recipe.

    python benchmarks/discover.py [FOLDER] [--repeats 4] [--moods]

The 208 songs that its author liked are the library, the songs of Spotify's category playlists the
candidates. First the list that `partsong discover` makes of them is printed. Then a fifth of the
liked songs is hidden at a time, put among the candidates, and each method ranks all of them from
the other four fifths:

- recall@30: the share of the hidden songs among the first 30;
- NDCG over the whole ranking; MRR: the mean of one over the rank of a hidden song.

The same is asked of the category playlists: a fifth of each is hidden, and all other songs are
ranked from the rest of it. Intervals are of 95%, by drawing hidden songs (or playlists) anew.

`--moods` asks instead into how many moods a taste should be parted, on listeners made up of one to
eight category playlists. The rule of `find_taste` was chosen there, not on the liked songs.
"""

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn import decomposition
from sklearn.preprocessing import MinMaxScaler, Normalizer, StandardScaler

import partsong as ps
from partsong.evaluate import Resamples
from partsong.features import FittedRecipe, load_recipe
from partsong.nmf import NMF, balance_scale
from partsong.parts import build_model, track_space
from partsong.recommend import (
    Centre,
    Described,
    Limits,
    NearestRows,
    find_centres,
    find_taste,
    pick_tracks,
    unit_rows,
)
from partsong.workflow import discover_tracks
from side_by_side import describe_machine

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Method = Callable[[Rows], Floats]
"""Takes the rows that are known, and returns a score a track."""

DATA = Path(__file__).resolve().parents[2] / "shared/data/blog-bsraya"
N_PARTS = 7
N_FOLDS = 5
LENGTH = 30
WEEK = "2026-W47"
N_MADE_UP = 40
POST_FEATURES = (
    "popularity", "danceability", "energy", "key", "loudness", "mode", "speechiness",
    "acousticness", "instrumentalness", "liveness", "valence", "tempo", "duration_ms",
    "time_signature",
)  # fmt: skip
NO_SOUND = ("popularity", "key", "mode", "time_signature")
"""What `balanced` leaves out."""


def import_all(folder: Path, catalog: Path) -> None:
    """Import the liked songs as the library, and the songs of the category playlists."""
    ps.import_files([folder / "liked_personal-playlists.parquet"], catalog=catalog, library=True)
    ps.import_files([folder / "unheard_categories.parquet"], catalog=catalog)


def print_list(catalog: Path) -> None:
    """Fit as anybody would, and print the list of a week."""
    ps.fit_parts(catalog=catalog, n_components=N_PARTS)
    found = discover_tracks(catalog=catalog, week=WEEK)
    print(f"\n`partsong discover --week {WEEK}`, {N_PARTS} parts of `balanced`\n")
    for number, mood in enumerate(found.moods, 1):
        print(f"{number}. {mood.share:.0%} of the taste: {mood.label}")
    print("\n| score | answers | track | nearest liked song |\n| ---: | ---: | --- | --- |")
    for track in found.recommendations:
        near = track.near_in_library.label if track.near_in_library else ""
        print(f"| {track.score:.3f} | {track.answers + 1} | {track.label} | {near} |")


def space(tracks: pl.DataFrame, learned_from: Rows) -> tuple[Floats, int]:
    """Return the rows that partsong compares, and how many columns of them are parts."""
    learned = tracks[learned_from.tolist()]
    recipe = FittedRecipe.fit(load_recipe("balanced"), learned)
    matrix = recipe.transform(tracks)
    nmf: Any = NMF(n_components=N_PARTS, random_state=0).fit(recipe.transform(learned).X)
    W, H = balance_scale(nmf.transform(matrix.X), nmf.components_)
    model = build_model(matrix, W, H, name="x", recipe=recipe, tracks=tracks, n_iter=1, seconds=0.0)
    return track_space(model).loadings.astype(np.float64), N_PARTS


def by_moods(rows: Floats) -> Method:
    """Rank as `discover` does: moods of their own, the list shared among them."""
    nearest = NearestRows(rows)

    def scores(known: Rows) -> Floats:
        centres = find_taste(rows[known], np.ones(len(known)))
        return _picked(nearest, centres, known)

    return scores


def _picked(nearest: NearestRows, centres: Sequence[Centre], known: Rows) -> Floats:
    """Score by the place in the list, and behind it by the nearest mood."""
    candidates = np.ones(len(nearest.W), dtype=np.bool_)
    candidates[known] = False
    picks = pick_tracks(
        nearest,
        centres,
        limits=Limits(n=LENGTH, per_artist=None),
        describe=lambda some: [Described(row) for row in some],
        candidates=candidates,
    )
    directions = np.array([centre.direction for centre in centres])
    scores = (unit_rows(nearest.W) @ directions.T).max(axis=1)
    scores[[pick.row for pick in picks]] = 2.0 + np.arange(len(picks))[::-1]
    return np.asarray(scores, dtype=np.float64)


def by_mean_cosine(rows: Floats) -> Method:
    """Rank by the mean cosine with what is known; rows may be signed."""
    unit = unit_rows(rows)
    return lambda known: np.asarray(unit @ unit[known].mean(axis=0), dtype=np.float64)


def by_best_cosine(rows: Floats) -> Method:
    """Rank by the cosine with the nearest of what is known."""
    unit = unit_rows(rows)
    return lambda known: np.asarray((unit @ unit[known].T).max(axis=1), dtype=np.float64)


def post_recipe(features: Floats) -> Method:
    """Rank as the post does: MinMax, scikit-learn's NMF on what is known, Normalizer, dot product."""

    def scores(known: Rows) -> Floats:
        scaler = MinMaxScaler(clip=True).fit(features[known])
        nmf = decomposition.NMF(N_PARTS, init="random", random_state=0, max_iter=5_000)
        nmf.fit(scaler.transform(features[known]))
        rows = Normalizer().fit_transform(nmf.transform(scaler.transform(features)))
        return np.asarray(rows @ rows[known].mean(axis=0), dtype=np.float64)

    return scores


def methods(tracks: pl.DataFrame) -> dict[str, Method]:
    """Return all methods, ours first."""
    features = tracks.select(POST_FEATURES).cast(pl.Float64).to_numpy()
    standard = np.asarray(StandardScaler().fit_transform(features), dtype=np.float64)
    is_sound = [name not in NO_SOUND for name in POST_FEATURES]
    rows, n_parts = space(tracks, np.arange(len(tracks)))
    rng = np.random.default_rng(0)
    return {
        "partsong: moods, parts and the rest": by_moods(rows),
        "the same, one mean of all": by_mean_cosine(rows),
        "the same, the nearest known song": by_best_cosine(rows),
        "moods, parts alone": by_moods(rows[:, :n_parts]),
        "moods, learned from the known songs alone": lambda known: by_moods(
            space(tracks, known)[0]
        )(known),
        "the post: MinMax, NMF, Normalizer": post_recipe(features),
        "cosine, 14 features standardised": by_mean_cosine(standard),
        "the same, nearest known song": by_best_cosine(standard),
        "cosine, the 10 that are sound": by_mean_cosine(standard[:, is_sound]),
        "random": lambda _: rng.random(len(tracks)),
    }


def folds(rows: Rows, repeats: int) -> Iterator[tuple[Rows, Rows]]:
    """Yield what is known and what is hidden, a fifth at a time."""
    rng = np.random.default_rng(0)
    for _ in range(repeats):
        parts = np.array_split(rng.permutation(rows), N_FOLDS)
        for number, hidden in enumerate(parts):
            yield np.concatenate([*parts[:number], *parts[number + 1 :]]), hidden


def judge(scores: Floats, known: Rows, hidden: Rows) -> Floats:
    """Return recall@30, NDCG and MRR of each hidden song, shape (3, n_hidden)."""
    left = np.setdiff1d(np.arange(len(scores)), known)
    order = left[np.argsort(-scores[left], kind="stable")]
    rank = np.empty(len(scores))
    rank[order] = np.arange(1, len(order) + 1)
    ranks = rank[hidden]
    ideal = (1 / np.log2(np.arange(2, len(hidden) + 2))).mean()
    return np.array([ranks <= LENGTH, 1 / np.log2(1 + ranks) / ideal, 1 / ranks])


def print_scores(
    asked: dict[str, Method],
    tasks: Sequence[tuple[Rows, Rows]],
    groups: NDArray[np.generic],
    artists: NDArray[np.generic],
) -> None:
    """Print a table: all hidden songs, and those whose artist is not among the known."""
    resamples = Resamples(groups)
    is_new = np.concatenate([~np.isin(artists[hidden], artists[known]) for known, hidden in tasks])
    print(
        f"\n| | recall@{LENGTH} | NDCG | MRR | recall@{LENGTH}, new artists | NDCG, new artists |"
        "\n| --- | --- | --- | --- | --- | --- |"
    )
    for name, method in asked.items():
        values = np.hstack([judge(method(known), known, hidden) for known, hidden in tasks])
        of_new = np.where(is_new, values, np.nan)[:2]
        cells = [
            f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})"
            for one in resamples.means(np.vstack([values, of_new]))
        ]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


def playlists(folder: Path, tracks: pl.DataFrame) -> Iterator[tuple[str, Rows]]:
    """Yield each category playlist with the rows of its tracks."""
    listed = pl.read_parquet(folder / "unheard_categories.parquet")
    rows = tracks.with_row_index("row").select("row", pl.col("spotify_id").alias("id"))
    joined = listed.join(rows, on="id").unique(["playlist_id", "row"]).sort("playlist_id", "row")
    for (name,), of_one in joined.group_by("playlist_id", maintain_order=True):
        if len(of_one) >= 2 * N_FOLDS:
            yield str(name), of_one["row"].to_numpy().astype(np.intp)


def print_numbers_of_moods(tracks: pl.DataFrame, lists: Sequence[Rows]) -> None:
    """Print recall@30 by the number of moods, for listeners made up of some playlists each."""
    rows, _ = space(tracks, np.arange(len(tracks)))
    nearest, rng = NearestRows(rows), np.random.default_rng(5)
    numbers = (1, 2, 3, 4, 6, 8, 12)
    print(f"\nrecall@{LENGTH} by the number of moods, {N_MADE_UP} made-up listeners a row\n")
    print(f"| playlists | known songs | {' | '.join(map(str, numbers))} | `find_taste` |")
    print("| ---: " * (len(numbers) + 3) + "|")
    for n_lists in (1, 2, 4, 8):
        found = np.zeros((N_MADE_UP, len(numbers) + 1))
        n_known = []
        for listener in found:
            drawn = [
                rng.permutation(lists[i]) for i in rng.choice(len(lists), n_lists, replace=False)
            ]
            known = np.unique(np.concatenate([one[len(one) // N_FOLDS :] for one in drawn]))
            hidden = np.concatenate([one[: len(one) // N_FOLDS] for one in drawn])
            hidden = np.setdiff1d(hidden, known)
            n_known.append(len(known))
            tastes = [find_centres(rows[known], exactly=number) for number in numbers]
            tastes.append(find_taste(rows[known], np.ones(len(known))))
            listener[:] = [
                judge(_picked(nearest, taste, known), known, hidden)[0].mean() for taste in tastes
            ]
        cells = " | ".join(f"{mean:.3f}" for mean in found.mean(axis=0))
        print(f"| {n_lists} | {np.mean(n_known):.0f} | {cells} |", flush=True)


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", nargs="?", type=Path, default=DATA)
    parser.add_argument("--repeats", type=int, default=4, help="how often the folds are drawn")
    parser.add_argument(
        "--moods", action="store_true", help="how many moods, on listeners made up of playlists"
    )
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        raise SystemExit(f"{arguments.folder.name} is not here; give the folder of the data set.")
    print(describe_machine("numpy", "scikit-learn"))
    with tempfile.TemporaryDirectory() as folder:
        catalog = Path(folder) / "catalog.duckdb"
        import_all(arguments.folder, catalog)
        if not arguments.moods:
            print_list(catalog)
        tracks = ps.Catalog(catalog).read_tracks().drop_nulls(POST_FEATURES)
    lists = list(playlists(arguments.folder, tracks))
    if arguments.moods:
        print_numbers_of_moods(tracks, [rows for _, rows in lists])
        return
    liked = np.flatnonzero(tracks["in_library"])
    artists = tracks["artists"].list.first().fill_null("").to_numpy()
    asked = methods(tracks)
    tasks = list(folds(liked, arguments.repeats))
    print(
        f"\nLiked songs: {len(liked)}; candidates: {len(tracks) - len(liked):,} and a fifth of them."
    )
    print_scores(asked, tasks, np.concatenate([hidden for _, hidden in tasks]), artists)
    named = [(name, task) for name, rows in lists for task in folds(rows, 1)]
    groups = np.concatenate([np.full(len(hidden), name) for name, (_, hidden) in named])
    print(f"\nCategory playlists: {len(set(groups))}, a fifth of each hidden at a time.")
    del asked["moods, learned from the known songs alone"]  # 340 fits from two dozen songs each
    print_scores(asked, [task for _, task in named], groups, artists)


if __name__ == "__main__":
    main()

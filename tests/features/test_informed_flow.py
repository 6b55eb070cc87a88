"""The recipe `informed` from an import to recommendations, on tracks of six made-up kinds."""

import numpy as np
import polars as pl
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_mutual_info_score

import partsong as ps
from partsong.features import FittedRecipe, load_recipe
from partsong.nmf import NMF, balance_scale, nonnegative_least_squares

KINDS = {
    # genre: danceability, energy, loudness, speechiness, acousticness, tempo
    "ambient": (0.3, 0.15, -24.0, 0.04, 0.9, 80.0),
    "folk": (0.45, 0.35, -13.0, 0.05, 0.8, 110.0),
    "metal": (0.4, 0.95, -4.0, 0.09, 0.01, 150.0),
    "pop": (0.65, 0.65, -6.0, 0.06, 0.25, 120.0),
    "rap": (0.8, 0.65, -7.0, 0.35, 0.2, 95.0),
    "techno": (0.75, 0.8, -8.0, 0.06, 0.03, 130.0),
}


def song_table(numbers):
    rng = np.random.default_rng(numbers[0])
    rows = []
    for number in numbers:
        artist = int(rng.integers(0, 180))
        genre, means = list(KINDS.items())[artist % 6]
        dance, energy, loudness, speech, acoustic, tempo = means
        rows.append(
            {
                "track_id": f"{number:022}",
                "track_name": f"Song {number}",
                "artists": f"Artist {artist}",
                "track_genre": genre if artist % 4 else None,
                "danceability": float(np.clip(rng.normal(dance, 0.1), 0.01, 1)),
                "energy": float(np.clip(rng.normal(energy, 0.1), 0.01, 1)),
                "loudness": float(rng.normal(loudness, 2)),
                "speechiness": float(np.clip(rng.normal(speech, 0.03), 0.01, 1)),
                "acousticness": float(np.clip(rng.normal(acoustic, 0.15), 0.001, 1)),
                "instrumentalness": float(rng.uniform(0, 0.9)),
                "liveness": float(rng.uniform(0.05, 0.4)),
                "valence": float(rng.uniform(0.1, 0.9)),
                "tempo": float(rng.normal(tempo, 8)),
                "duration_ms": int(rng.integers(120_000, 400_000)),
            }
        )
    return pl.DataFrame(rows)


@pytest.fixture(scope="module")
def learned(tmp_path_factory):
    folder = tmp_path_factory.mktemp("informed")
    song_table(range(1_200)).write_csv(folder / "songs.csv")
    catalog = folder / "music.duckdb"
    ps.import_files([folder / "songs.csv"], catalog=catalog)
    return catalog, ps.fit_parts(catalog=catalog, recipe="informed", n_components=6)


def test_the_fit_says_that_genres_were_used(learned):
    _, result = learned
    assert any(note.startswith("Genres: 6 of 6 seen count") for note in result.notes)
    assert len(result.model.recipe.genre_columns) == 6


def test_parts_are_named_after_sound_and_genre(learned):
    _, result = learned
    heads, tails = zip(*(part.name.split(": ") for part in result.model.shown), strict=True)
    assert all(heads)
    assert {genre for tail in tails for genre in tail.split(", ")} <= set(KINDS)


def test_reasons_still_add_up_to_the_score(learned):
    catalog, _ = learned
    answer = ps.recommend_tracks(["Song 7"], catalog=catalog).to_dict()
    assert answer["recommendations"]
    for one in answer["recommendations"]:
        total = sum(reason["contribution"] for reason in one["reasons"])
        assert total == pytest.approx(one["score"], abs=1e-6)


def test_new_tracks_without_a_label_find_the_cluster_of_their_genre(learned, tmp_path):
    catalog, result = learned
    table = song_table(range(2_000, 2_400))
    table.with_columns(track_genre=pl.lit(None, pl.String)).write_csv(tmp_path / "new.csv")
    ps.import_files([tmp_path / "new.csv"], catalog=catalog)
    grown = ps.update_model(catalog=catalog).model
    new = grown.track_ids[len(result.model.track_ids) :]
    assert len(new) == 400
    labels = grown.W[-400:].argmax(axis=1)
    truth = ps.Catalog(catalog).read_tracks_by_id(new.to_list(), ["artists"])
    kind = truth["artists"].list.first().str.extract(r"(\d+)").cast(pl.Int64).to_numpy() % 6
    assert adjusted_mutual_info_score(kind, labels) > 0.6


@pytest.mark.slow
def test_hidden_genres_of_real_artists_are_found_better_than_by_k_means(shared_data, tmp_path):
    catalog = tmp_path / "music.duckdb"
    ps.import_files([shared_data / "spotify-114k" / "tracks.parquet"], catalog=catalog)
    recipe, columns = load_recipe("informed"), load_recipe("balanced").columns
    tracks = ps.Catalog(catalog).read_tracks(recipe.columns).drop_nulls(columns)
    artist = tracks["artists"].list.first().rank("dense").fill_null(0).to_numpy().astype(int)
    tracks = tracks.filter(pl.Series(artist % 8 < 2))
    artist = artist[artist % 8 < 2]
    seen, asked = (
        tracks.filter(pl.Series(artist % 8 == 0)),
        tracks.filter(pl.Series(artist % 8 == 1)),
    )
    hidden = asked.with_columns(genres=pl.lit(None, pl.List(pl.String)))
    fitted = FittedRecipe.fit(recipe, seen)
    nmf = NMF(n_components=10, random_state=0).fit(fitted.transform(seen).X)
    placed = nonnegative_least_squares(fitted.transform(hidden).X, nmf.components_)
    W, _ = balance_scale(placed, nmf.components_)
    values = seen.select(columns).to_numpy().astype(float)
    z = (asked.select(columns).to_numpy() - values.mean(axis=0)) / values.std(axis=0)
    plain = KMeans(10, n_init=2, random_state=0).fit(z).labels_
    single = (asked["genres"].list.len() == 1).to_numpy()
    truth = asked["genres"].list.first().to_list()
    truth = [genre for genre, is_single in zip(truth, single, strict=True) if is_single]
    informed = adjusted_mutual_info_score(truth, W.argmax(axis=1)[single])
    assert informed > adjusted_mutual_info_score(truth, plain[single]) + 0.03

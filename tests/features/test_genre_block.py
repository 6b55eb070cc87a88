"""Genres beside the sound: learned from enough labels, never from the artist at hand."""

import json
import subprocess
import sys
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from partsong.features import FeatureSpec, FittedRecipe, GenreSpec, Recipe, check_recipe
from partsong.features.genre_labels import GenreLabels, artist_folds

KINDS = ("ambient", "folk", "metal", "pop", "punk", "techno")
SOUND = tuple(
    FeatureSpec(column, scale="split")
    for column in ("energy", "acousticness", "valence", "danceability")
)
RECIPE = Recipe("test", "", SOUND, genres=GenreSpec())


def made_tracks(n_tracks=1_800, seed=0):
    """Return tracks of six kinds that overlap; every artist plays one kind, a third unlabelled."""
    rng = np.random.default_rng(seed)
    artist = rng.integers(0, 240, n_tracks)
    kind = artist % 6
    centres = np.random.default_rng(99).random((6, 4)) * 0.6 + 0.2
    values = (centres[kind] + rng.normal(0, 0.13, (n_tracks, 4))).clip(0, 1)
    labelled = artist % 9 < 6
    return pl.DataFrame(
        {
            "track_id": [f"t{row}" for row in range(n_tracks)],
            "artists": [[f"Artist {number}"] for number in artist],
            "genres": [
                [KINDS[k]] if is_known else None for k, is_known in zip(kind, labelled, strict=True)
            ],
            "truth": kind,
            **{spec.column: values[:, place] for place, spec in enumerate(SOUND)},
        }
    )


@pytest.fixture(scope="module")
def tracks():
    return made_tracks()


@pytest.fixture(scope="module")
def fitted(tracks):
    return FittedRecipe.fit(RECIPE, tracks)


def block_of(fitted, tracks):
    first, _ = fitted.genre_columns[0]
    return fitted.transform(tracks).X[:, first:]


def test_the_columns_of_genres_stand_after_the_sound_and_say_so(fitted, tracks):
    matrix = fitted.transform(tracks)
    assert [genre for _, genre in fitted.genre_columns] == list(KINDS)
    assert [matrix.names[column] for column, _ in fitted.genre_columns] == [
        f"genre: {kind}" for kind in KINDS
    ]
    assert matrix.column_of[-6:] == ("genres",) * 6
    assert matrix.names == fitted.names
    assert set(fitted.columns) == set(RECIPE.columns)


def test_a_track_can_be_more_or_less_of_a_genre(fitted):
    genres = fitted.axes[-len(fitted.genres.genres) :]
    assert [(axis.high, axis.low) for axis in genres] == [
        (genre, f"less {genre}") for genre in fitted.genres.genres
    ]
    assert [axis.columns for axis in genres] == [(column,) for column, _ in fitted.genre_columns]


def test_the_sound_is_as_without_genres(fitted, tracks):
    alone = FittedRecipe.fit(replace(RECIPE, genres=None), tracks)
    matrix, sound = fitted.transform(tracks), alone.transform(tracks)
    np.testing.assert_array_equal(matrix.X[:, : sound.X.shape[1]], sound.X)
    assert fitted.levels(tracks).equals(alone.levels(tracks))
    assert fitted.inverse_transform(matrix.X).equals(alone.inverse_transform(sound.X))


def test_every_track_has_a_block_of_the_same_length(fitted, tracks):
    silent = pl.DataFrame({"track_id": ["quiet"], "genres": [["folk", "pop"]]})
    blocks = np.vstack([block_of(fitted, tracks), block_of(fitted, silent)])
    np.testing.assert_allclose(np.linalg.norm(blocks, axis=1), RECIPE.genres.weight, rtol=1e-5)


def test_genres_of_unlabelled_tracks_are_found_by_their_sound(fitted, tracks):
    unlabelled = tracks.filter(pl.col("genres").is_null())
    found = block_of(fitted, unlabelled).argmax(axis=1)
    assert (found == unlabelled["truth"].to_numpy()).mean() > 0.6


def test_estimates_are_as_often_right_as_they_say(fitted, tracks):
    unlabelled = tracks.filter(pl.col("genres").is_null())
    shares = (block_of(fitted, unlabelled) / RECIPE.genres.weight) ** 2
    hit_rate = (shares.argmax(axis=1) == unlabelled["truth"].to_numpy()).mean()
    assert shares.max(axis=1).mean() == pytest.approx(hit_rate, abs=0.06)
    assert fitted.genres.model.hit_rate == pytest.approx(hit_rate, abs=0.06)


def test_what_is_known_is_believed_as_far_as_the_recipe_says(tracks):
    certain = FittedRecipe.fit(replace(RECIPE, genres=GenreSpec(known=1.0, weight=2.0)), tracks)
    labelled = tracks.filter(pl.col("genres").is_not_null())
    expected = 2.0 * np.eye(6)[labelled["truth"].to_numpy()]
    np.testing.assert_allclose(block_of(certain, labelled), expected, atol=1e-6)


def test_a_track_without_sound_is_placed_by_its_genres_alone(fitted):
    silent = pl.DataFrame(
        {
            "track_id": ["a", "b", "c"],
            "genres": [["folk"], None, None],
            "artist_genres": [["metal"], ["metal"], ["polka"]],
        }
    )
    matrix = fitted.transform(silent)
    assert matrix.track_ids.to_list() == ["a", "b"]
    assert matrix.n_dropped == 1
    n_sound = fitted.genre_columns[0][0]
    assert np.isnan(matrix.X[:, :n_sound]).all()
    np.testing.assert_array_equal(
        matrix.X[:, n_sound:] > 0,
        np.eye(6, dtype=bool)[[KINDS.index("folk"), KINDS.index("metal")]],
    )


def test_an_artist_does_not_teach_the_network_that_judges_them(tracks):
    spec = replace(RECIPE, genres=GenreSpec(known=0.0))
    artist = pl.col("artists").list.first() == "Artist 3"
    changed = tracks.with_columns(
        pl.when(artist).then(pl.lit(["ambient"])).otherwise("genres").alias("genres")
    )
    fold = int(artist_folds(tracks.filter(artist))[0])
    before, after = (FittedRecipe.fit(spec, each).genres.model for each in (tracks, changed))
    np.testing.assert_array_equal(
        before.networks[fold].into_genres, after.networks[fold].into_genres
    )
    other = (fold + 1) % len(before.networks)
    assert (before.networks[other].into_genres != after.networks[other].into_genres).any()


def test_the_same_seed_gives_the_same_matrix_and_another_seed_another(fitted, tracks):
    again = FittedRecipe.fit(RECIPE, tracks)
    assert again.to_dict() == fitted.to_dict()
    reseeded = FittedRecipe.fit(replace(RECIPE, genres=GenreSpec(random_state=1)), tracks)
    assert (block_of(reseeded, tracks) != block_of(fitted, tracks)).any()


def test_what_is_saved_is_small_plain_data_and_gives_the_same_matrix(fitted, tracks):
    text = json.dumps(fitted.to_dict(), allow_nan=False)
    restored = FittedRecipe.from_dict(json.loads(text))
    np.testing.assert_array_equal(restored.transform(tracks).X, fitted.transform(tracks).X)
    assert restored.notes == fitted.notes
    assert len(text) < 1_000_000


def test_new_tracks_are_placed_without_scikit_learn_or_scipy(fitted, tracks, tmp_path):
    (tmp_path / "recipe.json").write_text(json.dumps(fitted.to_dict()), encoding="utf-8")
    tracks.head(20).write_parquet(tmp_path / "tracks.parquet")
    code = """
import json, sys
import polars as pl
from partsong.features import FittedRecipe
fitted = FittedRecipe.from_dict(json.load(open("recipe.json", encoding="utf-8")))
assert fitted.transform(pl.read_parquet("tracks.parquet")).X.shape == (20, 14)
assert not {"sklearn", "scipy"} & set(sys.modules), "a heavy library was loaded"
"""
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)


def test_damaged_arrays_are_refused(fitted):
    data = fitted.to_dict()
    data["genres"]["model"]["networks"][0]["into_genres"] = "AAAA" * 4
    with pytest.raises(ValueError, match="reshape"):
        FittedRecipe.from_dict(data)


def test_the_notes_say_what_was_learned_from(fitted, tracks):
    n_known = int(tracks["genres"].is_not_null().sum())
    (note,) = fitted.notes
    assert note.startswith(f"Genres: 6 of 6 seen count; {n_known:,} tracks carry them")
    assert f"those of {len(tracks) - n_known:,} are estimated" in note


@pytest.mark.parametrize(
    "poor",
    [
        pytest.param(lambda t: t.head(600), id="few tracks"),
        pytest.param(lambda t: t.drop("genres"), id="no genres"),
        pytest.param(
            lambda t: t.with_columns(artists=pl.lit(["One band"])), id="all by one artist"
        ),
        pytest.param(
            lambda t: t.with_columns(
                genres=pl.when(pl.col("genres").is_not_null()).then(pl.lit(["pop"]))
            ),
            id="one genre",
        ),
    ],
)
def test_too_few_labels_leave_the_sound_alone_and_a_note_says_why(tracks, poor):
    given = poor(tracks)
    fitted = FittedRecipe.fit(RECIPE, given)
    alone = FittedRecipe.fit(replace(RECIPE, genres=None), given)
    np.testing.assert_array_equal(fitted.transform(given).X, alone.transform(given).X)
    assert fitted.genre_columns == ()
    (note,) = fitted.notes
    assert note.startswith("Genres were left out")
    assert "Import a source that carries genres" in note
    restored = FittedRecipe.from_dict(json.loads(json.dumps(fitted.to_dict())))
    assert restored == fitted
    (finding,) = [each for each in check_recipe(RECIPE, given) if each.trap == "few genres"]
    assert finding.found in note


def test_the_key_alone_says_nothing_of_genres(tracks):
    keyed = tracks.select("track_id", "artists", "genres").with_columns(key=pl.lit(3))
    recipe = Recipe("x", "", (FeatureSpec("key", "circle"), *SOUND), genres=GenreSpec())
    fitted = FittedRecipe.fit(recipe, keyed)
    assert fitted.genre_columns == ()
    assert "no feature but the key" in fitted.notes[-1]


def test_genres_of_the_track_come_before_those_of_its_artists():
    tracks = pl.DataFrame(
        {
            "track_id": [str(row) for row in range(120)],
            "artists": [[f"artist {row % 20}"] for row in range(120)],
            "genres": [["jazz"]] * 60 + [None] * 60,
            "artist_genres": [["soul"]] * 120,
        }
    )
    labels = GenreLabels.choose(tracks)
    assert labels.genres == ("jazz", "soul")
    assert labels.shares.sum(axis=0).tolist() == [60, 60]


def test_a_genre_of_one_band_or_few_tracks_does_not_count():
    bands = [["One band"]] * 100 + [[f"artist {row % 20}"] for row in range(115)]
    genres = [["house style"]] * 100 + [["jazz"]] * 100 + [["rare"]] * 15
    tracks = pl.DataFrame(
        {"track_id": [str(row) for row in range(215)], "artists": bands, "genres": genres}
    )
    labels = GenreLabels.choose(tracks)
    assert labels.genres == ("jazz",)
    assert labels.n_seen == 3
    assert labels.is_known.sum() == 100


def test_check_says_whose_genres_will_be_estimated_and_takes_no_time_to_learn(tracks, monkeypatch):
    monkeypatch.setitem(sys.modules, "partsong.features.genre_learning", None)
    findings = {finding.trap: finding for finding in check_recipe(RECIPE, tracks)}
    n_unknown = int(tracks["genres"].is_null().sum())
    assert f"{n_unknown:,} tracks of 1,800" in findings["estimated genres"].found
    assert all(finding.severity == "note" for finding in findings.values())
    unnamed = {finding.trap for finding in check_recipe(RECIPE, tracks.drop("artists"))}
    assert "unnamed artists" in unnamed

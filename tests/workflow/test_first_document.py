"""The clustering study replayed: unscaled duration swamps every part, and check says so before."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

import partsong as ps
from partsong.features import FittedRecipe, load_recipe


@pytest.fixture(scope="module")
def catalog(shared_data, tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "study.duckdb"
    report = ps.import_files([shared_data / "spotify-genres-2024/tracks.parquet"], catalog=path)
    assert report.layout == "spotify-2024"
    assert report.read == 38_863
    assert report.read == report.kept + report.merged + report.dropped.total()
    return path


def test_only_artists_of_one_genre_are_used(catalog):
    used = ps.check_catalog(catalog=catalog, recipe="study-12").tracks
    everything = ps.Catalog(catalog).count_tracks()
    assert everything == 31_706
    assert used < everything / 5


def test_check_says_beforehand_that_duration_will_swamp_the_parts(catalog):
    findings = ps.check_catalog(catalog=catalog, recipe="study-12").findings
    worst = findings[0]
    assert worst.severity == "spoils"
    assert worst.feature == "duration_ms"
    loudness = [f for f in findings if f.feature == "loudness"]
    assert any("fold" in finding.effect for finding in loudness)
    assert any(f.feature == "key" and "circle" in f.effect for f in findings)
    assert not [
        f for f in ps.check_catalog(catalog=catalog, recipe="balanced").findings
        if f.severity == "spoils"
    ]  # fmt: skip


@pytest.mark.parametrize("random_state", range(4))
def test_duration_swamps_every_part_and_one_cluster_takes_most_songs(catalog, random_state):
    """As in the study: multiplicative updates from one random start, labels by raw argmax."""
    recipe = load_recipe("study-12")
    tracks = ps.Catalog(catalog).read_tracks(where=recipe.where)
    matrix = FittedRecipe.fit(recipe, tracks).transform(tracks)
    nmf = ps.NMF(
        10, solver=recipe.solver, init=recipe.init, random_state=random_state, tol=0, max_iter=100
    )
    W = nmf.fit_transform(matrix.X)
    largest = [matrix.names[column] for column in nmf.components_.argmax(axis=1)]
    assert largest == ["duration_ms"] * 10
    sizes = np.bincount(W.argmax(axis=1), minlength=10) / len(W)
    assert sizes.max() > 0.4


@pytest.mark.slow
def test_which_cluster_a_song_falls_into_is_an_accident_of_the_start(catalog):
    """The study's labels do not survive another start; ours of the balanced recipe do better."""

    def labels(recipe, name, random_state):
        model = ps.fit_parts(
            catalog=catalog, recipe=recipe, where="len(artist_genres) = 1",
            name=name, random_state=random_state,
        ).model  # fmt: skip
        return np.asarray(model.W).argmax(axis=1)

    studies = [labels("study-12", "study", state) for state in (0, 1)]
    ours = [labels("balanced", "ours", state) for state in (0, 1)]
    assert adjusted_rand_score(*studies) < 0.5
    assert adjusted_rand_score(*ours) > adjusted_rand_score(*studies)


def test_the_command_s_own_fit_shows_the_same_faults(catalog):
    model = ps.fit_parts(catalog=catalog, recipe="study-12", name="study").model
    names = model.recipe.names
    assert [names[column] for column in model.H.argmax(axis=1)] == ["duration_ms"] * 10
    clusters = ps.list_clusters(catalog=catalog, model="study").clusters
    assigned = [cluster.share for cluster in clusters if cluster.name != "mixed"]
    assert max(assigned) > sum(assigned) / 2
    # Yet no part is called after the largest number.
    assert len({part.name for part in model.parts}) == len(model.parts)
    assert not [part.name for part in model.parts if "duration" in part.name]


@pytest.mark.slow
def test_the_balanced_recipe_on_the_same_tracks_spreads_them(catalog):
    ps.fit_parts(catalog=catalog, n_components=10, where="len(artist_genres) = 1", name="ours")
    clusters = ps.list_clusters(catalog=catalog, model="ours").clusters
    assert max(c.share for c in clusters if c.name != "mixed") < 0.35

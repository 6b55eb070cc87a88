"""The clustering study replayed: unscaled duration swamps every part, and check says so before."""

import numpy as np
import pytest

import partsong as ps


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


def test_duration_swamps_every_part_and_one_cluster_takes_most_songs(catalog):
    model = ps.fit_parts(
        catalog=catalog, recipe="study-12", n_components=10, name="study", n_init=1
    ).model
    names = model.recipe.names
    H = model.H
    used = H[np.linalg.norm(model.W, axis=0) > 0]
    largest = [names[column] for column in used.argmax(axis=1)]
    # As the study's Table 2 shows: duration is thousands of times the next feature.
    assert largest.count("duration_ms") >= len(used) / 2
    clusters = ps.list_clusters(catalog=catalog, model="study").clusters
    assert max(c.share for c in clusters if c.name != "mixed") > 0.5
    # Yet no part is called after the largest number.
    assert len({part.name for part in model.parts}) == len(model.parts)


def test_the_balanced_recipe_on_the_same_tracks_spreads_them(catalog):
    ps.fit_parts(catalog=catalog, n_components=10, where="len(artist_genres) = 1", name="ours")
    clusters = ps.list_clusters(catalog=catalog, model="ours").clusters
    assert max(c.share for c in clusters if c.name != "mixed") < 0.35

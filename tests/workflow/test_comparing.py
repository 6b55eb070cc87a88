"""Fits side by side: what is said of each must be true of it."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import partsong as ps
from partsong.errors import ModelMissingError
from partsong.parts import read_model, write_model


@pytest.fixture(scope="module")
def catalog(planted_tracks, tmp_path_factory):
    folder = tmp_path_factory.mktemp("compare")
    planted_tracks.write_csv(folder / "songs.csv")
    catalog = folder / "music.duckdb"
    ps.import_files([folder / "songs.csv"], catalog=catalog)
    ps.fit_parts(catalog=catalog, n_components=3, name="whole")
    ps.fit_parts(catalog=catalog, n_components=3, name="again", random_state=5)
    ps.fit_parts(
        catalog=catalog, n_components=2, name="no rap", where="NOT list_contains(genres, 'rap')"
    )
    ps.fit_parts(catalog=catalog, n_components=3, name="other", recipe="blog-14")
    return catalog


def _by_name(comparison):
    return {model.name: model for model in comparison.models}


def test_all_models_stand_side_by_side_the_newest_first(catalog):
    comparison = ps.compare_models(catalog=catalog, reference="whole")
    assert [model.name for model in comparison.models] == ["other", "no rap", "again", "whole"]
    some = ps.compare_models(["whole", "no rap", "whole"], catalog=catalog, reference="whole")
    assert [model.name for model in some.models] == ["whole", "no rap"]
    assert _by_name(some)["no rap"] == _by_name(comparison)["no rap"]


def test_sizes_and_conditions_are_those_of_the_fits(catalog):
    models = _by_name(ps.compare_models(catalog=catalog, reference="whole"))
    assert (models["whole"].n_tracks, models["no rap"].n_tracks) == (180, 120)
    assert models["whole"].where is None
    assert "rap" in models["no rap"].where
    assert models["other"].recipe == "blog-14"
    for model in models.values():
        assigned = read_model(catalog.with_suffix(".models") / model.name).assign().labels
        assert model.mixed_share == pytest.approx(np.mean(assigned < 0))
        assert model.largest_share == pytest.approx(
            np.bincount(assigned[assigned >= 0]).max() / len(assigned)
        )


def test_parts_come_back_in_the_same_fit_and_not_where_the_columns_differ(catalog):
    comparison = ps.compare_models(catalog=catalog, reference="whole")
    models = _by_name(comparison)
    assert comparison.reference == "whole"
    assert models["whole"].n_found == 3
    assert models["again"].n_found == 3
    assert models["other"].n_found is None, "another recipe has other columns"


def test_a_part_that_the_reference_does_not_have_is_not_found(catalog):
    comparison = ps.compare_models(["whole"], catalog=catalog, reference="no rap")
    assert _by_name(comparison)["whole"].n_found < 3


def test_the_model_with_the_most_tracks_is_the_reference(catalog):
    assert ps.compare_models(["no rap", "again"], catalog=catalog).reference == "again"


def test_planted_genres_are_met_and_the_clearest_pair_is_one_of_them(catalog):
    whole = _by_name(ps.compare_models(catalog=catalog))["whole"]
    assert whole.ami > 0.9
    _, genre, lift = whole.best_pair
    assert genre in {"hush", "thrash", "rap"}
    assert lift == pytest.approx(3, rel=0.1), "a third of the tracks has each genre"


def test_stability_is_the_mean_over_the_parts_that_know_theirs(catalog, tmp_path):
    model = read_model(catalog.with_suffix(".models") / "whole")
    parts = tuple(
        replace(part, stability=known)
        for part, known in zip(model.parts, (1.0, 0.5, None), strict=True)
    )
    write_model(replace(model, name="known", parts=parts), tmp_path / "known")
    (compared,) = ps.compare_models([tmp_path / "known"], catalog=catalog).models
    assert compared.stability == pytest.approx(0.75)


def test_without_genres_nothing_is_said_of_them(planted_tracks, tmp_path):
    tracks = planted_tracks.drop("track_genre").with_columns(genre=pl.lit(None, pl.String))
    tracks.write_csv(tmp_path / "bare.csv")
    ps.import_files([tmp_path / "bare.csv"], catalog=tmp_path / "bare.duckdb")
    ps.fit_parts(catalog=tmp_path / "bare.duckdb", n_components=3)
    (model,) = ps.compare_models(catalog=tmp_path / "bare.duckdb").models
    assert (model.ami, model.best_pair) == (None, None)


def test_a_model_that_is_not_there_is_named(catalog, tmp_path):
    with pytest.raises(ModelMissingError, match="nowhere"):
        ps.compare_models(["nowhere"], catalog=catalog)
    with pytest.raises(ModelMissingError, match="nowhere"):
        ps.compare_models(catalog=catalog, reference="nowhere")
    ps.import_files([catalog.with_name("songs.csv")], catalog=tmp_path / "new.duckdb")
    with pytest.raises(ModelMissingError):
        ps.compare_models(catalog=tmp_path / "new.duckdb")

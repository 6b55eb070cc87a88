"""A model follows its catalog: what comes, what changes, what goes, and what that does to parts."""

import shutil
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import polars as pl
import pytest

import partsong as ps
from partsong.errors import ModelError
from partsong.nmf import nonnegative_least_squares
from partsong.parts import read_model, write_model
from partsong.rows import Batch, ImportReport

NEW = pl.col("track_name").str.ends_with("5")


@pytest.fixture(scope="module")
def fitted(planted_tracks, tmp_path_factory):
    """Return a folder with a catalog without every tenth song, and three parts of it."""
    folder = tmp_path_factory.mktemp("fitted")
    planted_tracks.filter(~NEW).write_csv(folder / "old.csv")
    ps.import_files([folder / "old.csv"], catalog=folder / "music.duckdb")
    ps.fit_parts(catalog=folder / "music.duckdb", n_components=3)
    return folder


@pytest.fixture
def catalog(fitted, tmp_path):
    shutil.copytree(fitted, tmp_path / "copy")
    return tmp_path / "copy" / "music.duckdb"


@pytest.fixture
def bring(catalog):
    """Return what imports a table of songs into the catalog."""

    def bring(table, **options):
        path = catalog.with_name("coming.csv")
        table.write_csv(path)
        return ps.import_files([path], catalog=catalog, **options)

    return bring


def model_of(catalog, name="balanced-3"):
    return read_model(catalog.with_suffix(".models") / name, verify=True)


def test_new_rows_are_what_transform_gives_and_known_rows_stay(catalog, bring, planted_tracks):
    before = model_of(catalog)
    bring(planted_tracks.filter(NEW))
    result = ps.update_model(catalog=catalog)
    after = model_of(catalog)
    assert (result.added, result.changed, result.left) == (18, 0, 0)
    n = len(before.track_ids)
    assert after.track_ids[:n].equals(before.track_ids)
    assert after.W[:n].tobytes() == before.W.tobytes()
    assert after.R[:n].tobytes() == before.R.tobytes()
    np.testing.assert_array_equal(after.H, before.H)
    new = ps.Catalog(catalog).read_tracks_by_id(after.track_ids[n:].to_list())
    X = before.recipe.transform(new).X
    expected = nonnegative_least_squares(X, before.H).astype(np.float32)
    assert after.W[n:].tobytes() == expected.tobytes()
    assert np.isnan(after.confidence[n:]).all()
    assert not result.is_fit_due


def test_an_update_without_news_leaves_the_files_alone(catalog):
    manifest = catalog.with_suffix(".models") / "balanced-3" / "manifest.json"
    before = manifest.stat().st_mtime_ns
    assert ps.update_model(catalog=catalog).added == 0
    assert manifest.stat().st_mtime_ns == before


def test_tracks_that_an_import_changed_are_placed_again_once(catalog, bring, planted_tracks):
    before = model_of(catalog)
    known = planted_tracks.filter(~NEW)
    changed = known.head(3).with_columns(energy=0.9, popularity=1)
    as_heard = known.tail(4).with_columns(popularity=2)
    bring(pl.concat([changed, as_heard]))
    result = ps.update_model(catalog=catalog)
    assert (result.added, result.changed, result.left) == (0, 3, 0)
    after = model_of(catalog)
    ids = ps.Catalog(catalog).read_tracks(["title"], where="energy = 0.9")["track_id"]
    assert set(after.track_ids[-3:]) == set(ids)
    stays = ~before.track_ids.is_in(ids.implode()).to_numpy()
    assert after.W[:-3].tobytes() == before.W[stays].tobytes()
    assert ps.update_model(catalog=catalog).changed == 0


def test_features_that_come_later_bring_their_track_in(catalog, bring, planted_tracks):
    features = model_of(catalog).recipe.columns
    new = planted_tracks.filter(NEW).head(5)
    bring(new.with_columns(pl.lit(None).alias(name) for name in {*features, "key", "mode"}))
    result = ps.update_model(catalog=catalog)
    assert (result.added, result.unplaced) == (0, 5)
    bring(new)
    result = ps.update_model(catalog=catalog)
    assert (result.added, result.changed, result.unplaced) == (5, 0, 0)


def test_tracks_outside_the_condition_stay_out_and_go(catalog, bring, planted_tracks):
    ps.fit_parts(catalog=catalog, n_components=2, where="NOT explicit", name="clean")
    before = model_of(catalog, "clean")
    one = planted_tracks.filter(~NEW & ~pl.col("explicit")).head(1)
    bring(pl.concat([planted_tracks.filter(NEW), one.with_columns(explicit=True)]))
    result = ps.update_model(catalog=catalog, model="clean")
    assert (result.added, result.left, result.unplaced) == (12, 1, 0)
    assert result.outside == int(planted_tracks["explicit"].sum()) + 1
    after = model_of(catalog, "clean")
    assert after.W[: len(before.W) - 1].tobytes() == np.delete(before.W, 0, axis=0).tobytes()
    refreshed = ps.update_model(catalog=catalog, model="clean", refresh=True)
    assert set(refreshed.model.track_ids) == set(after.track_ids)


def test_a_model_of_another_catalog_is_not_emptied(catalog, planted_tracks, tmp_path):
    other = tmp_path / "other.duckdb"
    path = tmp_path / "other.csv"
    planted_tracks.filter(NEW).write_csv(path)
    ps.import_files([path], catalog=other)
    before = model_of(catalog)
    with pytest.raises(ModelError, match="are not in other"):
        ps.update_model(catalog=other, model=catalog.with_suffix(".models") / "balanced-3")
    assert model_of(catalog).track_ids.equals(before.track_ids)


def test_refreshed_parts_come_near_a_full_fit_and_keep_names_and_likes(
    catalog, bring, planted_tracks
):
    ps.edit_parts(rename=[(model_of(catalog).parts[0].name, "evening")], catalog=catalog)
    store = ps.Catalog(catalog)
    store.say([store.find_track("Hush Song 7").track_id], "like")
    bring(planted_tracks.filter(NEW))
    result = ps.update_model(catalog=catalog, refresh=True)
    assert result.added == 18
    assert {part.part for part in result.refresh.parts} == {p.name for p in result.model.parts}
    assert "evening" in {part.name for part in result.model.parts}
    assert len(store.read_feedback()) == 1
    full = ps.fit_parts(catalog=catalog, n_components=3, name="full").model
    assert result.model.fit.relative_error <= 1.01 * full.fit.relative_error
    cosines = full.H @ result.model.H.T
    assert cosines.max(axis=1).min() >= 0.98
    assert not result.is_fit_due
    assert ps.update_model(catalog=catalog, model="balanced-3").changed == 0


def test_bounds_stay_and_a_catalog_that_moved_away_asks_for_a_fit(catalog, bring, planted_tracks):
    before = model_of(catalog).recipe
    loud = planted_tracks.filter(pl.col("track_genre") == "thrash")
    coming = [
        loud.with_columns(
            track_id=pl.format("{}x", pl.col("track_id").str.head(20)) + str(turn),
            track_name=pl.format("{} Again", pl.col("track_name")) + str(turn),
        )
        for turn in range(2)
    ]
    bring(pl.concat(coming))
    for refresh in (False, True):
        result = ps.update_model(catalog=catalog, refresh=refresh)
        assert result.model.recipe.to_dict() == before.to_dict()
        assert {"energy", "loudness"} <= {move.feature for move in result.moved}
        assert result.is_fit_due
    ps.fit_parts(catalog=catalog, n_components=3)
    assert not ps.update_model(catalog=catalog).is_fit_due


def test_a_model_of_a_sample_and_one_without_a_rest_are_brought_up_to_date(
    catalog, bring, planted_tracks
):
    ps.fit_parts(catalog=catalog, n_components=3, sample=90, name="sampled")
    folder = catalog.with_suffix(".models") / "sampled"
    old = read_model(folder)
    write_model(replace(old, R=None), folder)
    bring(planted_tracks.filter(NEW))
    result = ps.update_model(catalog=catalog, model="sampled")
    assert (result.added, result.changed, result.model.R) == (18, 0, None)
    result = ps.update_model(catalog=catalog, model="sampled", refresh=True)
    assert len(result.model.R) == len(result.model.track_ids) == len(planted_tracks)


def test_the_catalog_knows_what_an_import_changed_and_when(tmp_path):
    store = ps.Catalog(tmp_path / "music.duckdb")
    songs = pl.DataFrame(
        {"title": ["a", "b", "c"], "artists": [["x"], ["y"], ["y"]], "tempo": [90.0, 100.0, 110.0]}
    )
    start = datetime.now(UTC)
    store.add([Batch(songs)], ImportReport(files=["songs"], read=3))
    ids = dict(store.read_tracks(["title"]).select("title", "track_id").iter_rows())
    assert store.read_changed(["tempo", "artist_genres"], since=start).is_empty()
    between = datetime.now(UTC)
    artists = pl.DataFrame({"name": ["y"], "genres": [["folk"]]})
    faster = songs[:1].with_columns(tempo=pl.lit(95.0))
    store.add([Batch(faster, artists)], ImportReport(files=["more"], read=1))
    assert set(store.read_changed(["tempo"], since=start)) == {ids["a"]}
    assert set(store.read_changed(["artist_genres"], since=between)) == {ids["b"], ids["c"]}
    assert store.read_changed(["energy"], since=start).is_empty()
    assert store.read_changed(["tempo", "artist_genres"], since=datetime.now(UTC)).is_empty()


@pytest.mark.slow
def test_genres_that_become_known_place_tracks_again(tmp_path):
    rng = np.random.default_rng(0)
    kinds = np.arange(800) % 80 % 5
    songs = pl.DataFrame(
        {
            "title": [f"Song {number}" for number in range(800)],
            "artists": [[f"Artist {number % 80}"] for number in range(800)],
            "genres": [
                [("calm", "folk", "metal", "pop", "rap")[kind]] if number % 80 % 6 else None
                for number, kind in enumerate(kinds)
            ],
            "energy": rng.normal(np.array([0.2, 0.35, 0.9, 0.65, 0.5])[kinds], 0.03),
            "tempo": rng.normal(np.array([85.0, 110.0, 150.0, 120.0, 95.0])[kinds], 5),
            "valence": rng.uniform(0.1, 0.9, 800),
        }
    )
    store = ps.Catalog(tmp_path / "music.duckdb")
    store.add([Batch(songs)], ImportReport(files=["songs"], read=800))
    model = ps.fit_parts(catalog=store.path, recipe="informed", n_components=3).model
    assert model.recipe.genres is not None
    assert ps.update_model(catalog=store.path).changed == 0
    more = songs[:1].with_columns(title=pl.lit("More"))
    artists = pl.DataFrame({"name": ["Artist 0"], "genres": [["metal"]]})
    store.add([Batch(more, artists)], ImportReport(files=["more"], read=1))
    result = ps.update_model(catalog=store.path)
    assert (result.added, result.changed, result.left) == (1, 10, 0)
    refreshed = ps.update_model(catalog=store.path, refresh=True).refresh
    assert refreshed.relative_error <= refreshed.relative_error_before + 1e-9

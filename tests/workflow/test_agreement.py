"""Two analyses in one catalog: fits see one scale, the catalog keeps both, and the report is honest."""

import shutil

import numpy as np
import polars as pl
import pytest

import partsong as ps
from partsong.parts import read_model
from partsong.rows import Batch, ImportReport
from partsong.workflow import measure_agreement
from partsong.workflow.aligning import learn_alignment, read_aligned

SCALED = ("danceability", "energy", "acousticness", "valence")
N, SHARED = 400, 150
IDS = [f"{number:022}" for number in range(N)]


def batch(truth, rows, *, by=1.0, analysis="spotify", source=None, only_known=False):
    columns = {name: (truth[name] * by)[rows] for name in SCALED}
    frame = pl.DataFrame(
        {
            "line": pl.Series(rows, dtype=pl.Int64),
            "spotify_id": [IDS[row] for row in rows],
            "title": [f"Song {row}" for row in rows],
            "artists": [[f"Artist {row % 40}"] for row in rows],
            "key": pl.Series([row % 12 for row in rows], dtype=pl.Int8),
            **columns,
        }
    )
    source = source or {"spotify": "exportify"}.get(analysis, analysis)
    return Batch(frame, source=source, analysis=analysis, only_known=only_known)


@pytest.fixture(scope="module")
def truth():
    rng = np.random.default_rng(0)
    quiet = np.arange(N) % 2 == 0
    return {
        name: np.clip(np.where(quiet ^ flip, 0.25, 0.75) + rng.normal(0, 0.08, N), 0.01, 0.99)
        for name, flip in zip(SCALED, (False, False, True, True), strict=True)
    }


@pytest.fixture(scope="module")
def store(truth, tmp_path_factory):
    """The first 300 tracks as Spotify has them; the last 250 by another analysis, at half."""
    store = ps.Catalog(tmp_path_factory.mktemp("two") / "music.duckdb")
    store.add([batch(truth, range(300))], ImportReport(layout="spotify", read=300))
    # What Spotify has stands; of the last hundred tracks the others alone know.
    shared = batch(truth, range(150, 300), by=0.5, analysis="other", only_known=True)
    alone = batch(truth, range(300, N), by=0.5, analysis="other")
    store.add([shared, alone], ImportReport(layout="other", read=250))
    return store


@pytest.fixture(scope="module")
def result(store):
    return ps.fit_parts(catalog=store.path, n_components=2, n_init=1, name="two")


def test_a_fit_sees_one_scale_and_the_catalog_keeps_what_was_said(store, truth, result):
    assert store.read_tracks(SCALED)["energy"][350] == truth["energy"][350] / 2
    alignment = read_model(result.folder).recipe.alignment
    assert {one.feature for one in alignment.maps} == set(SCALED)
    seen = read_aligned(store, SCALED, alignment)
    for name in SCALED:
        assert np.median(np.abs(seen[name].to_numpy() - truth[name])[300:]) < 0.02
        np.testing.assert_array_equal(seen[name].to_numpy()[:300], truth[name][:300])
    assert any("were moved onto the scale of spotify" in note for note in result.notes)
    # Halved values would all look quiet; on one scale the two kinds are found again.
    labels = result.model.assign(margin=0.0).labels[300:]
    kinds = np.arange(300, N) % 2
    agree = (labels == kinds).mean()
    assert max(agree, 1 - agree) > 0.95


def test_an_update_places_new_tracks_by_the_maps_of_the_fit(store, truth, result, tmp_path):
    copy = tmp_path / "music.duckdb"
    shutil.copy(store.path, copy)
    shutil.copytree(result.folder.parent, copy.with_suffix(".models"))
    store = ps.Catalog(copy)
    row = batch(truth, [0], by=0.5, analysis="other").tracks.with_columns(
        spotify_id=pl.lit("n" * 22), title=pl.lit("New"), artists=pl.lit(pl.Series([["Ann"]]))
    )
    store.add([Batch(row, source="other", analysis="other")], ImportReport(read=1))
    assert ps.update_model(catalog=copy).added == 1
    model = read_model(copy.with_suffix(".models") / "two")
    twin = int(np.flatnonzero(model.track_ids == store.read_tracks()["track_id"][0])[0])
    cosine = model.W[-1] @ model.W[twin]
    cosine /= np.linalg.norm(model.W[-1]) * np.linalg.norm(model.W[twin])
    assert cosine > 0.999
    assert ps.update_model(catalog=copy).changed == 0


def test_the_report_measures_agreement_on_tracks_it_did_not_learn_from(store):
    report = measure_agreement(store)
    assert report.to_frame().height == len(report.features) == len(SCALED) + 1
    for one in report.features:
        assert (one.analysis, one.reference, one.n_shared) == ("other", "spotify", SHARED)
        assert one.coverage == SHARED / N
        if one.feature == "key":
            assert (one.same, one.rank_correlation) == (1.0, None)
            continue
        assert one.rank_correlation == pytest.approx(1.0)
        assert one.low <= one.rank_correlation
        assert one.difference > 0.1
        assert one.difference_after < one.difference / 5
        assert one.same == 0.0
    assert report.to_dict()["agreement"][0]["feature"] == report.features[0].feature


def test_noise_widens_the_interval_and_is_not_talked_away(truth, tmp_path):
    store = ps.Catalog(tmp_path / "music.duckdb")
    rng = np.random.default_rng(1)
    noise = {name: rng.uniform(size=N) for name in SCALED}
    store.add([batch(truth, range(100))], ImportReport(read=100))
    store.add([batch(noise, range(100), analysis="noise", only_known=True)], ImportReport(read=100))
    energy = next(one for one in measure_agreement(store).features if one.feature == "energy")
    assert energy.low < 0 < energy.high
    assert energy.difference_after > 0.1


def test_check_shows_agreement_where_there_are_two_analyses(store):
    checked = ps.check_catalog(catalog=store.path)
    assert len(checked.agreement) == len(SCALED) + 1
    assert checked.to_dict()["agreement"][0]["analysis"] == "other"


def test_a_scale_is_not_learned_from_what_may_not_be_learned_from(truth, tmp_path):
    store = ps.Catalog(tmp_path / "music.duckdb")
    store.add([batch(truth, range(SHARED + 50), source="spotify")], ImportReport(layout="spotify"))
    half = batch(truth, range(SHARED), by=0.5, analysis="other", only_known=True)
    alone = batch(truth, range(300, N), by=0.5, analysis="other")
    store.add([half, alone], ImportReport(layout="other"))
    assert not [one for one in learn_alignment(store, SCALED).maps if one.knots]
    ps.agree_to_training("spotify", answer=True, catalog=store.path)
    assert {one.feature for one in learn_alignment(store, SCALED).maps if one.knots} == set(SCALED)

"""What a fit leaves behind: stable parts with names that stay, and tracks that are placed."""

import numpy as np
import polars as pl
import pytest

import partsong as ps


@pytest.fixture
def catalog(planted_tracks, tmp_path):
    path = tmp_path / "planted.duckdb"
    planted_tracks.write_csv(tmp_path / "planted.csv")
    ps.import_files([tmp_path / "planted.csv"], catalog=path)
    return path


def test_planted_parts_and_their_tracks_come_back_in_every_repetition(catalog):
    model = ps.fit_parts(catalog=catalog, n_components=3).model
    assert [part.stability for part in model.parts] == [1.0, 1.0, 1.0]
    assert np.median(model.confidence) == 1.0


def test_a_part_too_many_is_given_up_when_only_stable_ones_are_wanted(catalog):
    asked = 7
    result = ps.fit_parts(catalog=catalog, n_components=asked, stable_only=True)
    assert len(result.model.parts) < asked
    assert min(part.stability for part in result.model.parts) >= 0.9
    assert any("given up" in note for note in result.notes)


@pytest.mark.slow
def test_auto_learns_as_many_parts_as_are_recommended(catalog):
    recommended = ps.choose_parts(catalog=catalog).recommended
    model = ps.fit_parts(catalog=catalog, n_components="auto").model
    assert len(model.H) == recommended


def test_names_stay_when_the_fit_is_repeated_from_another_seed(catalog):
    first = ps.fit_parts(catalog=catalog, n_components=3)
    assert first.drift is None
    name = first.model.parts[0].name
    ps.edit_parts(rename=[(name, "my own name")], catalog=catalog)
    again = ps.fit_parts(catalog=catalog, n_components=3, random_state=5)
    names = {part.name for part in again.model.parts}
    assert names == {"my own name", *(part.name for part in first.model.parts[1:])}
    assert len(again.drift.kept) == 3
    assert not again.drift.lost
    assert not again.drift.new


def test_a_model_of_other_tracks_has_names_of_its_own(catalog):
    ps.fit_parts(catalog=catalog, n_components=3)
    other = ps.fit_parts(catalog=catalog, n_components=3, where="tempo < 120", name="slow")
    assert other.drift is None


def test_a_sample_is_learned_from_and_every_track_is_placed(catalog):
    whole = ps.fit_parts(catalog=catalog, n_components=3, name="whole").model
    result = ps.fit_parts(catalog=catalog, n_components=3, sample=90, name="sampled")
    model = result.model
    assert len(model.track_ids) == 180
    assert np.isnan(model.confidence).sum() == 90
    assert model.fit.settings["sample"] == 90
    table = pl.DataFrame({"id": whole.track_ids, "whole": whole.assign(margin=0).labels}).join(
        pl.DataFrame(
            {"id": model.track_ids, "sampled": model.assign(margin=0, min_confidence=0).labels}
        ),
        on="id",
    )
    # Each whole part goes to one sampled part, whatever their order.
    pairs = table.group_by("whole", "sampled").len().sort("len", descending=True)
    assert pairs["len"].head(3).sum() >= 170


def test_several_conditions_must_all_hold_and_are_kept(catalog):
    model = ps.fit_parts(
        catalog=catalog, n_components=2, where=["tempo < 120", "energy < 0.3"], name="both"
    ).model
    assert len(model.track_ids) == 60
    assert "tempo < 120" in model.fit.settings["where"]
    assert "energy < 0.3" in model.fit.settings["where"]

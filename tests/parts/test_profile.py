"""Decades, genres and borders of parts are counted as they were planted."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from partsong.parts import hide_part, profile_parts
from partsong.parts.genre_words import rank_genres


@pytest.fixture(scope="module")
def dated(planted):
    """Quiet tracks are of the sixties, loud ones of the nineties, spoken ones of unknown year."""
    kind = pl.col("genres").list.first()
    year = pl.when(kind == "quiet acoustic").then(1965).when(kind == "loud electric").then(1994)
    return planted.with_columns(release_year=year.otherwise(None).cast(pl.Int16))


def profile_of(model, profiles, word):
    (found,) = (
        profile for part, profile in zip(model.shown, profiles, strict=True) if word in part.name
    )
    return found


def test_planted_decades_and_genres_come_out(model, dated):
    profiles = profile_parts(model, dated)
    quiet = profile_of(model, profiles, "acoustic")
    assert quiet.median_year == 1965
    assert [row.decade for row in quiet.decades if row.share > 0.9] == [1960]
    (sixties,) = (row for row in quiet.decades if row.decade == 1960)
    assert sixties.lift == pytest.approx(2, rel=0.1)
    assert quiet.genres[0].genre == "quiet acoustic"
    assert quiet.genres[0].lift == pytest.approx(3, rel=0.1)
    spoken = profile_of(model, profiles, "spoken")
    assert spoken.median_year in (None, 1965, 1994)
    assert [genre.genre for genre in spoken.genres] == ["spoken"]


def test_shares_and_lifts_are_what_they_say(model, dated):
    random = np.random.default_rng(3)
    words = np.array(["a", "b", "c"])
    genres = [list(words[random.random(3) < 0.5]) for _ in range(300)]
    rows = dated.with_columns(
        genres=pl.Series(genres), release_year=pl.Series(random.integers(1950, 1990, 300))
    )
    labels = model.assign().labels
    has_genre = np.array([bool(own) for own in genres])
    decades = rows["release_year"].to_numpy() // 10 * 10
    for index, profile in enumerate(profile_parts(model, rows)):
        inside = labels == index
        for row in profile.genres:
            carries = np.array([row.genre in own for own in genres])
            assert row.tracks == (carries & inside).sum()
            assert row.share == pytest.approx(carries[inside & has_genre].mean())
            assert row.lift == pytest.approx(row.share / carries[has_genre].mean())
            assert row.lift > 1
        assert sum(row.tracks for row in profile.decades) == inside.sum()
        assert sum(row.share for row in profile.decades) == pytest.approx(1)
        for row in profile.decades:
            share = (decades[inside] == row.decade).mean()
            assert row.share == pytest.approx(share)
            assert row.lift == pytest.approx(share / (decades == row.decade).mean())


def test_borderline_tracks_are_the_nearest_to_leaving(model, dated):
    assigned = model.assign()
    artists = dict(zip(dated["track_id"], dated["artists"].list.first(), strict=True))
    row_of = {track_id: row for row, track_id in enumerate(model.track_ids)}
    names = [part.name for part in model.shown]
    for index, profile in enumerate(profile_parts(model, dated, n_borderline=5)):
        rows = [row_of[border.track_id] for border in profile.borderline]
        assert {assigned.labels[row] for row in rows} == {index}
        leads = [border.lead for border in profile.borderline]
        assert leads == sorted(leads)
        assert leads[0] == assigned.lead[assigned.labels == index].min()
        assert len({artists[border.track_id] for border in profile.borderline}) == 5
        for row, border in zip(rows, profile.borderline, strict=True):
            loadings = model.part_loadings()[row]
            assert names[np.argsort(-loadings)[1]] == border.other


def test_catalogs_that_know_less_have_smaller_profiles(model, planted):
    bare = profile_parts(model, planted.select("track_id"))
    assert all((p.median_year, p.decades, p.genres) == (None, (), ()) for p in bare)
    assert all(p.borderline for p in bare)
    empty = planted.with_columns(
        genres=pl.lit([], pl.List(pl.String)), release_year=pl.lit(None, pl.Int16)
    )
    assert [p.genres for p in profile_parts(model, empty)] == [()] * 3
    only = hide_part(hide_part(model, model.shown[0].name), model.shown[1].name)
    (alone,) = profile_parts(only, planted)
    assert alone.borderline == ()


def test_genres_that_are_everywhere_or_nowhere_name_no_part():
    names = ["folk", "pop", "polka"]
    masses = np.array([[6.0, 3.0, 0.01], [0.0, 5.0, 0.0], [0.0, 0.0, 0.0]])
    assert rank_genres(masses, names) == (("folk", "polka"), ("pop",), ())
    assert rank_genres(np.zeros((2, 0)), []) == ((), ())


def test_a_model_with_genres_writes_them_into_names(model, tmp_path):
    from partsong.parts import name_parts, read_model, write_model

    part = model.parts[0]
    (name,) = name_parts([part.features], genre_words=[["folk", "x" * 60, "pop\nrock", "jazz"]])
    assert name.endswith(": folk, pop rock")
    named = replace(model, parts=(replace(part, genres=("folk",)), *model.parts[1:]))
    write_model(named, tmp_path)
    assert read_model(tmp_path).parts == named.parts

"""From one song to another: real tracks, even steps, and nothing that a listener would resent."""

import numpy as np
import pytest

import partsong as ps
from partsong.errors import QueryError, UnknownTrackError
from partsong.workflow import find_path


@pytest.fixture(scope="module")
def catalog(planted_tracks, tmp_path_factory):
    folder = tmp_path_factory.mktemp("path")
    planted_tracks.write_csv(folder / "planted.csv")
    ps.import_files([folder / "planted.csv"], catalog=folder / "music.duckdb")
    ps.fit_parts(catalog=folder / "music.duckdb", n_components=3)
    return ps.Catalog(folder / "music.duckdb")


def walk(catalog, start="Hush Song 1", end="Hush Song 2", **options):
    return find_path(start, end, catalog=catalog.path, **options)


def titles(result):
    return [step.track.title for step in result.steps]


def test_a_path_has_its_ends_and_no_track_or_artist_twice_between_them(catalog):
    result = walk(catalog, n=9)
    assert len(result.steps) == 9
    assert (titles(result)[0], titles(result)[-1]) == ("Hush Song 1", "Hush Song 2")
    assert len(set(titles(result))) == 9
    between = [step.track.artists[0] for step in result.steps[1:-1]]
    assert len(set(between)) == 7
    assert (result.steps[0].along, result.steps[-1].along) == (0, 1)


def test_the_likeness_of_a_step_is_the_sum_of_its_reasons(catalog):
    for step in walk(catalog, end="Rap Song 2").steps:
        added = sum(reason.contribution for reason in step.track.reasons)
        assert added == pytest.approx(step.track.score, abs=1e-6)


def test_where_nothing_lies_between_two_kinds_it_says_that_there_is_no_road(catalog):
    result = walk(catalog, end="Thrash Song 2", n=6)
    assert result.verdict.startswith("There is no good road: from ")
    assert sum(step.is_jump for step in result.steps) >= 1
    assert not walk(catalog, n=6).verdict


def test_a_path_within_one_kind_stays_within_it(catalog):
    assert {title.split()[0] for title in titles(walk(catalog, n=12))} == {"Hush"}


def test_wishes_hold_between_the_ends_only(catalog):
    result = walk(catalog, n=6, where="title LIKE '%Song 3%'")
    assert all("Song 3" in title for title in titles(result)[1:-1])
    assert titles(result)[0] == "Hush Song 1"
    first = result.steps[1].track.track_id
    catalog.say([first], "hide")
    assert first not in {step.track.track_id for step in walk(catalog, n=6).steps}
    catalog.unsay()


def test_what_is_known_is_no_step_where_only_the_unheard_is_wanted(catalog):
    step = walk(catalog, n=6).steps[2].track.track_id
    catalog.say([step], "like")
    assert step in {one.track.track_id for one in walk(catalog, n=6).steps}
    assert step not in {one.track.track_id for one in walk(catalog, n=6, unheard=True).steps}
    catalog.unsay()


def test_a_path_that_cannot_be_filled_says_so(catalog):
    result = walk(catalog, n=6, where="title = 'Hush Song 3'")
    assert result.verdict == "Only 3 of 6 tracks meet the wishes on the way."


def test_two_tracks_are_a_path(catalog):
    assert titles(walk(catalog, n=2)) == ["Hush Song 1", "Hush Song 2"]


def test_the_frame_has_a_row_a_track(catalog):
    frame = walk(catalog, n=5).to_frame()
    assert frame.height == 5
    assert frame["likeness"][0] is None
    assert np.isfinite(frame["likeness"][1:].to_numpy()).all()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"end": "Hush Song 1"}, QueryError),
        ({"end": "No Such Song"}, UnknownTrackError),
        ({"n": 1}, QueryError),
        ({"per_artist": 0}, QueryError),
    ],
)
def test_what_cannot_be_walked_is_refused(catalog, options, error):
    with pytest.raises(error):
        walk(catalog, **options)


def test_a_path_can_be_taken_along(catalog, tmp_path):
    result = walk(catalog, n=4, export=tmp_path / "way.m3u8")
    text = (tmp_path / "way.m3u8").read_text(encoding="utf-8")
    places = [text.index(title) for title in titles(result)[1:3]]
    assert places == sorted(places)

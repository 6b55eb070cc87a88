"""The number of parts: right where it is planted, measured once, and explained when nothing is left."""

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

import partsong as ps
from partsong.errors import CatalogMissingError, FilterError
from partsong.workflow import find_search
from partsong.workflow.selecting import sample_tracks, select_tracks

NUMBERS = range(2, 6)


@pytest.fixture
def catalog(planted_tracks, tmp_path):
    planted_tracks.write_csv(tmp_path / "songs.csv")
    ps.import_files([tmp_path / "songs.csv"], catalog=tmp_path / "music.duckdb")
    return tmp_path / "music.duckdb"


def _files(catalog):
    return sorted(catalog.with_suffix(".models").glob(".searches/*"))


class _StopError(Exception):
    """Raised in the middle of a search."""


class _StopAfter:
    """A listener that stops the search when some numbers are done."""

    def __init__(self, numbers):
        self.left = numbers
        self.tasks = []

    def start(self, task, total=None):
        self.tasks.append((task, total))

    def advance(self, amount=1):
        if self.tasks[-1][1]:
            self.left -= amount
            if amount and self.left <= 0:
                raise _StopError

    def finish(self):
        pass


def test_three_planted_kinds_are_found_to_be_three(catalog):
    choice = ps.choose_parts(catalog=catalog, n_components=NUMBERS)
    assert choice.recommended == 3
    assert [row.n_components for row in choice.table] == list(NUMBERS)
    assert choice.reasons
    assert set(choice.picks.values()) <= set(NUMBERS)
    assert choice.to_dict()["table"][1]["stability"] == choice.table[1].half_similarity


def test_a_stopped_search_goes_on_and_ends_as_if_it_had_not_been_stopped(catalog):
    whole = ps.choose_parts(catalog=catalog, n_components=NUMBERS)
    for path in _files(catalog):
        path.unlink()
    with pytest.raises(_StopError):
        ps.choose_parts(catalog=catalog, n_components=NUMBERS, progress=_StopAfter(2))
    assert find_search(catalog=catalog) is None, "a search that did not end recommends nothing"
    heard = _StopAfter(99)
    resumed = ps.choose_parts(catalog=catalog, n_components=NUMBERS, progress=heard)
    assert resumed.n_known == 2
    assert "2 of 4 numbers known" in heard.tasks[-1][0]
    assert heard.tasks[-1][1] == 4
    assert resumed.table == whole.table
    assert resumed.reasons == whole.reasons
    for mine, theirs in zip(resumed.table, whole.table, strict=True):
        assert np.array_equal(mine.components, theirs.components)


def test_nothing_is_measured_twice_unless_asked_to(catalog):
    first = ps.choose_parts(catalog=catalog, n_components=NUMBERS)
    again = ps.choose_parts(catalog=catalog, n_components=NUMBERS)
    assert (first.n_known, again.n_known) == (0, 4)
    assert again.table == first.table
    wider = ps.choose_parts(catalog=catalog, n_components=range(2, 7))
    assert wider.n_known == 4
    assert ps.choose_parts(catalog=catalog, n_components=NUMBERS, restart=True).n_known == 0
    assert len(_files(catalog)) == 1


def test_the_answer_does_not_depend_on_what_was_searched_before(catalog):
    alone = ps.choose_parts(catalog=catalog, n_components=[4, 5])
    ps.choose_parts(catalog=catalog, n_components=NUMBERS)
    assert ps.choose_parts(catalog=catalog, n_components=[4, 5]).table == alone.table


@pytest.mark.parametrize(
    "change",
    [
        {"random_state": 1},
        {"n_init": 3},
        {"sample": 100},
        {"where": "energy > 0.3"},
        {"recipe": "blog-14"},
    ],
    ids=str,
)
def test_another_search_starts_anew(catalog, change):
    ps.choose_parts(catalog=catalog, n_components=[2, 3])
    assert ps.choose_parts(catalog=catalog, n_components=[2, 3], **change).n_known == 0


def test_a_catalog_that_grew_starts_anew(catalog, planted_tracks, tmp_path):
    ps.choose_parts(catalog=catalog, n_components=[2, 3])
    more = planted_tracks.head(9).with_columns(
        pl.col("track_id").str.replace("hush", "hash"), pl.col("track_name") + " again"
    )
    more.write_csv(tmp_path / "more.csv")
    ps.import_files([tmp_path / "more.csv"], catalog=catalog)
    choice = ps.choose_parts(catalog=catalog, n_components=[2, 3])
    assert (choice.n_known, choice.n_tracks) == (0, 189)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"rows": 3}', '{"about": {}, "rows": [{}]}'])
def test_a_damaged_file_is_measured_again(catalog, content):
    first = ps.choose_parts(catalog=catalog, n_components=[2, 3])
    (path,) = _files(catalog)
    path.write_text(content)
    assert find_search(catalog=catalog) is None
    again = ps.choose_parts(catalog=catalog, n_components=[2, 3])
    assert again.n_known == 0
    assert again.table == first.table


def test_the_newest_search_of_a_recipe_is_found_without_measuring(catalog):
    assert find_search(catalog=catalog) is None
    choice = ps.choose_parts(catalog=catalog, n_components=NUMBERS)
    louder = ps.choose_parts(catalog=catalog, n_components=[2, 3], where="loudness > -10")
    found = find_search(catalog=catalog, recipe="balanced")
    assert replace(found, n_known=0) == choice
    assert find_search(catalog=catalog, where="loudness > -10").n_tracks == louder.n_tracks
    assert find_search(catalog=catalog, recipe="blog-14") is None


def test_old_searches_are_cleared_away(catalog):
    for seed in range(23):
        ps.choose_parts(catalog=catalog, n_components=[2], n_init=1, random_state=seed)
    files = _files(catalog)
    assert len(files) == 20
    assert all(json.loads(path.read_text())["choice"] for path in files)
    assert ps.choose_parts(catalog=catalog, n_components=[2], n_init=1, random_state=22).n_known
    assert ps.describe_models(catalog=catalog) == [], "searches are no models"


def test_a_sample_is_seeded_and_keeps_the_order():
    tracks = pl.DataFrame({"track_id": [f"{place:03}" for place in range(200)]})
    drawn = sample_tracks(tracks, 50, random_state=3)
    assert drawn.equals(sample_tracks(tracks, 50, random_state=3))
    assert not drawn.equals(sample_tracks(tracks, 50, random_state=4))
    assert drawn["track_id"].is_sorted()
    assert drawn["track_id"].n_unique() == 50
    assert sample_tracks(tracks, None).equals(tracks)
    assert sample_tracks(tracks, 500).equals(tracks)


def test_conditions_that_leave_no_track_say_how_many_each_of_them_leaves_out(catalog):
    store = ps.open_catalog(catalog)
    where = [*ps.track_conditions(genres=["rap"], years="1990s"), "energy > 0.5"]
    with pytest.raises(CatalogMissingError) as caught:
        select_tracks(store, ["title"], where=where)
    message = str(caught.value)
    assert "release_year BETWEEN 1990 AND 1999 leaves out 180" in message
    assert 'genre has "rap" leaves out 120' in message
    assert "release_year" in caught.value.hint, "no track of this catalog has a year"
    with pytest.raises(CatalogMissingError, match="of 180") as caught:
        select_tracks(store, ["title"], where=["energy > 0.5", "energy <= 0.5"])
    assert "Widen" in caught.value.hint


@pytest.mark.parametrize("numbers", [[200], [2, 181]])
def test_more_parts_than_tracks_are_refused(catalog, numbers):
    with pytest.raises(CatalogMissingError, match="180 tracks"):
        ps.choose_parts(catalog=catalog, n_components=numbers)


def test_a_handful_of_tracks_is_enough_for_some_answer(catalog):
    choice = ps.choose_parts(catalog=catalog, sample=8)
    assert choice.n_tracks == 8
    assert 1 <= choice.recommended <= 4


def test_a_condition_that_is_none_is_refused_as_everywhere(catalog):
    with pytest.raises(FilterError):
        ps.choose_parts(catalog=catalog, where="tempo >")

"""A playlist in an order in which neighbours fit, with nothing lost."""

from itertools import pairwise

import numpy as np
import pytest

import partsong as ps
from partsong.errors import UnknownPlaylistError, UnknownTrackError
from partsong.workflow import order_playlist

MIXED = [f"{genre} Song {number}" for number in range(6) for genre in ("Hush", "Rap", "Thrash")]


@pytest.fixture(scope="module")
def folder(planted_tracks, tmp_path_factory):
    folder = tmp_path_factory.mktemp("order")
    planted_tracks.write_csv(folder / "planted.csv")
    ps.import_files([folder / "planted.csv"], catalog=folder / "music.duckdb")
    ps.fit_parts(catalog=folder / "music.duckdb", n_components=3)
    return folder


def ordered(folder, lines=MIXED, **options):
    (folder / "mixed.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return order_playlist(folder / "mixed.txt", catalog=folder / "music.duckdb", **options)


def titles(result):
    return [one.track.title for one in result.tracks]


def test_tracks_of_a_kind_stand_together_and_none_is_lost(folder):
    result = ordered(folder)
    assert sorted(titles(result)) == sorted(MIXED)
    kinds = [title.split()[0] for title in titles(result)]
    assert sum(one != other for one, other in pairwise(kinds)) == 2
    assert [MIXED[one.was - 1] for one in result.tracks] == titles(result)


def test_it_is_told_what_was_gained(folder):
    result = ordered(folder)
    assert result.likeness_after > result.likeness_before + 0.2
    assert result.cost_after < 0.6 * result.cost_before
    steps = [one.track.score for one in result.tracks[1:]]
    assert result.likeness_after == pytest.approx(np.mean(steps), abs=1e-6)


def test_keys_and_tempi_are_heeded_when_asked_for(folder):
    def fifths(result):
        keys = [(one.track.title, one.key) for one in result.tracks]
        hours = np.array([int(key[:-1]) for _, key in keys])
        apart = np.abs(np.diff(hours))
        return np.minimum(apart, 12 - apart).mean()

    hush = [f"Hush Song {number}" for number in range(24)]
    assert fifths(ordered(folder, hush, keys=True)) < fifths(ordered(folder, hush))

    def ratios(result):
        return np.abs(np.diff(np.log([one.tempo for one in result.tracks]))).mean()

    assert ratios(ordered(folder, hush, tempi=True)) < ratios(ordered(folder, hush))


def test_it_may_begin_with_a_given_track(folder):
    assert titles(ordered(folder, first="Rap Song 3"))[0] == "Rap Song 3"
    with pytest.raises(UnknownTrackError, match="not in the playlist"):
        ordered(folder, first="Rap Song 40")


def test_a_track_that_stands_there_twice_stays_so(folder):
    result = ordered(folder, ["Hush Song 1", "Rap Song 1", "Hush Song 1"])
    assert sorted(titles(result)) == ["Hush Song 1", "Hush Song 1", "Rap Song 1"]


def test_what_has_no_place_is_named(folder):
    result = ordered(folder, [*MIXED[:3], "Nobody Knows - Nobody"])
    assert result.not_found == ("Nobody Knows - Nobody",)
    with pytest.raises(UnknownTrackError, match="holds no track"):
        ordered(folder, ["Nobody Knows - Nobody"])
    with pytest.raises(UnknownPlaylistError):
        order_playlist("no such list", catalog=folder / "music.duckdb")


def test_one_track_is_in_order(folder):
    result = ordered(folder, ["Hush Song 1"])
    assert titles(result) == ["Hush Song 1"]
    assert (result.cost_before, result.cost_after) == (0, 0)


def test_the_new_order_can_be_taken_along(folder, tmp_path):
    result = ordered(folder, export=tmp_path / "out.csv")
    again = order_playlist(tmp_path / "out.csv", catalog=folder / "music.duckdb")
    assert again.cost_before == pytest.approx(result.cost_after)
    assert again.cost_after == pytest.approx(result.cost_after)


def test_the_frame_has_a_row_a_track(folder):
    assert ordered(folder).to_frame()["title"].to_list() == titles(ordered(folder))

"""What is said by title reaches the right recording."""

import polars as pl
import pytest

import partsong as ps
from partsong.errors import AmbiguousTrackError
from partsong.rows import Batch, ImportReport
from partsong.workflow import (
    hide_artists,
    judge_tracks,
    list_feedback,
    open_catalog,
    take_back,
)


@pytest.fixture
def catalog(tmp_path):
    store = open_catalog(tmp_path / "music.duckdb")
    rows = pl.DataFrame(
        {
            "title": ["Home", "Home", "Away", "Away", "[bold]Fire[/]"],
            "artists": [["Ann"], ["Ann"], ["Ann"], ["Bo"], ["Cy"]],
            "isrc": [f"QZAB1230000{place}" for place in range(5)],
            "popularity": [10, 80, None, None, None],
            "liked": [True, None, None, None, None],
        }
    )
    store.add([Batch(rows)], ImportReport())
    return store.path


def kinds(result):
    return [(verdict.label, verdict.kind) for verdict in result.verdicts]


def test_the_most_popular_recording_is_meant(catalog):
    (liked,) = judge_tracks(["Home"], "like", catalog=catalog).verdicts
    popular = open_catalog(catalog).read_tracks(where="popularity = 80")["track_id"]
    assert popular.to_list() == [liked.track_id]


def test_undo_means_the_recording_of_which_something_was_said(catalog):
    assert kinds(take_back(["Home"], catalog=catalog)) == [("Home - Ann", "like")]
    assert kinds(take_back(["Home"], catalog=catalog)) == []


def test_the_newest_verdict_is_listed_first(catalog):
    judge_tracks(["Away - Bo"], "hide", catalog=catalog)
    judge_tracks(["[bold]Fire[/]"], "dislike", catalog=catalog)
    assert kinds(list_feedback(catalog=catalog)) == [
        ("[bold]Fire[/] - Cy", "dislike"),
        ("Away - Bo", "hide"),
        ("Home - Ann", "like"),
    ]


def test_what_is_replaced_is_named_once(catalog):
    judge_tracks(["Away - Bo"], "like", catalog=catalog)
    for replaced in ("like", None):
        (verdict,) = judge_tracks(["Away - Bo"], "dislike", catalog=catalog).verdicts
        assert (verdict.kind, verdict.replaced) == ("dislike", replaced)


def test_a_title_of_two_songs_is_not_guessed(catalog):
    with pytest.raises(AmbiguousTrackError) as caught:
        judge_tracks(["Home", "Away"], "hide", catalog=catalog)
    assert caught.value.candidates == ("Away - Ann", "Away - Bo")
    assert kinds(list_feedback(catalog=catalog)) == [("Home - Ann", "like")]


def test_hidden_artists_never_come_and_can_be_shown_again(own_music):
    before = ps.recommend_tracks(["Hush Song 1"], catalog=own_music, n=5)
    artist = before.recommendations[0].artists[0]
    hidden = hide_artists([artist.upper()], catalog=own_music)
    assert [one.name for one in hidden.artists] == [artist]
    after = ps.recommend_tracks(["Hush Song 1"], catalog=own_music, n=5)
    assert artist not in {name for track in after.recommendations for name in track.artists}
    listed = list_feedback(catalog=own_music)
    assert [one["name"] for one in listed.to_dict()["artists"]] == [artist]
    judge_tracks(["Hush Song 2"], "like", catalog=own_music)
    assert [one.kind for one in take_back(catalog=own_music).verdicts] == ["like"]
    assert [one.name for one in take_back(catalog=own_music).artists] == [artist]
    again = ps.recommend_tracks(["Hush Song 1"], catalog=own_music, n=5)
    assert again.recommendations == before.recommendations

"""What is said by title reaches the right recording."""

import polars as pl
import pytest

from partsong.errors import AmbiguousTrackError
from partsong.rows import Batch, ImportReport
from partsong.workflow import judge_tracks, list_feedback, open_catalog, take_back


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

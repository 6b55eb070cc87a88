"""What a listener asks for is what comes: seeds, wishes, moods, and the reasons of each track."""

import json
from collections import Counter
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import partsong as ps
from partsong.catalog import song_key
from partsong.errors import FilterError, QueryError, UnknownPlaylistError, UnknownTrackError
from partsong.parts import BEYOND
from partsong.recommend import Limits, unit_rows
from partsong.workflow import Recommender

OWNED = [f"Hush Song {number}" for number in range(10)]
VERSIONS = {
    "Hush Song 3 - Live",
    "Hush Song 3 (Slowed + Reverb)",
    "Hush Song 3 (Karaoke Version)",
    "Hush Song 3",
}


@pytest.fixture(scope="module")
def recommender(music):
    return Recommender(music)


def ask(recommender, seeds, **wishes):
    return ps.recommend_tracks(seeds, recommender=recommender, **wishes)


def titles(result):
    return [track.title for track in result.recommendations]


def kinds(result):
    return Counter(track.artists[0].split()[0] for track in result.recommendations)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.sampled_from([f"{k} Song {n}" for k in ("Hush", "Rap") for n in range(8)]),
             min_size=1, max_size=4),
    st.integers(1, 25),
    st.sampled_from([1, 2, 3]),
    st.booleans(),
    st.sampled_from([0.0, 0.5]),
)  # fmt: skip
def test_no_seed_no_heard_song_no_artist_above_the_cap_and_exact_reasons(
    recommender, seeds, n, per_artist, unheard, diversity
):
    seeds = [title if title not in OWNED[3:4] else "Hush Song 3 - Hush Artist 3" for title in seeds]
    result = ask(
        recommender, seeds, n=n, per_artist=per_artist, unheard=unheard, diversity=diversity
    )
    seed_songs = {song_key(seed.title, seed.artists) for seed in result.seed_tracks}
    found = result.recommendations
    songs = [song_key(track.title, track.artists) for track in found]
    assert len(found) == n
    assert len(set(songs)) == n
    assert not seed_songs & set(songs)
    assert max(Counter(a for track in found for a in track.artists).values()) <= per_artist
    if unheard:
        assert not {song_key(title, ["Hush Artist " + title[10:]]) for title in OWNED} & set(songs)
        assert "Hush Song 3 (Karaoke Version)" not in titles(result)
    for track in found:
        contributions = [reason.contribution for reason in track.reasons]
        assert sum(contributions) == pytest.approx(track.score, abs=1e-9)
        assert min(contributions) > 0
        assert all(not reason.features or reason.part == BEYOND for reason in track.reasons)


def test_never_heard_leaves_versions_and_covers_out_and_another_s_song_of_that_title_in(music):
    wishes = {"catalog": music, "n": 60, "per_artist": None, "all_versions": True}
    heard_too = titles(ps.recommend_tracks("Hush Song 30", **wishes))
    assert set(heard_too) >= VERSIONS
    found = ps.recommend_tracks("Hush Song 30", unheard=True, **wishes).recommendations
    of_three = [track for track in found if track.title.startswith("Hush Song 3 ")]
    assert not of_three
    assert [t.artists for t in found if t.title == "Hush Song 3"] == [("Somebody Else",)]


def test_a_playlist_of_two_moods_is_answered_mood_by_mood(music):
    result = ps.recommend_tracks(playlist="two moods", catalog=music, n=12)
    assert len(result.seed_tracks) == 16
    assert [mood.share for mood in result.moods] == [0.5, 0.5]
    assert [len(mood.seed_tracks) for mood in result.moods] == [8, 8]
    assert kinds(result) == {"Hush": 6, "Thrash": 6}
    for number, mood in enumerate(result.moods):
        kind = mood.seed_tracks[0].title.split()[0]
        answering = [t for t in result.recommendations if t.answers == number]
        assert {track.title.split()[0] for track in answering} == {kind}
    averaged = ps.recommend_tracks(playlist="two moods", catalog=music, n=12, moods=1)
    best = max(track.score for track in averaged.recommendations)
    assert best < min(track.score for track in result.recommendations)


def test_seeds_of_one_kind_are_one_mood(music):
    result = ps.recommend_tracks([f"Rap Song {n}" for n in range(5)], catalog=music)
    assert len(result.moods) == 1
    assert kinds(result) == {"Rap": 10}


@pytest.mark.parametrize("suffix", [".m3u8", ".xspf", ".jspf", ".csv", ".txt"])
def test_a_list_goes_out_as_a_file_and_comes_back_as_seeds(music, tmp_path, suffix):
    file = tmp_path / f"list{suffix}"
    written = ps.recommend_tracks("Rap Song 1", catalog=music, n=6, export=file)
    again = ps.recommend_tracks(playlist=file, catalog=music, n=3)
    ids = {track.track_id for track in written.recommendations}
    assert {seed.track_id for seed in again.seed_tracks} == ids
    assert not again.not_found
    assert not ids & {track.track_id for track in again.recommendations}


def test_what_a_playlist_file_has_and_the_catalog_has_not_is_told(music, tmp_path):
    file = tmp_path / "mine.txt"
    file.write_text(
        "RAP SONG 1 - rap artist 1\nGone - Nobody\nSilence - Nobody\n", encoding="utf-8"
    )
    result = ps.recommend_tracks(playlist=file, catalog=music)
    assert [seed.title for seed in result.seed_tracks] == ["Rap Song 1"]
    assert result.not_found == ("Gone - Nobody", "Silence - Nobody")
    file.write_text("Gone - Nobody\n", encoding="utf-8")
    with pytest.raises(UnknownTrackError, match="Nothing of the playlist"):
        ps.recommend_tracks(playlist=file, catalog=music)


def test_entries_are_matched_by_id_then_by_name_and_nearest_length(music, tmp_path):
    file = tmp_path / "mine.csv"
    live = ps.Catalog(music).find_track("Hush Song 3 - Live")
    rows = [
        {"title": "whatever", "artists": "whoever", "track_id": live.track_id},
        {"title": "Hush Song 3 (Remastered 2011)", "artists": "Hush Artist 3", "track_id": ""},
        {"title": "hush song 5", "artists": "HUSH ARTIST 5, Guest", "track_id": ""},
    ]
    pl.DataFrame(rows).write_csv(file)
    result = ps.recommend_tracks(playlist=file, catalog=music)
    found = [seed.title for seed in result.seed_tracks]
    assert found[0] == "Hush Song 3 - Live"
    assert found[1].startswith("Hush Song 3")
    assert found[2] == "Hush Song 5"


def test_filters_count_together_and_a_shortage_is_explained(music):
    result = ps.recommend_tracks(
        "Rap Song 1",
        catalog=music,
        where=["tempo > 140", "list_contains(genres, 'thrash')"],
        per_artist=1,
        n=50,
    )
    assert kinds(result).keys() == {"Thrash"}
    assert len(result.recommendations) <= 20
    assert "tempo > 140" in result.shortage
    assert "at most 1 of one artist" in result.shortage
    nothing = ps.recommend_tracks("Rap Song 1", catalog=music, where="tempo > 1000")
    assert nothing.recommendations == ()
    assert nothing.shortage.startswith("No track of 184 meets all wishes (tempo > 1000: 184")
    unknown = ps.recommend_tracks("Rap Song 1", catalog=music, where="release_year > 1990")
    assert "no track has a value of release_year" in unknown.shortage
    assert not ps.recommend_tracks("Rap Song 1", catalog=music).shortage


def test_obscure_tracks_are_the_least_popular_quarter_of_those_that_may_come(music, recommender):
    of_rap = "list_contains(genres, 'rap')"
    popularity = recommender.popularity[recommender.mask(of_rap)]
    wishes = {"catalog": music, "where": of_rap, "n": 60, "per_artist": None}
    result = ps.recommend_tracks("Rap Song 1", obscure=True, **wishes)
    ids = [track.track_id for track in result.recommendations]
    known = ps.Catalog(music).read_tracks_by_id(ids, ["popularity"])["popularity"]
    assert known.max() <= np.quantile(popularity, 0.25)
    assert 10 <= len(ids) <= 25


def test_more_and_less_of_a_part_move_its_share_of_the_list(recommender):
    part = recommender.space.parts[0].name
    columns = list(recommender.space.columns_of(part))

    def share(**wishes):
        found = ask(recommender, ["Rap Song 1"], n=20, per_artist=None, **wishes).recommendations
        rows = recommender.rows_of([track.track_id for track in found])
        return float(unit_rows(recommender.space.loadings[rows])[:, columns].sum())

    shares = [share(less=[part]), share(), share(more=[part]), share(more=[part, part])]
    assert all(after >= before - 1e-6 for before, after in pairwise(shares))
    assert shares[-1] > shares[0]


def test_a_part_that_there_is_not_is_answered_with_those_that_there_are(music, recommender):
    with pytest.raises(QueryError) as caught:
        ps.recommend_tracks("Rap Song 1", catalog=music, more="polka")
    assert set(caught.value.candidates) == {part.name for part in recommender.space.parts}


def test_minutes_ask_for_a_length_instead_of_a_number(music):
    result = ps.recommend_tracks("Rap Song 1", catalog=music, minutes=40)
    minutes = sum(track.duration_ms for track in result.recommendations) / 60_000
    assert abs(minutes - 40) < 3


def test_disliked_and_hidden_songs_never_come_and_come_again_when_it_is_taken_back(own_music):
    store = ps.Catalog(own_music)
    first, second, *_ = ps.recommend_tracks("Rap Song 1", catalog=own_music).recommendations
    store.say([first.track_id], "dislike")
    store.say([second.track_id], "hide")
    left = {
        t.track_id for t in ps.recommend_tracks("Rap Song 1", catalog=own_music).recommendations
    }
    assert not {first.track_id, second.track_id} & left
    store.unsay([first.track_id, second.track_id])
    again = ps.recommend_tracks("Rap Song 1", catalog=own_music).recommendations
    assert again[0].track_id == first.track_id


def test_a_warm_recommender_hears_of_what_changed(own_music):
    recommender = Recommender(own_music)
    best = ask(recommender, ["Rap Song 1"]).recommendations[0]
    ps.Catalog(own_music).say([best.track_id], "hide")
    assert best.track_id not in [
        t.track_id for t in ask(recommender, ["Rap Song 1"]).recommendations
    ]


def test_filters_are_asked_of_the_catalog_once(recommender, monkeypatch):
    wishes = {"where": ["tempo > 90", "energy < 0.8"], "unheard": True}
    seed = recommender.find_seed("Hush Song 30").track_id
    first = ask(recommender, [seed], **wishes)
    monkeypatch.setattr(recommender.catalog, "_open", None)
    again = ask(recommender, [seed], **wishes)
    assert titles(again) == titles(first)


def test_the_nearest_track_of_the_library_stands_beside_each(music, recommender):
    for track in ps.recommend_tracks("Hush Song 30", catalog=music, unheard=True).recommendations:
        near = track.near_in_library
        assert near.title in OWNED
        rows = recommender.rows_of([track.track_id, near.track_id])
        one, other = recommender.space.loadings[rows]
        cosine = one @ other / np.linalg.norm(one) / np.linalg.norm(other)
        assert near.score == pytest.approx(float(cosine), abs=1e-5)


def test_many_questions_at_once_have_the_answers_of_one_by_one(recommender):
    seeds = recommender.model.track_ids[:70:7].to_list()
    limits = Limits(n=7, per_artist=1)
    where = "tempo > 70"
    lists = recommender.recommend_many(seeds, limits=limits, where=where, unheard=True)
    for seed, found in zip(seeds, lists, strict=True):
        alone = ask(recommender, [seed], n=7, per_artist=1, where=where, unheard=True)
        assert [t.track_id for t in found] == [t.track_id for t in alone.recommendations]
        for one, other in zip(found, alone.recommendations, strict=True):
            assert one.score == pytest.approx(other.score)
    with pytest.raises(UnknownTrackError, match="'nowhere'"):
        recommender.recommend_many(["nowhere"])


@pytest.mark.parametrize(
    ("wishes", "error"),
    [
        ({}, QueryError),
        ({"titles": "Rap Song 1", "diversity": 1.5}, QueryError),
        ({"titles": "Rap Song 1", "n": 0}, QueryError),
        ({"titles": "Rap Song 1", "minutes": float("nan")}, QueryError),
        ({"titles": "Rap Song 1", "where": "no_such_column > 1"}, FilterError),
        ({"titles": "Nothing Like It"}, UnknownTrackError),
        ({"titles": "Silence"}, UnknownTrackError),
        ({"playlist": "three moods"}, UnknownPlaylistError),
    ],
)
def test_what_cannot_be_answered_names_the_mend(music, wishes, error):
    with pytest.raises(error) as caught:
        ps.recommend_tracks(**wishes, catalog=music)
    assert caught.value.hint


def test_a_place_that_cannot_be_written_does_not_keep_an_answer_back(own_music, monkeypatch):
    import tempfile

    def refused(**_):
        raise PermissionError

    monkeypatch.setattr(tempfile, "mkstemp", refused)
    assert len(ps.recommend_tracks("Rap Song 1", catalog=own_music).recommendations) == 10


def test_the_result_is_plain_data_and_a_table(music):
    result = ps.recommend_tracks("Rap Song 1", catalog=music, n=3)
    told = json.loads(json.dumps(result.to_dict()))
    assert told["recommendations"][0]["reasons"][0]["contribution"] > 0
    table = result.to_frame()
    assert table["track_id"].n_unique() == 3
    scores = table.group_by("track_id", maintain_order=True).agg(pl.col("contribution").sum())
    assert scores["contribution"].to_list() == pytest.approx(
        [track.score for track in result.recommendations]
    )

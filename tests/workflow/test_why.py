"""Whatever keeps a track out of a list is named, and nothing else is."""

import json

import polars as pl
import pytest

import partsong as ps
from partsong.errors import AmbiguousTrackError, QueryError, UnknownTrackError
from partsong.rows import Batch, ImportReport
from partsong.workflow import explain_absence

HUSH = "Hush Song 30"


def kinds(result):
    return [hindrance.kind for hindrance in result.hindrances]


def sentences(result):
    return " ".join(hindrance.sentence for hindrance in result.hindrances)


def test_a_track_of_the_list_is_told_its_place_and_held_back_by_nothing(music):
    listed = ps.recommend_tracks(HUSH, catalog=music).recommendations
    for place in (1, 10):
        track = listed[place - 1]
        result = explain_absence(track.track_id, HUSH, catalog=music)
        assert (result.place, result.rank >= place, kinds(result)) == (place, True, [])
        assert result.score == pytest.approx(track.score)
        assert sum(r.contribution for r in result.reasons) == pytest.approx(track.score)


def test_a_track_that_is_simply_less_like_the_seeds(music):
    result = explain_absence("Thrash Song 3", HUSH, catalog=music)
    assert kinds(result) == ["lower"]
    assert result.rank > 60
    assert result.score < result.last.score
    assert f"{result.rank} of {result.n_candidates}" in sentences(result)
    assert "of it" in sentences(result)
    assert "of the seeds" in sentences(result)


def test_without_seeds_it_is_about_the_last_question(own_music):
    with pytest.raises(QueryError, match="remembered"):
        explain_absence("Thrash Song 3", catalog=own_music)
    ps.recommend_tracks(HUSH, catalog=own_music, where="tempo < 100", n=4)
    result = explain_absence("Thrash Song 3", catalog=own_music)
    assert result.question.n == 4
    assert result.seed_tracks[0].title == HUSH
    assert kinds(result)[0] == "where"
    with pytest.raises(QueryError, match="without seeds"):
        explain_absence("Thrash Song 3", catalog=own_music, unheard=True)


def test_each_filter_that_it_fails_is_named_with_its_own_value(music):
    result = explain_absence(
        "Thrash Song 3", HUSH, catalog=music, where=["tempo < 100", "mode = 1", "energy < 0.5"]
    )
    assert kinds(result)[:2] == ["where", "where"]
    assert "tempo < 100: tempo is 1" in sentences(result)
    assert "energy < 0.5: energy is 0.9" in sentences(result)
    assert "mode" not in sentences(result)


def test_what_is_known_and_what_is_a_version_or_cover_of_it(music):
    owned = explain_absence("Hush Song 7", HUSH, catalog=music, unheard=True)
    assert kinds(owned)[0] == "unheard"
    assert "in your library" in sentences(owned)
    for title in ("Hush Song 3 - Live", "Hush Song 3 (Karaoke Version)"):
        result = explain_absence(title, HUSH, catalog=music, unheard=True)
        assert kinds(result)[0] == "unheard"
        assert "nothing new" in sentences(result)


def test_seeds_and_their_versions(music):
    assert kinds(explain_absence(HUSH, HUSH, catalog=music))[0] == "seed"
    live = explain_absence("Hush Song 3 - Live", "Hush Song 3 - Hush Artist 3", catalog=music)
    assert kinds(live)[0] == "version"


def test_a_version_that_came_first(music):
    where = "title LIKE 'Hush Song 3 %' OR title = 'Hush Song 3'"
    found = ps.recommend_tracks("Hush Song 31", catalog=music, where=where).recommendations
    assert len(found) == 3
    left = {"Hush Song 3 - Live", "Hush Song 3 (Slowed + Reverb)"} - {t.title for t in found}
    result = explain_absence(left.pop(), "Hush Song 31", catalog=music, where=where)
    assert kinds(result)[0] == "version"
    assert "came first: Hush Song 3" in sentences(result)


def test_whose_tracks_filled_the_share_of_an_artist(music):
    wishes = {"catalog": music, "per_artist": 1, "n": 20, "where": "list_contains(genres, 'rap')"}
    listed = ps.recommend_tracks("Rap Song 1", **wishes).recommendations
    by_artist = {track.artists: track.title for track in listed}
    (absent,) = [
        title
        for title in ("Rap Song 5", "Rap Song 25", "Rap Song 45")
        if title not in by_artist.values()
    ][:1]
    result = explain_absence(absent, "Rap Song 1", **wishes)
    assert kinds(result)[0] == "artist"
    assert f"its 1 of Rap Artist 5: {by_artist['Rap Artist 5',]}" in sentences(result)


def test_an_album_that_had_its_share(music):
    wishes = {"catalog": music, "per_artist": None, "per_album": 1, "n": 10}
    wishes["where"] = "list_contains(genres, 'rap')"
    listed = {t.title for t in ps.recommend_tracks("Rap Song 1", **wishes).recommendations}
    absent = next(f"Rap Song {n}" for n in range(2, 60) if f"Rap Song {n}" not in listed)
    assert kinds(explain_absence(absent, "Rap Song 1", **wishes))[0] == "album"


def test_what_is_disliked(own_music):
    store = ps.Catalog(own_music)
    best = ps.recommend_tracks(HUSH, catalog=own_music).recommendations[0]
    store.say([best.track_id], "dislike")
    assert kinds(explain_absence(best.track_id, HUSH, catalog=own_music))[0] == "refused"


def test_what_is_better_known_than_was_asked_for(music):
    store = ps.Catalog(music)
    well_known = store.read_tracks(["popularity"], where="popularity > 90")["track_id"][0]
    result = explain_absence(well_known, HUSH, catalog=music, obscure=True)
    assert "obscure" in kinds(result)


def test_a_spread_that_took_others(music):
    wishes = {"catalog": music, "n": 5, "per_artist": None}
    plain = ps.recommend_tracks(HUSH, **wishes).recommendations
    spread = ps.recommend_tracks(HUSH, **wishes, diversity=0.9).recommendations
    passed = {t.track_id for t in plain} - {t.track_id for t in spread}
    result = explain_absence(passed.pop(), HUSH, **wishes, diversity=0.9)
    assert kinds(result) == ["spread"]


def test_a_track_that_cannot_be_placed_is_told_what_is_missing(music):
    result = explain_absence("Silence", HUSH, catalog=music)
    assert kinds(result) == ["model"]
    assert "energy" in sentences(result)
    assert (result.rank, result.score, result.last) == (None, None, None)
    assert json.loads(json.dumps(result.to_dict()))["hindrances"][0]["kind"] == "model"


def test_a_track_that_came_after_the_fit_is_told_the_mend(own_music):
    late = pl.DataFrame(
        {"line": [2], "title": ["Late"], "artists": [["Nobody"]], "tempo": [90.0], "energy": [0.4]}
    )
    ps.Catalog(own_music).add([Batch(late)], ImportReport(files=["made-up"], read=1))
    result = explain_absence("Late", HUSH, catalog=own_music)
    assert kinds(result) == ["model"]
    assert "partsong update" in sentences(result)


def test_titles_that_mean_nothing_or_several_are_refused_as_everywhere(music):
    with pytest.raises(UnknownTrackError):
        explain_absence("No Such Song At All", HUSH, catalog=music)
    with pytest.raises(AmbiguousTrackError):
        explain_absence("Hush Song 3", HUSH, catalog=music)

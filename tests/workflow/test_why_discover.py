"""After a week's list, ``why`` names what kept a track out of it, and changes nothing."""

import json
from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

import partsong as ps
from partsong.workflow import Recommender, discover_tracks, explain_absence

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)  # the Sunday of 2026-W47
WEEK = timedelta(weeks=1)


@pytest.fixture
def catalog(own_music):
    """A listener of ten hush songs who likes four of rap, and nothing of thrash."""
    store = ps.Catalog(own_music)
    store.say(ids(store, *(f"Rap Song {number}" for number in range(4))), "like")
    return store


def ids(store, *titles):
    return [store.find_track(title).track_id for title in titles]


def discover(store, **options):
    return discover_tracks(catalog=store.path, **{"now": NOW, "n": 6} | options).recommendations


def why(store, title):
    return explain_absence(title, catalog=store.path)


def kinds(result):
    return [hindrance.kind for hindrance in result.hindrances]


def sentences(result):
    return " ".join(hindrance.sentence for hindrance in result.hindrances)


def why_each(store, kind, numbers):
    """Ask about many tracks of a kind; return the results by title."""
    warm = Recommender(store)
    titles = [f"{kind} Song {number}" for number in numbers]
    return {title: explain_absence(title, recommender=warm) for title in titles}


def test_a_track_of_the_list_is_told_its_place_and_the_same_reasons(catalog):
    listed = discover(catalog)
    for place in (1, 6):
        track = listed[place - 1]
        result = why(catalog, track.track_id)
        assert (result.place, kinds(result)) == (place, [])
        assert result.score == pytest.approx(track.score)
        assert [reason.part for reason in result.reasons] == [r.part for r in track.reasons]
    assert result.asked_like == "your taste, week 2026-W47"


def test_it_is_about_whichever_question_came_last(catalog):
    discover(catalog, n=4, where=["tempo < 100"], from_library=True, half_life=30)
    result = why(catalog, "Thrash Song 3")
    assert result.question.n == 4
    assert "tempo < 100: tempo is 1" in sentences(result)
    assert result.seed_tracks == ()
    ps.recommend_tracks("Rap Song 20", catalog=catalog.path)
    assert why(catalog, "Thrash Song 3").seed_tracks[0].title == "Rap Song 20"
    discover(catalog)
    assert kinds(why(catalog, "Rap Song 1"))[0] == "unheard"


def test_what_was_asked_is_told_as_plain_data(catalog):
    discover(catalog, diversity=0.1, per_artist=None, weeks_apart=2)
    told = json.loads(json.dumps(why(catalog, "Thrash Song 3").to_dict()))
    assert told["question"] == {
        "week": "2026-W47",
        "now": NOW.isoformat(),
        "n": 6,
        "where": [],
        "from_library": False,
        "half_life": 90,
        "per_artist": None,
        "diversity": 0.1,
        "weeks_apart": 2,
    }


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("Hush Song 7", "in your library"),
        ("Rap Song 2", "You like it"),
        ("Rap Song 30", "You listened to it"),
        ("Hush Song 3 - Live", "a version or cover"),
        ("Hush Song 3 (Karaoke Version)", "a version or cover"),
    ],
)
def test_what_is_known_says_from_where(catalog, title, said):
    plays = {"track_id": ids(catalog, "Rap Song 30"), "played_at": [NOW - WEEK]}
    catalog.add_listens(pl.DataFrame(plays))
    discover(catalog)
    result = why(catalog, title)
    assert kinds(result)[0] == "unheard"
    assert said in sentences(result)


def test_what_is_disliked(catalog):
    (best, *_) = discover(catalog)
    catalog.say([best.track_id], "dislike")
    assert kinds(why(catalog, best.track_id))[0] == "refused"


def test_which_week_showed_it(catalog):
    (first, *_) = discover(catalog, now=NOW - WEEK)
    discover(catalog)
    result = why(catalog, first.track_id)
    assert "shown" in kinds(result)
    assert "2026-W46" in sentences(result)
    discover(catalog, weeks_apart=0)
    assert "shown" not in kinds(why(catalog, first.track_id))


def test_whose_tracks_have_the_share_of_an_artist(catalog):
    listed = discover(catalog, n=12, where="list_contains(genres, 'rap')")
    by_artist = {track.artists[0]: track.title for track in listed}
    asked = why_each(catalog, "Rap", range(10, 24)).values()
    held = [one for one in asked if one.place is None and one.track.artists[0] in by_artist]
    assert held
    for result in held:
        assert "artist" in kinds(result)
        assert f": {by_artist[result.track.artists[0]]} - " in sentences(result)


def test_what_was_not_drawn_may_come_in_another_week(catalog):
    wishes = {"per_artist": None, "diversity": 0.0, "where": "list_contains(genres, 'rap')"}
    discover(catalog, **wishes)
    asked = why_each(catalog, "Rap", range(10, 24))
    undrawn = {title for title, result in asked.items() if "drawn" in kinds(result)}
    assert 1 < len(undrawn) < 13
    later = discover(catalog, now=NOW + WEEK, n=20, **wishes)
    assert undrawn & {track.title for track in later}


def test_the_draw_holds_nothing_back_where_the_list_needed_all(catalog):
    discover(catalog, n=500, per_artist=1)
    for result in why_each(catalog, "Rap", range(10, 24)).values():
        assert "drawn" not in kinds(result)


def test_a_track_that_is_less_like_the_taste(catalog):
    discover(catalog, diversity=0.0)
    result = why(catalog, "Thrash Song 3")
    assert kinds(result)[-1] == "lower"
    assert f"{result.rank} of {result.n_candidates}" in sentences(result)
    assert "of your taste" in sentences(result)
    assert result.score < result.last.score


def test_a_spread_that_took_others(catalog):
    wishes = {"per_artist": None, "where": "list_contains(genres, 'rap')"}
    plain = discover(catalog, **wishes, diversity=0.0, half_life=1e6)
    spread = discover(catalog, **wishes, diversity=0.9)
    passed = {track.track_id for track in plain} - {track.track_id for track in spread}
    assert "spread" in {kind for track_id in passed for kind in kinds(why(catalog, track_id))}


def test_a_list_that_was_made_before_the_taste_was_what_it_is(catalog):
    wishes = {"n": 4, "diversity": 0.0, "per_artist": None}
    listed = discover(catalog, **wishes)
    catalog.say(ids(catalog, *(f"Thrash Song {number}" for number in range(6))), "like")
    made_now = discover(catalog, **wishes, half_life=30)  # a list of its own, of the same taste
    assert discover(catalog, **wishes) != made_now  # the question that `why` is about
    missed = {track.track_id for track in made_now} - {track.track_id for track in listed}
    assert missed
    for track_id in missed:
        result = why(catalog, track_id)
        assert kinds(result)[0] == "kept"
        assert "made before" in sentences(result)


def test_asking_why_changes_no_list(catalog):
    listed = discover(catalog)
    before = catalog.read_shown()
    file = catalog.path.with_suffix(".models") / "last-question.json"
    asked = file.read_bytes()
    for title in ("Thrash Song 3", "Hush Song 7", listed[2].track_id):
        why(catalog, title)
    assert catalog.read_shown().equals(before)
    assert file.read_bytes() == asked
    catalog.say([listed[2].track_id], "hide")
    why(catalog, listed[0].track_id)
    assert catalog.read_shown().equals(before)


def test_a_track_that_the_model_does_not_hold(catalog):
    discover(catalog)
    result = why(catalog, "Silence")
    assert kinds(result) == ["model"]
    assert result.rank is None

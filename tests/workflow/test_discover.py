"""A week's list: from a taste of several moods, never known, never shown lately, the same all week."""

import shutil
from datetime import UTC, datetime, timedelta, timezone

import polars as pl
import pytest

import partsong as ps
from partsong.errors import CatalogMissingError, FilterError, QueryError
from partsong.workflow import discover_tracks

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)  # the Sunday of 2026-W47
WEEK = timedelta(weeks=1)


@pytest.fixture(scope="module")
def fitted(planted_tracks, tmp_path_factory):
    folder = tmp_path_factory.mktemp("listener")
    planted_tracks.write_csv(folder / "planted.csv")
    ps.import_files([folder / "planted.csv"], catalog=folder / "music.duckdb")
    ps.fit_parts(catalog=folder / "music.duckdb", n_components=3)
    return folder


@pytest.fixture
def catalog(fitted, tmp_path):
    """A catalog of one's own, of a listener who likes eight quiet songs and four of rap."""
    shutil.copytree(fitted, tmp_path / "own")
    store = ps.Catalog(tmp_path / "own" / "music.duckdb")
    store.say(ids(store, "hush", range(8)) + ids(store, "rap", range(4)), "like")
    return store


def ids(store, genre, numbers):
    titles = [f"'{genre.title()} Song {number}'" for number in numbers]
    return store.read_tracks(["track_id"], where=f"title IN ({', '.join(titles)})")[
        "track_id"
    ].to_list()


def discover(store, **options):
    return discover_tracks(catalog=store.path, **{"now": NOW, "n": 6} | options)


def listed(result):
    return [track.track_id for track in result.recommendations]


def genres(result):
    return [track.artists[0].split()[0].lower() for track in result.recommendations]


def test_both_moods_are_answered_and_nothing_between_them(catalog):
    result = discover(catalog, n=9)
    first, second = result.moods
    assert (first.share, second.share) == pytest.approx((2 / 3, 1 / 3))
    assert first.typical.title.startswith("Hush")
    assert second.typical.title.startswith("Rap")
    assert (first.n_tracks, second.n_tracks) == (8, 4)
    assert genres(result).count("hush") == 6
    assert genres(result).count("rap") == 3
    for track in result.recommendations:
        assert result.moods[track.answers].typical.title.split()[0] == track.title.split()[0]


def test_scores_are_the_sums_of_their_reasons(catalog):
    for track in discover(catalog).recommendations:
        added = sum(reason.contribution for reason in track.reasons)
        assert added == pytest.approx(track.score, abs=1e-6)


def test_nothing_known_comes_and_no_artist_twice(catalog):
    catalog.add_listens(
        pl.DataFrame(
            {
                "track_id": ids(catalog, "hush", range(8, 20)),
                "played_at": [NOW - timedelta(days=2)] * 12,
            }
        )
    )
    result = discover(catalog, n=30)
    known = {*ids(catalog, "hush", range(20)), *ids(catalog, "rap", range(4))}
    assert not known & set(listed(result))
    artists = [track.artists[0] for track in result.recommendations]
    assert len(set(artists)) == len(artists)


def test_the_same_week_gives_the_same_list_and_the_next_another(catalog):
    monday = datetime(2026, 11, 16, tzinfo=UTC)
    first = discover(catalog, now=monday)
    assert first.week == "2026-W47"
    catalog.say(ids(catalog, "thrash", range(10)), "like")  # a taste may change within the week
    again = discover(catalog, now=NOW)
    assert listed(again) == listed(first)
    nxt = discover(catalog, now=NOW + timedelta(days=1))
    assert nxt.week == "2026-W48"
    assert not set(listed(nxt)) & set(listed(first))
    assert listed(discover(catalog, week="2026-W47", now=NOW + WEEK)) == listed(first)


def test_a_week_begins_on_monday_where_the_listener_is(catalog):
    auckland = timezone(timedelta(hours=13))
    assert discover(catalog, now=datetime(2026, 11, 23, 8, tzinfo=auckland)).week == "2026-W48"


def test_what_was_shown_does_not_come_again_for_eight_weeks(catalog):
    shown = [set(listed(discover(catalog, n=3, now=NOW + number * WEEK))) for number in range(9)]
    assert all(len(tracks) == 3 for tracks in shown)
    assert len(set().union(*shown)) == 27


def test_after_eight_weeks_it_may_come_again(catalog):
    everything = set(listed(discover(catalog, n=200, per_artist=None)))
    assert not set(listed(discover(catalog, n=200, per_artist=None, now=NOW + 8 * WEEK))) & (
        everything
    )
    assert set(listed(discover(catalog, n=200, per_artist=None, now=NOW + 9 * WEEK))) <= everything
    assert listed(discover(catalog, n=3, now=NOW + WEEK, weeks_apart=0))


def test_a_dislike_replaces_its_track_and_no_other(catalog):
    before = listed(discover(catalog))
    catalog.say([before[2]], "dislike")
    after = listed(discover(catalog))
    assert after[:-1] == [track for track in before if track != before[2]]
    assert after[-1] not in before
    catalog.say([after[0]], "hide")
    assert after[0] not in listed(discover(catalog))
    assert len(discover(catalog).recommendations) == 6


def test_the_head_of_a_longer_list_is_the_list(catalog):
    assert listed(discover(catalog, n=9))[:4] == listed(discover(catalog, n=4))
    assert len(discover(catalog, n=9).recommendations) == 9


def test_a_shorter_list_grows(catalog):
    short = listed(discover(catalog, n=3))
    assert listed(discover(catalog, n=7))[:3] == short
    artists = [track.artists for track in discover(catalog, n=7).recommendations]
    assert len(set(artists)) == 7


def test_recent_listens_count_more(catalog):
    catalog.unsay()
    plays = [
        (track_id, NOW - timedelta(days=days))
        for genre, days in (("hush", 360), ("rap", 0))
        for track_id in ids(catalog, genre, range(10))
    ]
    catalog.add_listens(pl.DataFrame(plays, schema=["track_id", "played_at"], orient="row"))
    recent = discover(catalog)
    assert recent.moods[0].typical.title.startswith("Rap")
    assert recent.moods[0].share > 0.9
    ever = discover(catalog, half_life=1e9)
    assert ever.moods[0].share == pytest.approx(0.5)


def test_from_the_library_listens_and_likes_do_not_count(catalog):
    thrash = ids(catalog, "thrash", range(5))
    played = [NOW - timedelta(days=1)] * 5
    catalog.add_listens(pl.DataFrame({"track_id": thrash, "played_at": played}))
    result = discover(catalog, from_library=True)
    assert [mood.typical.title.split()[0] for mood in result.moods] == ["Thrash"]


def test_other_wishes_are_another_list(catalog):
    plain = listed(discover(catalog))
    fast = discover(catalog, where="tempo > 90")
    tempi = catalog.read_tracks_by_id(listed(fast), ["tempo"])["tempo"]
    assert (tempi > 90).all()
    assert listed(discover(catalog)) == plain


def test_a_short_list_says_why(catalog):
    assert not discover(catalog).shortage
    assert discover(catalog, n=500).shortage.startswith("60 of 500 tracks")


def test_nothing_is_asked_of_a_listener_of_whom_nothing_is_known(catalog):
    catalog.unsay()
    with pytest.raises(CatalogMissingError, match="Nothing is known") as caught:
        discover(catalog)
    assert "partsong like" in caught.value.hint
    assert "--library" in caught.value.hint


@pytest.mark.parametrize(
    "options",
    [
        {"n": 0},
        {"week": "last week"},
        {"week": "2026-W54"},
        {"half_life": 0},
        {"diversity": 2},
        {"weeks_apart": -1},
        {"per_artist": 0},
    ],
)
def test_what_cannot_be_meant_is_refused(catalog, options):
    with pytest.raises(QueryError):
        discover(catalog, **options)


def test_a_condition_that_is_none_is_refused(catalog):
    with pytest.raises(FilterError):
        discover(catalog, where="colour = 'red'")


def test_a_list_can_be_taken_along(catalog, tmp_path):
    result = discover(catalog, export=tmp_path / "week.txt")
    lines = (tmp_path / "week.txt").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if not line.startswith("#")] == [
        track.label for track in result.recommendations
    ]

"""Everyday filters choose the tracks that a person means by them, through the checks of ``--where``."""

import re

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from partsong.catalog import (
    Catalog,
    join_conditions,
    known_genres,
    short_condition,
    track_conditions,
)
from partsong.errors import FilterError
from partsong.rows import Batch, ImportReport

ROWS = [
    {
        "title": "Old",
        "release_date": "1969",
        "isrc": "GBAYE6900001",
        "popularity": 80,
        "tempo": 120.0,
        "duration_ms": 150_000,
    },
    {
        "title": "Nineties",
        "release_date": "1999-12-31",
        "isrc": "QMXX11200001",
        "tempo": 130.4,
        "duration_ms": 300_001,
    },
    {"title": "새 노래", "release_date": "2021-05", "isrc": "KSA012100001", "popularity": 0},
    {"title": "Песня", "release_date": "1990-01-01", "explicit": True, "popularity": 50},
    {"title": "Nothing known"},
    {"title": "Own genres", "genres": ["dance pop", "soul"], "explicit": False},
    {"title": "K", "genres": ["k-pop"]},
    {"title": "Corn", "genres": ["popcorn", "hip-hop"]},
    {"title": "Quotes", "genres": ["rock 'n' roll", 'o\'pop "x" %']},
    {"title": "Exact", "genres": ["pop"]},
    {"title": "Two lists", "genres": ["hip", "hop"]},
    {"title": "Accents", "genres": ["j-rock", "música brasileira", "がく", "트로트"]},
    {"title": "No letters", "genres": ["\N{SNOWMAN}", "'", "|"]},
    {"title": "One", "artists": ["Uno"], "artist_keys": ["a1"]},
    {"title": "Many", "artists": ["Duo"], "artist_keys": ["a2"], "genres": ["soul"]},
]
TEXTS = pl.List(pl.String)
SCHEMA = {
    "line": pl.Int64,
    "title": pl.String,
    "artists": TEXTS,
    "artist_keys": TEXTS,
    "genres": TEXTS,
    "isrc": pl.String,
    "popularity": pl.Int16,
    "release_date": pl.String,
    "explicit": pl.Boolean,
    "tempo": pl.Float64,
    "duration_ms": pl.Int32,
}


@pytest.fixture(scope="module")
def tracks(tmp_path_factory) -> Catalog:
    catalog = Catalog(tmp_path_factory.mktemp("filters") / "catalog.duckdb")
    rows = pl.DataFrame([{"line": line} | row for line, row in enumerate(ROWS)], schema=SCHEMA)
    artists = pl.DataFrame(
        {"artist_id": ["a1", "a2"], "name": ["Uno", "Duo"], "genres": [["pop"], ["pop", "rock"]]}
    )
    catalog.add([Batch(rows, artists)], ImportReport(read=len(ROWS)))
    return catalog


def _titles(catalog: Catalog, **filters) -> list[str]:
    return catalog.read_tracks(["title"], where=track_conditions(**filters))["title"].to_list()


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({"years": "1990-1999"}, ["Nineties", "Песня"]),
        ({"years": "1990s"}, ["Nineties", "Песня"]),
        ({"years": "1990\N{EN DASH}1999"}, ["Nineties", "Песня"]),
        ({"years": "1999 -"}, ["Nineties", "새 노래"]),
        ({"years": "-1969"}, ["Old"]),
        ({"years": "1990"}, ["Песня"]),
        ({"popularity": "50-"}, ["Old", "Песня"]),
        ({"popularity": "-50"}, ["새 노래", "Песня"]),
        ({"popularity": "0"}, ["새 노래"]),
        ({"popularity": "40-60"}, ["Песня"]),
        ({"tempo": "120-130"}, ["Old"]),
        ({"tempo": "120.5 - 130.4"}, ["Nineties"]),
        ({"tempo": "-200"}, ["Old", "Nineties"]),
        ({"duration": "2.5-5"}, ["Old"]),
        ({"duration": "5\N{EN DASH}"}, ["Nineties"]),
        ({"duration": "-2.4"}, []),
        ({"explicit": True}, ["Песня"]),
        ({"explicit": False}, ["Own genres"]),
        ({"countries": ["US"]}, ["Nineties"]),
        ({"countries": ["uk", "kr"]}, ["Old", "새 노래"]),
        ({"scripts": ["korean"]}, ["새 노래"]),
        ({"scripts": ["Cyrillic", "korean"]}, ["새 노래", "Песня"]),
        ({"one_genre": True}, ["One"]),
        ({"years": "1990s", "explicit": True}, ["Песня"]),
    ],
    ids=str,
)
def test_filters_keep_the_tracks_that_are_known_to_pass(tracks, filters, titles) -> None:
    assert _titles(tracks, **filters) == titles


@pytest.mark.parametrize(
    ("genres", "titles"),
    [
        (["pop"], ["Own genres", "K", "Quotes", "Exact", "One"]),
        (["POP", "hip hop"], ["Own genres", "K", "Corn", "Quotes", "Exact", "One"]),
        (["=pop"], ["Exact", "One"]),
        (["hip hop"], ["Corn"]),
        (["hip-hop"], ["Corn"]),
        (["rock 'n' roll"], ["Quotes"]),
        (['=o\'pop "x" %'], ["Quotes"]),
        (["=hip hop"], ["Corn"]),
        (["*pop*"], ["Own genres", "K", "Corn", "Quotes", "Exact", "One"]),
        (["musica", "=J-Röck", "트로트", "=がく"], ["Accents"]),
        (["MÚSICA"], ["Accents"]),
        (["트로트"], ["Accents"]),
        (["がく"], ["Accents"]),
        (["soul"], ["Own genres", "Many"]),
        (["=' OR true --"], []),
        (["o') OR (true"], []),
    ],
    ids=str,
)
def test_a_genre_is_sought_by_its_words_in_the_track_and_else_in_its_artists(
    tracks, genres, titles
) -> None:
    assert _titles(tracks, genres=genres) == titles


@pytest.mark.parametrize(
    ("filters", "mend"),
    [
        ({"years": "nineties"}, "1990s"),
        ({"years": "90s"}, "1990s"),
        ({"years": "1999-1990"}, "1990-1999"),
        ({"years": "19901999"}, "1990-1999"),
        ({"years": "-"}, "1990-"),
        ({"years": ""}, "1990-"),
        ({"popularity": "50-200"}, "100"),
        ({"popularity": "101-"}, "100"),
        ({"popularity": "high"}, "50-"),
        ({"countries": ["Germany"]}, "DE"),
        ({"countries": ["D'"]}, "DE"),
        ({"scripts": ["klingon"]}, "latin"),
        ({"genres": ["!!!"]}, "=pop"),
        ({"genres": [""]}, "=pop"),
        ({"tempo": "120"}, "120-130"),
        ({"tempo": "fast"}, "BPM"),
        ({"tempo": "-"}, "BPM"),
        ({"tempo": "130-120"}, "120-130"),
        ({"duration": "3:30-4"}, "minutes"),
        ({"duration": "2 or 3"}, "minutes"),
    ],
    ids=str,
)
def test_what_is_not_understood_names_the_mend(filters, mend) -> None:
    with pytest.raises(FilterError) as caught:
        track_conditions(**filters)
    assert mend in caught.value.hint


@settings(deadline=None, max_examples=50)
@given(genre=st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_no_genre_that_can_be_typed_escapes_its_quotes(tracks, genre) -> None:
    assume(re.search(r"[^\W_]", genre))
    (condition,) = track_conditions(genres=[f"{sign}{genre}" for sign in ("", "=", "*")])
    assert "No letters" not in tracks.read_tracks(["title"], where=condition)["title"]
    assert "regexp" not in short_condition(condition)


@settings(deadline=None, max_examples=20)
@given(conditions=st.lists(st.sampled_from(["true", "popularity > 1 -- any", "false OR true"])))
def test_joined_conditions_hold_where_each_of_them_does(tracks, conditions) -> None:
    joined = join_conditions([*conditions, None])
    assert tracks.count_tracks(joined) == tracks.count_tracks(conditions)


def test_genres_of_a_frame_are_those_that_the_filters_ask(tracks) -> None:
    frame = tracks.read_tracks(["title", "genres", "artist_genres"])
    known = known_genres(frame)
    for genre in ("pop", "soul", "rock", "hip-hop"):
        asked = _titles(tracks, genres=[f"={genre}"])
        held = frame.filter(known.list.contains(genre).fill_null(value=False))["title"].to_list()
        assert held == asked
    assert known_genres(frame.drop("artist_genres"))[-2:].to_list() == [None, ["soul"]]
    assert known_genres(frame.select("title")).to_list() == [None] * len(frame)

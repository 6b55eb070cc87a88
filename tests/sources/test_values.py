"""Values: what they mean, what cannot be, and what is said about it."""

from datetime import datetime

import polars as pl
import pytest

from partsong.errors import UnusableColumnError
from partsong.schema import track_field
from partsong.sources.tables.quantities import POLARS_TYPES, read_number
from partsong.sources.tables.texts import (
    read_date,
    read_isrc,
    read_mark,
    read_mbid,
    read_spotify_id,
    read_time,
)

ID = "2i2gDpKKWjvnRTOZRhaPh2"


def one(reading):
    return reading.value[0], reading.reason[0]


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("energy", "0.5", 0.5),
        ("instrumentalness", "8,00E-06", 8e-6),
        ("instrumentalness", "2.68e-4", 2.68e-4),
        ("energy", " .5 ", 0.5),
        ("loudness", "1.023", 1.023),
        ("loudness", "-5,634", -5.634),
        ("tempo", "120,004", 120.004),
        ("tempo", "12,5", 12.5),
        ("duration_ms", "237040.0", 237040),
        ("duration_ms", "352593.4", 352593),
        ("key", "11", 11),
        ("key", "C#", 1),
        ("mode", "Minor", 0),
        ("time_signature", "3/4", 3),
        ("valence", "0", 0.0),
        ("popularity", "0", 0),
    ],
)
def test_numbers(field, text, expected):
    assert one(read_number(pl.Series([text]), track_field(field))) == (expected, None)


@pytest.mark.parametrize("text", ["", " ", "nan", "NaN", "None", "null", "NA"])
def test_words_that_mean_missing_are_no_losses_among_numbers(text):
    reading = read_number(pl.Series([text], dtype=pl.String), track_field("tempo"))
    assert one(reading) == (None, None)


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("duration_ms", "187,558", "thousands"),
        ("duration_ms", "1,187,558", "not a number"),
        ("tempo", "fast", "not a number"),
        ("tempo", "1_000", "not a number"),
        ("tempo", "0x10", "not a number"),
        ("energy", "1.5", "outside 0 to 1"),
        ("energy", "inf", "outside 0 to 1"),
        ("tempo", "1e400", "outside 1 to 400"),
        ("popularity", "101", "outside 0 to 100"),
        ("key", "4.5", "not a whole number"),
        ("key", "-1", "not detected"),
        ("tempo", "0", "failed analysis coded as 0"),
        ("time_signature", "0", "failed analysis coded as 0"),
        ("duration_ms", "0", "coded as 0"),
    ],
)
def test_numbers_that_cannot_be(field, text, reason):
    value, why = one(read_number(pl.Series([text]), track_field(field)))
    assert value is None
    assert reason in why


@pytest.mark.parametrize("field", ["tempo", "key", "duration_ms", "popularity"])
def test_typed_columns_come_out_in_the_schemas_type(field):
    for raw in (pl.Series([5]), pl.Series([5.0]), pl.Series(["5"]), pl.Series([5], dtype=pl.UInt8)):
        value = read_number(raw, track_field(field)).value
        assert value.to_list() == [5]
        assert value.dtype == POLARS_TYPES[track_field(field).type]


@pytest.mark.parametrize(
    ("text", "expected", "reason"),
    [
        ("1958", "1958", None),
        ("1958.0", "1958", None),
        ("1958-09", "1958-09", None),
        ("1958-09-16", "1958-09-16", None),
        ("2008-11-26 01:43:26", "2008-11-26", None),
        ("2017-03-30T15:23:39Z", "2017-03-30", None),
        ("1958-00-00", "1958", None),
        ("0000", None, "coded as 0000"),
        ("", None, None),
        ("None", None, None),
        ("1958-13", None, "not a date"),
        ("2001-02-30", None, "not a date"),
        ("16/09/1958", None, "not a date"),
        ("1234", None, "outside 1860 to 2100"),
    ],
)
def test_dates_are_as_precise_as_they_are_known(text, expected, reason):
    assert one(read_date(pl.Series([text]))) == (expected, reason)


def test_typed_dates_and_years():
    assert read_date(pl.Series([1958])).value.to_list() == ["1958"]
    day = pl.Series(["1958-09-16"]).str.to_date()
    assert read_date(day).value.to_list() == ["1958-09-16"]
    assert read_date(day.cast(pl.Datetime)).value.to_list() == ["1958-09-16"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T15:04:05+01:00", "2026-11-22T14:04:05"),
        ("2026-11-22T15:04:05-0530", "2026-11-22T20:34:05"),
        ("2026-11-22 15:04:05.25Z", "2026-11-22T15:04:05.250"),
        ("2026-11-22 15:04 UTC", "2026-11-22T15:04"),
        ("2026-11-22", "2026-11-22"),
        ("1795356245", "2026-11-22T14:04:05"),
        ("1795356245000", "2026-11-22T14:04:05"),
        (1795356245.0, "2026-11-22T14:04:05"),
        ("2026-11-22T25:00", None),
        ("2026-02-30T10:00", None),
        ("15:04", None),
        ("22 Nov", None),
        ("12345", None),
    ],
)
def test_times_are_moments_in_utc(text, expected):
    value, reason = one(read_time(pl.Series([text])))
    assert value == (expected and datetime.fromisoformat(expected))
    assert reason == (None if expected else "not a time")


def test_typed_times_and_missing_ones():
    noon = pl.Series([datetime.fromisoformat("2026-11-22T12:00"), None])
    abroad = noon.dt.replace_time_zone("UTC").dt.convert_time_zone("Asia/Tokyo")
    for typed in (noon, abroad, noon.cast(pl.Datetime("ms"))):
        assert read_time(typed).value.to_list() == noon.to_list()
    assert one(read_time(pl.Series([""]))) == (None, None)


def test_a_table_of_plays_is_a_table_of_tracks(read):
    out = read("title,artist,played_at,ms_played\nHome,Ann,2026-11-22T12:00Z,61000\nHome,Ann,,-1\n")
    assert out.layout == "table"
    assert out.column("played_at") == [datetime.fromisoformat("2026-11-22T12:00"), None]
    assert out.column("ms_played") == [61000, None]
    assert out.report.set_missing.total() == 1


def test_a_column_of_no_times_is_refused(read):
    with pytest.raises(UnusableColumnError, match="played_at"):
        read("title,played_at\n" + "Home,today\n" * 30)


@pytest.mark.parametrize("text", ["True", "TRUE", "1", "yes", "t", "1.0"])
def test_yes(text):
    assert one(read_mark(pl.Series([text]))) == (True, None)


@pytest.mark.parametrize("raw", ["False", "FALSE", "0", "no", 0, 0.0, False], ids=repr)
def test_no(raw):
    assert one(read_mark(pl.Series([raw]))) == (False, None)


def test_a_mark_is_not_guessed():
    assert one(read_mark(pl.Series(["perhaps"]))) == (None, "neither yes nor no")


@pytest.mark.parametrize(
    "text",
    [
        ID,
        f"spotify:track:{ID}",
        f"https://open.spotify.com/track/{ID}",
        f"https://open.spotify.com/intl-de/track/{ID}?si=0123456789abcdef",
    ],
)
def test_spotify_ids(text):
    assert one(read_spotify_id(pl.Series([text]))) == (ID, None)


@pytest.mark.parametrize(
    "text", ["123", ID + "x", f"https://open.spotify.com/album/{ID}", f"spotify:album:{ID}"]
)
def test_other_ids_are_no_spotify_ids_of_tracks(text):
    value, reason = one(read_spotify_id(pl.Series([text])))
    assert value is None
    assert reason


def test_isrc_and_mbid():
    assert one(read_isrc(pl.Series(["us-umg-04-11 906".replace(" ", "")]))) == (
        "USUMG0411906",
        None,
    )
    assert one(read_isrc(pl.Series(["US123"]))) == (None, "no ISRC")
    mbid = "b1a9c0e9-d987-4042-ae91-78d6a3267d69"
    link = f"https://musicbrainz.org/recording/{mbid.upper()}"
    assert one(read_mbid(pl.Series([link]))) == (mbid, None)


def test_an_analysis_that_failed_is_missing_and_a_real_zero_stays(read):
    result = read(
        "title,tempo,danceability,speechiness,valence,energy,time_signature\n"
        "failed,0,0,0,0,0,0\nreal,120,0.5,0.1,0,0,4\nhalf,0,0,0.2,0,0.9,4\n"
    )
    assert result.column("valence") == [None, 0.0, None]
    assert result.column("speechiness") == [None, 0.1, 0.2]
    assert result.column("energy") == [0.0, 0.0, 0.9]
    assert result.report.set_missing == {
        "tempo: failed analysis coded as 0": 2,
        "time_signature: failed analysis coded as 0": 1,
        "danceability: failed analysis coded as 0": 2,
        "speechiness: failed analysis coded as 0": 1,
        "valence: failed analysis coded as 0": 2,
    }


def test_titles_and_names_may_say_nothing_or_numbers(read):
    result = read("title,artist,album,tempo\nNA,311,None,120\nnan,3,null,90\nNone,44,NA,80\n")
    assert result.column("title") == ["NA", "nan", "None"]
    assert result.column("artists") == [["311"], ["3"], ["44"]]
    assert result.column("album") == ["None", "null", "NA"]


def test_every_loss_is_counted_and_the_first_are_located(read):
    rows = "".join(f"t{n},A,{'x' if n % 2 else 120}\n" for n in range(100))
    result = read("title,artist,tempo\n" + rows)
    assert result.report.set_missing == {"tempo: not a number": 50}
    assert len(result.report.problems) == 20
    first = result.report.problems[0]
    assert (first.file, first.line, first.column, first.value) == ("mine.csv", 3, "tempo", "x")


def test_a_column_of_another_kind_is_refused_with_its_first_value(read):
    with pytest.raises(
        UnusableColumnError, match=r"'energy'.*'high' in line 3: not a number"
    ) as why:
        read("title,energy,tempo\na,,120\nb,high,120\nc,low,90\n")
    assert "--map" in why.value.hint


def test_a_column_that_is_empty_throughout_is_no_fault(read):
    assert read("title,energy,tempo\na,,120\nb,None,90\n").column("energy") == [None, None]


def test_rows_that_nobody_could_find_are_dropped(read):
    result = read(f"id,title,tempo\n{ID},,120\n,,90\n,a,80\n{ID},b,70\n")
    assert result.column("title") == ["a", "b"]
    assert result.report.dropped == {"no title": 1, "neither title nor id": 1}

"""Rows that are no rows: found, located, reported, and never at the cost of their neighbours."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partsong.errors import UnreadableFileError
from partsong.sources import open_source

HEADER = "title,artist,album,tempo\n"


def dropped_lines(report) -> list[tuple[int, str]]:
    return [(p.line, p.reason) for p in report.problems if not p.column]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_whatever_the_file_is_called(read, delimiter):
    rows = [["title", "artist", "tempo"], ["A, b", "C;D", "120.5"], ["E|f", "G", "90"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    result = read(text.getvalue(), "mine.csv")
    assert result.column("title") == ["A, b", "E|f"]
    assert result.column("artists") == [["C", "D"], ["G"]]
    assert result.column("tempo") == [120.5, 90.0]


def test_lines_are_physical_lines_where_the_row_starts(read):
    result = read(
        HEADER + '"two\nlines",A,B,120\n\nnext,A,B,90\n"three\n\nlines",A,B,80\nlast,A,B,70\n'
    )
    assert result.column("title") == ["two\nlines", "next", "three\n\nlines", "last"]
    assert result.column("line") == [2, 5, 6, 9]


def test_too_many_and_too_few_fields_are_dropped_and_trailing_empty_ones_are_not(read):
    result = read(HEADER + "a,A,B,120\nb,A,B\nc,A,B,90,x\nd,A,B,80,,,\n")
    assert result.column("title") == ["a", "d"]
    assert result.report.read == 4
    assert dropped_lines(result.report) == [(3, "too few fields"), (4, "too many fields")]
    assert result.report.dropped == {"too few fields": 1, "too many fields": 1}


def test_a_header_may_end_in_empty_names(read):
    result = read("title;artist;tempo;;;;\na;A;120;;;;\nb;B;90;;;;\n")
    assert result.column("tempo") == [120.0, 90.0]


def test_a_row_with_another_delimiter_is_dropped_for_that(read):
    result = read("title;artist;album;tempo;;\na;A;B;120;;\nb,A,B,90;;;;;\nc,A,B,80\nd;A;B;70;;\n")
    assert result.column("title") == ["a", "d"]
    assert dropped_lines(result.report) == [(3, "another delimiter"), (4, "another delimiter")]


def test_a_header_in_the_midst_of_the_table_is_dropped(read):
    result = read(HEADER + "a,A,B,120\n" + HEADER + "b,A,B,90\n")
    assert result.column("title") == ["a", "b"]
    assert dropped_lines(result.report) == [(3, "the header once more")]
    assert not result.report.set_missing


def test_rows_with_nul_characters_are_dropped(read):
    result = read(HEADER + "a,A,B,120\nb\0,A,B,90\nc,A,B,80\n")
    assert result.column("title") == ["a", "c"]
    assert dropped_lines(result.report) == [(3, "NUL characters")]


def test_blank_lines_are_no_rows(read):
    result = read(HEADER + "\n\na,A,B,120\n,,,\n   \nb,A,B,90\n\n")
    assert result.column("title") == ["a", "b"]
    assert result.report.read == 2
    assert any("blank" in note for note in result.report.notes)


def test_repeated_names_take_the_first_column(read):
    result = read("title,artist,tempo,tempo\na,A,120,1\n")
    assert result.column("tempo") == [120.0]
    assert any("tempo" in note for note in result.report.notes)


def test_an_index_column_is_passed_over_in_silence(read):
    result = read("Unnamed: 0.1,Unnamed: 0,title,artist,tempo\n0,7,a,A,120\n")
    assert not result.report.notes


@pytest.mark.parametrize("column", range(3), ids=["first", "middle", "third"])
def test_a_quote_that_never_closes_costs_one_line(read, column):
    rows = [[f"t{n}", f"a{n}", f"b{n}", "120"] for n in range(500)]
    rows[10][column] = '"' + rows[10][column]
    result = read(HEADER + "".join(",".join(row) + "\n" for row in rows))
    assert result.column("title") == [row[0] for n, row in enumerate(rows) if n != 10]
    assert dropped_lines(result.report) == [(12, "a quote that never closes")]


def test_two_open_quotes_far_apart_do_not_swallow_what_is_between(read):
    rows = [[f"t{n}", f"a{n}", f"b{n}", "120"] for n in range(40)]
    for n in (10, 20):
        rows[n][0] = '"' + rows[n][0]
    result = read(HEADER + "".join(",".join(row) + "\n" for row in rows))
    assert result.tracks.height == 38
    assert {line for line, _ in dropped_lines(result.report)} == {12, 22}


def test_a_long_quoted_text_is_one_row(read):
    lyrics = "\n".join(f"line {n}, and more" for n in range(300))
    result = read("title,artist,lyrics,tempo\n" + f'a,A,"{lyrics}",120\nb,B,x,90\n')
    assert result.column("line") == [2, 302]


def test_a_file_full_of_open_quotes_is_refused_and_not_read_forever(write):
    path = write("hostile.csv", "title,artist,tempo\n" + 'a","\n' * 20_000)
    with pytest.raises(UnreadableFileError, match="never close"):
        list(open_source([path]).batches())


def test_a_field_longer_than_any_title_costs_one_row(read):
    result = read(HEADER + f"a,A,B,120\n{'x' * 200_000},A,B,90\nc,A,B,80\n")
    assert result.column("title") == ["a", "c"]
    assert dropped_lines(result.report) == [(3, "a field that is too long")]


def test_read_is_the_sum_of_kept_and_dropped(read):
    result = read(HEADER + "a,A,B,120\nb,A\n,A,B,90\n" + HEADER + "c,A,B,80\n")
    assert result.report.read == result.tracks.height + result.report.dropped.total()


HOSTILE = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(list('",;|\n\t\'[]"\u202e🎵')),
    min_size=1,
    max_size=30,
)


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(titles=st.lists(HOSTILE.filter(lambda text: text.strip()), min_size=1, max_size=8))
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_hostile_titles_come_back_as_they_went(tmp_path: Path, delimiter, titles):
    path = tmp_path / "hostile.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerow(["title", "artist", "tempo", "energy", "valence", "key", "mode", "album"])
        writer.writerows([title, "A", "120", "0.5", "0.5", "1", "1", "B"] for title in titles)
    source = open_source([path])
    tracks = next(source.batches()).tracks
    assert tracks["title"].to_list() == [title.strip() for title in titles]
    assert not source.report.dropped

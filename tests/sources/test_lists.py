"""Lists in text come apart where their writers put them together."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsong.sources.tables.lists import read_artist_ids, read_list

ENTRY = (
    st.text(
        st.characters(exclude_categories=["Cs"]) | st.sampled_from(list("'\"\\,;[]|\n🎵\u202e")),
        min_size=1,
        max_size=15,
    )
    .map(str.strip)
    .filter(bool)
)


@given(st.lists(st.lists(ENTRY, max_size=4), min_size=1, max_size=5))
def test_python_literals_come_back(rows):
    read = read_list(pl.Series([repr(row) for row in rows]), [";", ", "])
    assert read.to_list() == [row or None for row in rows]


def test_quotes_switch_within_one_list():
    assert read_list(pl.Series(["['A', \"B's\", '5\\'9\"']"])).to_list() == [["A", "B's", "5'9\""]]


@pytest.mark.parametrize("text", ["[unknown]", "[Untitled", "['a", "A [live]", "3", "NA", "None"])
def test_what_is_no_list_is_one_name(text):
    assert read_list(pl.Series([text])).to_list() == [[text]]


@pytest.mark.parametrize(
    ("text", "separator", "expected"),
    [
        ("A;B; C;", ";", ["A", "B", "C"]),
        ("A, B", ";", ["A, B"]),
        ("rock|hip hop", "|", ["rock", "hip hop"]),
        (r"Tyler\, The Creator, Kali Uchis", ", ", ["Tyler, The Creator", "Kali Uchis"]),
        ("Tyler, The Creator,Kali Uchis", ",", ["Tyler, The Creator", "Kali Uchis"]),
        ("10,000 Maniacs,U2,X,Y,Z", ",", ["10,000 Maniacs", "U2", "X", "Y", "Z"]),
    ],
)
def test_separators(text, separator, expected):
    assert read_list(pl.Series([text]), [separator]).to_list() == [expected]


def test_artist_ids_are_found_in_every_spelling():
    ids = ["0" * 22, "9" + "a" * 21]
    texts = [f"['{ids[0]}', '{ids[1]}']", ",".join(ids), f"spotify:artist:{ids[0]}, {ids[1]}"]
    assert read_artist_ids(pl.Series(texts)).to_list() == [ids, ids, ids]

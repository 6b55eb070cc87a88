"""How a report writes values."""

import pytest

from partsong.reports import Table


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (1234567, "1,234,567"),
        (1234.5, "1,234"),
        (0.123456, "0.123"),
        (12.0, "12"),
        (None, "\N{EN DASH}"),
        (float("nan"), "\N{EN DASH}"),
        ("<b>", "<b>"),
    ],
)
def test_values_are_written_for_readers(value, written):
    assert Table(["x"], [[value]]).cells == [[written]]


@pytest.mark.parametrize(
    ("column", "is_numeric"),
    [
        ([1, 2.5, None], True),
        (["18%", "+1.5", "\N{MINUS SIGN}0.3"], True),
        (["1,234", float("nan")], True),
        (["7 rings", 3], False),
        ([None, None], False),
        (["", "3"], False),
    ],
)
def test_a_column_of_numbers_is_known_as_one(column, is_numeric):
    assert Table(["x"], [[cell] for cell in column]).is_numeric == [is_numeric]


def test_a_table_without_rows_has_its_headers():
    assert Table(["part", "tracks"], []).is_numeric == [False, False]


def test_a_row_of_the_wrong_length_is_refused():
    with pytest.raises(ValueError, match="Row 1 has 1 cells under 2 headers"):
        Table(["part", "tracks"], [["quiet", 1], ["loud"]])

"""Nothing in a title may reach Plotly as markup."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partsong.plots.labels import label, lines

# What Plotly takes for a tag, and what it hands to MathJax (plotly.js, svg_text_utils).
MARKUP = re.compile(r"<[^<>]*>|\$")


@given(st.text())
def test_no_text_becomes_markup(text):
    assert not MARKUP.search(label(text))
    assert not MARKUP.search(lines(text, 20).replace("<br>", ""))


@given(st.text(st.characters(categories=["L", "N", "P", "S"], max_codepoint=0x24F)))
def test_the_reader_sees_the_letters_of_the_title(text):
    assert html.unescape(label(text)) == text


@given(st.text(st.characters(max_codepoint=0x24F, exclude_categories=["C"])), st.integers(2, 60))
def test_a_shortened_title_fits(text, width):
    shown = html.unescape(label(text, width))
    assert len(shown) <= width
    assert shown.removesuffix("…").rstrip() in " ".join(text.split())


def test_wide_letters_take_two_columns():
    assert label("中文歌曲名字", 7) == "中文歌…"


def test_text_cannot_turn_its_surroundings_around():
    assert "\u202e" not in label("evil\u202egpj.exe")


def test_right_to_left_text_is_kept_apart_from_what_follows():
    song = "\u05e9\u05d9\u05e8"
    assert label(song) == f"\u2068{song}\u2069"


@pytest.mark.parametrize("text", ["", " ", "\n\t\x00"])
def test_text_without_letters_is_empty(text):
    assert not label(text)
    assert not lines(text, 10)

"""Every layout, held to the same rules the day it is added."""

from pathlib import Path

import polars as pl
import pytest

from partsong.rows import ImportReport
from partsong.schema import ARTIST_FIELDS
from partsong.sources import list_layouts, recognise
from partsong.sources.tables.artists import convert_artists
from partsong.sources.tables.layout import column_key
from partsong.sources.tables.layouts import LAYOUTS
from partsong.sources.tables.ledger import Ledger
from partsong.sources.tables.lists import SEPARATORS
from partsong.sources.tables.plan import IMPORT_FIELDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "sources.md"
FOLDER = Path(__file__).resolve().parents[2] / "src" / "partsong" / "sources" / "tables" / "layouts"

every_layout = pytest.mark.parametrize("layout", list_layouts(), ids=lambda layout: layout.name)
named_layouts = pytest.mark.parametrize(
    "layout",
    [layout for layout in list_layouts() if layout.required],
    ids=lambda layout: layout.name,
)


def on_the_page() -> str:
    return " ".join(PAGE.read_text("utf-8").split())


@every_layout
def test_it_stands_on_the_reference_page(layout):
    page = on_the_page()
    for text in (f"### `{layout.name}`", layout.title, layout.description, layout.licence):
        assert " ".join(text.split()) in page


def test_the_page_names_no_layout_that_is_not_there():
    layouts = PAGE.read_text("utf-8").partition("\n## Layouts\n")[2].partition("\n## ")[0]
    headings = [line for line in layouts.splitlines() if line.startswith("### `")]
    assert headings == [f"### `{layout.name}`" for layout in list_layouts()]


def test_every_import_field_stands_on_the_page():
    page = on_the_page()
    missing = [name for name in IMPORT_FIELDS if f"| `{name}` |" not in page]
    assert not missing


def test_the_list_is_sorted_and_complete():
    names = [layout.name for layout in list_layouts()]
    assert names == sorted(names)
    assert {path.stem.replace("_", "-") for path in FOLDER.glob("[a-z]*.py")} == set(names)


@every_layout
def test_its_fields_are_fields(layout):
    assert set(layout.columns.values()) <= set(IMPORT_FIELDS)
    assert set(layout.artist_columns.values()) <= {field.name for field in ARTIST_FIELDS}
    assert set(layout.separators) <= {"artists", "genres"}
    assert {entry for entries in layout.separators.values() for entry in entries} <= set(SEPARATORS)


@every_layout
def test_it_says_what_it_is_in_sentences(layout):
    assert layout.title
    assert layout.description.endswith(".")
    assert layout.licence.endswith((".", "2019.", "2017."))


@named_layouts
def test_it_is_recognised_by_what_it_requires_and_no_other_takes_it(layout, tmp_path):
    minimal = [mark.split("|")[0] for mark in layout.required]
    for columns in (minimal, list(dict.fromkeys([*minimal, *layout.columns]))):
        path = tmp_path / "file.csv"
        path.write_text(",".join(columns) + "\n" + ",".join("1" for _ in columns) + "\n", "utf-8")
        assert recognise(path) is layout


@named_layouts
def test_every_required_column_counts(layout):
    for left_out in layout.required:
        columns = [
            column
            for column in layout.columns
            if column_key(column) not in {column_key(mark) for mark in left_out.split("|")}
        ]
        assert not layout.fits(columns)


@named_layouts
def test_it_can_tell_its_tracks_apart(layout):
    assert {"spotify_id", "source_id"} & set(layout.columns.values())


def test_an_artist_without_id_and_name_is_no_artist():
    block = pl.DataFrame(
        {"line": [2, 3], "artist_id": [None, "0" * 22], "artist_name": [None, "A"]}
    )
    fields = LAYOUTS["spotify-2024"].assign_artist_fields(block.columns)
    artists = convert_artists(block, fields, Ledger(ImportReport(), "file.csv"))
    assert artists["name"].to_list() == ["A"]

"""The pages on the catalog say what the code does."""

import re
from pathlib import Path

from partsong.catalog import TABLES, song_key

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_every_table_and_column_is_documented_and_no_other() -> None:
    page = (DOCS / "reference" / "catalog.md").read_text(encoding="utf-8")
    documented = {
        section.split("`")[1]: [
            (name, type_, meaning)
            for name, type_, meaning in re.findall(
                r"^\| `(\w+)` \| (\S+) \|[^|]*\|[^|]*\| (.+) \|$", section, re.MULTILINE
            )
        ]
        for section in page.split("\n### ")[1:]
    }
    assert documented == {
        table: [(field.name, field.type, field.meaning) for field in fields]
        for table, fields in TABLES.items()
    }


def test_the_examples_of_versions_hold() -> None:
    page = (DOCS / "explanation" / "identity.md").read_text(encoding="utf-8")
    last = page.split("## Versions of one song")[1]
    remarks = re.findall(r"`([-(][^`]+)`", last)
    assert len(remarks) == 5
    assert {song_key(f"Home {remark}", ["Ann"]) for remark in remarks} == {"home / ann"}

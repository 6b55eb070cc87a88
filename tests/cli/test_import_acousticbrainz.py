"""`partsong import acousticbrainz` at the prompt."""

import polars as pl
from acousticbrainz.make_dump import highlevel, mbid, member, write_dump

from partsong.catalog import Catalog
from partsong.rows import Batch, ImportReport


def test_the_report_counts_what_is_not_in_the_catalog(partsong):
    rows = pl.DataFrame({"line": [1, 2], "mbid": [mbid(1), mbid(2)], "title": ["Solas", "Noor"]})
    catalog = Catalog(partsong.folder / "music.duckdb")
    catalog.add([Batch(rows)], ImportReport(files=["mine"], read=2))
    members = [member(number, highlevel(number)) for number in range(2, 60)]
    write_dump(partsong.folder / "high.tar.zst", members)
    text = partsong("import", "acousticbrainz", "high.tar.zst")
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "57  not in the catalog" in text
    assert "50% with features" in text

"""`partsong import reccobeats` at the prompt."""

import polars as pl
from reccobeats.fake_reccobeats import FakeReccoBeats, spotify_id

from partsong.catalog import Catalog
from partsong.rows import Batch, ImportReport


def test_the_report_says_what_came_and_what_the_library_still_lacks(partsong):
    rows = pl.DataFrame(
        {"line": [1, 2], "spotify_id": [spotify_id(1), spotify_id(2)], "title": ["Solas", "Noor"]}
    ).with_columns(heard=pl.lit(value=True))
    catalog = Catalog(partsong.folder / "music.duckdb")
    catalog.add([Batch(rows)], ImportReport(files=["mine"], read=2))
    with FakeReccoBeats([1]) as server:
        partsong.environment["PARTSONG_RECCOBEATS_URL"] = server.url
        text = partsong("import", "reccobeats")
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "ReccoBeats does not know it" in text
    assert "50% with features" in text

"""The filter for tracks that a service suggested."""

import polars as pl

from partsong.catalog import Catalog, track_conditions
from partsong.rows import Batch, ImportReport


def test_only_what_a_service_suggested_passes(tmp_path):
    catalog = Catalog(tmp_path / "music.duckdb")
    rows = pl.DataFrame(
        {
            "line": [1, 2, 3],
            "title": ["Heard", "Suggested", "Both"],
            "artists": [["A"], ["B"], ["C"]],
            "heard": [True, None, True],
            "suggested": [None, 0.5, 2.0],
        }
    )
    catalog.add([Batch(rows)], ImportReport(files=["tiny"], read=3))
    wanted = track_conditions(suggested=True)
    assert catalog.read_tracks(["title"], where=wanted)["title"].to_list() == ["Suggested", "Both"]
    assert catalog.count_tracks([*wanted, "NOT in_library"]) == 1

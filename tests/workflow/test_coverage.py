"""How much of the library can be used in a fit, and what is said to do about the rest."""

import polars as pl
import pytest

from partsong.catalog import Catalog
from partsong.errors import CatalogMissingError
from partsong.rows import Batch, ImportReport
from partsong.schema import AUDIO_FEATURES
from partsong.workflow import coverage_of


@pytest.fixture
def store(tmp_path):
    return Catalog(tmp_path / "music.duckdb")


def some(n, *, n_features, heard=True, start=0, **ids):
    return pl.DataFrame(
        {
            "title": [f"Song {start + number}" for number in range(n)],
            "artists": [["Somebody"]] * n,
            "heard": [heard] * n,
            **{name: [0.5] * n for name in AUDIO_FEATURES[:n_features]},
            **{name: [make(start + number) for number in range(n)] for name, make in ids.items()},
        }
    )


def add(store, *rows):
    tracks = pl.concat(rows, how="diagonal_relaxed").with_row_index("line")
    store.add([Batch(tracks)], ImportReport(files=["mine"], read=len(tracks)))


def test_the_library_is_what_counts_and_each_way_says_how_many_it_helps(store):
    add(
        store,
        some(60, n_features=12),
        some(20, n_features=0, start=100, isrc=lambda n: f"USUG123{n:05}"),
        some(5, n_features=1, start=200, mbid=lambda n: f"00000000-0000-0000-0000-{n:012}"),
        some(15, n_features=5, start=300),
        some(50, n_features=0, start=400, heard=False),
    )
    coverage = coverage_of(store)
    assert (coverage.n_tracks, coverage.n_with_features) == (100, 60)
    assert coverage.share == 0.6
    assert coverage.is_library
    by_id, by_mbid, by_table = coverage.advice
    assert by_id.startswith("20 of them have")
    assert "reccobeats" in by_id
    assert by_mbid.startswith("5 of them have")
    assert "--only-features" in by_table


def test_an_id_of_both_kinds_counts_once(store):
    both = {"isrc": lambda n: f"USUG123{n:05}", "spotify_id": lambda n: f"{n:022}"}
    add(store, some(3, n_features=0, **both))
    assert coverage_of(store).advice[0].startswith("3 of them")


def test_without_a_library_all_tracks_count(store):
    add(store, some(4, n_features=12, heard=False))
    coverage = coverage_of(store)
    assert not coverage.is_library
    assert coverage.to_dict() == {"tracks": 4, "with_features": 4, "share": 1.0, "advice": []}


def test_without_a_catalog_there_is_nothing_to_count(store):
    with pytest.raises(CatalogMissingError):
        coverage_of(store)

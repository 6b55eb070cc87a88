"""The catalog with real tracks."""

from pathlib import Path

import polars as pl
import pytest

from partsong.catalog import Catalog
from partsong.rows import Batch, ImportReport
from partsong.schema import AUDIO_FEATURES, TRACK_FIELDS

SMALL = {"TINYINT": pl.Int8, "SMALLINT": pl.Int16, "INTEGER": pl.Int32}
CASTS = {field.name: SMALL[field.type] for field in TRACK_FIELDS if field.type in SMALL}


@pytest.fixture
def batches(shared_data: Path) -> list[Batch]:
    rows = pl.read_parquet(shared_data / "spotify-114k" / "tracks.parquet").select(
        pl.int_range(2, pl.len() + 2, dtype=pl.Int64).alias("line"),
        pl.col("track_id").alias("spotify_id"),
        pl.col("track_name").alias("title"),
        pl.col("artists").str.split(";"),
        pl.concat_list(pl.col("track_genre")).alias("genres"),
        "explicit",
        *(
            pl.col(name).cast(CASTS.get(name, pl.Float64))
            for name in ("popularity", "duration_ms", *AUDIO_FEATURES)
        ),
    )
    return [Batch(block) for block in rows.iter_slices(50_000)]


def test_114000_rows_are_89741_tracks(catalog: Catalog, batches: list[Batch]) -> None:
    report = catalog.add(batches, ImportReport(read=114_000))
    assert (report.read, report.kept, report.merged) == (114_000, 89_741, 24_259)
    assert catalog.count_tracks() == 89_741
    status = catalog.status()
    assert (status.tracks, status.n_genres) == (89_741, 114)
    tracks = catalog.read_tracks(["title", "artists", "genres"])
    assert tracks["genres"].list.len().sum() == 114_000 - 450  # so many rows repeat whole
    songs = tracks.select(pl.col("title").str.to_lowercase(), pl.col("artists").list.join(";"))
    assert songs.height - songs.n_unique() > 8_000
    found = catalog.find_track("comedy - gen hoshino")
    assert (found.title, found.artists) == ("Comedy", ("Gen Hoshino",))
    again = catalog.add(batches, ImportReport(read=114_000))
    assert (again.kept, again.merged, dict(again.changed)) == (0, 114_000, {})
    assert catalog.read_tracks(["title", "artists", "genres"]).equals(tracks)

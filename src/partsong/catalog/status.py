"""What is in the catalog, in numbers, and which imports brought it there."""

# ruff: noqa: S608 - the SQL is made of this package's own names; values are parameters

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from partsong.catalog.coverage import Coverage, read_coverage
from partsong.catalog.older_files import has_table
from partsong.catalog.one_row import one_row
from partsong.schema import AUDIO_FEATURES

__all__ = ["ImportRun", "Status", "read_imports", "read_status"]


@dataclass(frozen=True, slots=True)
class Status:
    """What the catalog holds.

    Parameters
    ----------
    path, size
        The file, and its bytes on disk.
    tracks, artists, playlists, listens, imports
        How many there are.
    library
        Tracks that the listener knows.
    features
        For each audio feature, the share of tracks that have it, 0 to 1 (0 without tracks).
    n_genres
        Distinct genres, of tracks and of their artists.
    genres
        The largest genres and their tracks, at most ten, ties by name.
    feedback
        Number of likes, dislikes and hidden tracks, by kind.
    coverage
        How much of the library has audio features.
    sources
        Every source and how many tracks it speaks of, the most first; of an older catalog none.
    """

    path: Path
    size: int
    tracks: int
    artists: int
    library: int
    playlists: int
    listens: int
    imports: int
    features: dict[str, float]
    n_genres: int
    genres: dict[str, int]
    feedback: dict[str, int]
    coverage: Coverage
    sources: dict[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Return the counts under the stable keys of ``partsong status --json``."""
        return asdict(self) | {"path": str(self.path)}


@dataclass(frozen=True, slots=True)
class ImportRun:
    """One import, as the catalog remembers it.

    Parameters
    ----------
    import_id
        Its number, from 1.
    finished_at
        When it ended.
    files, layout
        What was read, and as what.
    read, kept, merged, dropped
        What became of its rows.
    report
        The whole report, under the keys of :meth:`partsong.rows.ImportReport.to_dict`.
    """

    import_id: int
    finished_at: datetime
    files: list[str]
    layout: str
    read: int
    kept: int
    merged: int
    dropped: int
    report: dict[str, Any]


_GENRES = """
    WITH label AS (
        SELECT unnest(list_distinct(list_concat(genres, artist_genres))) AS genre FROM tracks
    )
    SELECT genre, count(*) AS n, count(*) OVER () AS n_genres
    FROM label GROUP BY genre ORDER BY n DESC, genre LIMIT 10
"""


def read_status(connection: duckdb.DuckDBPyConnection, path: Path) -> Status:
    """Count what an open catalog holds."""
    coverage = ", ".join(f'count("{name}")' for name in AUDIO_FEATURES)
    tracks, library, *covered = one_row(
        connection, f"SELECT count(*), count(*) FILTER (in_library), {coverage} FROM tracks"
    )
    artists, playlists, listens, imports = one_row(
        connection,
        """
        SELECT (SELECT count(*) FROM artists), (SELECT count(*) FROM playlists),
            (SELECT count(*) FROM listens), (SELECT count(*) FROM imports)
        """,
    )
    genres = connection.execute(_GENRES).fetchall()
    feedback = connection.execute(
        "SELECT kind, count(*) FROM feedback GROUP BY kind ORDER BY kind"
    ).fetchall()
    sources: list[tuple[str, int]] = []
    if has_table(connection, "track_sources"):
        sources = connection.execute(
            "SELECT source, count(*) AS n FROM track_sources GROUP BY source ORDER BY n DESC, source"
        ).fetchall()
    return Status(
        path=path,
        size=path.stat().st_size,
        tracks=tracks,
        artists=artists,
        library=library,
        playlists=playlists,
        listens=listens,
        imports=imports,
        features={
            name: n / tracks if tracks else 0.0
            for name, n in zip(AUDIO_FEATURES, covered, strict=True)
        },
        n_genres=genres[0][2] if genres else 0,
        genres={genre: n for genre, n, _ in genres},
        feedback=dict(feedback),
        coverage=read_coverage(connection),
        sources=dict(sources),
    )


def read_imports(connection: duckdb.DuckDBPyConnection) -> list[ImportRun]:
    """List the imports of an open catalog, the first one first."""
    rows = connection.execute(
        """
        SELECT import_id, finished_at, files, layout, read, kept, merged, dropped, report
        FROM imports ORDER BY import_id
        """
    ).fetchall()
    return [
        ImportRun(
            import_id=import_id,
            finished_at=finished_at.replace(tzinfo=UTC),
            files=files,
            layout=layout,
            read=read,
            kept=kept,
            merged=merged,
            dropped=dropped,
            report=json.loads(report),
        )
        for import_id, finished_at, files, layout, read, kept, merged, dropped, report in rows
    ]

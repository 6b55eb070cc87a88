"""Batches set down in a temporary folder, ready to be merged, while the catalog is still free.

Reading a source takes far longer than merging it. So nothing here touches the catalog: batches
become Parquet files with every column of the contract, and the keys that identity needs are worked
out over them. What is left to do under the catalog's lock is the merge itself.
"""

# ruff: noqa: S608 - the SQL is made of this package's own names; values are parameters

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from partsong.catalog.normal_form import define_normal_forms
from partsong.errors import CatalogWriteError
from partsong.rows import Batch
from partsong.schema import ARTIST_FIELDS, TRACK_FIELDS

__all__ = ["GIVEN_TRACK_COLUMNS", "stage"]

_POLARS_TYPES: Final[dict[str, pl.DataType]] = {
    "BIGINT": pl.Int64(),
    "BOOLEAN": pl.Boolean(),
    "DOUBLE": pl.Float64(),
    "INTEGER": pl.Int32(),
    "SMALLINT": pl.Int16(),
    "TINYINT": pl.Int8(),
    "VARCHAR": pl.String(),
    "VARCHAR[]": pl.List(pl.String()),
}

_DERIVED: Final = {"track_id", "artist_ids", "artist_genres", "release_year", "in_library"}

GIVEN_TRACK_COLUMNS: Final = tuple(
    field.name for field in TRACK_FIELDS if field.name not in _DERIVED
)
"""The columns of `tracks` that a source fills; the catalog works out the others."""

_TRACK_TYPES: Final = {
    field.name: _POLARS_TYPES[field.type] for field in TRACK_FIELDS if field.name not in _DERIVED
} | {
    "line": pl.Int64(),
    "artist_keys": pl.List(pl.String()),
    "playlist_id": pl.String(),
    "playlist": pl.String(),
    "liked": pl.Boolean(),
    "heard": pl.Boolean(),
    "hidden": pl.Boolean(),
    "suggested": pl.Float64(),
    "source": pl.String(),
    "analysis": pl.String(),
    "only_known": pl.Boolean(),
    "only_fills": pl.Boolean(),
    "played_at": pl.Datetime("us"),
    "ms_played": pl.Int32(),
}
_ARTIST_TYPES: Final = {field.name: _POLARS_TYPES[field.type] for field in ARTIST_FIELDS} | {
    "hidden": pl.Boolean()
}

_IDENTIFIERS: Final = ("spotify_id", "isrc", "mbid", "source_id")

# Each text is worked out once: a history names the same tracks again and again.
_FORMS: Final = f"""
    CREATE VIEW given AS
    SELECT * REPLACE ({", ".join(f"nullif(trim({name}), '') AS {name}" for name in _IDENTIFIERS)},
        CASE WHEN trim(title) <> '' THEN title END AS title)
    FROM read_parquet({{raw}});
    CREATE TABLE title_forms AS
    SELECT title, normal_form(title) AS title_key FROM (SELECT DISTINCT title FROM given);
    CREATE TABLE artist_forms AS
    SELECT artists, normal_forms(artists) AS artist_forms FROM (SELECT DISTINCT artists FROM given)
"""

_KEYED_TRACKS: Final = f"""
    WITH keyed AS (
        SELECT given.*, title_key, artist_forms
        FROM given
        LEFT JOIN title_forms USING (title)
        LEFT JOIN artist_forms ON artist_forms.artists IS NOT DISTINCT FROM given.artists
        WHERE coalesce(title, {", ".join(_IDENTIFIERS)}) IS NOT NULL
    )
    SELECT * EXCLUDE (artist_forms, artist_keys) REPLACE (
            CASE WHEN playlist_id IS NULL THEN 'name:' || normal_form(playlist)
                ELSE playlist_id END AS playlist_id
        ),
        artists_form(artist_forms) AS artists_key,
        coalesce(len(artist_keys) = len(artists), false) AS has_artist_keys,
        list_transform(artist_forms, lambda form, i:
            coalesce(if(has_artist_keys, nullif(artist_keys[i], ''), NULL), 'name:' || form)
        ) AS artist_ids,
        left(sha256(CASE
            WHEN spotify_id IS NOT NULL THEN 'spotify:' || spotify_id
            WHEN isrc IS NOT NULL THEN 'isrc:' || isrc
            WHEN mbid IS NOT NULL THEN 'mbid:' || mbid
            WHEN source_id IS NOT NULL THEN 'source:' || source_id
            ELSE concat('title:', title_key, chr(31), artists_key, ':', duration_ms)
        END), 16) AS own_id,
        CASE WHEN spotify_id IS NULL THEN left(sha256(concat_ws(chr(30),
            coalesce(isrc, ''), coalesce(mbid, ''), coalesce(source_id, ''),
            coalesce(title_key, ''), artists_key, coalesce(duration_ms, 0)
        )), 16) END AS sighting
    FROM keyed
"""

_KEYED_ARTISTS: Final = """
    SELECT * REPLACE (nullif(trim(artist_id), '') AS artist_id), normal_form(name) AS name_key
    FROM read_parquet(?)
"""


def stage(batches: Iterable[Batch], folder: Path) -> tuple[Path, Path, int]:
    """Write batches as two Parquet files of keyed rows.

    Parameters
    ----------
    batches
        Consumed once, one at a time.
    folder
        An empty folder, the caller's to remove.

    Returns
    -------
    tracks
        File of the track rows, with `place` (from 0, in the order given), `title_key`,
        `artists_key`, `own_id`, the id that a track made of this row would get, and `sighting`,
        by which the row is known again. Rows without a title and without an id are left out: nothing could find them again.
    artists
        File of the artist rows, with `place` and `name_key`.
    n_rows
        Track rows given, those left out included.

    Raises
    ------
    ValueError
        If a batch has a column that the contract does not know.
    CatalogWriteError
        If the temporary folder is full.
    """
    raw_tracks, raw_artists = folder / "tracks", folder / "artists"
    raw_tracks.mkdir()
    raw_artists.mkdir()
    n_rows = n_artists = 0
    _write(_conform(pl.DataFrame(), _TRACK_TYPES, 0), raw_tracks / "none.parquet")
    _write(_conform(pl.DataFrame(), _ARTIST_TYPES, 0), raw_artists / "none.parquet")
    for number, batch in enumerate(batches):
        name = f"{number:08}.parquet"
        rows = batch.tracks.with_columns(
            source=pl.lit(batch.source),
            analysis=pl.lit(batch.analysis),
            only_known=pl.lit(batch.only_known),
            only_fills=pl.lit(batch.only_known or batch.only_fills),
        )
        _write(_conform(rows, _TRACK_TYPES, n_rows), raw_tracks / name)
        n_rows += batch.tracks.height
        if batch.artists is not None:
            _write(_conform(batch.artists, _ARTIST_TYPES, n_artists), raw_artists / name)
            n_artists += batch.artists.height
    tracks, artists = folder / "tracks.parquet", folder / "artists.parquet"
    connection = duckdb.connect()
    try:
        define_normal_forms(connection)
        connection.execute(_FORMS.format(raw=_text(raw_tracks / "*.parquet")))
        connection.execute(f"COPY ({_KEYED_TRACKS}) TO {_text(tracks)}")
        connection.execute(
            f"COPY ({_KEYED_ARTISTS}) TO {_text(artists)}", [str(raw_artists / "*.parquet")]
        )
    except duckdb.Error as error:
        raise _no_room(folder, str(error)) from error
    finally:
        connection.close()
    return tracks, artists, n_rows


def _conform(rows: pl.DataFrame, types: dict[str, pl.DataType], offset: int) -> pl.DataFrame:
    unknown = sorted(set(rows.columns) - set(types))
    if unknown:
        raise ValueError(f"A batch has columns that no catalog knows: {', '.join(unknown)}.")
    return rows.select(
        pl.int_range(offset, offset + pl.len(), dtype=pl.Int64).alias("place"),
        *(
            pl.col(name).cast(type_) if name in rows.columns else pl.lit(None, type_).alias(name)
            for name, type_ in types.items()
        ),
    )


def _write(rows: pl.DataFrame, path: Path) -> None:
    try:
        rows.write_parquet(path, compression="uncompressed")
    except (OSError, pl.exceptions.PolarsError) as error:
        raise _no_room(path.parent, str(error)) from error


def _no_room(folder: Path, reason: str) -> CatalogWriteError:
    return CatalogWriteError(
        f"Rows could not be set aside in {folder}: {' '.join(reason.split())}",
        hint="Make room there, or set TMPDIR to a folder that has some.",
    )


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"

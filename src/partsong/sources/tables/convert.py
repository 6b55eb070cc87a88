"""A block of raw values to a batch in the catalog's columns, every loss told to the ledger."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import polars as pl

from partsong.rows import Batch
from partsong.schema import LISTEN_FIELDS, TRACK_FIELDS
from partsong.sources.tables.artists import convert_artists
from partsong.sources.tables.ledger import LINE, Ledger
from partsong.sources.tables.lists import read_artist_ids, read_list, sort_entries
from partsong.sources.tables.plan import Plan
from partsong.sources.tables.quantities import FAILED_ANALYSIS, read_number
from partsong.sources.tables.reading import Reading, text_of, without_reasons
from partsong.sources.tables.texts import READERS

__all__ = ["convert_tracks"]

_ZERO_WITH_TEMPO: Final = ("danceability", "speechiness", "valence")
_IDS: Final = ("spotify_id", "isrc", "mbid", "source_id", "path")
_NO_TRACKS: Final = {"album": "an album, not a track", "artist": "an artist, not a track"}
_LISTS: Final = frozenset({"artists", "genres"})
_NUMBERS: Final = {field.name: field for field in (*TRACK_FIELDS, *LISTEN_FIELDS)}


def convert_tracks(block: pl.DataFrame, plan: Plan, ledger: Ledger) -> Batch:
    """Return the usable rows of a block as a batch.

    Parameters
    ----------
    block
        Raw values with their lines.
    plan
        Which column is which field.
    ledger
        Takes rows left out and values made missing.

    Returns
    -------
    Batch
        At most as many tracks as the block has rows.
    """
    block = ledger.drop_repeated_headers(block)
    block, plan = _without_other_kinds(block, plan, ledger)
    readings = {
        column: _read_column(block[column], field, plan) for column, field in plan.fields.items()
    }
    _mend_failed_analyses(readings, plan.fields)
    tracks = _gather_fields(block, readings, plan)
    useless = _useless_rows(tracks, needs_title=plan.layout.needs_titles)
    if useless.null_count() < len(useless):
        keep = useless.is_null()
        block = ledger.drop_rows(block, useless)
        tracks = tracks.filter(keep)
        readings = {
            column: Reading(reading.value.filter(keep), reading.reason.filter(keep))
            for column, reading in readings.items()
        }
    for column, field in plan.fields.items():
        ledger.count_losses(block, column, _field_filled(field), readings[column])
    ledger.report.read += tracks.height
    artists = convert_artists(block, plan.artist_fields, ledger) if plan.artist_fields else None
    return Batch(
        tracks,
        artists,
        source=plan.source or plan.layout.name,
        analysis=plan.analysis or plan.layout.analysis,
        only_known=plan.only_known,
        only_fills=plan.layout.only_fills,
    )


def _without_other_kinds(
    block: pl.DataFrame, plan: Plan, ledger: Ledger
) -> tuple[pl.DataFrame, Plan]:
    """Leave out the rows that are no tracks, and the column that says so."""
    for column in (column for column, field in plan.fields.items() if field == "row_kind"):
        kind = pl.DataFrame({"kind": text_of(block[column]).str.to_lowercase()})
        reason = kind.select(pl.col("kind").replace_strict(_NO_TRACKS, default=None))
        block = ledger.drop_rows(block, reason.to_series().cast(pl.String))
    fields = {column: field for column, field in plan.fields.items() if field != "row_kind"}
    return block, replace(plan, fields=fields)


def _field_filled(field: str) -> str:
    return "duration_ms" if field == "duration_s" else field


def _useless_rows(tracks: pl.DataFrame, *, needs_title: bool) -> pl.Series:
    """Return the reason to drop rows that nobody could find again."""
    ids = [pl.col(name).is_not_null() for name in _IDS if name in tracks.columns]
    has_id = pl.any_horizontal(ids) if ids else pl.lit(value=False)
    has_title = pl.col("title").is_not_null() if "title" in tracks.columns else has_id
    if not needs_title:
        has_title = has_title | has_id
    return tracks.select(
        pl.when(pl.col(LINE).is_not_null() & ~has_title).then(
            pl.when(has_id).then(pl.lit("no title")).otherwise(pl.lit("neither title nor id"))
        )
    ).to_series()


def _read_column(raw: pl.Series, field: str, plan: Plan) -> Reading:
    if field in _LISTS:
        separators = plan.layout.separators.get(field, ())
        value = read_list(raw, separators)
        return without_reasons(sort_entries(value) if field == "genres" else value)
    if field == "artist_keys":
        return without_reasons(read_artist_ids(raw))
    if field == "duration_s":
        return read_number(raw, _NUMBERS["duration_ms"], factor=1000)
    if field in READERS:
        return READERS[field](raw)
    return read_number(raw, _NUMBERS[field])


def _mend_failed_analyses(readings: dict[str, Reading], fields: Mapping[str, str]) -> None:
    """Make the zeros missing that stand beside a tempo of zero: nothing was measured there."""
    by_field = {field: column for column, field in fields.items()}
    if "tempo" not in by_field:
        return
    has_failed = (readings[by_field["tempo"]].reason == FAILED_ANALYSIS).fill_null(value=False)
    if not has_failed.any():
        return
    for field in _ZERO_WITH_TEMPO:
        if field in by_field:
            reading = readings[by_field[field]]
            is_coded = has_failed & (reading.value == 0).fill_null(value=False)
            readings[by_field[field]] = Reading(
                reading.value.set(is_coded, None), reading.reason.set(is_coded, FAILED_ANALYSIS)
            )


def _gather_fields(
    block: pl.DataFrame, readings: Mapping[str, Reading], plan: Plan
) -> pl.DataFrame:
    """Put the readings together: one column a field, the first that has a value wins."""
    columns: dict[str, list[pl.Series]] = {}
    for column, field in plan.fields.items():
        columns.setdefault(_field_filled(field), []).append(readings[column].value)
    merged = {name: _merge(name, values) for name, values in columns.items()}
    if "source_id" in merged:
        merged["source_id"] = plan.id_prefix + merged["source_id"]
    keys = merged.pop("artist_keys", None)
    if keys is not None and "artists" in merged:
        merged["artists"], merged["artist_keys"] = _match_artists(
            merged["artists"], keys, _texts_of_field(block, "artists", plan)
        )
    tracks = pl.DataFrame([block[LINE], *(series.alias(name) for name, series in merged.items())])
    if plan.layout.is_playlist and not plan.only_known:
        tracks = tracks.with_columns(heard=pl.lit(value=True))
    if plan.playlist and "playlist" not in tracks.columns:
        tracks = tracks.with_columns(
            playlist_id=pl.lit(f"{plan.layout.name}:{plan.playlist}"),
            playlist=pl.lit(plan.playlist),
        )
    return tracks


def _merge(field: str, values: list[pl.Series]) -> pl.Series:
    if len(values) == 1:
        return values[0]
    frame = pl.DataFrame([series.alias(str(place)) for place, series in enumerate(values)])
    if field == "genres":
        union = frame.select(
            pl.when(pl.any_horizontal(pl.all().is_not_null())).then(
                pl.concat_list(pl.all().fill_null([]))
            )
        )
        return sort_entries(union.to_series())
    return frame.select(pl.coalesce(pl.all())).to_series()


def _texts_of_field(block: pl.DataFrame, field: str, plan: Plan) -> pl.Series:
    column = next(column for column, name in plan.fields.items() if name == field)
    return text_of(block[column])


def _match_artists(
    artists: pl.Series, keys: pl.Series, texts: pl.Series
) -> tuple[pl.Series, pl.Series]:
    """Make names and ids parallel.

    One id means one artist, whose name holds the separator. Ids of any other number than the names
    cannot be told apart and are left out.
    """
    frame = pl.DataFrame({"artists": artists, "keys": keys, "text": texts})
    is_whole = (
        (pl.col("keys").list.len() == 1)
        & (pl.col("artists").list.len() > 1)
        & ~pl.col("text").str.starts_with("[")
    )
    names = pl.col("text").str.replace_all(r"\\,", ",")
    frame = frame.with_columns(
        artists=pl.when(is_whole).then(pl.concat_list(names)).otherwise("artists")
    ).with_columns(
        keys=pl.when(pl.col("keys").list.len() == pl.col("artists").list.len()).then("keys")
    )
    return frame["artists"], frame["keys"]

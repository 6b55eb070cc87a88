"""A block of raw values to a batch in the catalog's columns, every loss told to the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from partsong.rows import Batch
from partsong.schema import ARTIST_FIELDS, TRACK_FIELDS, track_field
from partsong.sources.layout import Layout
from partsong.sources.ledger import Ledger, Tally
from partsong.sources.lists import read_list
from partsong.sources.quantities import FAILED_ANALYSIS, read_number
from partsong.sources.reading import UNREAD, Reading, text_of, without_reasons
from partsong.sources.tables import LINE
from partsong.sources.texts import READERS

__all__ = ["IMPORT_FIELDS", "Plan", "convert_artists", "convert_tracks"]

_CATALOG_ONLY: Final = frozenset(
    {"track_id", "artist_ids", "artist_genres", "release_year", "in_library"}
)
IMPORT_FIELDS: Final = {
    **{field.name: field.meaning for field in TRACK_FIELDS if field.name not in _CATALOG_ONLY},
    "artist_keys": "Spotify ids of the artists, in the order of `artists`.",
    "duration_s": "Length in seconds.",
    "playlist": "Name of a playlist that the row stands in.",
    "playlist_id": "Id of that playlist.",
    "liked": "Whether the listener likes it.",
    "heard": "Whether the listener knows it.",
    "ignore": "Nothing: the column is left out.",
}
"""What a column can be mapped to, and what it means."""

_ARTIST_FIELDS: Final = {field.name: field for field in ARTIST_FIELDS}
_ZERO_WITH_TEMPO: Final = ("danceability", "speechiness", "valence")
_IDS: Final = ("spotify_id", "isrc", "mbid", "source_id", "path")
_LISTS: Final = frozenset({"artists", "artist_keys", "genres"})
_ARTIST_ID: Final = r"\b([0-9A-Za-z]{22})\b"


@dataclass(frozen=True, slots=True)
class Plan:
    """How the columns of one file become fields.

    Parameters
    ----------
    layout
        The layout, for its separators and the like.
    fields
        Field of the track by column of the file.
    artist_fields
        Field of the row's artist by column of the file.
    playlist
        Name of the playlist that the whole file is, or nothing.
    id_prefix
        What stands before ids of the data set's own.
    """

    layout: Layout
    fields: Mapping[str, str]
    artist_fields: Mapping[str, str]
    playlist: str = ""
    id_prefix: str = ""


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
    block = _drop(block, _repeated_headers(block), ledger)
    readings = {
        column: _read_column(block[column], field, plan) for column, field in plan.fields.items()
    }
    _mend_failed_analyses(readings, plan.fields)
    tracks = _gather_fields(block, readings, plan)
    useless = _useless_rows(tracks)
    if useless.null_count() < len(useless):
        keep = useless.is_null()
        block = _drop(block, useless, ledger)
        tracks = tracks.filter(keep)
        readings = {
            column: Reading(reading.value.filter(keep), reading.reason.filter(keep))
            for column, reading in readings.items()
        }
    for column, field in plan.fields.items():
        _account(block, column, field, readings[column], ledger)
    ledger.report.read += tracks.height
    artists = convert_artists(block, plan.artist_fields, ledger) if plan.artist_fields else None
    return Batch(tracks, artists)


def convert_artists(block: pl.DataFrame, fields: Mapping[str, str], ledger: Ledger) -> pl.DataFrame:
    """Return the artists of a block, each once, in the columns of `schema.ARTIST_FIELDS`.

    Rows that name no artist are passed over without a word: the track is what counts.
    """
    columns: dict[str, pl.Series] = {}
    for column, field in fields.items():
        if field == "genres":
            columns[field] = _tidy_genres(read_list(_raw_list(block[column]), (";", "|")))
        elif field == "artist_id":
            columns[field] = text_of(block[column]).str.extract(_ARTIST_ID)
        elif field == "name":
            columns[field] = text_of(block[column])
        else:
            reading = read_number(block[column], _ARTIST_FIELDS[field])
            _account(block, column, f"artist {field}", reading, ledger)
            columns[field] = reading.value
    artists = pl.DataFrame(columns)
    keys = [key for key in ("artist_id", "name") if key in columns]
    return artists.filter(pl.any_horizontal(pl.col(keys).is_not_null())).unique(
        keys, keep="last", maintain_order=True
    )


def _repeated_headers(block: pl.DataFrame) -> pl.Series:
    """Return the reason to drop rows that repeat the header, as in files put together."""
    texts = [name for name, dtype in block.schema.items() if dtype == pl.String]
    if len(texts) < 2:
        return pl.repeat(None, block.height, dtype=pl.String, eager=True)
    is_header = pl.all_horizontal(pl.col(name) == pl.lit(name) for name in texts)
    return block.select(pl.when(is_header).then(pl.lit("the header once more"))).to_series()


def _useless_rows(tracks: pl.DataFrame) -> pl.Series:
    """Return the reason to drop rows that nobody could find again."""
    ids = [pl.col(name).is_not_null() for name in _IDS if name in tracks.columns]
    has_id = pl.any_horizontal(ids) if ids else pl.lit(value=False)
    has_title = pl.col("title").is_not_null() if "title" in tracks.columns else has_id
    return tracks.select(
        pl.when(pl.col(LINE).is_not_null() & ~has_title).then(
            pl.when(has_id).then(pl.lit("no title")).otherwise(pl.lit("neither title nor id"))
        )
    ).to_series()


def _drop(block: pl.DataFrame, reasons: pl.Series, ledger: Ledger) -> pl.DataFrame:
    """Take out the rows that have a reason to go."""
    if reasons.null_count() == len(reasons):
        return block
    for line, reason in zip(block[LINE], reasons, strict=True):
        if reason is not None:
            ledger.drop_row(line, reason)
    return block.filter(reasons.is_null())


def _read_column(raw: pl.Series, field: str, plan: Plan) -> Reading:
    if field in _LISTS:
        separators = plan.layout.separators.get(field, ())
        value = read_list(_raw_list(raw), separators)
        if field == "artist_keys":
            value = _artist_ids(value)
        if field == "genres":
            value = _tidy_genres(value)
        return without_reasons(value)
    if field == "duration_s":
        return read_number(raw, track_field("duration_ms"), factor=1000)
    if field in READERS:
        return READERS[field](raw)
    return read_number(raw, track_field(field))


def _raw_list(raw: pl.Series) -> pl.Series:
    return raw if isinstance(raw.dtype, pl.List) else text_of(raw)


def _artist_ids(keys: pl.Series) -> pl.Series:
    """Return lists of bare ids, null where one of them is none: they must match the names."""
    ids = keys.to_frame("keys").select(
        pl.col("keys").list.eval(pl.element().str.extract(_ARTIST_ID)).alias("ids")
    )
    return ids.select(
        pl.when(~pl.col("ids").list.eval(pl.element().is_null()).list.any()).then("ids")
    ).to_series()


def _tidy_genres(genres: pl.Series) -> pl.Series:
    # several times faster than .list.unique().list.sort() in polars 2.1
    return genres.list.eval(pl.element().unique().sort())


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
        name = "duration_ms" if field == "duration_s" else field
        columns.setdefault(name, []).append(readings[column].value)
    merged = {name: _merge(name, values) for name, values in columns.items()}
    if "source_id" in merged:
        merged["source_id"] = plan.id_prefix + merged["source_id"]
    if "artist_keys" in merged and "artists" in merged:
        merged["artists"], merged["artist_keys"] = _match_artists(
            merged["artists"], merged["artist_keys"], _texts_of_field(block, "artists", plan)
        )
    tracks = pl.DataFrame([block[LINE], *(series.alias(name) for name, series in merged.items())])
    if plan.playlist:
        tracks = tracks.with_columns(
            playlist_id=pl.lit(f"{plan.layout.name}:{plan.playlist}"),
            playlist=pl.lit(plan.playlist),
            heard=pl.lit(value=True),
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
        return _tidy_genres(union.to_series())
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


def _account(
    block: pl.DataFrame, column: str, field: str, reading: Reading, ledger: Ledger
) -> None:
    """Count what a column held and lost, and show the first losses."""
    tally = ledger.tallies.setdefault(column, Tally())
    name = "duration_ms" if field == "duration_s" else field
    lost = reading.reason.is_not_null()
    count = int(lost.sum())
    tally.given += count + len(reading.value) - reading.value.null_count()
    if not count:
        return
    for reason, number in reading.reason.filter(lost).value_counts().iter_rows():
        ledger.report.set_missing[f"{name}: {reason}"] += number
        tally.unread += number if reason in UNREAD else 0
    if tally.first is None or ledger.has_room:
        places = lost.arg_true().head(20)
        texts = block[column].gather(places).cast(pl.String, strict=False).fill_null("")
        lines = block[LINE].gather(places)
        for line, text, reason in zip(lines, texts, reading.reason.gather(places), strict=True):
            problem = ledger.show_problem(line, column, text, reason)
            tally.first = tally.first or problem

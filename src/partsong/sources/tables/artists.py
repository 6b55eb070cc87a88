"""The table of artists that some data sets keep beside their tracks."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

import polars as pl

from partsong.errors import UnknownLayoutError
from partsong.progress import Progress
from partsong.rows import ImportReport
from partsong.schema import ARTIST_FIELDS
from partsong.sources.tables.layout import Layout
from partsong.sources.tables.ledger import Ledger
from partsong.sources.tables.lists import read_list, sort_entries
from partsong.sources.tables.opening import open_table
from partsong.sources.tables.quantities import read_number
from partsong.sources.tables.reading import text_of
from partsong.sources.tables.texts import ARTIST_ID

__all__ = ["ArtistFile", "convert_artists", "is_artist_table"]

_ARTIST_FIELDS: Final = {field.name: field for field in ARTIST_FIELDS}

_COLUMNS: Final = Layout(
    name="artists",
    title="Artists",
    description="Artists beside a table of tracks.",
    licence="That of the tracks.",
    required=("id|artist_id|name|artist_name|artists|artist_updated", "genres|main_genre"),
    columns={
        "artist_id": "artist_id",
        "id": "artist_id",
        "name": "name",
        "artist_name": "name",
        "artist_updated": "name",
        "artists": "name",
        "genres": "genres",
        "main_genre": "genres",
        "followers": "followers",
        "popularity": "popularity",
    },
    absent=("track_id", "song_id", "track_name", "duration"),
)


def is_artist_table(columns: Collection[str]) -> bool:
    """Tell whether these columns are those of a table of artists.

    Examples
    --------
    >>> is_artist_table(["id", "followers", "genres", "name", "popularity"])
    True
    """
    return _COLUMNS.fits(columns)


def convert_artists(block: pl.DataFrame, fields: Mapping[str, str], ledger: Ledger) -> pl.DataFrame:
    """Return the artists of a block, each once, in the columns of `schema.ARTIST_FIELDS`.

    Rows that name no artist are passed over without a word: the track is what counts.
    """
    columns: dict[str, pl.Series] = {}
    for column, field in fields.items():
        if field == "genres":
            columns[field] = sort_entries(read_list(block[column], (";", "|")))
        elif field == "artist_id":
            columns[field] = text_of(block[column]).str.extract(ARTIST_ID)
        elif field == "name":
            columns[field] = text_of(block[column])
        else:
            reading = read_number(block[column], _ARTIST_FIELDS[field])
            ledger.count_losses(block, column, f"artist {field}", reading)
            columns[field] = reading.value
    artists = pl.DataFrame(columns)
    keys = [key for key in ("artist_id", "name") if key in columns]
    return artists.filter(pl.any_horizontal(pl.col(keys).is_not_null())).unique(
        keys, keep="last", maintain_order=True
    )


class ArtistFile:
    """A table of artists, opened.

    Parameters
    ----------
    path
        The file, in any format of the tracks.

    Raises
    ------
    UnreadableFileError
        If it cannot be read.
    UnknownLayoutError
        If it is no table of artists.
    """

    def __init__(self, path: Path) -> None:
        self._table = open_table(path)
        columns = self._table.columns
        missing = _COLUMNS.missing_from(columns)
        if missing:
            raise UnknownLayoutError(
                f"{path.name} is no table of artists: it has no column"
                f" {' nor '.join(missing).replace('|', ', ')}.",
                hint="Hand over a table with an id or name and genres, such as artists.csv.",
            )
        self._fields = _COLUMNS.assign_fields(columns)

    def artists_among(
        self, ids: pl.Series, names: pl.Series, report: ImportReport, progress: Progress
    ) -> Iterator[pl.DataFrame]:
        """Yield the artists whose ids, or names where the table has no ids, are wanted.

        Parameters
        ----------
        ids, names
            Those of the tracks.
        report
            Takes values made missing and a note; rows of artists are not counted as read.
        progress
            Listener to the steps.
        """
        key, wanted = (
            ("artist_id", ids) if "artist_id" in self._fields.values() else ("name", names)
        )
        own = ImportReport()
        ledger = Ledger(own, self._table.path.name)
        kept = 0
        progress.start(f"reading {ledger.file}", self._table.length)
        for raw in self._table.blocks(self._fields, ledger):
            block = ledger.drop_repeated_headers(raw)
            artists = convert_artists(block, self._fields, ledger)
            artists = artists.filter(pl.col(key).is_in(wanted.implode()))
            kept += artists.height
            progress.advance(raw.height)
            if artists.height:
                yield artists
        progress.finish()
        report.set_missing.update(own.set_missing)
        report.notes.extend(own.notes)
        dropped = "".join(f"; left out: {why} ({count:,})" for why, count in own.dropped.items())
        report.notes.append(f"{ledger.file}: {kept:,} artists of these tracks{dropped}")

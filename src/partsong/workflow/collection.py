"""What a collection holds and what it lacks, in numbers that a page and a terminal both show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from partsong.catalog import ImportRun, known_genres, song_key
from partsong.progress import SILENT, Progress
from partsong.schema import AUDIO_FEATURES

__all__ = ["COLUMNS", "Collection", "RepeatedSong", "describe_collection"]

COLUMNS: Final = (
    "title",
    "artists",
    "album",
    "release_year",
    "genres",
    "artist_genres",
    "isrc",
    "explicit",
    "popularity",
    "duration_ms",
    *AUDIO_FEATURES,
)
"""The columns of the catalog that a description reads."""

_MOST_REPEATED: Final = 10
_FAR_FROM_MEDIAN: Final = 3.0
_STEP: Final = 10_000


@dataclass(frozen=True, slots=True)
class RepeatedSong:
    """A song that stands in the catalog as several recordings or versions."""

    title: str
    artist: str
    tracks: int


@dataclass(frozen=True, slots=True)
class Collection:
    """What a table of tracks holds, and what it lacks.

    Attributes
    ----------
    tracks
        How many.
    known
        For each column, the tracks that have a value in it.
    years
        Tracks by year, ascending.
    genres
        Tracks by genre, largest first; a track counts in each of its genres, or of its artists'
        where it has none of its own.
    without_genre
        Tracks that have neither.
    repeated_songs
        Songs with several recordings or versions by the same artist.
    repeats
        Tracks that would go if each of these had one.
    most_repeated
        The ten songs with most of them.
    set_missing
        Values that imports into the catalog replaced by missing, by column and reason.
    merged
        Rows that imports into the catalog folded into a track known before.
    """

    tracks: int
    known: Mapping[str, int]
    years: Mapping[int, int]
    genres: Mapping[str, int]
    without_genre: int
    repeated_songs: int
    repeats: int
    most_repeated: Sequence[RepeatedSong]
    set_missing: Mapping[str, int]
    merged: int

    @property
    def decades(self) -> dict[int, int]:
        """Tracks by the first year of their decade, ascending."""
        decades: Counter[int] = Counter()
        for year, tracks in self.years.items():
            decades[year // 10 * 10] += tracks
        return dict(sorted(decades.items()))

    @property
    def half(self) -> tuple[int, int] | None:
        """The shortest run of years that holds half of the dated tracks; the latest of several."""
        if not self.years:
            return None
        years = np.array(list(self.years))
        reached = np.cumsum(list(self.years.values()))
        before = np.concatenate([[0], reached[:-1]])
        ends = np.searchsorted(reached, before + reached[-1] / 2)
        starts = np.flatnonzero(ends < len(years))
        spans = years[ends[starts]] - years[starts]
        best = starts[np.flatnonzero(spans == spans.min())[-1]]
        return int(years[best]), int(years[ends[best]])

    @property
    def genre_median(self) -> float:
        """Tracks of the median genre; 0 without genres."""
        return float(np.median(list(self.genres.values()))) if self.genres else 0.0

    @property
    def large_genres(self) -> list[str]:
        """Genres with at least three times the tracks of the median one, largest first."""
        least = _FAR_FROM_MEDIAN * self.genre_median
        return [genre for genre, tracks in self.genres.items() if tracks >= least]

    @property
    def small_genres(self) -> list[str]:
        """Genres with at most a third of the tracks of the median one, largest first."""
        most = self.genre_median / _FAR_FROM_MEDIAN
        return [genre for genre, tracks in self.genres.items() if tracks <= most]

    def to_dict(self) -> dict[str, Any]:
        """Return the facts as plain values."""
        return {
            "tracks": self.tracks,
            "features": {
                column: known / self.tracks if self.tracks else 0.0
                for column, known in self.known.items()
            },
            "years": {
                "known": sum(self.years.values()),
                "half": list(self.half) if self.half else None,
                "decades": [
                    {"decade": decade, "tracks": tracks} for decade, tracks in self.decades.items()
                ],
            },
            "genres": {
                "known": self.tracks - self.without_genre,
                "median": self.genre_median,
                "large": self.large_genres,
                "small": self.small_genres,
                "tracks": dict(self.genres),
            },
            "repeats": {
                "songs": self.repeated_songs,
                "tracks": self.repeats,
                "most": [
                    {"title": song.title, "artist": song.artist, "tracks": song.tracks}
                    for song in self.most_repeated
                ],
            },
            "imports": {"merged": self.merged, "set_missing": dict(self.set_missing)},
        }


def describe_collection(
    tracks: pl.DataFrame, imports: Sequence[ImportRun] = (), *, progress: Progress = SILENT
) -> Collection:
    """Count what a table of tracks holds, and what it lacks.

    Parameters
    ----------
    tracks
        The columns :data:`COLUMNS` of the catalog.
    imports
        The imports of the whole catalog.
    progress
        Hears of the comparison of titles, a task of as many steps as there are tracks.

    Examples
    --------
    >>> from partsong.workflow import open_catalog
    >>> tracks = open_catalog(catalog).read_tracks(COLUMNS)
    >>> collection = describe_collection(tracks)
    >>> collection.tracks, dict(collection.genres), collection.known["isrc"]
    (180, {'hush': 60, 'rap': 60, 'thrash': 60}, 0)
    """
    years = tracks["release_year"].drop_nulls().value_counts().sort("release_year")
    genres = known_genres(tracks).alias("genre")
    sizes = (
        genres.to_frame()
        .with_row_index("row")
        .explode("genre")
        .drop_nulls("genre")
        .unique()["genre"]
        .value_counts()
        .sort("count", "genre", descending=[True, False])
    )
    songs = _repeated(tracks, progress)
    set_missing: Counter[str] = Counter()
    for run in imports:
        set_missing.update(run.report.get("set_missing", {}))
    return Collection(
        tracks=len(tracks),
        known={column: _count_known(tracks[column]) for column in COLUMNS},
        years=dict(years.iter_rows()),
        genres=dict(sizes.iter_rows()),
        without_genre=genres.null_count(),
        repeated_songs=len(songs),
        repeats=int((songs["tracks"] - 1).sum()),
        most_repeated=tuple(
            RepeatedSong(title, artist or "", count)
            for title, artist, count in songs.head(_MOST_REPEATED).iter_rows()
        ),
        set_missing=dict(set_missing.most_common()),
        merged=sum(run.merged for run in imports),
    )


def _count_known(column: pl.Series) -> int:
    if isinstance(column.dtype, pl.List):
        return int((column.list.len() > 0).sum())
    return column.count()


def _repeated(tracks: pl.DataFrame, progress: Progress) -> pl.DataFrame:
    """Return title, artist and tracks of each song with several, those with most first."""
    progress.start("comparing titles", len(tracks))
    keys: list[str] = []
    for block in tracks.select("title", "artists").iter_slices(_STEP):
        keys += [song_key(title, artists) for title, artists in block.iter_rows()]
        progress.advance(len(block))
    progress.finish()
    return (
        tracks.select("title", pl.col("artists").list.first().alias("artist"))
        .with_columns(key=pl.Series(keys, dtype=pl.String))
        .filter(pl.col("key") != "")
        .group_by("key", maintain_order=True)
        .agg(
            # The shortest title carries the fewest remarks on the version.
            pl.col("title").sort_by(pl.col("title").str.len_chars(), maintain_order=True).first(),
            pl.col("artist").first(),
            pl.len().cast(pl.Int64).alias("tracks"),
        )
        .filter(pl.col("tracks") > 1)
        .sort("tracks", descending=True, maintain_order=True)
        .select("title", "artist", "tracks")
    )

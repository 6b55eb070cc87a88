"""From what a person types to the track that is meant, or to the choices if that is not clear."""

# ruff: noqa: S608 - the SQL is made of this package's own names; values are parameters

import re
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from partsong.catalog.normal_form import define_normal_forms
from partsong.catalog.one_row import one_row
from partsong.catalog.versions import song_key
from partsong.errors import AmbiguousTrackError, UnknownTrackError

__all__ = ["FoundTrack", "find_track"]


@dataclass(frozen=True, slots=True)
class FoundTrack:
    """The track that a text names.

    Parameters
    ----------
    track_id, title, artists
        The track; of several recordings of one song, the most popular.
    duplicates
        The ids of the others: same song, same main artist, the more popular first.
    """

    track_id: str
    title: str | None
    artists: tuple[str, ...]
    duplicates: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The track as a person can type it."""
        return _typeable(self.title or self.track_id, list(self.artists))


_SPOTIFY_LINK: Final = re.compile(
    r"(?:spotify:track:|https?://open\.spotify\.com/(?:intl-[a-z]+/)?track/)(?P<id>\w{22})(?:\?.*)?"
)
_MOST_SHOWN: Final = 5
_LEAST_LIKENESS: Final = 60
_BEST_FIRST: Final = "ORDER BY popularity DESC NULLS LAST, number"


def find_track(connection: duckdb.DuckDBPyConnection, text: str) -> FoundTrack:
    """Find the one track that a text names.

    Parameters
    ----------
    connection
        A catalog open for reading.
    text
        A track id, Spotify id, link or URI, an id of a data set, "Title" or "Title - Artist".

    Returns
    -------
    FoundTrack

    Raises
    ------
    UnknownTrackError
        If nothing has that name; its candidates come near.
    AmbiguousTrackError
        If songs of different artists do; its candidates can be typed.
    """
    wanted = text.strip()
    by_id = _find_by_id(connection, wanted)
    if by_id is not None:
        return by_id
    macros = connection.cursor()
    try:
        define_normal_forms(macros)
        rows = _find_by_title(macros, wanted)
        if not rows:
            raise _unknown(macros, wanted)
    finally:
        macros.close()
    songs: dict[str, list[Any]] = {}
    for row in rows:
        songs.setdefault(song_key(row[1], row[2]), []).append(row)
    if len(songs) > 1:
        names = [_typeable(same[0][1], same[0][2]) for same in songs.values()]
        raise AmbiguousTrackError(
            f"{len(songs)} different songs are called {wanted!r}.",
            hint=f'Say which of these, such as: "{names[0]}"',
            candidates=names,
        )
    return _found(rows)


def _found(rows: list[Any]) -> FoundTrack:
    best, *others = rows
    return FoundTrack(best[0], best[1], tuple(best[2] or ()), tuple(other[0] for other in others))


def _find_by_id(connection: duckdb.DuckDBPyConnection, wanted: str) -> FoundTrack | None:
    link = _SPOTIFY_LINK.fullmatch(wanted)
    rows = connection.execute(
        f"""
        SELECT track_id, title, artists FROM tracks
        WHERE $id IN (track_id, spotify_id, source_id) {_BEST_FIRST}
        """,
        {"id": link["id"] if link else wanted},
    ).fetchall()
    return _found(rows) if rows else None


def _find_by_title(connection: duckdb.DuckDBPyConnection, wanted: str) -> list[Any]:
    """Try the whole text as a title, then each split into title and artist, from the right."""
    rows = _titled(connection, wanted)
    parts = wanted.split(" - ")
    for end in range(len(parts) - 1, 0, -1):
        if not rows:
            rows = _titled(connection, " - ".join(parts[:end]), " - ".join(parts[end:]))
    return rows


def _titled(
    connection: duckdb.DuckDBPyConnection, title: str, artist: str | None = None
) -> list[Any]:
    """Find tracks by title; by an artist, who is first sought as the main one."""
    return connection.execute(
        f"""
        WITH titled AS (
            SELECT *, normal_form($artist) AS wanted FROM tracks WHERE title_key = normal_form($title)
        ), near AS (
            SELECT *, CASE
                WHEN wanted IS NULL OR normal_form(artists[1]) = wanted
                    OR normal_form(array_to_string(artists, ' ')) = wanted THEN 1
                WHEN list_contains(string_split(artists_key, chr(31)), wanted) THEN 2
            END AS distance FROM titled
        )
        SELECT track_id, title, artists FROM near
        QUALIFY distance = min(distance) OVER () {_BEST_FIRST}
        """,
        {"title": title, "artist": artist},
    ).fetchall()


def _unknown(connection: duckdb.DuckDBPyConnection, wanted: str) -> UnknownTrackError:
    near = _nearest(connection, wanted)
    hint = f'Did you mean "{near[0]}"?' if near else "See what is there: partsong status"
    return UnknownTrackError(
        f"No track of the catalog is called {wanted!r}.", hint=hint, candidates=near
    )


def _nearest(connection: duckdb.DuckDBPyConnection, wanted: str) -> list[str]:
    from rapidfuzz import fuzz, process  # it is slow to load, and most titles are found

    (form,) = one_row(connection, "SELECT normal_form($text)", {"text": wanted})
    if not form:
        return []
    songs = connection.execute(
        f"""
        SELECT title_key, replace(artists_key, chr(31), ' '), title, artists
        FROM tracks WHERE title_key IS NOT NULL {_BEST_FIRST}
        """
    ).fetchall()
    titles = [song[0] for song in songs]
    named = [f"{song[0]} {song[1]}" for song in songs]
    hits = [
        hit
        for choices in (titles, named)
        for hit in process.extract(
            form, choices, scorer=fuzz.ratio, limit=4 * _MOST_SHOWN, score_cutoff=_LEAST_LIKENESS
        )
    ]
    hits.sort(key=lambda hit: (-hit[1], hit[2]))
    names = [_typeable(songs[index][2], songs[index][3]) for _, _, index in hits]
    return list(dict.fromkeys(names))[:_MOST_SHOWN]


def _typeable(title: str | None, artists: list[str] | None) -> str:
    return f"{title} - {artists[0]}" if artists else f"{title}"
